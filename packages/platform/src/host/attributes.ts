/**
 * Changing modes, owners and times.
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import type { Changes } from "@effix/kernel/VfsBackend"
import { asked } from "./errors.js"
import type { HostInode } from "./HostInode.js"
import type { Steps } from "./steps.js"
import type { Tree } from "./Tree.js"

const SET_ID = FileMode.S_ISUID | FileMode.S_ISGID

export function* change(tree: Tree, inode: HostInode, changes: Changes): Steps<void, Errno.Any> {
  yield* tree.changeable
  const { host, options } = tree
  const path = yield* tree.itself(inode)
  const { atime = inode.atime, gid = inode.gid, mtime = inode.mtime, uid = inode.uid } = changes
  const mode = changes.mode ?? inode.mode & FileMode.PERMISSIONS
  const owned = uid !== inode.uid || gid !== inode.gid
  const timed = changes.atime !== undefined || changes.mtime !== undefined
  if (FileMode.isSymlink(inode.mode) && !host.changesLinks && (owned || timed)) return yield* Errno.fail("EPERM")
  if (owned) {
    // All files have one owner here, so none can be given away.
    if (options.owner !== undefined) return yield* Errno.fail("EPERM")
    yield* host.setOwner(path, uid, gid)
  }
  if (mode !== (inode.mode & FileMode.PERMISSIONS) || (owned && !FileMode.isSymlink(inode.mode))) {
    // The kernel's users are not the host's: nobody there is lent another's rights.
    const lends = mode & ~inode.mode & SET_ID
    if (lends !== 0 && !FileMode.isDirectory(inode.mode)) return yield* Errno.fail("EPERM")
    if (!FileMode.isSymlink(inode.mode)) yield* asked(host.fs.chmod(path, mode))
  }
  if (timed) yield* host.setTimes(path, atime, mtime)
  yield* tree.itself(inode)
}
