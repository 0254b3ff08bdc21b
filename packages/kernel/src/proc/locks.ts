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
import type { LeaseInfo } from "../vfs/leases.js"
import type { ProcParts } from "./parts.js"

const kinds: Record<Kind, string> = { flock: "FLOCK  ADVISORY ", posix: "POSIX  ADVISORY ", ofd: "OFDLCK ADVISORY " }

const modeOf = (type: number): string => type === F_WRLCK ? "WRITE" : type === F_RDLCK ? "READ" : "UNLCK"

const hex = (number: number): string => number.toString(16).padStart(2, "0")

const line = ({ depth, device, end, ino, kind, pid, start, type }: LockInfo, id: number): string => {
  const arrow = depth === 0 ? "" : "-> ".padStart(depth + 2)
  const range = `${start} ${end === OFFSET_MAX ? "EOF" : end}`
  return `${id}: ${arrow}${kinds[kind]} ${modeOf(type)} ${pid} ${hex(device >> 8)}:${
    hex(device & 0xff)
  }:${ino} ${range}\n`
}

/** A lease, or with an arrow somebody who waits for one to go. */
const leaseLine = ({ location, pid, state, type }: LeaseInfo, id: number): string => {
  const { dentry, mount } = location ?? {}
  const device = mount?.superblock.dev ?? 0
  const file = dentry === undefined ? "<none>:0" : `${hex(device >> 8)}:${hex(device & 0xff)}:${dentry.inode.ino}`
  return `${id}: ${state === "BREAKER" ? "-> " : ""}LEASE  ${state.padEnd(9)} ${modeOf(type)} ${pid} ${file} 0 EOF\n`
}

/** Every lock, with a number that those who wait behind it share. */
export const locks = ({ locks, vfs }: ProcParts): string => {
  let id = 0
  const leases = vfs.leases.list().map((lease) => leaseLine(lease, lease.state === "BREAKER" ? id : ++id))
  return [...leases, ...locks.list().map((lock) => line(lock, lock.depth === 0 ? ++id : id))].join("")
}

/** The locks that a descriptor shows: those of its description, and those of its process on the file. */
export const locksOf = ({ locks, vfs }: ProcParts, process: Process, description: Description): string => {
  const held = locks.list({ process, description }).map((lock, at) => line(lock, at + 1))
  const leases = vfs.leases.list(description).map((lease, at) => leaseLine(lease, held.length + at + 1))
  return [...held, ...leases].map((each) => `lock:\t${each}`).join("")
}
