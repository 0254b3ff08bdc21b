/**
 * Calls about signals.
 *
 * @see signal(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SI_QUEUE, SI_USER } from "../abi/SignalCodes.js"
import * as SignalFlags from "../abi/SignalFlags.js"
import * as Abi from "../abi/Signals.js"
import * as Errno from "../Errno.js"
import type { Process, ProcessGroup, SignalAction, SignalInfo } from "../ProcessTable.js"
import { maySignal } from "../Signals.js"
import * as Pending from "../signals/pending.js"
import * as SignalSet from "../SignalSet.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Rooms } from "./Rooms.js"
import { TemporaryMask } from "./TemporaryMask.js"
import { Timeout } from "./Timeout.js"

export const isSignal = (signal: number): boolean => Number.isInteger(signal) && signal >= 1 && signal <= Abi.SIGRTMAX

type KillError = Errno.Errno<"EAGAIN" | "EINVAL" | "EPERM" | "ESRCH">

export const sendOne = (
  { signals }: Rooms,
  self: Process,
  target: Process,
  info: SignalInfo
): Exit.Exit<void, KillError> => {
  if (info.signal !== 0 && !isSignal(info.signal)) return Errno.fail("EINVAL", { syscall: "kill" })
  if (!maySignal(self, target, info.signal)) return Errno.fail("EPERM", { syscall: "kill" })
  return signals.send(target, info)
    ? Exit.void
    : Errno.fail("EAGAIN", { syscall: "sigqueue", remedy: "raise signalsQueuedMax" })
}

/** Sends to a group: it fails only when not one of its members could be sent to. */
export const sendGroup = (
  rooms: Rooms,
  self: Process,
  group: ProcessGroup | undefined,
  info: SignalInfo
): Exit.Exit<void, KillError> =>
  rooms.signals.together(() => {
    let answer: Exit.Exit<void, KillError> = Errno.fail("ESRCH", { syscall: "kill" })
    let sent = false
    for (const target of group?.members ?? []) {
      answer = sendOne(rooms, self, target, info)
      if (answer._tag === "Success") sent = true
    }
    return sent ? Exit.void : answer
  })

const failsWith = (answer: Exit.Exit<void, KillError>, code: KillError["_tag"]): boolean =>
  answer._tag === "Failure" && answer.cause._tag === "Fail" && answer.cause.error._tag === code

/** Sends to all others but init. Those that may not be sent to do not count, even when there are no more. */
const sendAll = (rooms: Rooms, self: Process, info: SignalInfo): Exit.Exit<void, KillError> => {
  const { init, table } = rooms.processes
  const others = Array.from(table.processes.values()).filter((each) => each !== init && each !== self)
  let answer: Exit.Exit<void, KillError> = others.length === 0 ? Errno.fail("ESRCH", { syscall: "kill" }) : Exit.void
  for (const target of others) {
    const each = sendOne(rooms, self, target, info)
    if (!failsWith(each, "EPERM")) answer = each
  }
  return answer
}

const send = (rooms: Rooms, self: Process, pid: number, info: SignalInfo): Exit.Exit<void, KillError> => {
  const { table } = rooms.processes
  if (pid === -1) return rooms.signals.together(() => sendAll(rooms, self, info))
  if (pid <= 0) {
    const group = pid === 0 ? self.group : table.groups.get(-pid)
    return sendGroup(rooms, self, group, info)
  }
  const target = table.processes.get(pid)
  return target === undefined ? Errno.fail("ESRCH", { syscall: "kill" }) : sendOne(rooms, self, target, info)
}

export const infoOf = (self: Process, signal: number, code: number, value: number): SignalInfo => ({
  signal,
  code,
  pid: self.pid,
  uid: self.credentials.uid,
  value
})

type SignalError = Exclude<KillError, Errno.Errno<"EAGAIN">>

/** @see kill(2) */
export const kill = (rooms: Rooms, self: Process, pid: number, signal: number): Exit.Exit<void, SignalError> => {
  const answer = send(rooms, self, pid, infoOf(self, signal, SI_USER, 0))
  // What kill(2) cannot queue is pending all the same, so it never says so.
  return failsWith(answer, "EAGAIN") ? Exit.void : answer as Exit.Exit<void, SignalError>
}

/** @see sigqueue(3) */
export const sigqueue = (
  rooms: Rooms,
  self: Process,
  pid: number,
  signal: number,
  value: number
): Exit.Exit<void, KillError> =>
  pid <= 0
    ? Errno.fail("ESRCH", { syscall: "sigqueue" })
    : send(rooms, self, pid, infoOf(self, signal, SI_QUEUE, value))

/** @see sigaction(2) */
export const sigaction = (
  { signals }: Rooms,
  self: Process,
  signal: number,
  action: SignalAction | undefined
): Exit.Exit<SignalAction, Errno.Errno<"EINVAL">> => {
  const fixed = signal === Abi.SIGKILL || signal === Abi.SIGSTOP
  if (!isSignal(signal) || (fixed && action !== undefined)) return Errno.fail("EINVAL", { syscall: "sigaction" })
  return Exit.succeed(action === undefined ? signals.actionOf(self, signal) : signals.setAction(self, signal, action))
}

/** @see sigprocmask(2) */
export const sigprocmask = (
  { signals }: Rooms,
  self: Process,
  how: number,
  set: SignalSet.SignalSet
): Exit.Exit<SignalSet.SignalSet, Errno.Errno<"EINVAL">> => {
  const before = self.signals.blocked
  switch (how) {
    case SignalFlags.SIG_BLOCK:
      signals.setMask(self, before | set)
      break
    case SignalFlags.SIG_UNBLOCK:
      signals.setMask(self, before & ~set)
      break
    case SignalFlags.SIG_SETMASK:
      signals.setMask(self, set)
      break
    default:
      return Errno.fail("EINVAL", { syscall: "sigprocmask" })
  }
  return Exit.succeed(before)
}

/** @see sigsuspend(2) */
export const sigsuspend = (
  { signals }: Rooms,
  self: Process,
  mask: SignalSet.SignalSet
): Effect.Effect<never, Errno.Errno<"EINTR">> => {
  const temporary = new TemporaryMask(signals, self, mask)
  return WaitQueue.sleep<never, never>([], () => undefined, {
    restartable: false,
    entered: () => temporary.start(),
    renews: () => temporary.renew(),
    left: () => temporary.stop()
  })
}

/** @see pause(2) */
export const pause = (): Effect.Effect<never, Errno.Errno<"EINTR">> =>
  WaitQueue.sleep<never, never>([], () => undefined, { restartable: false })

/** @see sigtimedwait(2) */
export const sigtimedwait = (
  { signals, timers }: Rooms,
  self: Process,
  set: SignalSet.SignalSet,
  timeout: number
): Effect.Effect<SignalInfo, Errno.Errno<"EAGAIN" | "EINTR">> => {
  const state = self.signals
  const wanted = set & ~SignalSet.unstoppable
  const limit = new Timeout(timers, timeout)
  const attempt = (): WaitQueue.Attempt<SignalInfo, Errno.Errno<"EAGAIN" | "EINTR">> => {
    const signal = Pending.first(state.pending & wanted)
    if (signal !== 0) return Exit.succeed(Pending.take(state, signal))
    return limit.expired ? Errno.fail("EAGAIN", { syscall: "sigtimedwait" }) : undefined
  }
  return attempt() ?? WaitQueue.sleep([state.arrived ??= WaitQueue.make(), limit.over], attempt, {
    restartable: false,
    entered: () => {
      state.awaited = wanted
      limit.start()
    },
    // Being stopped and continued is enough to end it, whatever comes meanwhile. @see signal(7), "Interruption … by stop signals"
    partial: () => Errno.fail("EINTR", { syscall: "sigtimedwait" }),
    left: () => {
      limit.stop()
      state.awaited = SignalSet.empty
      if (state.pending !== SignalSet.empty) signals.setMask(self, state.blocked)
    }
  })
}
