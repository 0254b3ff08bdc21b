/**
 * When a file was last read.
 */
import type { CoarseClock } from "../CoarseClock.js"
import type { Mount } from "../Dentry.js"
import type { Inode } from "../Inode.js"

const SECOND = 1_000_000_000n
const DAY = 86_400n

/**
 * relatime: the access time is kept only as far as anybody can tell whether a file was read since it changed. Files,
 * listed directories and followed links alike.
 */
export const accessed = (now: CoarseClock, { readOnly, superblock: { backend } }: Mount, inode: Inode): void => {
  if (readOnly || !backend.coherent) return
  if (inode.atime > inode.mtime && inode.atime > inode.ctime && now() / SECOND - inode.atime / SECOND < DAY) return
  inode.atime = now()
}
