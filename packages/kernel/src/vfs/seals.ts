/**
 * Seals: what may not be done any more to a file of memfd_create(2).
 *
 * Such a file never has a name, so no other needs more than a look at its link count.
 *
 * @see fcntl(2), F_ADD_SEALS
 */
import * as Exit from "effect/Exit"
import * as Fcntl from "../abi/Fcntl.js"
import * as FileMode from "../abi/FileMode.js"
import type { Mount } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import type { Core } from "./Core.js"

const { F_SEAL_EXEC, F_SEAL_FUTURE_WRITE, F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_WRITE } = Fcntl

const PAGE = 4096
const all = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE | F_SEAL_EXEC
const EXECUTABLE = 0o111

/** A seal that cannot be broken is on every other file of a tmpfs: no more may be added. */
const seals = (core: Core, inode: Inode, mount: Mount | undefined): number | undefined => {
  const known = core.seals.get(inode)
  if (known !== undefined) return known
  return FileMode.isRegular(inode.mode) && mount?.superblock.backend.type === "tmpfs" ? F_SEAL_SEAL : undefined
}

/** F_GET_SEALS. */
export const get = (core: Core, inode: Inode, mount: Mount | undefined): Exit.Exit<number, Errno.Errno<"EINVAL">> => {
  const known = seals(core, inode, mount)
  return known === undefined ? Errno.fail("EINVAL") : Exit.succeed(known)
}

/** F_ADD_SEALS, on a description that can be written to. */
export const add = (
  core: Core,
  inode: Inode,
  mount: Mount | undefined,
  added: number
): Exit.Exit<number, Errno.Errno<"EINVAL" | "EPERM">> => {
  const known = seals(core, inode, mount)
  if ((added & ~all) !== 0 || known === undefined) return Errno.fail("EINVAL")
  if ((known & F_SEAL_SEAL) !== 0) return Errno.fail("EPERM")
  // What can be executed and no longer changes its mode must not change at all.
  const implied = (added & F_SEAL_EXEC) !== 0 && (inode.mode & EXECUTABLE) !== 0
    ? F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE
    : 0
  core.seals.set(inode, known | added | implied)
  return Exit.succeed(0)
}

const of = (core: Core, inode: Inode): number => inode.nlink > 0 ? 0 : core.seals.get(inode) ?? 0

/** How many of `count` bytes may be written at `offset`: what would grow a file that may not is cut off by the page. */
export const writable = (core: Core, inode: Inode, offset: number, count: number): number => {
  const known = of(core, inode)
  if (known === 0) return count
  if ((known & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0) return 0
  if ((known & F_SEAL_GROW) === 0 || offset + count <= inode.size) return count
  return Math.max(0, Math.floor(inode.size / PAGE) * PAGE - offset)
}

/** Whether the size may change to `size`. */
export const resizable = (core: Core, inode: Inode, size: number): boolean => {
  const known = of(core, inode)
  return !((known & F_SEAL_SHRINK) !== 0 && size < inode.size) && !((known & F_SEAL_GROW) !== 0 && size > inode.size)
}

/** Whether a hole may be punched. */
export const punchable = (core: Core, inode: Inode): boolean =>
  (of(core, inode) & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) === 0

/** Whether the mode may change to `mode`. */
export const changeable = (core: Core, inode: Inode, mode: number): boolean =>
  (of(core, inode) & F_SEAL_EXEC) === 0 || ((inode.mode ^ mode) & EXECUTABLE) === 0
