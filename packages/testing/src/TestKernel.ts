/**
 * A kernel for tests: the same bytes from its entropy in every run, and time that the test moves.
 *
 * Inside `it.effect` the clock is Effect's `TestClock` and stands still until the test adjusts it; so do all sleeps, alarms
 * and timeouts of the kernel's programs. For many schedules instead of one, run the test's effect with `Simulation`.
 *
 * @example
 * ```ts no-run
 * import { Kernel, Programs, Sys } from "@effix/kernel"
 * import { TestKernel } from "@effix/testing"
 * import { expect, it } from "@effect/vitest"
 * import { Effect, Fiber, TestClock } from "effect"
 *
 * const sleeper: Programs.Main = () => Effect.flatMap(Sys.Sys, (sys) => Effect.as(sys.nanosleep(3_600e9), 7))
 *
 * it.effect("an hour passes at once", () =>
 *   Effect.gen(function*() {
 *     const kernel = yield* Kernel.Kernel
 *     const running = yield* Effect.fork(kernel.exec(["sleeper"]))
 *     yield* TestKernel.settled
 *     yield* TestClock.adjust("1 hour")
 *     expect((yield* Fiber.join(running)).exitCode).toBe(7)
 *   }).pipe(Effect.provide(TestKernel.layer({ programs: { sleeper } }))))
 * ```
 *
 * Another file system below the same test is one line: a backend that is slow, say, in place of the one in memory.
 *
 * @example
 * ```ts
 * import { Kernel } from "@effix/kernel"
 * import * as MemoryBackend from "@effix/kernel/backend/MemoryBackend"
 * import { FaultyBackend, TestKernel } from "@effix/testing"
 * import { Effect } from "effect"
 *
 * const test = Effect.gen(function*() {
 *   const kernel = yield* Kernel.Kernel
 *   yield* kernel.writeFile("/etc/motd", "welcome")
 *   console.log(new TextDecoder().decode(yield* kernel.readFile("/etc/motd")))
 * })
 *
 * const memory = MemoryBackend.make({ bytesMax: 1e6, inodesMax: 1000, now: 0n })
 *
 * const both = Effect.gen(function*() {
 *   yield* Effect.provide(test, TestKernel.layer())
 *   yield* Effect.provide(test, TestKernel.layer({ backend: FaultyBackend.delayed(memory) }))
 * })
 * Effect.runPromise(both)
 * ```
 * ```text output
 * welcome
 * welcome
 * ```
 */
import * as Entropy from "@effix/kernel/Entropy"
import type * as Errno from "@effix/kernel/Errno"
import * as Kernel from "@effix/kernel/Kernel"
import type * as KernelConfig from "@effix/kernel/KernelConfig"
import * as Programs from "@effix/kernel/Programs"
import { type Backend, VfsBackend } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export interface Options<E = never> {
  /** Where the root file system lives: a backend, or an effect that makes one. Default: in memory. */
  readonly backend?: Backend | Effect.Effect<Backend, E>
  readonly config?: Partial<KernelConfig.Limits>
  /** Files by path, to be there from the beginning. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Programs by name, to be found in `/bin`. */
  readonly programs?: Readonly<Record<string, Programs.Main>>
  /** Further drivers, such as the shell and its utilities. */
  readonly drivers?: Layer.Layer<never, E, Kernel.Services>
  /** What the kernel's entropy is drawn from. Default: 1. */
  readonly seed?: number
}

const register = (
  programs: Readonly<Record<string, Programs.Main>>
): Layer.Layer<never, Errno.Errno<"EEXIST" | "EINVAL">, Programs.Programs> =>
  Layer.scopedDiscard(
    Effect.flatMap(Programs.Programs, ({ register }) =>
      Effect.forEach(Object.entries(programs), ([name, main]) =>
        register(name, main), { discard: true }))
  )

/**
 * A kernel with seeded entropy, under the clock that the test has.
 *
 * @category layers
 */
export const layer = <E = never>(options: Options<E> = {}): Layer.Layer<Kernel.Services, E> => {
  const { backend, config, drivers, files, programs = {}, seed = 1 } = options
  return Kernel.layerWith<E, never, E>({
    ...(backend === undefined
      ? {}
      : { backend: Layer.effect(VfsBackend, Effect.isEffect(backend) ? backend : Effect.succeed(backend)) }),
    ...(config === undefined ? {} : { config }),
    ...(files === undefined ? {} : { files }),
    drivers: Layer.merge(Layer.orDie(register(programs)), drivers ?? Layer.empty)
  }).pipe(Layer.provide(Entropy.layerSeeded(seed)))
}

/**
 * Waits until nothing in the kernel can go on without time passing: then a test may move its `TestClock`. Under `TestClock`
 * programs run on the host's scheduler, so this gives it some turns.
 */
export const settled: Effect.Effect<void> = Effect.async<void>((resume) => {
  let turns = 8
  const turn = (): void => {
    if (turns-- > 0) setTimeout(turn, 0)
    else resume(Effect.void)
  }
  turn()
})
