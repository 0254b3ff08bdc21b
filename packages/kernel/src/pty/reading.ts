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
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SIGTTIN } from "../abi/Signals.js"
import * as T from "../abi/Termios.js"
import type { ReadError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import * as WaitQueue from "../WaitQueue.js"
import { AGAIN, sendToBackground, standing, wantsAttention } from "./jobControl.js"
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
    const answer = into.length === 0 ? nothing : readNow(pair, into, nonBlocking)
    if (answer !== undefined) return answer
  }
  if (stands === "background") {
    return Effect.zipRight(
      sendToBackground(pair.signals, caller, SIGTTIN),
      Effect.suspend(() => read(pair, into, caller, nonBlocking))
    )
  }
  const reading = new Reading(pair, into, caller)
  return Effect.flatMap(
    WaitQueue.sleep([pair.slaveReaders], () => reading.attempt(), reading),
    (count) => count === AGAIN ? read(pair, into, caller, nonBlocking) : Exit.succeed(count)
  )
}

/** A read that does not have to wait. */
const readNow = (
  pair: Pair,
  into: Uint8Array,
  nonBlocking: boolean
): WaitQueue.Attempt<number, Errno.Errno<"EAGAIN">> => {
  const { cc, lines } = pair.line.settings
  const { ready } = pair
  if (ready > 0) {
    if (lines) return Exit.succeed(pair.take(into, into.length))
    const least = cc[T.VMIN]!
    return nonBlocking || ready >= Math.min(least, PIECE, into.length)
      ? Exit.succeed(pair.take(into, limit(into, least)))
      : undefined
  }
  if (!lines && cc[T.VMIN] === 0 && cc[T.VTIME] === 0) return nothing
  return nonBlocking ? Errno.fail("EAGAIN") : undefined
}

const limit = (into: Uint8Array, least: number): number => least > PIECE ? Math.min(PIECE, into.length) : into.length

/** A read that may have to wait. What VMIN and VTIME were when it began holds for all of it. */
class Reading implements WaitQueue.WaitOptions<number, Errno.Errno<"EIO">> {
  private readonly least: number
  private readonly milliseconds: number
  /** Whether the timer runs from the beginning, and not from the last byte. */
  private readonly fromStart: boolean
  private attends = false
  /** How much was there when the timer was set. */
  private seen = 0
  private expired = false
  /** How much was there when a signal came between. */
  private offered = 0
  private cancel: (() => void) | undefined = undefined

  constructor(
    private readonly pair: Pair,
    private readonly into: Uint8Array,
    private readonly caller: Process
  ) {
    const { cc, lines } = pair.line.settings
    const least = lines ? 0 : cc[T.VMIN]!
    this.least = Math.min(least, PIECE, into.length)
    this.milliseconds = lines ? 0 : cc[T.VTIME]! * 100
    this.fromStart = !lines && least === 0
  }

  attempt(): WaitQueue.Attempt<number, Errno.Errno<"EIO">> {
    const { caller, least, pair } = this
    // Who waits when the terminal hangs up is told so; later reads answer end of file.
    if (pair.masterClosed) return Errno.fail("EIO")
    if (this.attends && standing(pair.signals, pair, caller, SIGTTIN) !== "foreground") return Exit.succeed(AGAIN)
    const { ready } = pair
    if (ready > 0 && (ready >= least || this.expired)) return this.take()
    if (this.expired) return nothing
    this.time(ready)
    // A call that is stopped or runs a handler starts again, and is asked again where it stands.
    this.attends = wantsAttention(caller)
    return undefined
  }

  private take(most = Infinity): Exit.Exit<number> {
    const { into, pair } = this
    return Exit.succeed(pair.take(into, Math.min(most, limit(into, pair.line.settings.cc[T.VMIN]!))))
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

  readonly aside = (): void => {
    this.offered = this.least > 0 ? this.pair.ready : 0
  }

  /** Bytes that VMIN was waiting for: a handler that cuts the read short gets what there was, and none that came later. */
  readonly partial = (): WaitQueue.Attempt<number> =>
    this.offered > 0 && this.pair.ready > 0 && !this.pair.masterClosed ? this.take(this.offered) : undefined

  readonly left = (): void => this.cancel?.()
}
