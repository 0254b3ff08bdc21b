/**
 * Output processing: what happens to a character on its way to the master, and in which column it leaves the cursor.
 *
 * @see termios(3)
 */
import * as T from "../abi/Termios.js"
import { BACKSPACE, isContinuation, isControl, NEWLINE, RETURN, SPACE, TAB, toUpper } from "./characters.js"
import { Ring } from "./ring.js"
import type { Settings } from "./settings.js"

/** What the master's side takes in. */
export const DELIVERED = 4095
/** What may be under way besides, before a write has to wait. */
const UNDER_WAY = 12_288

export class Output {
  /** What the master reads. */
  readonly outlet = new Ring(16_384)
  private delivered = 0
  /** Whether ^S or tcflow(3) holds it. */
  stopped = false
  column = 0
  /** The column in which the line began that is being edited. */
  lineColumn = 0

  constructor(private readonly settings: Settings) {}

  /** How many bytes can be put. */
  room(): number {
    if (this.stopped) return 0
    const beyond = this.outlet.head - this.outlet.tail - DELIVERED
    return beyond <= 0 ? UNDER_WAY : UNDER_WAY - beyond
  }

  /**
   * Drops what the master has not taken in: what came out in the step that is under way, and what is too much for it.
   */
  flush(): void {
    const { outlet } = this
    outlet.truncate(Math.max(0, Math.min(DELIVERED, this.delivered - outlet.tail)))
    this.delivered = Math.min(this.delivered, outlet.head)
  }

  /** A step is over: what came out is on its way. Answers whether there is any. */
  deliver(): boolean {
    const any = this.outlet.head !== this.delivered
    this.delivered = this.outlet.head
    return any
  }

  /** Puts a character as it is. */
  put(c: number): void {
    this.outlet.push(c)
  }

  private putTwo(first: number, second: number): number {
    this.outlet.push(first)
    this.outlet.push(second)
    return 2
  }

  /** Processes one character into at most `space` bytes; answers how many it took, or -1 when that is too few. */
  process(c: number, space: number): number {
    if (space <= 0) return -1
    const { oflag } = this.settings
    if (c >= SPACE && c < 0x7f && (oflag & T.OLCUC) === 0) {
      this.column++
      this.outlet.push(c)
      return 1
    }
    switch (c) {
      case NEWLINE:
        if ((oflag & T.ONLRET) !== 0) this.column = 0
        if ((oflag & T.ONLCR) !== 0) {
          if (space < 2) return -1
          this.lineColumn = this.column = 0
          return this.putTwo(RETURN, NEWLINE)
        }
        this.lineColumn = this.column
        break
      case RETURN:
        if ((oflag & T.ONOCR) !== 0 && this.column === 0) return 0
        if ((oflag & T.OCRNL) !== 0) {
          if ((oflag & T.ONLRET) !== 0) this.lineColumn = this.column = 0
          this.put(NEWLINE)
          return 1
        }
        this.lineColumn = this.column = 0
        break
      case TAB: {
        const spaces = 8 - (this.column & 7)
        if ((oflag & T.TABDLY) === T.XTABS) {
          if (space < spaces) return -1
          for (let i = 0; i < spaces; i++) this.put(SPACE)
          this.column += spaces
          return spaces
        }
        this.column += spaces
        break
      }
      case BACKSPACE:
        if (this.column > 0) this.column--
        break
      default:
        if (isControl(c)) break
        this.advance(c)
        this.put((oflag & T.OLCUC) === 0 ? c : toUpper(c))
        return 1
    }
    this.put(c)
    return 1
  }

  private advance(c: number): void {
    if (!isContinuation(c) || (this.settings.iflag & T.IUTF8) === 0) this.column++
  }

  /** Writes `bytes` from `start` on, as far as there is room; answers where it stopped. */
  write(bytes: Uint8Array, start: number): number {
    const { length } = bytes
    let at = start
    if ((this.settings.oflag & T.OPOST) === 0) {
      const end = Math.min(length, at + this.room())
      this.outlet.pushAll(bytes, at, end)
      return end
    }
    while (at < length) {
      const space = this.room()
      if (space <= 0) break
      const end = this.plain(bytes, at, Math.min(length, at + space))
      this.outlet.pushAll(bytes, at, end)
      at = end
      if (at === length || this.process(bytes[at]!, this.room()) < 0) break
      at++
    }
    return at
  }

  /** Where the run from `start` on ends that passes as it is; accounts for its columns. */
  private plain(bytes: Uint8Array, start: number, end: number): number {
    const { iflag, oflag } = this.settings
    const utf8 = (iflag & T.IUTF8) !== 0
    const upper = (oflag & T.OLCUC) !== 0
    let { column } = this
    let at = start
    scan: for (; at < end; at++) {
      const c = bytes[at]!
      if (c >= SPACE && c !== 0x7f) {
        if (upper) break
        if (!utf8 || !isContinuation(c)) column++
        continue
      }
      switch (c) {
        case NEWLINE:
          if ((oflag & T.ONLCR) !== 0) break scan
          if ((oflag & T.ONLRET) !== 0) column = 0
          this.lineColumn = column
          break
        case RETURN:
          if ((oflag & T.OCRNL) !== 0 || ((oflag & T.ONOCR) !== 0 && column === 0)) break scan
          this.lineColumn = column = 0
          break
        case TAB:
          break scan
        case BACKSPACE:
          if (column > 0) column--
          break
        default:
          break
      }
    }
    this.column = column
    return at
  }
}
