/**
 * Whom an open file tells by signals, and of what: the commands of fcntl(2) that are about SIGIO, leases and
 * directories.
 *
 * @see fcntl(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_FOWNER, CAP_LEASE } from "../abi/Capabilities.js"
import * as Fcntl from "../abi/Fcntl.js"
import { isDirectory, isRegular } from "../abi/FileMode.js"
import { O_ASYNC, O_PATH } from "../abi/OpenFlags.js"
import { SIGRTMAX } from "../abi/Signals.js"
import { capable } from "../Credentials.js"
import type { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import type { Process } from "../ProcessTable.js"
import { Owner } from "../signals/Owner.js"
import { Notices } from "../watch/Notices.js"
import type { FileOwner } from "./contract/descriptors.js"
import type { Rooms } from "./Rooms.js"

/** An open file: O_PATH opens none. */
const opened = (self: Process, fd: number): Description | undefined => {
  const description = self.fds.get(fd)
  return description === undefined || (description.flags & O_PATH) !== 0 ? undefined : description
}

const ownerOf = ({ processes, signals }: Rooms, description: Description): Owner =>
  description.signalOwner ??= new Owner(signals, processes.table)

/** Whether it is its owner's, or the caller may act as if it were his. */
const owns = ({ credentials }: Process, { uid }: Inode, capability: number): boolean =>
  credentials.fsuid === uid || capable(credentials, capability)

/** O_ASYNC, as F_SETFL sets it: only what can tell of itself has it. */
export const setAsync = (rooms: Rooms, self: Process, description: Description, fd: number, on: boolean): void => {
  const owner = ownerOf(rooms, description)
  if (!on) {
    // What was opened with O_ASYNC tells nobody, and shows it for ever.
    if (owner.stop === undefined) return
    owner.stop()
    owner.stop = undefined
    description.flags &= ~O_ASYNC
    return
  }
  const stop = description.startAsync((code) => owner.tell(fd, code))
  if (stop === undefined) return
  owner.stop = stop
  owner.fd = fd
  ;(description.closing ??= new Set()).add(owner.closed)
  description.flags |= O_ASYNC
  const group = description.terminal?.foreground
  if (group !== undefined) owner.setUnlessSet(self, Fcntl.F_OWNER_PGRP, group.id)
  else if (description.terminal !== undefined) owner.setUnlessSet(self)
}

type LeaseError = Errno.Errno<"EACCES" | "EAGAIN" | "EINVAL">

/** F_SETLEASE */
const setLease = (
  rooms: Rooms,
  self: Process,
  description: Description,
  fd: number,
  type: number
): Exit.Exit<number, LeaseError> => {
  const { inode } = description
  if (type < Fcntl.F_RDLCK || type > Fcntl.F_UNLCK) return Errno.fail("EINVAL")
  if (!owns(self, inode, CAP_LEASE)) return Errno.fail("EACCES")
  if (!isRegular(inode.mode)) return Errno.fail("EINVAL")
  const owner = ownerOf(rooms, description)
  return rooms.vfs.leases.set({ description, fd, owner, caller: self, after: rooms.timers.after }, type)
}

/** F_NOTIFY */
const notify = (
  rooms: Rooms,
  self: Process,
  description: Description,
  fd: number,
  events: number
): Exit.Exit<number, Errno.Errno<"EINVAL" | "ENOTDIR">> => {
  const { fds } = self
  if (rooms.vfs.settings["dir-notify-enable"].value === 0) return Errno.fail("EINVAL")
  if ((events & ~Fcntl.DN_MULTISHOT) !== 0) {
    if (!isDirectory(description.inode.mode)) return Errno.fail("ENOTDIR")
    ownerOf(rooms, description).setUnlessSet(self)
  }
  const notices = fds.notices instanceof Notices ? fds.notices : fds.notices = new Notices()
  notices.ask(description, fd, events, rooms.watches.notifier)
  return Exit.succeed(0)
}

/** How long what is written to a file is said to last: kept, and nothing depends on it. */
const hints = new WeakMap<Inode, number>()

const setHint = (
  self: Process,
  { inode }: Description,
  hint: number
): Exit.Exit<number, Errno.Errno<"EINVAL" | "EPERM">> => {
  if (!owns(self, inode, CAP_FOWNER)) return Errno.fail("EPERM")
  if (hint < Fcntl.RWH_WRITE_LIFE_NOT_SET || hint > Fcntl.RWH_WRITE_LIFE_EXTREME) return Errno.fail("EINVAL")
  hints.set(inode, hint)
  return Exit.succeed(0)
}

const setOwner = (owner: Owner, type: number, pid: number, self: Process): Exit.Exit<number, Errno.Errno<"ESRCH">> =>
  owner.set(type, pid, self) ? Exit.succeed(0) : Errno.fail("ESRCH")

/** The commands of fcntl(2) that take a number and are about whom to tell. */
export const tellings = (
  rooms: Rooms,
  self: Process,
  description: Description,
  fd: number,
  command: number,
  argument: number
): Exit.Exit<number, LeaseError | Errno.Errno<"ENOTDIR" | "EPERM" | "ESRCH">> => {
  const owner = description.signalOwner
  switch (command) {
    case Fcntl.F_GETOWN: {
      const pid = owner?.pid ?? 0
      return Exit.succeed(owner?.type === Fcntl.F_OWNER_PGRP ? -pid : pid)
    }
    case Fcntl.F_SETOWN:
      return setOwner(
        ownerOf(rooms, description),
        argument < 0 ? Fcntl.F_OWNER_PGRP : Fcntl.F_OWNER_PID,
        Math.abs(argument),
        self
      )
    case Fcntl.F_GETSIG:
      return Exit.succeed(owner?.signal ?? 0)
    case Fcntl.F_SETSIG:
      if (argument < 0 || argument > SIGRTMAX) return Errno.fail("EINVAL")
      ownerOf(rooms, description).signal = argument
      return Exit.succeed(0)
    case Fcntl.F_GETLEASE:
      return Exit.succeed(rooms.vfs.leases.get(description))
    case Fcntl.F_SETLEASE:
      return setLease(rooms, self, description, fd, argument)
    case Fcntl.F_NOTIFY:
      return notify(rooms, self, description, fd, argument)
    case Fcntl.F_GET_RW_HINT:
      return Exit.succeed(hints.get(description.inode) ?? Fcntl.RWH_WRITE_LIFE_NOT_SET)
    case Fcntl.F_SET_RW_HINT:
      return setHint(self, description, argument)
    default:
      return Errno.fail("EINVAL")
  }
}

/** F_SETOWN_EX and F_GETOWN_EX. @see fcntl(2) */
export const fcntlOwner = (
  rooms: Rooms,
  self: Process,
  fd: number,
  command: number,
  asked: FileOwner
): Effect.Effect<FileOwner, Errno.Errno<"EBADF" | "EINVAL" | "ESRCH">> => {
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "fcntl", fd })
  if (command === Fcntl.F_GETOWN_EX) {
    const { pid = 0, type = Fcntl.F_OWNER_TID } = description.signalOwner ?? {}
    return Exit.succeed({ type, pid })
  }
  const { pid, type } = asked
  if (command !== Fcntl.F_SETOWN_EX || type < Fcntl.F_OWNER_TID || type > Fcntl.F_OWNER_PGRP) {
    return Errno.fail("EINVAL", { syscall: "fcntl", fd })
  }
  return Exit.as(setOwner(ownerOf(rooms, description), type, pid, self), asked)
}

/** F_GETOWNER_UIDS. @see fcntl(2) */
export const fcntlOwnerUids = (
  self: Process,
  fd: number
): Effect.Effect<readonly [uid: number, euid: number], Errno.Errno<"EBADF">> => {
  const description = opened(self, fd)
  if (description === undefined) return Errno.fail("EBADF", { syscall: "fcntl", fd })
  const { euid = 0, uid = 0 } = description.signalOwner ?? {}
  return Exit.succeed([uid, euid] as const)
}
