/**
 * Calls about the system as a whole.
 *
 * @see uname(2)
 */
import * as Exit from "effect/Exit"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { SystemName } from "../Sys.js"
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
