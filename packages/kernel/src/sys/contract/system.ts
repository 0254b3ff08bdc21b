/**
 * What the kernel says of itself, and chance.
 */
import type * as Effect from "effect/Effect"

/** What uname(2) answers. */
export interface SystemName {
  readonly sysname: string
  readonly nodename: string
  readonly release: string
  readonly version: string
  readonly machine: string
}

export interface SystemInfoCalls {
  readonly uname: () => Effect.Effect<SystemName>
  /** @see getrandom(2) */
  readonly getrandom: (into: Uint8Array) => Effect.Effect<number>
  /**
   * Lets others run: other fibers, and from time to time the host. For long loops that make no other call.
   * @see sched_yield(2)
   */
  readonly schedYield: () => Effect.Effect<void>
}
