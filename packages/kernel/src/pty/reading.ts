/**
 * Reading from the slave: a line in canonical mode, or as many bytes as VMIN and VTIME say.
 *
 * | VMIN | VTIME | a read answers                                                                  |
 * | ---- | ----- | ------------------------------------------------------------------------------- |
 * | > 0  | 0     | when VMIN bytes are there, or as many as it asked for                             |
 * | 0    | 0     | at once, with what is there                                                       |
 * | 0    | > 0   | when one byte is there, or VTIME tenths of a second after it began                |
 * | > 0  | > 0   | as the first, but VTIME tenths after the last byte, once there is one, with these |
 *
 * A read takes nothing before it answers, so one that is interrupted has taken nothing.
 *
 * @see termios(3)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SIGTTIN } from "../abi/Signals.js"
import * as T from "../abi/Termios.js"
import type { ReadError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import * as WaitQueue from "../WaitQueue.js"
import { sendToBackground, standing } from "./jobControl.js"
import type { Pair } from "./pair.js"

const nothing = Exit.succeed(0)

/** Linux reads in pieces of this size, and a piece that is full ends a read that waits for more than that. */
const PIECE = 64

export const read = (
  pair: Pair,
  into: Uint8Array,
  caller: Process,
  nonBlocking: boolean
): Effect.Effect<number, ReadError> => {
  if (pair.masterClosed) return nothing
  const stands = standing(pair.signals, pair, caller, SIGTTIN)
  if (stands === "refused") return Errno.fail("EIO")
  if (stands === "foreground") {
    if (into.length === 0) return nothing
    const { cc, lines } = pair.line.settings
    const ready = pair.ready
    if (ready > 0) {
      if (lines) return Exit.succeed(pair.take(into, into.length))
      const least = cc[T.VMIN]!
      if (nonBlocking || ready >= least || into.length <= ready) return Exit.succeed(pair.take(into, limit(into, least)))
    } else if (!lines && cc[T.VMIN] === 0 && cc[T.VTIME] === 0) {
      return nothing
    } else if (nonBlocking) {
      return Errno.fail("EAGAIN")
    }
  }
  const reading = new Reading(pair, into, caller, nonBlocking)
  return WaitQueue.sleep([pair.slaveReaders], () => reading.attempt(), reading)
}

const limit = (into: Uint8Array, least: number): number => least > PIECE ? Math.min(PIECE, into.length) : into.length

/** A read that may have to wait. What VMIN and VTIME were when it began holds for all of it. */
class Reading implements WaitQueue.WaitOptions<number, Errno.Errno<"EIO">> {
  private readonly least: number
  private readonly milliseconds: number
  /** Whether the timer runs from the beginning, and not from the last byte. */
  private readonly fromStart: boolean
  private allowed = false
  /** How much was there when the timer was set. */
  private seen = 0
  private expired = false
  private cancel: (() => void) | undefined = undefined

  constructor(
    private readonly pair: Pair,
    private readonly into: Uint8Array,
    private readonly caller: Process,
    private readonly nonBlocking: boolean
  ) {
    const { cc, lines } = pair.line.settings
    const least = lines ? 0 : cc[T.VMIN]!
    this.least = Math.min(least, PIECE, into.length)
    this.milliseconds = lines ? 0 : cc[T.VTIME]! * 100
    this.fromStart = !lines && least === 0
  }

  attempt(): WaitQueue.Attempt<number, Errno.Errno<"EIO" | "EAGAIN">> {
    const answer = this.answer()
    // A call that is about to be stopped or to run a handler starts again, and is asked again where it stands.
    if (answer === undefined && this.caller.task !== undefined && this.caller.task.attention !== 0) this.allowed = false
    return answer
  }

  private answer(): WaitQueue.Attempt<number, Errno.Errno<"EIO" | "EAGAIN">> {
    const { into, pair } = this
    // Who waits when the terminal hangs up is told so; later reads answer end of file.
    if (pair.masterClosed) return Errno.fail("EIO")
    if (!this.allowed) {
      const stands = standing(pair.signals, pair, this.caller, SIGTTIN)
      if (stands !== "foreground") {
        return stands === "background" && sendToBackground(pair.signals, this.caller, SIGTTIN)
          ? undefined
          : Errno.fail("EIO")
      }
      this.allowed = true
    }
    if (into.length === 0) return nothing
    const { ready } = pair
    if (ready > 0 && (ready >= this.least || this.expired || this.nonBlocking)) return this.take()
    if (this.expired || (this.fromStart && this.milliseconds === 0)) return nothing
    if (this.nonBlocking) return Errno.fail("EAGAIN")
    this.time(ready)
    return undefined
  }

  private take(): Exit.Exit<number> {
    const { into, pair } = this
    return Exit.succeed(pair.take(into, limit(into, pair.line.settings.cc[T.VMIN]!)))
  }

  private time(ready: number): void {
    if (this.milliseconds === 0) return
    const due = this.fromStart ? this.cancel === undefined : ready > this.seen
    if (!due) return
    this.seen = ready
    this.cancel?.()
    this.cancel = this.pair.after(this.milliseconds, () => {
      this.expired = true
      WaitQueue.wakeAll(this.pair.slaveReaders)
    })
  }

  /** Bytes that VMIN was waiting for: a handler that cuts the read short gets what there is. */
  readonly partial = (): WaitQueue.Attempt<number> =>
    this.least > 0 && this.pair.ready > 0 && !this.pair.masterClosed ? this.take() : undefined

  readonly left = (): void => this.cancel?.()
}
