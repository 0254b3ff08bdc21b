/**
 * Calls about time and the system as a whole.
 *
 * @see clock_gettime(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { Clock, SystemName } from "../Sys.js"
import type { Rooms } from "./Rooms.js"

/** @see getpgid(2) */
export const groupOf = (
  { processes }: Rooms,
  self: Process,
  pid: number,
  idOf: (target: Process) => number
): Exit.Exit<number, Errno.Errno<"ESRCH">> => {
  const target = pid === 0 ? self : processes.table.processes.get(pid)
  return target === undefined ? Errno.fail("ESRCH") : Exit.succeed(idOf(target))
}

/** The monotonic clock began when the kernel was booted. */
export const clockGettime = ({ booted, timers }: Rooms, clock: Clock): bigint =>
  clock === "realtime" ? timers.nanoseconds() : timers.nanoseconds() - booted

/** @see nanosleep(2) */
export const nanosleep = (
  { timers }: Rooms,
  nanoseconds: bigint | number
): Effect.Effect<void, Errno.Errno<"EINTR" | "EINVAL">> => {
  const milliseconds = Number(nanoseconds) / 1e6
  if (!(milliseconds >= 0)) return Errno.fail("EINVAL", { syscall: "nanosleep" })
  return milliseconds === 0 ? Effect.yieldNow() : timers.sleep(milliseconds)
}

/** Programs look at the release to tell which calls exist. */
export const uname = ({ limits }: Rooms): SystemName => ({
  sysname: "Linux",
  nodename: limits.hostname,
  release: "6.18.0-effix",
  version: "#1 Effix",
  machine: "x86_64"
})
