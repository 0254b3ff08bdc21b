/**
 * When a file was last read.
 */
import { isDirectory } from "../abi/FileMode.js"
import { MS_NOATIME, MS_NODIRATIME, MS_RELATIME } from "../abi/MountFlags.js"
import type { CoarseClock } from "../CoarseClock.js"
import type { Mount } from "../Dentry.js"
import type { Inode } from "../Inode.js"

const SECOND = 1_000_000_000n
const DAY = 86_400n

/**
 * Unless a mount says otherwise, relatime: the access time is kept only as far as anybody can tell whether a file was
 * read since it changed. Files, listed directories and followed links alike.
 */
export const accessed = (now: CoarseClock, mount: Mount, inode: Inode): void => {
  const { flags } = mount
  if (mount.readOnly || (flags & MS_NOATIME) !== 0 || !mount.superblock.backend.coherent) return
  if ((flags & MS_NODIRATIME) !== 0 && isDirectory(inode.mode)) return
  const relative = (flags & MS_RELATIME) !== 0
  if (
    relative && inode.atime > inode.mtime && inode.atime > inode.ctime && now() / SECOND - inode.atime / SECOND < DAY
  ) return
  inode.atime = now()
}
