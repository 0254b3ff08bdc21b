/**
 * The terminal of a full-screen program: taken over, given back, and read key by key.
 *
 * @see termios(3)
 * @see console_codes(4)
 */
import { POLLIN } from "@effix/kernel/abi/PollEvents"
import { SIGINT, SIGWINCH } from "@effix/kernel/abi/Signals"
import * as T from "@effix/kernel/abi/Termios"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import { KeyDecoder } from "../internal/Keys.js"
import { attempt, type Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"

/** How long after an escape the rest of a sequence may take, in milliseconds. */
const SOON = 50

export class Screen {
  columns = 80
  rows = 24
  private interrupts = false

  /** `fd`: the terminal that keys come from; `before`: its settings. */
  constructor(
    private readonly run: Utility.Run,
    private readonly fd: number,
    private readonly before: T.Termios,
    private readonly alternate: boolean
  ) {}

  *enter(): Steps<void> {
    const { before, run } = this
    // Nothing to do but to notice: waiting for a key ends.
    yield* attempt(run.sys.sigaction(SIGWINCH, { disposition: () => Effect.void }))
    yield* attempt(run.sys.sigaction(SIGINT, { disposition: () => Effect.sync(() => void (this.interrupts = true)) }))
    yield* attempt(run.sys.tcsetattr(this.fd, T.TCSADRAIN, {
      ...before,
      iflag: before.iflag & ~T.ICRNL,
      lflag: before.lflag & ~(T.ICANON | T.ECHO | T.IEXTEN),
      // ^C ends waiting for data; ^Z and ^\\ are keys like others.
      cc: before.cc.map((value, index) =>
        index === T.VMIN ? 1 : index === T.VTIME || index === T.VSUSP || index === T.VQUIT ? 0 : value
      )
    }))
    run.out.text(this.alternate ? "\u001b[?1049h\u001b[H" : "\u001b[H\u001b[2J")
    yield* this.measure()
  }

  *leave(): Steps<void> {
    this.run.out.text(this.alternate ? "\u001b[?1049l" : `\u001b[${this.rows};1H\u001b[K`)
    yield* this.run.out.flush()
    yield* attempt(this.run.sys.tcsetattr(this.fd, T.TCSADRAIN, this.before))
  }

  *measure(): Steps<void> {
    const size = yield* attempt(this.run.sys.getWindowSize(1))
    if (Errno.isErrno(size) || size.rows === 0 || size.columns === 0) return
    this.columns = size.columns
    this.rows = size.rows
  }

  /** Whether ^C came since this was asked last. */
  readonly interrupted = (): boolean => {
    const { interrupts } = this
    this.interrupts = false
    return interrupts
  }

  private *byte(timeout?: number): Steps<number | "end" | "late" | "signal"> {
    const into = new Uint8Array(1)
    if (timeout !== undefined) {
      const ready = yield* attempt(this.run.sys.poll([{ fd: this.fd, events: POLLIN }], timeout))
      if (Errno.isErrno(ready)) return "signal"
      if (ready[0] === 0) return "late"
    }
    const count = yield* attempt(this.run.sys.read(this.fd, into))
    if (Errno.isErrno(count)) return count._tag === "EINTR" ? "signal" : "end"
    return count === 0 ? "end" : into[0]!
  }

  /** The next key: a character, or a name; `resized`, `end of input`, or `late` when the time was up. */
  *key(timeout?: number): Steps<string> {
    const decoder = new KeyDecoder()
    for (;;) {
      const byte = yield* this.byte(decoder.pending ? SOON : timeout)
      const key = typeof byte === "number" ? decoder.take(byte) : decoder.pending ? decoder.flush() : undefined
      if (key !== undefined) return "text" in key ? key.text : key.name
      if (byte === "end") return "end of input"
      if (byte === "late") return "late"
      if (byte === "signal") return this.interrupted() ? "ctrl-c" : "resized"
    }
  }

  /** Has a line typed in the last row; `undefined` when it was given up. */
  *ask(prompt: string): Steps<string | undefined> {
    let text = ""
    for (;;) {
      this.run.out.text(`\u001b[${this.rows};1H${prompt}${text}\u001b[K`)
      yield* this.run.out.flush()
      const key = yield* this.key()
      if (key === "enter") return text
      if (key === "escape" || key === "ctrl-c" || key === "end of input") return undefined
      if (key === "ctrl-u") text = ""
      else if (key === "backspace") {
        if (text === "") return undefined
        text = Array.from(text).slice(0, -1).join("")
      } else if (Array.from(key).length === 1) text += key
    }
  }
}
