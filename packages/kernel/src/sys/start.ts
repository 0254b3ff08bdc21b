/**
 * Where a relative path begins: the working directory, or a directory's descriptor.
 *
 * @see openat(2)
 */
import * as Exit from "effect/Exit"
import { AT_FDCWD } from "../abi/Fcntl.js"
import { isDirectory } from "../abi/FileMode.js"
import { PATH_MAX } from "../abi/Limits.js"
import * as Bytes from "../Bytes.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"

const startsAtRoot = (path: string): boolean => path.charCodeAt(0) === 47

/** What copying a path in answers, before anything else is looked at; `undefined` when it is a path at all. */
export const unlikePath = (path: string): Exit.Exit<never, Errno.Errno<"ENAMETOOLONG" | "ENOENT">> | undefined => {
  if (path === "") return Errno.fail("ENOENT")
  return path.length * 3 >= PATH_MAX && Bytes.byteLength(path) >= PATH_MAX ? Errno.fail("ENAMETOOLONG") : undefined
}

/** An absolute path looks at no descriptor. */
export const startAt = (
  self: Process,
  dirfd: number,
  path: string
): Exit.Exit<Location, Errno.Errno<"EBADF" | "ENAMETOOLONG" | "ENOENT" | "ENOTDIR">> => {
  if (dirfd === AT_FDCWD || startsAtRoot(path)) return Exit.succeed(self.cwd)
  const unlike = unlikePath(path)
  if (unlike !== undefined) return unlike
  const description = self.fds.get(dirfd)
  if (description === undefined) return Errno.fail("EBADF", { fd: dirfd, path })
  const { location } = description
  return location === undefined || !isDirectory(description.inode.mode)
    ? Errno.fail("ENOTDIR", { fd: dirfd, path })
    : Exit.succeed(location)
}
