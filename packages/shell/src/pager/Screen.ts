/**
 * The terminal of a full-screen program: taken over, given back, and read key by key.
 *
 * @see termios(3)
 * @see console_codes(4)
 */
import { POLLIN } from "@effix/kernel/abi/PollEvents"
import { SIGWINCH } from "@effix/kernel/abi/Signals"
import * as T from "@effix/kernel/abi/Termios"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import { attempt, type Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"

const finals: Readonly<Record<string, string>> = { A: "up", B: "down", C: "right", D: "left", F: "end", H: "home" }
const numbered: Readonly<Record<string, string>> = {
  1: "home",
  4: "end",
  5: "page up",
  6: "page down",
  7: "home",
  8: "end"
}

export class Screen {
  columns = 80
  rows = 24
  private resized = false

  /** `fd`: the terminal that keys come from; `before`: its settings. */
  constructor(
    private readonly run: Utility.Run,
    private readonly fd: number,
    private readonly before: T.Termios,
    private readonly alternate: boolean
  ) {}

  *enter(): Steps<void> {
    const { before, run } = this
    yield* attempt(run.sys.sigaction(SIGWINCH, { disposition: () => Effect.sync(() => void (this.resized = true)) }))
    yield* attempt(run.sys.tcsetattr(this.fd, T.TCSADRAIN, {
      ...before,
      iflag: before.iflag & ~T.ICRNL,
      lflag: before.lflag & ~(T.ICANON | T.ECHO | T.ISIG | T.IEXTEN),
      cc: before.cc.map((value, index) => index === T.VMIN ? 1 : index === T.VTIME ? 0 : value)
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
    this.resized = false
    const size = yield* attempt(this.run.sys.getWindowSize(1))
    if (Errno.isErrno(size) || size.rows === 0 || size.columns === 0) return
    this.columns = size.columns
    this.rows = size.rows
  }

  private *byte(timeout?: number): Steps<number | "end" | "late" | "interrupted"> {
    const into = new Uint8Array(1)
    if (timeout !== undefined) {
      const ready = yield* attempt(this.run.sys.poll([{ fd: this.fd, events: POLLIN }], timeout))
      if (Errno.isErrno(ready)) return "interrupted"
      if (ready[0] === 0) return "late"
    }
    const count = yield* attempt(this.run.sys.read(this.fd, into))
    if (Errno.isErrno(count)) return count._tag === "EINTR" ? "interrupted" : "end"
    return count === 0 ? "end" : into[0]!
  }

  /** The next key by its name: a character, `up`, `ctrl-c`; `resized`, `end of input`, or `late` when the time was up. */
  *key(timeout?: number): Steps<string> {
    const first = yield* this.byte(timeout)
    if (first === "end") return "end of input"
    if (first === "late") return "late"
    if (first === "interrupted") return this.resized || timeout === undefined ? "resized" : "late"
    if (first === 27) return yield* this.sequence()
    if (first === 13 || first === 10) return "enter"
    if (first === 127 || first === 8) return "backspace"
    if (first < 32) return `ctrl-${String.fromCharCode(first + 96)}`
    if (first < 128) return String.fromCharCode(first)
    const bytes = [first]
    const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    while (bytes.length < length) {
      const next = yield* this.byte()
      if (typeof next !== "number") break
      bytes.push(next)
    }
    return Bytes.decode(Uint8Array.from(bytes))
  }

  /** What follows an escape; one alone is a key of its own, which is told by nothing following soon. */
  private *sequence(): Steps<string> {
    const SOON = 50
    const next = yield* this.byte(SOON)
    if (typeof next !== "number") return "escape"
    const kind = String.fromCharCode(next)
    if (kind === "<") return "home"
    if (kind === ">") return "end"
    if (kind === "v") return "page up"
    if (kind !== "[" && kind !== "O") return "escape"
    let parameters = ""
    for (;;) {
      const code = yield* this.byte(SOON)
      if (typeof code !== "number") return "escape"
      const character = String.fromCharCode(code)
      if (/[0-9;]/.test(character)) parameters += character
      else if (character === "~") return numbered[parameters.split(";")[0]!] ?? "escape"
      else return finals[character] ?? "escape"
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
