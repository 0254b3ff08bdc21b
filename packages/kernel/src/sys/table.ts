/**
 * Calls that change the descriptor table: open, close, dup, pipe, fcntl.
 *
 * @see dup(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_FOWNER, CAP_SYS_ADMIN, CAP_SYS_RESOURCE } from "../abi/Capabilities.js"
import * as Fcntl from "../abi/Fcntl.js"
import * as OpenFlags from "../abi/OpenFlags.js"
import { RESOLVE_IN_ROOT } from "../abi/Resolve.js"
import { capable } from "../Credentials.js"
import { type Description, drop } from "../Description.js"
import * as Errno from "../Errno.js"
import { isReady } from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { OpenError } from "../Sys.js"
import { setAsync, tellings } from "./owner.js"
import type { Rooms } from "./Rooms.js"
import { startAt, unlikePath } from "./start.js"

/** ENFILE when the kernel has no room for `count` more descriptions; whoever administers it is not held back. */
export const noRoom = (
  { credentials, fds: { descriptions } }: Process,
  syscall: string,
  count = 1
): Exit.Exit<never, Errno.Errno<"ENFILE">> | undefined =>
  descriptions.open + count <= descriptions.max || capable(credentials, CAP_SYS_ADMIN)
    ? undefined
    : Errno.fail("ENFILE", { syscall, remedy: `close files anywhere, or raise descriptionsMax (${descriptions.max})` })

/** Puts a new description into the table; when there is no room it is released again. */
export const install = (
  self: Process,
  description: Description,
  flags: number,
  syscall = "open"
): Effect.Effect<number, Errno.Errno<"EMFILE" | "ENFILE">> => {
  const { fds } = self
  const fd = fds.free()
  const full: Exit.Exit<never, Errno.Errno<"EMFILE" | "ENFILE">> | undefined = fd >= fds.limit
    ? Errno.fail("EMFILE", { syscall, remedy: `close descriptors, or raise the limit of ${fds.limit} (ulimit -n)` })
    : noRoom(self, syscall)
  if (full !== undefined) return Effect.zipRight(release(description), full)
  fds.place(fd, description, (flags & OpenFlags.O_CLOEXEC) !== 0)
  return Exit.succeed(fd)
}

/** @see openat(2) */
export const openat = (
  { vfs }: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  flags: number,
  mode: number,
  resolve = 0
): Effect.Effect<number, OpenError> => {
  if (OpenFlags.contradict(flags)) return Errno.fail("EINVAL", { syscall: "open", path })
  const unlike = unlikePath(path)
  if (unlike !== undefined) return explain(unlike, "open", path)
  // Linux looks for a free number first: a full table makes no file.
  if (self.fds.free() >= self.fds.limit) {
    return Errno.fail("EMFILE", {
      syscall: "open",
      path,
      remedy: `close descriptors, or raise the limit of ${self.fds.limit} (ulimit -n)`
    })
  }
  const full = noRoom(self, "open")
  if (full !== undefined) return explain(full, "open", path)
  const start = startAt(self, dirfd, (resolve & RESOLVE_IN_ROOT) === 0 ? path : ".")
  if (start._tag === "Failure") return Exit.failCause(start.cause)
  const opened = vfs.openInto(self, start.value, path, flags, mode, (description) => {
    description.openedBy ??= self.credentials
    // Whoever was killed meanwhile has no table any more.
    return self.task === undefined
      ? Effect.zipRight(release(description), Effect.interrupt)
      : install(self, description, flags)
  }, resolve)
  return isReady(opened) && opened._tag === "Success" ? opened : told(opened, "open", path)
}

const release = (description: Description): Effect.Effect<void> => {
  description.references++
  return drop(description)
}

/** The same answer; a failure says which call failed on which path. */
export const told = <A, E extends Errno.Any>(
  answer: Effect.Effect<A, E>,
  syscall: string,
  path: string
): Effect.Effect<A, E> =>
  isReady(answer)
    ? explain(answer, syscall, path)
    : Effect.mapError(answer, (error) => Errno.within<Errno.Code>(error, { syscall, path }) as E)

/** The same failure, with the call and the path in it. */
const explain = <A, E extends Errno.Any>(
  exit: Exit.Exit<A, E>,
  syscall: string,
  path: string
): Exit.Exit<A, E> => {
  if (exit._tag === "Success" || exit.cause._tag !== "Fail") return exit
  const { error } = exit.cause
  return Exit.fail(Errno.within<Errno.Code>(error, { syscall, path }) as E)
}

/** What is open as `fd`, and not only named by it (O_PATH). */
export const opened = (self: Process, fd: number): Description | undefined => {
  const description = self.fds.get(fd)
  return description === undefined || (description.flags & OpenFlags.O_PATH) !== 0 ? undefined : description
}

/** @see close(2) */
export const close = (self: Process, fd: number): Effect.Effect<void, Errno.Errno<"EBADF">> => {
  const description = self.fds.remove(fd)
  return description === undefined ? Errno.fail("EBADF", { syscall: "close", fd }) : drop(description)
}

/** @see dup(2) */
export const dup = (self: Process, fd: number): Effect.Effect<number, Errno.Errno<"EBADF" | "EMFILE">> => {
  const description = self.fds.get(fd)
  return description === undefined ? Errno.fail("EBADF", { syscall: "dup", fd }) : self.fds.insert(description, false)
}

/** @see dup2(2) */
export const dup2 = (self: Process, from: number, to: number): Effect.Effect<number, Errno.Errno<"EBADF">> => {
  const { fds } = self
  const description = fds.get(from)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "dup2", fd: from })
  // Onto itself, it only asks whether it is open.
  if (from === to) return Exit.succeed(to)
  if (to < 0 || to >= fds.limit) return Errno.fail("EBADF", { syscall: "dup2", fd: to })
  const released = fds.replace(to, description, false)
  return isReady(released) ? Exit.succeed(to) : Effect.as(released, to)
}

/** @see dup3(2) */
export const dup3 = (
  self: Process,
  from: number,
  to: number,
  flags: number
): Effect.Effect<number, Errno.Errno<"EBADF" | "EINVAL">> => {
  if (from === to || (flags & ~OpenFlags.O_CLOEXEC) !== 0) return Errno.fail("EINVAL", { syscall: "dup3", fd: from })
  const { fds } = self
  const description = fds.get(from)
  if (description === undefined || to < 0 || to >= fds.limit) return Errno.fail("EBADF", { syscall: "dup3", fd: from })
  return Effect.as(fds.replace(to, description, flags !== 0), to)
}

/** @see pipe2(2) */
export const pipe = (
  { pipes }: Rooms,
  self: Process,
  flags: number
): Effect.Effect<readonly [number, number], Errno.Errno<"EINVAL" | "EMFILE" | "ENFILE">> => {
  const known = OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK | OpenFlags.O_DIRECT
  if ((flags & ~known) !== 0) return Errno.fail("EINVAL", { syscall: "pipe2" })
  const full = noRoom(self, "pipe", 2)
  if (full !== undefined) return full
  const { fds } = self
  const first = fds.free()
  if (fds.free(first + 1) >= fds.limit) {
    return Errno.fail("EMFILE", { syscall: "pipe", remedy: `raise the limit of ${fds.limit} (ulimit -n)` })
  }
  const { reader, writer } = pipes.create(flags & (OpenFlags.O_NONBLOCK | OpenFlags.O_DIRECT), {
    uid: self.credentials.fsuid,
    gid: self.credentials.fsgid
  })
  reader.openedBy = writer.openedBy = self.credentials
  const closes = (flags & OpenFlags.O_CLOEXEC) !== 0
  const second = fds.free(first + 1)
  fds.place(first, reader, closes)
  fds.place(second, writer, closes)
  return Exit.succeed([first, second] as const)
}

type FcntlError = Errno.Errno<
  "EACCES" | "EAGAIN" | "EBADF" | "EBUSY" | "EINVAL" | "EMFILE" | "ENOTDIR" | "EPERM" | "ESRCH"
>

/** Commands that need no open file: all that O_PATH is good for. */
const ofDescriptors: ReadonlyArray<number> = [
  Fcntl.F_DUPFD,
  Fcntl.F_DUPFD_CLOEXEC,
  Fcntl.F_DUPFD_QUERY,
  Fcntl.F_GETFD,
  Fcntl.F_SETFD,
  Fcntl.F_GETFL
]

/** O_NOATIME is for the owner. */
const mayHideAccess = ({ credentials }: Process, { inode }: Description): boolean =>
  credentials.fsuid === inode.uid || capable(credentials, CAP_FOWNER)

/** @see fcntl(2) */
export const fcntl = (
  rooms: Rooms,
  self: Process,
  fd: number,
  command: number,
  argument: number
): Effect.Effect<number, FcntlError> => {
  const { fds } = self
  const { pipes } = rooms
  const description = fds.get(fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "fcntl", fd })
  if ((description.flags & OpenFlags.O_PATH) !== 0 && !ofDescriptors.includes(command)) {
    return Errno.fail("EBADF", { syscall: "fcntl", fd })
  }
  switch (command) {
    case Fcntl.F_DUPFD:
    case Fcntl.F_DUPFD_CLOEXEC:
      if (argument < 0 || argument >= fds.limit) return Errno.fail("EINVAL", { syscall: "fcntl", fd })
      return fds.insert(description, command === Fcntl.F_DUPFD_CLOEXEC, argument)
    case Fcntl.F_GETFD:
      return Exit.succeed(fds.isCloseOnExec(fd) ? Fcntl.FD_CLOEXEC : 0)
    case Fcntl.F_SETFD:
      fds.setCloseOnExec(fd, (argument & Fcntl.FD_CLOEXEC) !== 0)
      return Exit.succeed(0)
    case Fcntl.F_GETFL:
      return Exit.succeed(description.flags)
    case Fcntl.F_SETFL:
      if ((argument & ~description.flags & OpenFlags.O_NOATIME) !== 0 && !mayHideAccess(self, description)) {
        return Errno.fail("EPERM", { syscall: "fcntl", fd })
      }
      if (((argument ^ description.flags) & OpenFlags.O_ASYNC) !== 0) {
        setAsync(rooms, self, description, fd, (argument & OpenFlags.O_ASYNC) !== 0)
      }
      description.flags = (description.flags & ~OpenFlags.changeable) | (argument & OpenFlags.changeable)
      return Exit.succeed(0)
    case Fcntl.F_GETPIPE_SZ: {
      const capacity = pipes.capacity(description)
      return capacity === undefined ? Errno.fail("EBADF", { syscall: "fcntl", fd }) : Exit.succeed(capacity)
    }
    case Fcntl.F_SETPIPE_SZ:
      return pipes.resize(description, argument, capable(self.credentials, CAP_SYS_RESOURCE))
    case Fcntl.F_GET_SEALS:
      return rooms.vfs.seals(description)
    case Fcntl.F_ADD_SEALS:
      return description.writable
        ? rooms.vfs.addSeals(description, argument)
        : Errno.fail("EPERM", { syscall: "fcntl", fd })
    case Fcntl.F_DUPFD_QUERY: {
      const other = fds.get(argument)
      return other === undefined
        ? Errno.fail("EBADF", { syscall: "fcntl", fd })
        : Exit.succeed(other === description ? 1 : 0)
    }
    default:
      return tellings(rooms, self, description, fd, command, argument)
  }
}
