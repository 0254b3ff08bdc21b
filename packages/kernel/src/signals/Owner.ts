/**
 * Who is told by a signal that something can be done with an open file, and by which: what F_SETOWN and F_SETSIG set.
 *
 * @see fcntl(2)
 */
import { F_OWNER_PGRP, F_OWNER_PID, F_OWNER_TID } from "../abi/Fcntl.js"
import * as Poll from "../abi/PollEvents.js"
import * as Codes from "../abi/SignalCodes.js"
import * as Abi from "../abi/Signals.js"
import type { Process, ProcessTable } from "../ProcessTable.js"
import type { Signals } from "../Signals.js"
import * as SignalSet from "../SignalSet.js"

/** The events of poll(2) that each reason stands for. */
const bands: Readonly<Record<number, number>> = {
  [Codes.POLL_IN]: Poll.POLLIN | Poll.POLLRDNORM,
  [Codes.POLL_OUT]: Poll.POLLOUT | Poll.POLLWRNORM | Poll.POLLWRBAND,
  [Codes.POLL_MSG]: Poll.POLLIN | Poll.POLLRDNORM | Poll.POLLMSG,
  [Codes.POLL_PRI]: Poll.POLLPRI | Poll.POLLRDBAND,
  [Codes.POLL_HUP]: Poll.POLLHUP | Poll.POLLERR
}

/** Signals whose codes from 1 on mean something of their own; SIGIO is the one that these codes are made for. */
const specific = SignalSet.of(
  Abi.SIGILL,
  Abi.SIGFPE,
  Abi.SIGSEGV,
  Abi.SIGBUS,
  Abi.SIGTRAP,
  Abi.SIGCHLD,
  Abi.SIGSYS
)

const nobody = (): Iterable<Process> => []

/** The processes behind a number, for as long as it is theirs; `undefined` where nothing bears the number. */
const behind = ({ groups, processes, sessions }: ProcessTable, type: number, pid: number) => {
  const process = processes.get(pid)
  const group = groups.get(pid)
  if (process === undefined && group === undefined && !sessions.has(pid)) return undefined
  // A group may be made later by the process of that number.
  if (type === F_OWNER_PGRP) return () => (group ?? groups.get(pid))?.members ?? []
  return () => process !== undefined && processes.get(pid) === process ? [process] : []
}

export class Owner {
  /** F_OWNER_PID and its siblings. */
  type = F_OWNER_TID
  private number = 0
  private members: () => Iterable<Process> = nobody
  /** Who has set it, whose permission counts. */
  uid = 0
  euid = 0
  /** 0 is SIGIO, without any information. */
  signal = 0
  /** Whether a socket has had no room for what was sent. */
  lacksRoom = false
  /** The descriptor by which O_ASYNC was set. */
  fd = -1
  /** Ends the telling that O_ASYNC has begun. */
  stop: (() => void) | undefined = undefined
  /** Told when the description is closed; one function, however often the telling began. */
  readonly closed = (): void => this.stop?.()

  constructor(private readonly signals: Signals["Type"], private readonly table: ProcessTable) {}

  /** The number of a process or group, as long as there is one. */
  get pid(): number {
    for (const each of this.members()) if (each.state !== "dead") return this.number
    return 0
  }

  /** `false` where nothing bears the number. */
  set(type: number, pid: number, { credentials }: Process): boolean {
    const members = pid === 0 ? nobody : behind(this.table, type, pid)
    if (members === undefined) return false
    this.type = type
    this.number = pid
    this.members = members
    if (pid === 0) return true
    this.uid = credentials.uid
    this.euid = credentials.euid
    return true
  }

  /** Whoever asks to be told without saying who is told himself. */
  setUnlessSet(caller: Process, type = F_OWNER_PID, pid = caller.pid): void {
    if (this.number === 0) this.set(type, pid, caller)
  }

  /** Nobody is told any more. */
  clear(): void {
    this.type = F_OWNER_PID
    this.number = 0
    this.members = nobody
  }

  /** `code` is POLL_IN and its siblings, `fd` the descriptor by which it was asked for. */
  tell(fd: number, code: number): void {
    const { signal, signals } = this
    signals.together(() => {
      for (const target of this.members()) {
        if (!this.mayTell(target)) continue
        const told = signal !== 0 && signals.send(target, {
          signal,
          code: SignalSet.has(specific, signal) ? Codes.SI_SIGIO : code,
          pid: 0,
          uid: 0,
          value: 0,
          io: { fd, band: bands[code] ?? 0 }
        })
        // Of what cannot be queued, it is told at least that there was something.
        if (!told) {
          signals.send(target, { signal: Abi.SIGIO, code: Codes.SI_KERNEL, pid: 0, uid: 0, value: 0 })
        }
      }
    })
  }

  /** Something urgent has come: SIGURG, whoever asked for it, and what F_SETSIG has chosen to whoever wants to be told. */
  tellUrgent(): void {
    const { signals } = this
    signals.together(() => {
      for (const target of this.members()) {
        if (this.mayTell(target)) {
          signals.send(target, { signal: Abi.SIGURG, code: Codes.SI_KERNEL, pid: 0, uid: 0, value: 0 })
        }
      }
    })
    if (this.stop !== undefined && this.signal !== 0) this.tell(this.fd, Codes.POLL_PRI)
  }

  private mayTell({ credentials: { suid, uid } }: Process): boolean {
    const { euid } = this
    return euid === 0 || euid === suid || euid === uid || this.uid === suid || this.uid === uid
  }
}
