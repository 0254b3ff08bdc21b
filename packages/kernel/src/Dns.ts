/**
 * Names of machines, and their addresses.
 *
 * As libc does it for a process: `/etc/hosts` first, then, for the names that `/etc/resolv.conf` makes of it (`search`,
 * `ndots`), whatever resolver the kernel was given; its answers are kept for as long as they say, and so is the answer
 * that there is none. Both files are read as the process sees them. Without a resolver, names outside of `/etc/hosts` do
 * not exist.
 *
 * @see getaddrinfo(3)
 * @see hosts(5)
 * @see resolv.conf(5)
 *
 * @example
 * ```ts
 * import { Dns, Kernel, Sys } from "@effix/kernel"
 * import { Effect, Layer } from "effect"
 *
 * const resolver = Dns.layerResolver((name, family) =>
 *   Effect.succeed({ addresses: name === "db.internal" && family === 4 ? ["10.0.0.5"] : [], seconds: 60 })
 * )
 *
 * const ask = Effect.gen(function*() {
 *   const sys = yield* Sys.Sys
 *   const [first] = yield* sys.getaddrinfo("db.internal", 5432)
 *   yield* sys.write(1, new TextEncoder().encode(JSON.stringify(first)))
 *   return 0
 * })
 *
 * const main = Effect.gen(function*() {
 *   const kernel = yield* Kernel.Kernel
 *   const { status } = yield* Effect.flatMap(kernel.spawn(ask), ({ wait }) => Effect.map(wait, (status) => ({ status })))
 *   console.log(status) // { _tag: "Exited", code: 0 }
 * }).pipe(Effect.scoped)
 *
 * Effect.runPromise(Effect.provide(main, Kernel.layer.pipe(Layer.provide(resolver))))
 * ```
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as OpenFlags from "./abi/OpenFlags.js"
import * as Bytes from "./Bytes.js"
import { drop } from "./Description.js"
import { Cache } from "./dns/Cache.js"
import { addressesOf, candidates } from "./dns/files.js"
import * as Errno from "./Errno.js"
import type { NetworkUse, PolicyRules } from "./Policy.js"
import type { Process } from "./ProcessTable.js"
import * as Ip from "./socket/inet/Ip.js"
import type { Vfs } from "./Vfs.js"

export type Family = 4 | 6

/** What a resolver knows of a name: its addresses, or that there are none, and for how many seconds that is so. */
export interface Answer {
  readonly addresses: ReadonlyArray<string>
  readonly seconds: number
}

/** EAGAIN is a resolver that cannot say now, EIO one that does not work, EACCES one that may not. */
export type Resolve = (
  name: string,
  family: Family
) => Effect.Effect<Answer, Errno.Errno<"EACCES" | "EAGAIN" | "EIO">>

/** ENOENT says that there is no such name. */
export type LookupError = Errno.Errno<"EACCES" | "EAGAIN" | "EIO" | "ENOENT">

/**
 * Whoever knows the names that are not in `/etc/hosts`. Default: nobody.
 *
 * @category tags
 */
export class Resolver extends Context.Reference<Resolver>()("@effix/kernel/Dns/Resolver", {
  defaultValue: (): Resolve | undefined => undefined
}) {}

/** @category layers */
export const layerResolver = (resolve: Resolve): Layer.Layer<Resolver> => Layer.succeed(Resolver, resolve)

/** @category tags */
export class Dns extends Context.Tag("@effix/kernel/Dns")<Dns, {
  /** The addresses of `name`, which may be one itself; of both families, IPv4 first, unless one is asked for. */
  readonly lookup: (
    viewer: Process,
    name: string,
    family?: Family
  ) => Effect.Effect<ReadonlyArray<string>, LookupError>
}>() {}

export interface Parts {
  readonly vfs: Vfs["Type"]
  readonly resolve: Resolve | undefined
  readonly policy?: PolicyRules | undefined
  /** Milliseconds. */
  readonly now: () => number
}

/** Bytes of a file that are looked at. */
const FILE_MAX = 1_048_576

export const make = ({ now, policy, resolve, vfs }: Parts): Dns["Type"] => {
  const cache = new Cache(now)

  const textOf = (viewer: Process, path: string): Effect.Effect<string> =>
    Effect.acquireUseRelease(
      Effect.suspend(() =>
        Effect.tap(vfs.open(viewer, viewer.cwd, path, OpenFlags.O_RDONLY, 0), (file) => {
          file.references++
        })
      ),
      (file) =>
        Effect.gen(function*() {
          let text = ""
          const into = new Uint8Array(16_384)
          while (text.length < FILE_MAX) {
            const count = yield* file.read(into, viewer)
            if (count === 0) break
            text += Bytes.decode(into.subarray(0, count))
          }
          return text
        }),
      (file) => Effect.suspend(() => drop(file))
    ).pipe(Effect.orElseSucceed(() => ""))

  const refusal = (viewer: Process, use: NetworkUse) =>
    policy?.network?.(viewer, use) ?? viewer.policy?.network?.(viewer, use)

  /** The addresses of one name, as far as rules leave them. */
  const asked = (
    resolve: Resolve,
    viewer: Process,
    name: string,
    families: ReadonlyArray<Family>
  ): Effect.Effect<ReadonlyArray<string>, LookupError> =>
    Effect.gen(function*() {
      const refused = refusal(viewer, { access: "resolve", name })
      if (refused !== undefined) return yield* Errno.fail("EACCES", { syscall: "getaddrinfo", path: name, ...refused })
      const found: Array<string> = []
      for (const family of families) found.push(...yield* ask(resolve, name, family))
      return found.filter((address) => refusal(viewer, { access: "resolved", name, address }) === undefined)
    })

  const ask = (resolve: Resolve, name: string, family: Family): Effect.Effect<ReadonlyArray<string>, LookupError> =>
    Effect.suspend(() => {
      const known = cache.get(name, family)
      if (known !== undefined) return Exit.succeed(known)
      return Effect.map(resolve(name, family), ({ addresses, seconds }) => {
        const valid = addresses.flatMap((address) => Ip.canonical(address) ?? []).filter((address) =>
          Ip.is4(address) === (family === 4)
        )
        cache.set(name, family, valid, seconds)
        return valid
      })
    })

  const lookUp = (
    resolve: Resolve,
    viewer: Process,
    name: string,
    families: ReadonlyArray<Family>
  ): Effect.Effect<ReadonlyArray<string>, LookupError> =>
    Effect.gen(function*() {
      let answer: Errno.Errno<"EACCES" | "ENOENT"> = Errno.make("ENOENT", { syscall: "getaddrinfo", path: name })
      for (const candidate of candidates(name, yield* textOf(viewer, "/etc/resolv.conf"))) {
        const found = yield* Effect.catchTag(asked(resolve, viewer, candidate, families), "EACCES", (refused) => {
          // One that may not be asked for does not stand before one that may.
          if (answer._tag === "ENOENT") answer = refused
          return Effect.succeed([])
        })
        if (found.length > 0) return found
      }
      return yield* answer
    })

  return {
    lookup: (viewer, name, family) =>
      Effect.gen(function*() {
        const isWanted = (address: string): boolean => family === undefined || Ip.is4(address) === (family === 4)
        const missing = Errno.fail("ENOENT", { syscall: "getaddrinfo", path: name })
        const literal = Ip.canonical(name) ?? Ip.aton(name)
        if (literal !== undefined) return isWanted(literal) ? [literal] : yield* missing
        const written = addressesOf(name, yield* textOf(viewer, "/etc/hosts")).filter(isWanted)
        if (written.length > 0) return written
        if (resolve === undefined) return yield* missing
        return yield* lookUp(resolve, viewer, name.toLowerCase(), family === undefined ? [4, 6] : [family])
      })
  }
}
