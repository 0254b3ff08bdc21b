/**
 * Calls on paths, and on files behind descriptors.
 *
 * @see path_resolution(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_SYS_CHROOT, SECBIT_NO_SETUID_FIXUP } from "../abi/Capabilities.js"
import * as Fcntl from "../abi/Fcntl.js"
import { isDirectory } from "../abi/FileMode.js"
import * as CapabilitySet from "../CapabilitySet.js"
import { capable, type Credentials } from "../Credentials.js"
import type { Location } from "../Dentry.js"
import type { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import { type Stat, stat as statOf } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { AttributePathError, PathAtError, PathError, TruncateError } from "../Sys.js"
import type { Target } from "../vfs/attributes.js"
import { overLimit } from "./descriptors.js"
import type { Rooms } from "./Rooms.js"
import { startAt } from "./start.js"
import { opened, told } from "./table.js"

/** Runs a call on a path from where it begins, and adds call and path to whatever it answers. */
export const at = <A, E extends Errno.Any>(
  self: Process,
  syscall: string,
  dirfd: number,
  path: string,
  call: (start: Location) => Effect.Effect<A, E>
): Effect.Effect<A, E | Errno.Errno<"EBADF" | "ENAMETOOLONG" | "ENOENT" | "ENOTDIR">> => {
  const start = startAt(self, dirfd, path)
  if (start._tag === "Failure") return Exit.failCause(start.cause)
  return told(call(start.value), syscall, path)
}

/** @see stat(2) */
export const stat = ({ vfs }: Rooms, self: Process, path: string, follow: boolean): Effect.Effect<Stat, PathError> =>
  told(vfs.stat(self, self.cwd, path, follow), follow ? "stat" : "lstat", path)

/** @see fstat(2) */
export const fstat = (
  { vfs }: Rooms,
  self: Process,
  fd: number
): Effect.Effect<Stat, Errno.Errno<"EACCES" | "EBADF" | "EIO" | "ESTALE">> => {
  const description = self.fds.get(fd)
  return description === undefined ? Errno.fail("EBADF", { syscall: "fstat", fd }) : vfs.fstat(description)
}

/** AT_NO_AUTOMOUNT and the AT_STATX flags ask for what is so here anyway. */
const statFlags = Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_NO_AUTOMOUNT | Fcntl.AT_EMPTY_PATH | Fcntl.AT_STATX_SYNC_TYPE

/** The working directory by itself: no name is looked up in it, so nobody asks who may. */
const statHere = ({ cwd: { dentry, mount } }: Process): Effect.Effect<Stat, PathError> => {
  const { backend, dev } = mount.superblock
  const refreshed = backend.refresh?.(dentry.inode) ?? Exit.void
  return Step.map(refreshed, () => statOf(dentry.inode, dev))
}

/** @see fstatat(2) */
export const fstatat = (
  rooms: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  flags: number
): Effect.Effect<Stat, PathAtError | Errno.Errno<"EINVAL">> => {
  const empty = path === "" && (flags & Fcntl.AT_EMPTY_PATH) !== 0
  if (empty && dirfd >= 0) return fstat(rooms, self, dirfd)
  if ((flags & ~statFlags) !== 0) return Errno.fail("EINVAL", { syscall: "fstatat", path })
  if (empty) return dirfd === Fcntl.AT_FDCWD ? statHere(self) : fstat(rooms, self, dirfd)
  const follow = (flags & Fcntl.AT_SYMLINK_NOFOLLOW) === 0
  return at(self, "fstatat", dirfd, path, (start) => rooms.vfs.stat(self, start, path, follow))
}

/** What counts for the real user: all that is permitted to user 0, and nothing for others. */
const effectiveForReal = ({ effective, permitted, securebits, uid }: Credentials) =>
  (securebits & SECBIT_NO_SETUID_FIXUP) !== 0 ? effective : uid === 0 ? permitted : CapabilitySet.empty

/** access(2) asks for the real user, as a set-user-id program must. */
const asRealUser = (self: Process) => {
  const { credentials } = self
  const same = credentials.uid === credentials.fsuid && credentials.gid === credentials.fsgid
  if (same && credentials.effective === effectiveForReal(credentials)) return self
  return {
    pid: self.pid,
    root: self.root,
    cwd: self.cwd,
    umask: self.umask,
    credentials: {
      ...credentials,
      fsuid: credentials.uid,
      fsgid: credentials.gid,
      effective: effectiveForReal(credentials)
    }
  }
}

/** @see faccessat(2) */
export const faccessat = (
  { vfs }: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  mode: number,
  flags: number
): Effect.Effect<void, PathAtError | Errno.Errno<"EINVAL" | "EROFS">> => {
  const known = Fcntl.AT_EACCESS | Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_EMPTY_PATH
  if ((mode & ~7) !== 0 || (flags & ~known) !== 0) return Errno.fail("EINVAL", { syscall: "access", path })
  const viewer = (flags & Fcntl.AT_EACCESS) === 0 ? asRealUser(self) : self
  const follow = (flags & Fcntl.AT_SYMLINK_NOFOLLOW) === 0
  if (path === "" && (flags & Fcntl.AT_EMPTY_PATH) !== 0) {
    return onNamed(self, "access", dirfd, (target) => vfs.access(viewer, target, mode))
  }
  return at(
    self,
    "access",
    dirfd,
    path,
    (start) => Step.andThen(vfs.find(viewer, start, path, follow), (target) => vfs.access(viewer, target, mode))
  )
}

/** @see access(2) */
export const access = (
  { vfs }: Rooms,
  self: Process,
  path: string,
  mode: number
): Effect.Effect<void, PathError | Errno.Errno<"EINVAL" | "EROFS">> => {
  if ((mode & ~7) !== 0) return Errno.fail("EINVAL", { syscall: "access", path })
  const viewer = asRealUser(self)
  const answer = Step.andThen(vfs.find(viewer, self.cwd, path, true), (target) => vfs.access(viewer, target, mode))
  return told(answer, "access", path)
}

/** What a descriptor stands for, as something whose attributes can be changed; O_PATH names it only. */
const targetOf = ({ inode, location }: Description): Target => ({ inode, mount: location?.mount, place: location })

/** Changes attributes behind a descriptor. */
export const onDescriptor = <A, E>(
  self: Process,
  syscall: string,
  fd: number,
  change: (target: Target) => Effect.Effect<A, E>
): Effect.Effect<A, E | Errno.Errno<"EBADF">> => {
  const description = opened(self, fd)
  return description === undefined ? Errno.fail("EBADF", { syscall, fd }) : change(targetOf(description))
}

/** Changes attributes behind a path. */
export const onPath = <A, E extends Errno.Any>(
  { vfs }: Rooms,
  self: Process,
  syscall: string,
  dirfd: number,
  path: string,
  follow: boolean,
  change: (target: Target) => Effect.Effect<A, E>
): Effect.Effect<A, E | PathAtError> =>
  at<A, E | PathError>(
    self,
    syscall,
    dirfd,
    path,
    (start) => Step.andThen(vfs.find(self, start, path, follow), change)
  )

/** Changes attributes of what a descriptor names, O_PATH or not: the empty path of AT_EMPTY_PATH. */
const onNamed = <A, E extends Errno.Any>(
  self: Process,
  syscall: string,
  dirfd: number,
  change: (target: Target) => Effect.Effect<A, E>
): Effect.Effect<A, E | PathAtError> => {
  const { cwd: { dentry, mount } } = self
  if (dirfd === Fcntl.AT_FDCWD) return change({ inode: dentry.inode, mount })
  const description = self.fds.get(dirfd)
  return description === undefined ? Errno.fail("EBADF", { syscall, fd: dirfd }) : change(targetOf(description))
}

const attributeFlags = Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_EMPTY_PATH

/** Changes an attribute of what a path names, or a descriptor when the path is empty. */
const onAny = (
  rooms: Rooms,
  self: Process,
  syscall: string,
  dirfd: number,
  path: string,
  flags: number,
  change: (target: Target) => Effect.Effect<void, AttributePathError>
): Effect.Effect<void, AttributePathError> => {
  if ((flags & ~attributeFlags) !== 0) return Errno.fail("EINVAL", { syscall, path })
  if (path === "" && (flags & Fcntl.AT_EMPTY_PATH) !== 0) return onNamed(self, syscall, dirfd, change)
  return onPath(rooms, self, syscall, dirfd, path, (flags & Fcntl.AT_SYMLINK_NOFOLLOW) === 0, change)
}

/** @see fchmodat(2) */
export const fchmodat = (
  rooms: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  mode: number,
  flags: number
): Effect.Effect<void, AttributePathError> =>
  onAny(rooms, self, "chmod", dirfd, path, flags, (target) => rooms.vfs.chmod(self, target, mode))

/** @see fchownat(2) */
export const fchownat = (
  rooms: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  uid: number,
  gid: number,
  flags: number
): Effect.Effect<void, AttributePathError> =>
  onAny(rooms, self, "chown", dirfd, path, flags, (target) => rooms.vfs.chown(self, target, uid, gid))

/** @see futimens(3) */
export const futimens = (
  rooms: Rooms,
  self: Process,
  fd: number,
  atime: bigint | "now" | "omit",
  mtime: bigint | "now" | "omit"
): Effect.Effect<void, AttributePathError> =>
  atime === "omit" && mtime === "omit"
    ? Exit.void
    : onDescriptor(self, "futimens", fd, (target) => rooms.vfs.utimens(self, target, atime, mtime))

/** An empty path is the link itself that an O_PATH descriptor names. @see readlinkat(2) */
export const readlinkat = (
  { vfs }: Rooms,
  self: Process,
  dirfd: number,
  path: string
): Effect.Effect<string, PathAtError | Errno.Errno<"EINVAL">> => {
  if (path !== "" || dirfd === Fcntl.AT_FDCWD) {
    return at(self, "readlink", dirfd, path, (start) => vfs.readlink(self, start, path))
  }
  const description = self.fds.get(dirfd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "readlink", fd: dirfd })
  const { location } = description
  return location === undefined
    ? Errno.fail("ENOENT", { syscall: "readlink", fd: dirfd })
    : told(vfs.readlink(self, location, path), "readlink", path)
}

/** @see utimensat(2) */
export const utimensat = (
  rooms: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  atime: bigint | "now" | "omit",
  mtime: bigint | "now" | "omit",
  flags: number
): Effect.Effect<void, AttributePathError> => {
  // With nothing to set, nothing is looked at.
  if (atime === "omit" && mtime === "omit") return Exit.void
  if ((flags & ~(Fcntl.AT_SYMLINK_NOFOLLOW | Fcntl.AT_EMPTY_PATH)) !== 0) {
    return Errno.fail("EINVAL", { syscall: "utimensat", path })
  }
  if (path === "" && (flags & Fcntl.AT_EMPTY_PATH) !== 0) {
    return onNamed(self, "utimensat", dirfd, (target) => rooms.vfs.utimens(self, target, atime, mtime))
  }
  const follow = (flags & Fcntl.AT_SYMLINK_NOFOLLOW) === 0
  return onPath(
    rooms,
    self,
    "utimensat",
    dirfd,
    path,
    follow,
    (target) => rooms.vfs.utimens(self, target, atime, mtime)
  )
}

/** @see truncate(2) */
export const truncate = (
  rooms: Rooms,
  self: Process,
  path: string,
  size: number
): Effect.Effect<void, TruncateError> =>
  size < 0
    ? Errno.fail("EINVAL", { syscall: "truncate", path })
    : onPath(
      rooms,
      self,
      "truncate",
      Fcntl.AT_FDCWD,
      path,
      true,
      (target) => overLimit(rooms, self, rooms.vfs.truncate(self, target, size))
    )

/** @see ftruncate(2) */
export const ftruncate = (
  rooms: Rooms,
  self: Process,
  fd: number,
  size: number
): Effect.Effect<void, TruncateError> => {
  if (size < 0) return Errno.fail("EINVAL", { syscall: "ftruncate", fd })
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "ftruncate", fd })
  if (!description.writable) return Errno.fail("EINVAL", { syscall: "ftruncate", fd })
  return overLimit(rooms, self, description.truncate(size, self))
}

/** Stands in another directory. */
const moveTo = ({ vfs }: Rooms, self: Process, to: Location): Effect.Effect<void, PathError> =>
  Step.andThen(vfs.hold(to), () => {
    const before = self.cwd
    self.cwd = to
    return vfs.letGo(before)
  })

/** @see chdir(2) */
export const chdir = (rooms: Rooms, self: Process, path: string): Effect.Effect<void, PathError> =>
  told(
    Step.andThen(rooms.vfs.findDirectory(self, self.cwd, path), (to) => moveTo(rooms, self, to)),
    "chdir",
    path
  )

/** @see fchdir(2) */
export const fchdir = (
  rooms: Rooms,
  self: Process,
  fd: number
): Effect.Effect<void, Errno.Errno<"EACCES" | "EBADF" | "ENOTDIR">> => {
  const description = self.fds.get(fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "fchdir", fd })
  const { inode, location } = description
  if (location === undefined || !isDirectory(inode.mode)) return Errno.fail("ENOTDIR", { syscall: "fchdir", fd })
  return Step.andThen(
    rooms.vfs.access(self, { inode, mount: undefined }, 1) as Effect.Effect<void, Errno.Errno<"EACCES">>,
    () => Effect.orDie(moveTo(rooms, self, location))
  )
}

/** @see getcwd(2) */
export const getcwd = ({ vfs }: Rooms, self: Process): Effect.Effect<string, Errno.Errno<"ENOENT">> => {
  const path = vfs.pathOf(self.root, self.cwd)
  return path === undefined ? Errno.fail("ENOENT", { syscall: "getcwd" }) : Exit.succeed(path)
}

/** @see chroot(2) */
export const chroot = ({ vfs }: Rooms, self: Process, path: string): Effect.Effect<void, PathError> =>
  told(
    Step.andThen(vfs.findDirectory(self, self.cwd, path), (to): Effect.Effect<void, PathError> => {
      if (!capable(self.credentials, CAP_SYS_CHROOT)) return Errno.fail("EPERM")
      return Step.andThen(vfs.hold(to), () => {
        const before = self.root
        self.root = to
        return vfs.letGo(before)
      })
    }),
    "chroot",
    path
  )
