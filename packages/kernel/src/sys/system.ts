/**
 * Calls about the system as a whole.
 *
 * @see uname(2)
 */
import * as Exit from "effect/Exit"
import { PAGE_SIZE } from "../abi/Mman.js"
import { GRND_INSECURE, GRND_NONBLOCK, GRND_RANDOM } from "../abi/Random.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { SystemInfo, SystemName } from "../Sys.js"
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

/** Programs look at the release to tell which calls exist. */
export const uname = ({ limits }: Rooms): SystemName => ({
  sysname: "Linux",
  nodename: limits.hostname,
  release: "6.18.0-effix",
  version: "#1 Effix",
  machine: "x86_64"
})

/** @see sysinfo(2) */
export const sysinfo = ({ booted, processes: { table }, timers }: Rooms): SystemInfo => ({
  uptime: Number((timers.nanoseconds() - booted) / 1_000_000_000n),
  loads: [0, 0, 0],
  totalRam: table.memory.max * PAGE_SIZE,
  freeRam: (table.memory.max - table.memory.used) * PAGE_SIZE,
  processes: table.processes.size
})

/** @see getrandom(2) */
export const getrandom = (
  { entropy }: Rooms,
  into: Uint8Array,
  flags: number
): Exit.Exit<number, Errno.Errno<"EINVAL">> => {
  const both = GRND_INSECURE | GRND_RANDOM
  if ((flags & ~(both | GRND_NONBLOCK)) !== 0 || (flags & both) === both) {
    return Errno.fail("EINVAL", { syscall: "getrandom" })
  }
  entropy.fill(into)
  return Exit.succeed(into.length)
}
