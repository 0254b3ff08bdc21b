/**
 * Echo that waits for output: characters, and notes about columns, which only output knows.
 *
 * Echo is put down while a piece of input is worked through and goes out at its end (or every 256 bytes), so a ^C
 * takes back the echo of what was typed just before it. While output is stopped, echo stays here.
 *
 * A byte of {@link OP} begins a note: another `OP` stands for itself, a control character is shown as `^X`.
 *
 * @see termios(3)
 */
import * as T from "../abi/Termios.js"
import { BACKSPACE, CARET, isControl, TAB } from "./characters.js"
import { SIZE } from "./input.js"
import type { Output } from "./output.js"
import type { Settings } from "./settings.js"

const MASK = SIZE - 1
const OP = 0xff
const MOVE_BACK = 0x80
const MARK_LINE = 0x81
const ERASE_TAB = 0x82

/** So much is gathered before it goes out in the middle of a piece of input. */
const BLOCK = 256
/** More than this is too close to an overflow: the oldest is dropped. */
const DISCARD = SIZE - (BLOCK + 32)

/** A note whose end has not been put down. */
const UNFINISHED = -2

export class Echo {
  private readonly bytes = new Uint8Array(SIZE)
  private head = 0
  /** Up to here it may go out. */
  private ready = 0
  /** Up to here a later write or ^Q may bring it out. */
  private mark = 0
  private tail = 0

  constructor(private readonly settings: Settings, private readonly output: Output) {}

  private add(c: number): void {
    this.bytes[this.head++ & MASK] = c
  }

  /** A character that is shown as it is. */
  raw(c: number): void {
    if (c === OP) this.add(OP)
    this.add(c)
  }

  /** A character; a control character shows as `^X` under ECHOCTL. */
  char(c: number): void {
    if (c === OP || (c !== TAB && isControl(c) && (this.settings.lflag & T.ECHOCTL) !== 0)) this.add(OP)
    this.add(c)
  }

  markLine(): void {
    this.add(OP)
    this.add(MARK_LINE)
  }

  moveBack(): void {
    this.add(OP)
    this.add(MOVE_BACK)
  }

  /** Goes back over a tab that follows `columns` columns of the line, or of the last tab. */
  eraseTab(columns: number, afterTab: boolean): void {
    this.add(OP)
    this.add(ERASE_TAB)
    this.add((columns & 7) | (afterTab ? 0x80 : 0))
  }

  clear(): void {
    this.head =
      this.ready =
      this.mark =
      this.tail =
        0
  }

  /** What was put down so far belongs together. */
  commit(): void {
    const before = this.ready - this.tail
    this.mark = this.head
    const gathered = this.head - this.tail
    if (gathered < BLOCK || gathered % BLOCK > before % BLOCK) return
    this.ready = this.head
    this.bringOut()
  }

  /** Output may go on: what waited comes first. */
  resume(): void {
    if (this.mark === this.tail) return
    this.ready = this.mark
    this.bringOut()
  }

  /** A piece of input has been worked through. */
  flush(): void {
    if ((this.settings.lflag & (T.ECHO | T.ECHONL)) === 0 || this.ready === this.head) return
    this.ready = this.head
    this.bringOut()
  }

  private bringOut(): void {
    const { bytes, output, ready } = this
    const processed = (this.settings.oflag & T.OPOST) !== 0
    let space = output.room()
    let { tail } = this
    // As ring positions: a full ring looks empty, here as in Linux.
    while (((tail ^ ready) & MASK) !== 0) {
      const c = bytes[tail & MASK]!
      if (c === OP) {
        const taken = this.note(tail, space)
        // Nothing is dropped before a note that is still to be finished.
        if (taken === UNFINISHED) {
          this.tail = tail
          return
        }
        if (taken < 0) break
        space -= taken
        tail += bytes[(tail + 1) & MASK] === ERASE_TAB ? 3 : 2
      } else {
        const taken = processed ? output.process(c, space) : this.asIs(c, space)
        if (taken < 0) break
        space -= taken
        tail++
      }
    }
    while (ready > tail && ready - tail >= DISCARD) {
      tail += bytes[tail & MASK] !== OP ? 1 : bytes[(tail + 1) & MASK] === ERASE_TAB ? 3 : 2
    }
    this.tail = tail
  }

  private asIs(c: number, space: number): number {
    if (space <= 0) return -1
    this.output.put(c)
    return 1
  }

  /** Carries out the note at `tail`; answers the bytes it took, or -1 when there is no room for them. */
  private note(tail: number, space: number): number {
    const { bytes, output, ready } = this
    if ((((tail + 1) ^ ready) & MASK) === 0) return UNFINISHED
    const op = bytes[(tail + 1) & MASK]!
    switch (op) {
      case ERASE_TAB: {
        if ((((tail + 2) ^ ready) & MASK) === 0) return UNFINISHED
        const note = bytes[(tail + 2) & MASK]!
        const columns = (note & 0x80) === 0 ? note + output.lineColumn : note
        const back = 8 - (columns & 7)
        if (back > space) return -1
        for (let i = 0; i < back; i++) {
          output.put(BACKSPACE)
          if (output.column > 0) output.column--
        }
        return back
      }
      case MARK_LINE:
        output.lineColumn = output.column
        return 0
      case MOVE_BACK:
        if (output.column > 0) output.column--
        return 0
      case OP:
        if (space < 1) return -1
        output.put(OP)
        output.column++
        return 1
      default:
        if (space < 2) return -1
        output.put(CARET)
        output.put(op ^ 0x40)
        output.column += 2
        return 2
    }
  }
}
