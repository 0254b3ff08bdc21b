/**
 * The master of a pseudo-terminal: what it writes is typed, what it reads is shown.
 *
 * @see pts(4)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM } from "../abi/PollEvents.js"
import * as T from "../abi/Termios.js"
import type { ReadError, WriteError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import { whenReady } from "../signals/whenReady.js"
import * as WaitQueue from "../WaitQueue.js"
import { TerminalDescription } from "./description.js"

export class Master extends TerminalDescription {
  readonly isMaster = true

  override read(into: Uint8Array, _caller: Process): Effect.Effect<number, ReadError> {
    if (into.length === 0) return Exit.succeed(0)
    const ready = this.attemptRead(into)
    if (ready !== undefined) return ready
    return this.nonBlocking
      ? Errno.fail("EAGAIN")
      : WaitQueue.sleep([this.pair.masterReaders], () => this.attemptRead(into))
  }

  private attemptRead(into: Uint8Array): WaitQueue.Attempt<number, Errno.Errno<"EIO">> {
    const { pair } = this
    const { packets } = pair
    if (packets.on && packets.status !== 0) {
      into[0] = packets.take()
      return Exit.succeed(1)
    }
    if (pair.line.output.outlet.length > 0) {
      if (!packets.on) return Exit.succeed(pair.readOutlet(into))
      into[0] = T.TIOCPKT_DATA
      return Exit.succeed(1 + pair.readOutlet(into.subarray(1)))
    }
    return pair.slaveClosed ? Errno.fail("EIO") : undefined
  }

  override write(from: Uint8Array, _caller: Process): Effect.Effect<number, WriteError> {
    const { pair } = this
    let at = pair.type(from, 0)
    if (at === from.length) return Exit.succeed(at)
    if (this.nonBlocking) return at > 0 ? Exit.succeed(at) : Errno.fail("EAGAIN")
    return WaitQueue.sleep([pair.masterWriters], () => {
      at = pair.type(from, at)
      return at === from.length ? Exit.succeed(at) : undefined
    }, { partial: () => at > 0 ? Exit.succeed(at) : undefined })
  }

  override poll(): number {
    const { pair } = this
    const news = pair.packets.on && pair.packets.status !== 0
    return (news ? POLLPRI | POLLIN | POLLRDNORM : 0) | (pair.line.output.outlet.length > 0 ? POLLIN | POLLRDNORM : 0) |
      (pair.masterRoom > 0 ? POLLOUT | POLLWRNORM : 0) |
      (pair.slaveClosed ? POLLHUP : 0)
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    return [this.pair.masterReaders, this.pair.masterWriters]
  }

  override startAsync(tell: (code: number) => void): () => void {
    return whenReady(this, tell)
  }

  override available(): Exit.Exit<number> {
    return Exit.succeed(this.pair.delivered)
  }

  override release(): Effect.Effect<void> {
    this.pair.closeMaster()
    return Exit.void
  }
}
