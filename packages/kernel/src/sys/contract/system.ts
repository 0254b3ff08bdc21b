/**
 * What the kernel says of itself, and chance.
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"

/** What uname(2) answers. */
export interface SystemName {
  readonly sysname: string
  readonly nodename: string
  readonly release: string
  readonly version: string
  readonly machine: string
}

/** What sysinfo(2) answers. */
export interface SystemInfo {
  /** Seconds since the kernel was booted. */
  readonly uptime: number
  /** Over 1, 5 and 15 minutes; always 0, as nobody measures it. */
  readonly loads: readonly [number, number, number]
  /** Bytes that processes can map, and those that nobody has. */
  readonly totalRam: number
  readonly freeRam: number
  readonly processes: number
}

export interface SystemInfoCalls {
  readonly uname: () => Effect.Effect<SystemName>
  /** @see sysinfo(2) */
  readonly sysinfo: () => Effect.Effect<SystemInfo>
  /**
   * Fills `into` with bytes that nobody can foretell; it never waits. `flags`: GRND_NONBLOCK, GRND_RANDOM, or
   * GRND_INSECURE. @see getrandom(2)
   */
  readonly getrandom: (into: Uint8Array, flags?: number) => Effect.Effect<number, Errno<"EINVAL">>
  /**
   * Lets others run: other fibers, and from time to time the host. For long loops that make no other call.
   * @see sched_yield(2)
   */
  readonly schedYield: () => Effect.Effect<void>
}
