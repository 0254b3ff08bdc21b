/**
 * The line discipline, N_TTY: what becomes of each character on its way from the master to whoever reads the slave.
 *
 * It knows no fibers and no processes. It notes what it brought about (input to read, signals to send, output that
 * goes on), and {@link Pair} sees to it when the piece of input is worked through.
 *
 * @see termios(3)
 */
import * as Signals from "../abi/Signals.js"
import * as T from "../abi/Termios.js"
import { BACKSPACE, CARET, DISABLED, NEWLINE, RETURN, toLower } from "./characters.js"
import { Echo } from "./echo.js"
import { erase, finishErasing } from "./erase.js"
import { Input, SIZE } from "./input.js"
import { Output } from "./output.js"
import { Settings } from "./settings.js"

export class Line {
  readonly settings = new Settings()
  readonly input = new Input()
  readonly output = new Output(this.settings)
  readonly echo = new Echo(this.settings, this.output)
  /** ECHOPRT is showing what is being erased. */
  erasing = false
  /** VLNEXT came: the next character is data. */
  private literal = false
  /** tcflow(3) stopped output, and ^Q does not start it. */
  held = false

  // What is to be seen to, and forgotten then.
  readonly signals: Array<number> = []
  arrived = false
  resumed = false
  /** For a master in packet mode: TIOCPKT_STOP and its siblings, in order. */
  readonly news: Array<number> = []

  /**
   * Takes in `bytes[start, end)` as far as there is room, and answers where it stopped. In canonical mode an
   * unfinished line never blocks: what is too much for it replaces its last character, so that it can be edited and
   * ended. What lies before `looked` has been looked at for ^S and ^Q already.
   */
  receive(bytes: Uint8Array, start: number, end: number, looked = 0): number {
    const { input, settings } = this
    let at = start
    while (at < end) {
      let room = SIZE - (input.head - input.tail)
      // Each character may take three.
      if ((settings.iflag & T.PARMRK) !== 0) room = Math.trunc((room + 2) / 3)
      room--
      if (room <= 0) {
        if ((settings.lflag & T.ICANON) === 0 || input.lineHead !== input.tail) break
        if (room < 0) input.head--
        room = 1
      }
      const stop = Math.min(end, at + room)
      this.receivePiece(bytes, at, stop, looked)
      at = stop
    }
    return at
  }

  private receivePiece(bytes: Uint8Array, start: number, end: number, looked: number): void {
    const { input, settings } = this
    const changed = T.ISTRIP | ((settings.lflag & T.IEXTEN) === 0 ? 0 : T.IUCLC)
    if (settings.raw || ((settings.lflag & T.EXTPROC) !== 0 && (settings.iflag & changed) === 0)) {
      input.putAll(bytes, start, end)
    } else {
      for (let at = start; at < end; at++) this.receiveOne(bytes[at]!, at < looked)
      this.echo.flush()
    }
    if (settings.lines) return
    input.committed = input.head
    if (input.head !== input.tail) this.arrived = true
  }

  private receiveOne(byte: number, looked: boolean): void {
    const { iflag, lflag, special } = this.settings
    let c = byte
    if ((iflag & T.ISTRIP) !== 0) c &= 0x7f
    if ((iflag & T.IUCLC) !== 0 && (lflag & T.IEXTEN) !== 0) c = toLower(c)
    if (this.literal) {
      this.literal = false
      this.data(c)
    } else if ((lflag & T.EXTPROC) !== 0) {
      this.input.put(c)
    } else if (special[c] === 1) {
      this.receiveSpecial(c, looked)
    } else {
      this.data(c)
    }
  }

  /** A character that is just that. */
  private data(c: number): void {
    if (this.output.stopped) this.startOnAny()
    if ((this.settings.lflag & T.ECHO) !== 0) {
      if (this.erasing) finishErasing(this)
      this.echoData(c)
    }
    this.store(c)
  }

  private echoData(c: number): void {
    const { echo, input } = this
    if (input.lineHead === input.head) echo.markLine()
    echo.char(c)
    echo.commit()
  }

  private store(c: number): void {
    if (c === 0xff && (this.settings.iflag & T.PARMRK) !== 0) this.input.put(c)
    this.input.put(c)
  }

  private receiveSpecial(received: number, looked: boolean): void {
    const { echo, settings } = this
    const { cc, iflag, lflag } = settings
    let c = received
    if ((iflag & T.IXON) !== 0 && (c === cc[T.VSTART] || c === cc[T.VSTOP])) {
      if (!looked) this.flowControl(c)
      return
    }
    if ((lflag & T.ISIG) !== 0) {
      if (c === cc[T.VINTR]) return this.interrupt(Signals.SIGINT, c)
      if (c === cc[T.VQUIT]) return this.interrupt(Signals.SIGQUIT, c)
      if (c === cc[T.VSUSP]) return this.interrupt(Signals.SIGTSTP, c)
    }
    this.startOnAny()
    if (c === RETURN) {
      if ((iflag & T.IGNCR) !== 0) return
      if ((iflag & T.ICRNL) !== 0) c = NEWLINE
    } else if (c === NEWLINE && (iflag & T.INLCR) !== 0) {
      c = RETURN
    }
    if ((lflag & T.ICANON) !== 0 && this.edit(c)) return
    if ((lflag & T.ECHO) !== 0) {
      finishErasing(this)
      if (c === NEWLINE) {
        echo.raw(c)
        echo.commit()
      } else {
        this.echoData(c)
      }
    }
    this.store(c)
  }

  /** What a character means in canonical mode; `false` when it is data. */
  private edit(c: number): boolean {
    const { echo, settings } = this
    const { cc, lflag } = settings
    const extended = (lflag & T.IEXTEN) !== 0
    const echoes = (lflag & T.ECHO) !== 0
    if (c === cc[T.VERASE] || c === cc[T.VKILL] || (c === cc[T.VWERASE] && extended)) {
      erase(this, c)
      echo.commit()
    } else if (c === cc[T.VLNEXT] && extended) {
      this.literal = true
      if (echoes) this.echoLiteral()
    } else if (c === cc[T.VREPRINT] && echoes && extended) {
      this.reprint(c)
    } else if (c === NEWLINE) {
      if ((lflag & (T.ECHO | T.ECHONL)) !== 0) {
        echo.raw(c)
        echo.commit()
      }
      this.endLine(c)
    } else if (c === cc[T.VEOF]) {
      this.endLine(DISABLED)
    } else if (c === cc[T.VEOL] || (c === cc[T.VEOL2] && extended)) {
      if (echoes) this.echoData(c)
      if (c === 0xff && (settings.iflag & T.PARMRK) !== 0) this.input.put(c)
      this.endLine(c)
    } else {
      return false
    }
    return true
  }

  private endLine(c: number): void {
    this.input.endLine(c)
    this.arrived = true
  }

  private echoLiteral(): void {
    finishErasing(this)
    if ((this.settings.lflag & T.ECHOCTL) === 0) return
    this.echo.raw(CARET)
    this.echo.raw(BACKSPACE)
    this.echo.commit()
  }

  private reprint(c: number): void {
    const { echo, input } = this
    finishErasing(this)
    echo.char(c)
    echo.raw(NEWLINE)
    // Forwards from the beginning of the line, which the ring may have run full around.
    for (let at = input.lineHead; ((at ^ input.head) & (SIZE - 1)) !== 0; at++) echo.char(input.at(at))
    echo.commit()
  }

  /** A signal's character: what was typed and what was about to be shown is dropped, unless NOFLSH. */
  private interrupt(signal: number, c: number): void {
    const { echo, settings } = this
    this.signals.push(signal)
    if ((settings.lflag & T.NOFLSH) === 0) {
      echo.clear()
      this.output.flush()
      this.clearInput()
      this.news.push(T.TIOCPKT_FLUSHREAD | T.TIOCPKT_FLUSHWRITE)
    }
    if ((settings.iflag & T.IXON) !== 0) this.start()
    if ((settings.lflag & T.ECHO) !== 0) {
      echo.char(c)
      echo.commit()
    } else {
      echo.resume()
    }
  }

  clearInput(): void {
    this.input.clear()
    this.erasing = false
  }

  /** Acts on ^S or ^Q, whatever these are. */
  private flowControl(c: number): void {
    if (c === this.settings.cc[T.VSTART]) {
      this.start()
      this.echo.resume()
    } else {
      this.stop()
    }
  }

  private stop(): void {
    if (this.output.stopped) return
    this.output.stopped = true
    this.news.push(T.TIOCPKT_STOP)
  }

  /** Looks for ^S and ^Q in what cannot be taken in yet. */
  lookAhead(c: number): void {
    const { cc, iflag } = this.settings
    if ((iflag & T.IXON) !== 0 && (c === cc[T.VSTART] || c === cc[T.VSTOP])) this.flowControl(c)
  }

  private startOnAny(): void {
    const any = T.IXON | T.IXANY
    if (!this.output.stopped || this.held || (this.settings.iflag & any) !== any) return
    this.start()
    this.echo.resume()
  }

  private start(): void {
    if (!this.output.stopped || this.held) return
    this.output.stopped = false
    this.resumed = true
    this.news.push(T.TIOCPKT_START)
  }

  /** What tcflow(3) does with output. */
  hold(held: boolean): void {
    if (held === this.held) return
    this.held = held
    if (held) this.stop()
    else this.start()
  }

  configure(wanted: T.Termios): void {
    const { settings } = this
    const before = settings.termios
    settings.set(wanted)
    if (((before.lflag ^ settings.lflag) & (T.ICANON | T.EXTPROC)) !== 0) {
      this.input.regroup((settings.lflag & T.ICANON) !== 0)
      this.erasing = this.literal = false
    }
    if ((settings.iflag & T.IXON) === 0 && (before.iflag & T.IXON) !== 0 && !this.held) {
      this.start()
      this.echo.resume()
    }
    // Readers and writers look again.
    this.arrived = this.resumed = true
  }
}
