/**
 * What signalfd(2) opens: signals of a set are read from it instead of being delivered.
 *
 * Whoever reads takes signals of his own, wherever the descriptor comes from; the same goes for who polls.
 *
 * @see signalfd(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_RDWR } from "../abi/OpenFlags.js"
import { POLLIN } from "../abi/PollEvents.js"
import * as SignalfdInfo from "../abi/SignalfdInfo.js"
import * as WaitStatus from "../abi/WaitStatus.js"
import type { ReadError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import type { Process, SignalInfo } from "../ProcessTable.js"
import * as Pending from "../signals/pending.js"
import * as SignalSet from "../SignalSet.js"
import * as WaitQueue from "../WaitQueue.js"
import { AnonymousDescription } from "./AnonymousDescription.js"

const { SIZE } = SignalfdInfo

const recordOf = ({ child, code, io, pid, signal, timer, uid, value }: SignalInfo): SignalfdInfo.SignalfdInfo => ({
  signo: signal,
  code,
  pid,
  uid,
  fd: io?.fd ?? 0,
  band: io?.band ?? 0,
  tid: timer?.id ?? 0,
  overrun: timer?.overrun ?? 0,
  status: child === undefined ? 0 : WaitStatus.numberOf(child.status),
  int: value
})

const arrivedFor = ({ signals }: Process): WaitQueue.WaitQueue => signals.arrived ??= WaitQueue.make()

export class SignalDescriptor extends AnonymousDescription {
  private mask: SignalSet.SignalSet = SignalSet.empty
  private readonly remade = WaitQueue.make()

  constructor(flags: number, inode: Inode, mask: SignalSet.SignalSet) {
    super(O_RDWR | flags, inode)
    this.setMask(mask)
  }

  get label(): string {
    return "anon_inode:[signalfd]"
  }

  /** What nobody can block, nobody can read. */
  setMask(mask: SignalSet.SignalSet): void {
    this.mask = mask & ~SignalSet.unstoppable
    WaitQueue.wakeAll(this.remade)
  }

  override read(into: Uint8Array, caller: Process): Effect.Effect<number, ReadError> {
    if (into.length < SIZE) return Errno.fail("EINVAL")
    const taken = this.take(into, caller)
    if (taken !== undefined) return taken
    return this.nonBlocking
      ? Errno.fail("EAGAIN")
      : WaitQueue.sleep([arrivedFor(caller), this.remade], () => this.take(into, caller))
  }

  /** As many records as there are, and as have room. */
  private take(into: Uint8Array, { signals }: Process): WaitQueue.Attempt<number> {
    let filled = 0
    while (filled + SIZE <= into.length) {
      const signal = Pending.first(signals.pending & this.mask)
      if (signal === 0) break
      SignalfdInfo.encode(recordOf(Pending.take(signals, signal)), into.subarray(filled))
      filled += SIZE
    }
    return filled === 0 ? undefined : Exit.succeed(filled)
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    return [this.remade]
  }

  override pollQueuesFor(caller: Process): ReadonlyArray<WaitQueue.WaitQueue> {
    return [arrivedFor(caller), this.remade]
  }

  override poll(caller?: Process): number {
    return caller !== undefined && (caller.signals.pending & this.mask) !== SignalSet.empty ? POLLIN : 0
  }

  override info(): string {
    return `sigmask:\t${this.mask.toString(16).padStart(16, "0")}\n`
  }
}
