/**
 * Backends with faults: wraps any backend into one that is slow, fails, runs full or refuses changes.
 *
 * Each function takes a backend and answers another, so that faults combine:
 *
 * @example
 * ```ts
 * import { Kernel, VfsBackend } from "@effix/kernel"
 * import * as MemoryBackend from "@effix/kernel/backend/MemoryBackend"
 * import { FaultyBackend } from "@effix/testing"
 * import { Effect, Layer } from "effect"
 *
 * const disk = FaultyBackend.full(
 *   FaultyBackend.delayed(MemoryBackend.make({ bytesMax: 1e6, inodesMax: 1000, now: 0n })),
 *   2000
 * )
 *
 * const main = Effect.gen(function*() {
 *   const kernel = yield* Kernel.Kernel
 *   yield* kernel.mount("/data", disk)
 *   yield* kernel.writeFile("/data/small", "fits")
 *   const error = yield* Effect.flip(kernel.writeFile("/data/large", new Uint8Array(5000)))
 *   console.log(error._tag) // ENOSPC
 * })
 *
 * Effect.runPromise(Effect.provide(main, Kernel.layer))
 * ```
 */
import * as ReadOnlyBackend from "@effix/kernel/backend/ReadOnlyBackend"
import * as Errno from "@effix/kernel/Errno"
import type { Inode } from "@effix/kernel/Inode"
import type { Backend } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"

const methods = [
  "lookup",
  "create",
  "createUnnamed",
  "link",
  "unlink",
  "rmdir",
  "rename",
  "readlink",
  "list",
  "read",
  "write",
  "truncate",
  "change",
  "refresh",
  "allocate",
  "seekData",
  "getAttribute",
  "listAttributes",
  "setAttribute",
  "statfs",
  "sync",
  "retain",
  "release"
] as const satisfies ReadonlyArray<keyof Backend>

/** A method of a backend that does something. */
export type Method = typeof methods[number]

/** Stands between the kernel and a backend: `call` goes through to it; `args` are what the method was called with. */
export type Interceptor = <A, E>(
  method: Method,
  call: (...args: ReadonlyArray<unknown>) => Effect.Effect<A, E>,
  args: ReadonlyArray<unknown>
) => Effect.Effect<A, E | Errno.Any>

/**
 * Leads every call of a backend through `through`. What it answers has to be what the contract allows; nobody checks.
 */
export const intercept = <I extends Inode>(backend: Backend<I>, through: Interceptor): Backend<I> => {
  const wrapped = Object.create(backend) as Record<string, unknown>
  for (const method of methods) {
    const original = backend[method] as ((...args: ReadonlyArray<unknown>) => Effect.Effect<unknown, never>) | undefined
    if (original === undefined) continue
    wrapped[method] = (...args: ReadonlyArray<unknown>) =>
      through(method, (...given) => original.apply(backend, given as never), args)
  }
  return wrapped as unknown as Backend<I>
}

/** Answers nothing at once, but each call `turns` turns of the scheduler later: what a disk or a network does. */
export const delayed = <I extends Inode>(backend: Backend<I>, turns = 1): Backend<I> =>
  intercept(backend, (_, call, args) =>
    Effect.zipRight(
      turns === 1 ? Effect.yieldNow() : Effect.repeatN(Effect.yieldNow(), turns - 1),
      Effect.suspend(() => call(...args))
    ))

/** Fails the `nth` call of a method (the first is 1), and no other. What it would have done is not done. */
export const failing = <I extends Inode>(
  backend: Backend<I>,
  method: Method,
  nth: number,
  code: Errno.Code
): Backend<I> => {
  let calls = 0
  return intercept(
    backend,
    (called, call, args) =>
      called === method && ++calls === nth ? Errno.fail(code, { remedy: "an injected fault" }) : call(...args)
  )
}

/** Reads at most `most` bytes at a time, as a network does, although more are there. */
export const shortReads = <I extends Inode>(backend: Backend<I>, most: number): Backend<I> =>
  intercept(backend, (method, call, args) => {
    if (method !== "read") return call(...args)
    const [inode, offset, into] = args as readonly [I, number, Uint8Array]
    return call(inode, offset, into.subarray(0, most))
  })

/** Takes `bytes` bytes, whatever is freed, and then answers ENOSPC; a write that fits in part is cut short. */
export const full = <I extends Inode>(backend: Backend<I>, bytes: number): Backend<I> => {
  let left = bytes
  return intercept(backend, (method, call, args) => {
    if (method !== "write") return call(...args)
    const [inode, offset, from, now] = args as readonly [I, number, Uint8Array, bigint]
    if (left <= 0 && from.length > 0) return Errno.fail("ENOSPC")
    const taken = from.subarray(0, left)
    left -= taken.length
    return call(inode, offset, taken, now)
  })
}

/** Refuses every change with EROFS: the kernel's `ReadOnlyBackend`. */
export const readOnly: <I extends Inode>(backend: Backend<I>) => Backend<I> = ReadOnlyBackend.make
