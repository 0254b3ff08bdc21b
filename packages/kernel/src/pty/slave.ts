/**
 * The slave of a pseudo-terminal: the terminal itself, as programs see it.
 *
 * @see pts(4)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_NOCTTY } from "../abi/OpenFlags.js"
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from "../abi/PollEvents.js"
import { SIGTTOU } from "../abi/Signals.js"
import * as T from "../abi/Termios.js"
import type { Description, ReadError, WriteError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import type { Process } from "../ProcessTable.js"
import { whenReady } from "../signals/whenReady.js"
import * as WaitQueue from "../WaitQueue.js"
import { TerminalDescription } from "./description.js"
import { AGAIN, isLeader, sendToBackground, type Standing, standing, wantsAttention } from "./jobControl.js"
import type { Pair } from "./pair.js"
import { read } from "./reading.js"

const hungUp = POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDNORM | POLLWRNORM

export class Slave extends TerminalDescription {
  readonly isMaster = false

  override read(into: Uint8Array, caller: Process): Effect.Effect<number, ReadError> {
    return read(this.pair, into, caller, this.nonBlocking)
  }

  override write(from: Uint8Array, caller: Process): Effect.Effect<number, WriteError> {
    const { pair } = this
    if (pair.masterClosed) return Errno.fail("EIO")
    const stands = this.standing(caller)
    if (stands === "refused") return Errno.fail("EIO")
    if (stands === "background") {
      return Effect.zipRight(
        sendToBackground(pair.signals, caller, SIGTTOU),
        Effect.suspend(() => this.write(from, caller))
      )
    }
    const at = pair.print(from, 0)
    if (at === from.length) return Exit.succeed(at)
    if (this.nonBlocking) return at > 0 ? Exit.succeed(at) : Errno.fail("EAGAIN")
    return Effect.flatMap(
      this.waitToWrite(from, at, caller),
      (written) => written === AGAIN ? this.write(from, caller) : Exit.succeed(written)
    )
  }

  private standing(caller: Process): Standing {
    const { line, signals } = this.pair
    return (line.settings.lflag & T.TOSTOP) === 0 ? "foreground" : standing(signals, this.pair, caller, SIGTTOU)
  }

  private waitToWrite(
    from: Uint8Array,
    start: number,
    caller: Process
  ): Effect.Effect<number, Errno.Errno<"EINTR" | "EIO">> {
    const { pair } = this
    let at = start
    let attends = false
    const attempt = (): WaitQueue.Attempt<number, Errno.Errno<"EIO">> => {
      if (pair.masterClosed) return at > 0 ? Exit.succeed(at) : Errno.fail("EIO")
      if (attends && at === 0 && this.standing(caller) !== "foreground") return Exit.succeed(AGAIN)
      at = pair.print(from, at)
      if (at === from.length) return Exit.succeed(at)
      attends = wantsAttention(caller)
      return undefined
    }
    return WaitQueue.sleep([pair.slaveWriters], attempt, { partial: () => at > 0 ? Exit.succeed(at) : undefined })
  }

  override poll(): number {
    const { pair } = this
    if (pair.masterClosed) return hungUp
    const { input, output, settings } = pair.line
    // A read that would wait for VMIN bytes is announced when they are there, unless VTIME may end it sooner.
    const wanted = settings.lines || settings.cc[T.VTIME] !== 0 ? 1 : Math.max(1, settings.cc[T.VMIN]!)
    return (input.ready(settings.lines) >= wanted ? POLLIN | POLLRDNORM : 0) |
      (output.room() > 0 ? POLLOUT | POLLWRNORM : 0)
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    return [this.pair.slaveReaders, this.pair.slaveWriters]
  }

  override startAsync(tell: (code: number) => void): () => void {
    return whenReady(this, tell)
  }

  override available(): Exit.Exit<number, Errno.Errno<"ENOTTY">> {
    if (this.pair.masterClosed) return Errno.fail("ENOTTY")
    const { input, settings } = this.pair.line
    return Exit.succeed(input.readable(settings.lines))
  }

  override reopen(flags: number, caller: Process): Effect.Effect<Description, Errno.Errno<"ENXIO">> {
    const { inode, label, pair } = this
    // Its node is gone with the master.
    if (pair.masterClosed) return Errno.fail("ENXIO")
    return Exit.succeed(openSlave(pair, inode, label, flags, caller))
  }

  override release(): Effect.Effect<void> {
    this.pair.closeSlave()
    return Exit.void
  }
}

/**
 * Opens the slave. A leader whose session has no terminal gets this one, if nobody has it and the leader may read
 * from it.
 */
export const openSlave = (pair: Pair, inode: Inode, label: string, flags: number, caller: Process): Slave => {
  const slave = new Slave(pair, inode, label, flags)
  pair.openSlave()
  if (
    (flags & O_NOCTTY) === 0 && slave.readable && pair.session === undefined && isLeader(caller) &&
    caller.session.terminal === undefined
  ) pair.control(caller)
  return slave
}
