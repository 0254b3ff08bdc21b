/**
 * `/proc/locks`, and the locks of one descriptor in its `fdinfo`.
 *
 * @see proc_locks(5)
 */
import { F_RDLCK, F_WRLCK } from "../abi/Fcntl.js"
import { OFFSET_MAX } from "../abi/Limits.js"
import type { Description } from "../Description.js"
import type { Kind, LockInfo } from "../Locks.js"
import type { Process } from "../ProcessTable.js"
import type { ProcParts } from "./parts.js"

const kinds: Record<Kind, string> = { flock: "FLOCK  ADVISORY ", posix: "POSIX  ADVISORY ", ofd: "OFDLCK ADVISORY " }

const hex = (number: number): string => number.toString(16).padStart(2, "0")

const line = ({ depth, device, end, ino, kind, pid, start, type }: LockInfo, id: number): string => {
  const arrow = depth === 0 ? "" : "-> ".padStart(depth + 2)
  const mode = type === F_WRLCK ? "WRITE" : type === F_RDLCK ? "READ" : "UNLCK"
  const range = `${start} ${end === OFFSET_MAX ? "EOF" : end}`
  return `${id}: ${arrow}${kinds[kind]} ${mode} ${pid} ${hex(device >> 8)}:${hex(device & 0xff)}:${ino} ${range}\n`
}

/** Every lock, with a number that those who wait behind it share. */
export const locks = ({ locks }: ProcParts): string => {
  let id = 0
  return locks.list().map((lock) => line(lock, lock.depth === 0 ? ++id : id)).join("")
}

/** The locks that a descriptor shows: those of its description, and those of its process on the file. */
export const locksOf = ({ locks }: ProcParts, process: Process, description: Description): string =>
  locks.list({ process, description }).map((lock, at) => `lock:\t${line(lock, at + 1)}`).join("")
