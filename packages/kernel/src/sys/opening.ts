/**
 * More ways to get a descriptor, and to be rid of many.
 *
 * @see openat2(2)
 * @see memfd_create(2)
 * @see close_range(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CLOSE_RANGE_CLOEXEC, CLOSE_RANGE_UNSHARE } from "../abi/Fcntl.js"
import { MFD_CLOEXEC } from "../abi/Memfd.js"
import * as OpenFlags from "../abi/OpenFlags.js"
import * as Resolve from "../abi/Resolve.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { OpenError, OpenHow } from "../Sys.js"
import type { Rooms } from "./Rooms.js"
import { install, openat, told } from "./table.js"

const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_PATH, O_TMPFILE, O_TRUNC } = OpenFlags

const scopes = Resolve.RESOLVE_BENEATH | Resolve.RESOLVE_IN_ROOT
const resolves = Resolve.RESOLVE_NO_XDEV | Resolve.RESOLVE_NO_MAGICLINKS | Resolve.RESOLVE_NO_SYMLINKS | scopes |
  Resolve.RESOLVE_CACHED

/** What open(2) drops in silence is refused here; `build_open_flags` of Linux. */
const check = ({ flags, mode = 0, resolve = 0 }: OpenHow): Exit.Exit<void, Errno.Errno<"EAGAIN" | "EINVAL">> => {
  const makes = (flags & O_CREAT) !== 0 || (flags & O_TMPFILE & ~O_DIRECTORY) !== 0
  if ((flags & ~OpenFlags.known) !== 0 || (resolve & ~resolves) !== 0) return Errno.fail("EINVAL")
  if ((resolve & scopes) === scopes) return Errno.fail("EINVAL")
  if (makes ? (mode & ~0o7777) !== 0 : mode !== 0) return Errno.fail("EINVAL")
  if (OpenFlags.contradict(flags)) return Errno.fail("EINVAL")
  const withPath = O_PATH | O_DIRECTORY | O_NOFOLLOW | OpenFlags.O_CLOEXEC
  if ((flags & O_PATH) !== 0 && (flags & ~withPath) !== 0) return Errno.fail("EINVAL")
  const changes = (flags & (O_CREAT | O_TRUNC)) !== 0 || makes
  return (resolve & Resolve.RESOLVE_CACHED) !== 0 && changes ? Errno.fail("EAGAIN") : Exit.void
}

/** @see openat2(2) */
export const openat2 = (
  rooms: Rooms,
  self: Process,
  dirfd: number,
  path: string,
  how: OpenHow
): Effect.Effect<number, OpenError> => {
  const fit = check(how)
  if (fit._tag === "Failure") return told(Exit.failCause(fit.cause), "openat2", path)
  return openat(rooms, self, dirfd, path, how.flags, how.mode ?? 0, how.resolve ?? 0)
}

/** @see memfd_create(2) */
export const memfdCreate = (
  { vfs }: Rooms,
  self: Process,
  name: string,
  flags: number
): Effect.Effect<number, Errno.Errno<"EINVAL" | "EMFILE" | "ENFILE" | "ENOMEM">> => {
  const made = vfs.memfd(self, name, flags)
  if (made._tag === "Failure") return Exit.failCause(made.cause)
  made.value.openedBy = self.credentials
  return install(self, made.value, (flags & MFD_CLOEXEC) === 0 ? 0 : OpenFlags.O_CLOEXEC)
}

/** Every process has a table of its own, so CLOSE_RANGE_UNSHARE asks for what is so. @see close_range(2) */
export const closeRange = (
  self: Process,
  first: number,
  last: number,
  flags: number
): Effect.Effect<void, Errno.Errno<"EINVAL">> => {
  // Both are unsigned numbers of 32 bits.
  const from = first >>> 0
  const to = last >>> 0
  const known = CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE
  if ((flags & ~known) !== 0 || from > to) return Errno.fail("EINVAL", { syscall: "close_range", fd: first })
  const { fds } = self
  if ((flags & CLOSE_RANGE_CLOEXEC) === 0) return fds.closeRange(from, to)
  for (const [fd] of fds.entries()) if (fd >= from && fd <= to) fds.setCloseOnExec(fd, true)
  return Exit.void
}
