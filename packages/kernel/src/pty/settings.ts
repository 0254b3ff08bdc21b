/**
 * The settings of a terminal, and what follows from them for every character that comes in.
 *
 * @see termios(3)
 */
import * as T from "../abi/Termios.js"
import { DISABLED, NEWLINE, RETURN } from "./characters.js"

/** Bits of `c_cflag` that a pseudo-terminal decides itself: it always has eight bits and no parity. */
const CSIZE = 0o60
const PARENB = 0o400

const controlCharacters = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0]

/** What a new pseudo-terminal starts from. */
export const initial: T.Termios = Object.freeze({
  iflag: T.ICRNL | T.IXON,
  oflag: T.OPOST | T.ONLCR,
  cflag: T.B38400 | T.CS8 | T.CREAD,
  lflag: T.ISIG | T.ICANON | T.ECHO | T.ECHOE | T.ECHOK | T.ECHOCTL | T.ECHOKE | T.IEXTEN,
  cc: Object.freeze(controlCharacters)
})

/** A copy that nobody can change, with what a pseudo-terminal insists on. */
const accepted = (wanted: T.Termios): T.Termios =>
  Object.freeze({
    iflag: wanted.iflag >>> 0,
    oflag: wanted.oflag >>> 0,
    cflag: ((wanted.cflag & ~(CSIZE | PARENB)) | T.CS8 | T.CREAD) >>> 0,
    lflag: wanted.lflag >>> 0,
    cc: Object.freeze(Array.from({ length: T.NCCS }, (_, index) => (wanted.cc[index] ?? 0) & 0xff))
  })

const marks = T.ISTRIP | T.IUCLC | T.IGNCR | T.ICRNL | T.INLCR | T.IXON | T.PARMRK

export class Settings {
  termios: T.Termios = initial
  iflag = 0
  oflag = 0
  lflag = 0
  cc: ReadonlyArray<number> = initial.cc
  /** Whether bytes pass as they are: nothing in the settings looks at them. */
  raw = false
  /** Whether reads end with a line. */
  lines = false
  /** For each character: whether it may be more than data. */
  readonly special = new Uint8Array(256)

  constructor() {
    this.set(initial)
  }

  set(wanted: T.Termios): void {
    const termios = accepted(wanted)
    const { cc, iflag, lflag, oflag } = termios
    this.termios = termios
    this.iflag = iflag
    this.oflag = oflag
    this.lflag = lflag
    this.cc = cc
    this.raw = (iflag & marks) === 0 && (lflag & (T.ICANON | T.ISIG | T.ECHO)) === 0
    this.lines = (lflag & (T.ICANON | T.EXTPROC)) === T.ICANON
    this.classify()
  }

  private classify(): void {
    const { cc, iflag, lflag, special } = this
    special.fill(0)
    const mark = (...which: ReadonlyArray<number>): void => {
      for (const each of which) special[cc[each]!] = 1
    }
    if ((iflag & (T.IGNCR | T.ICRNL)) !== 0) special[RETURN] = 1
    if ((iflag & T.INLCR) !== 0) special[NEWLINE] = 1
    if ((lflag & T.ICANON) !== 0) {
      special[NEWLINE] = 1
      mark(T.VERASE, T.VKILL, T.VEOF, T.VEOL)
      if ((lflag & T.IEXTEN) !== 0) {
        mark(T.VWERASE, T.VLNEXT, T.VEOL2)
        if ((lflag & T.ECHO) !== 0) mark(T.VREPRINT)
      }
    }
    if ((iflag & T.IXON) !== 0) mark(T.VSTART, T.VSTOP)
    if ((lflag & T.ISIG) !== 0) mark(T.VINTR, T.VQUIT, T.VSUSP)
    special[DISABLED] = 0
  }
}
