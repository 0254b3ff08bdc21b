/**
 * The inode of descriptors that stand for no file: all of them share one, which has no type and cannot be changed.
 *
 * @see proc_pid_fd(5)
 */
import { Inode } from "../Inode.js"

/** No pipe will have this number. */
const INO = 2 ** 31

class AnonymousInode extends Inode {}

export const make = (now: bigint): Inode => new AnonymousInode(INO, { mode: 0o600, uid: 0, gid: 0, rdev: 0, now })
