/**
 * Calls on descriptors that stand for processes.
 *
 * @see pidfd_open(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_SYS_PTRACE } from "../abi/Capabilities.js"
import * as EventFlags from "../abi/EventFlags.js"
import { O_CLOEXEC } from "../abi/OpenFlags.js"
import { SI_USER } from "../abi/SignalCodes.js"
import { P_PID, P_PIDFD, WNOHANG } from "../abi/WaitStatus.js"
import { capable } from "../Credentials.js"
import * as Errno from "../Errno.js"
import { ProcessDescriptor } from "../event/ProcessDescriptor.js"
import { andThen } from "../internal/step.js"
import * as Policy from "../Policy.js"
import type { Process } from "../ProcessTable.js"
import type { ChildChange, Program, SpawnError, SpawnOptions } from "../Sys.js"
import type { Rooms } from "./Rooms.js"
import { infoOf, sendGroup, sendOne } from "./signals.js"
import { install, noRoom, opened, told } from "./table.js"

const { PIDFD_NONBLOCK, PIDFD_SIGNAL_PROCESS_GROUP, PIDFD_SIGNAL_THREAD, PIDFD_SIGNAL_THREAD_GROUP, PIDFD_THREAD } =
  EventFlags

/** @see pidfd_open(2) */
export const pidfdOpen = (
  { events, processes: { table } }: Rooms,
  self: Process,
  pid: number,
  flags: number
): Effect.Effect<number, Errno.Errno<"EINVAL" | "EMFILE" | "ENFILE" | "ESRCH">> => {
  if ((flags & ~(PIDFD_NONBLOCK | PIDFD_THREAD)) !== 0 || pid <= 0) {
    return Errno.fail("EINVAL", { syscall: "pidfd_open" })
  }
  const process = table.processes.get(pid)
  return process === undefined
    ? Errno.fail("ESRCH", { syscall: "pidfd_open" })
    : install(self, events.process(process, flags), O_CLOEXEC, "pidfd_open")
}

/** @see pidfd_spawn(3) */
export const pidfdSpawn = (
  { events, processes }: Rooms,
  self: Process,
  what: string | Program,
  options: SpawnOptions
): Effect.Effect<number, SpawnError> => {
  // A child that nobody could hold on to is not started.
  if (self.fds.free() >= self.fds.limit) return Errno.fail("EMFILE", { syscall: "pidfd_spawn" })
  const full = noRoom(self, "pidfd_spawn")
  if (full !== undefined) return full
  const spawned = andThen(
    processes.spawn(self, what, options),
    (child) => install(self, events.process(child, 0), O_CLOEXEC)
  )
  return typeof what === "string" ? told(spawned, "spawn", what) : spawned
}

type NoPidfd = Errno.Errno<"EBADF">

const processAt = (
  self: Process,
  pidfd: number,
  syscall: string
): Exit.Exit<ProcessDescriptor, NoPidfd> => {
  const description = opened(self, pidfd)
  return description instanceof ProcessDescriptor
    ? Exit.succeed(description)
    : Errno.fail("EBADF", { syscall, fd: pidfd })
}

const scopes: ReadonlyArray<number> = [
  0,
  PIDFD_SIGNAL_THREAD,
  PIDFD_SIGNAL_THREAD_GROUP,
  PIDFD_SIGNAL_PROCESS_GROUP
]

/** @see pidfd_send_signal(2) */
export const pidfdSendSignal = (
  rooms: Rooms,
  self: Process,
  pidfd: number,
  signal: number,
  flags: number
): Exit.Exit<void, Errno.Errno<"EAGAIN" | "EBADF" | "EINVAL" | "EPERM" | "ESRCH">> => {
  if (!scopes.includes(flags)) return Errno.fail("EINVAL", { syscall: "pidfd_send_signal", fd: pidfd })
  const found = processAt(self, pidfd, "pidfd_send_signal")
  if (found._tag === "Failure") return Exit.failCause(found.cause)
  const { process } = found.value
  const info = infoOf(self, signal, SI_USER, 0)
  if (flags === PIDFD_SIGNAL_PROCESS_GROUP) {
    return sendGroup(rooms, self, rooms.processes.table.groups.get(process.pid), info)
  }
  return process.state === "dead"
    ? Errno.fail("ESRCH", { syscall: "pidfd_send_signal", fd: pidfd })
    : sendOne(rooms, self, process, info)
}

/** @see ptrace(2), "Ptrace access mode checking" */
const mayLookInto = ({ credentials: caller }: Process, { credentials: target }: Process): boolean => {
  const same = [target.uid, target.euid, target.suid].every((uid) => uid === caller.uid) &&
    [target.gid, target.egid, target.sgid].every((gid) => gid === caller.gid)
  return same || capable(caller, CAP_SYS_PTRACE)
}

/** @see pidfd_getfd(2) */
export const pidfdGetfd = (
  self: Process,
  pidfd: number,
  fd: number,
  flags: number
): Effect.Effect<number, Errno.Errno<"EBADF" | "EINVAL" | "EMFILE" | "EPERM" | "ESRCH">> => {
  if (flags !== 0) return Errno.fail("EINVAL", { syscall: "pidfd_getfd", fd })
  const found = processAt(self, pidfd, "pidfd_getfd")
  if (found._tag === "Failure") return Exit.failCause(found.cause)
  const { process } = found.value
  if (process.state === "dead" || process.state === "zombie") return Errno.fail("ESRCH", { syscall: "pidfd_getfd" })
  // What somebody has who is under fewer rules is not for who is under more.
  const mayTake = process === self || (mayLookInto(self, process) && Policy.isUnder(process.policy, self.policy))
  if (!mayTake) return Errno.fail("EPERM", { syscall: "pidfd_getfd" })
  const description = process.fds.get(fd)
  return description === undefined
    ? Errno.fail("EBADF", { syscall: "pidfd_getfd", fd })
    : self.fds.insert(description, true)
}

/** The child that a descriptor stands for, whoever bears its number by now. @see waitid(2) */
const waitidAt = (
  { processes }: Rooms,
  self: Process,
  pidfd: number,
  options: number
): Effect.Effect<ChildChange | undefined, WaitidError> => {
  if (pidfd < 0) return Errno.fail("EINVAL", { syscall: "waitid" })
  const found = processAt(self, pidfd, "waitid")
  if (found._tag === "Failure") return Exit.failCause(found.cause)
  const { nonBlocking, process } = found.value
  if (processes.table.processes.get(process.pid) !== process) return Errno.fail("ECHILD", { syscall: "waitid" })
  if (!nonBlocking || (options & WNOHANG) !== 0) return processes.waitid(self, P_PID, process.pid, options)
  return andThen(
    processes.waitid(self, P_PID, process.pid, options | WNOHANG),
    (change): Exit.Exit<ChildChange, Errno.Errno<"EAGAIN">> =>
      change === undefined ? Errno.fail("EAGAIN", { syscall: "waitid" }) : Exit.succeed(change)
  )
}

type WaitidError = Errno.Errno<"EAGAIN" | "EBADF" | "ECHILD" | "EINTR" | "EINVAL">

/** @see waitid(2) */
export const waitid = (
  rooms: Rooms,
  self: Process,
  idType: number,
  id: number,
  options: number
): Effect.Effect<ChildChange | undefined, WaitidError> =>
  idType === P_PIDFD
    ? waitidAt(rooms, self, id, options)
    : rooms.processes.waitid(self, idType, id, options)
