/**
 * Where a relative path begins: the working directory, or a directory's descriptor.
 *
 * @see openat(2)
 */
import * as Exit from "effect/Exit"
import { AT_FDCWD } from "../abi/Fcntl.js"
import { isDirectory } from "../abi/FileMode.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"

const startsAtRoot = (path: string): boolean => path.charCodeAt(0) === 47

/** An absolute path looks at no descriptor. */
export const startAt = (
  self: Process,
  dirfd: number,
  path: string
): Exit.Exit<Location, Errno.Errno<"EBADF" | "ENOTDIR" | "ENOENT">> => {
  if (dirfd === AT_FDCWD || startsAtRoot(path)) return Exit.succeed(self.cwd)
  const description = self.fds.get(dirfd)
  if (description === undefined) {
    // The path is copied in before the descriptor is looked at.
    return path === "" ? Errno.fail("ENOENT") : Errno.fail("EBADF", { fd: dirfd, path })
  }
  if (path === "") return Errno.fail("ENOENT")
  const { location } = description
  return location === undefined || !isDirectory(description.inode.mode)
    ? Errno.fail("ENOTDIR", { fd: dirfd, path })
    : Exit.succeed(location)
}
