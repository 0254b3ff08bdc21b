/**
 * Calls that add, move and remove names.
 *
 * @see link(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_DAC_READ_SEARCH } from "../abi/Capabilities.js"
import * as Fcntl from "../abi/Fcntl.js"
import * as FileMode from "../abi/FileMode.js"
import { capable } from "../Credentials.js"
import type { Location } from "../Dentry.js"
import * as Errno from "../Errno.js"
import { isReady } from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { CreatePathError, RemovePathError, RenamePathError } from "../Sys.js"
import { at } from "./files.js"
import type { Rooms } from "./Rooms.js"
import { startAt, unlikePath } from "./start.js"
import { told } from "./table.js"

/** @see unlinkat(2) */
export const unlinkat = (
  { vfs }: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  flags: number
): Effect.Effect<void, RemovePathError> => {
  if ((flags & ~Fcntl.AT_REMOVEDIR) !== 0) return Errno.fail("EINVAL", { syscall: "unlinkat", path })
  return flags === 0
    ? at(self, "unlink", dirfd, path, (start) => vfs.unlink(self, start, path))
    : at(self, "rmdir", dirfd, path, (start) => vfs.rmdir(self, start, path))
}

/** @see mknodat(2) */
export const mknodat = (
  { vfs }: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  mode: number,
  device: number
): Effect.Effect<void, CreatePathError> => {
  const unfit = unfitNode(mode)
  if (unfit !== undefined) return told(unfit, "mknod", path)
  return at(self, "mknod", dirfd, path, (start) => vfs.mknod(self, start, path, mode, device))
}

/** The type is looked at before the path. */
const unfitNode = (mode: number): Exit.Exit<never, Errno.Errno<"EINVAL" | "EPERM">> | undefined => {
  switch (mode & FileMode.S_IFMT) {
    case 0:
    case FileMode.S_IFREG:
    case FileMode.S_IFCHR:
    case FileMode.S_IFBLK:
    case FileMode.S_IFIFO:
    case FileMode.S_IFSOCK:
      return undefined
    case FileMode.S_IFDIR:
      return Errno.fail("EPERM")
    default:
      return Errno.fail("EINVAL")
  }
}

/** @see symlinkat(2) */
export const symlinkat = (
  { vfs }: Rooms,
  self: Process,
  target: string,
  dirfd: number,
  path: string
): Effect.Effect<void, CreatePathError> => {
  const unlike = unlikePath(target)
  if (unlike !== undefined) return told(unlike, "symlink", path)
  return at(self, "symlink", dirfd, path, (start) => vfs.symlink(self, start, target, path))
}

/** Runs a call on two paths, each from where it begins; the second descriptor is looked at behind the first path. */
const atBoth = <A, E extends Errno.Any>(
  self: Process,
  syscall: string,
  dirfd: number,
  path: string,
  newDirfd: number,
  newPath: string,
  call: (start: Location, newStart: ReturnType<typeof startAt>) => Effect.Effect<A, E>
): Effect.Effect<A, E | Errno.Errno<"EBADF" | "ENAMETOOLONG" | "ENOENT" | "ENOTDIR">> =>
  at(self, syscall, dirfd, path, (start) => {
    const answer = call(start, startAt(self, newDirfd, newPath))
    return isReady(answer) && answer._tag === "Success"
      ? answer
      : Effect.mapError(answer, (error) => Errno.within<Errno.Code>(error, { target: newPath }) as E)
  })

/** @see renameat2(2) */
export const renameat2 = (
  { vfs }: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  newDirfd: number,
  newPath: string,
  flags: number
): Effect.Effect<void, RenamePathError> => {
  const known = Fcntl.RENAME_NOREPLACE | Fcntl.RENAME_EXCHANGE
  if ((flags & ~known) !== 0 || (flags & known) === known) return Errno.fail("EINVAL", { syscall: "rename", path })
  return atBoth(
    self,
    "rename",
    dirfd,
    path,
    newDirfd,
    newPath,
    (start, newStart) => vfs.rename(self, start, path, newStart, newPath, flags)
  )
}

const SLASH = 47

/**
 * What a descriptor names, to be given another name; `undefined` for what is in no file system. Only whoever opened it
 * may, or one with CAP_DAC_READ_SEARCH: a descriptor that was handed over is no right to the file for ever.
 */
const namedBy = (
  self: Process,
  fd: number
): Exit.Exit<Location | undefined, Errno.Errno<"EBADF" | "ENOENT">> => {
  if (fd === Fcntl.AT_FDCWD) return Exit.succeed(self.cwd)
  const description = self.fds.get(fd)
  if (description === undefined) return Errno.fail("EBADF", { fd })
  if (description.openedBy !== self.credentials && !capable(self.credentials, CAP_DAC_READ_SEARCH)) {
    return Errno.fail("ENOENT", { fd })
  }
  return Exit.succeed(description.location)
}

/** @see linkat(2) */
export const linkat = (
  { vfs }: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  newDirfd: number,
  newPath: string,
  flags: number
): Effect.Effect<void, CreatePathError | Errno.Errno<"EXDEV">> => {
  if ((flags & ~(Fcntl.AT_SYMLINK_FOLLOW | Fcntl.AT_EMPTY_PATH)) !== 0) {
    return Errno.fail("EINVAL", { syscall: "link", path })
  }
  const mayBeEmpty = (flags & Fcntl.AT_EMPTY_PATH) !== 0
  const unlike = path === "" && mayBeEmpty ? undefined : unlikePath(path)
  if (unlike !== undefined) return told(unlike, "link", path)
  if (mayBeEmpty && path.charCodeAt(0) !== SLASH) {
    // Asked even of a descriptor that a path begins at.
    const from = namedBy(self, dirfd)
    if (from._tag === "Failure") return told(from, "link", path)
    if (path === "") {
      return told(vfs.link(self, from.value, path, startAt(self, newDirfd, newPath), newPath, false), "link", newPath)
    }
  }
  const follow = (flags & Fcntl.AT_SYMLINK_FOLLOW) !== 0
  return atBoth(
    self,
    "link",
    dirfd,
    path,
    newDirfd,
    newPath,
    (start, newStart) => vfs.link(self, start, path, newStart, newPath, follow)
  )
}
