/**
 * One file on the whole screen, and what keys do with it.
 *
 * @see less(1)
 */
import { SIGSTOP } from "@effix/kernel/abi/Signals"
import * as Latin1 from "../Latin1.js"
import * as Regex from "../Regex.js"
import { attempt, type Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"
import type { Lines } from "./Lines.js"
import type { Screen } from "./Screen.js"
import { type Place, type Settings, View } from "./View.js"

/** What is to be done when a file is left. */
export type Leave = "quit" | "next" | "previous" | "first"

/** Moves, by the keys that make them. */
const moves: Readonly<Record<string, "screen" | "line" | "half" | "-screen" | "-line" | "-half">> = {
  " ": "screen",
  f: "screen",
  z: "screen",
  "ctrl-f": "screen",
  "ctrl-v": "screen",
  "page down": "screen",
  enter: "line",
  j: "line",
  e: "line",
  "ctrl-n": "line",
  "ctrl-e": "line",
  down: "line",
  d: "half",
  "ctrl-d": "half",
  b: "-screen",
  w: "-screen",
  "ctrl-b": "-screen",
  "alt-v": "-screen",
  "page up": "-screen",
  k: "-line",
  y: "-line",
  "ctrl-p": "-line",
  "ctrl-y": "-line",
  "ctrl-k": "-line",
  up: "-line",
  u: "-half",
  "ctrl-u": "-half"
}

/** Other keys that mean the same as these. */
const synonyms: Readonly<Record<string, string>> = {
  Q: "q",
  "<": "g",
  home: "g",
  "alt-<": "g",
  ">": "G",
  end: "G",
  "alt->": "G",
  "%": "p",
  "ctrl-g": "=",
  "ctrl-l": "r",
  "ctrl-r": "r",
  H: "h"
}

const HELP = "SPACE b j k d u g G: move   /text ?text n N: search   :n :p: files   F: follow   q: quit"

export class Pager {
  private readonly view: View
  private message = ""
  private started = false
  private count: number | undefined = undefined
  private backwards = false
  /** The line of the last match. */
  private hit: number | undefined = undefined
  private triedEnd = false
  private readonly marks = new Map<string, Place>()

  constructor(
    private readonly run: Utility.Run,
    private readonly screen: Screen,
    private readonly lines: Lines,
    private readonly name: string,
    private readonly settings: Settings
  ) {
    this.view = new View(run, screen, lines, settings)
  }

  /** Shows a line, the last screen if it is behind that. */
  go(line: number): Steps<void> {
    return this.view.go(line)
  }

  private *draw(): Steps<void> {
    yield* this.view.draw(yield* this.status())
  }

  private *status(): Steps<string> {
    const { columns } = this.screen
    const lit = (text: string): string => `\u001b[7m${text.slice(0, columns - 1)}\u001b[27m`
    if (this.message !== "") return lit(this.message)
    if (this.count !== undefined) return `:${this.count}`
    const end = yield* this.view.showsEnd()
    if (!this.started && this.name !== "") return lit(end ? `${this.name} (END)` : this.name)
    return end ? lit("(END)") : ":"
  }

  private *move(how: NonNullable<typeof moves[string]>, given: number | undefined): Steps<Leave | undefined> {
    const { view } = this
    const { quitAtEnd } = this.settings
    const kind = how.replace("-", "")
    const count = given ?? (kind === "line" ? 1 : kind === "half" ? Math.max(1, view.height >> 1) : view.height)
    this.hit = undefined
    if (how.startsWith("-")) {
      this.triedEnd = false
      view.back(count)
      return undefined
    }
    if (yield* view.showsEnd()) {
      if (quitAtEnd === "first" || (quitAtEnd === "second" && this.triedEnd)) return "next"
      this.triedEnd = true
    }
    yield* view.forward(count)
    return undefined
  }

  /** Looks for a pattern; an empty one is the one before. */
  *search(text: string, backwards: boolean, times = 1): Steps<void> {
    if (text !== "") {
      const { ignoreCase } = this.settings
      const fold = ignoreCase === "I" || (ignoreCase === "i" && !/[A-Z]/.test(text))
      const pattern = Regex.compile([Latin1.fromText(text)], { extended: true, ignoreCase: fold })
      if (pattern instanceof Regex.BadPattern) {
        this.message = `${pattern.text}  (press RETURN)`
        return
      }
      this.view.pattern = pattern
      this.hit = undefined
    }
    this.backwards = backwards
    if (this.view.pattern === undefined) {
      this.message = "No previous search pattern  (press RETURN)"
      return
    }
    for (let left = times; left > 0; left--) if (!(yield* this.step(backwards))) return
  }

  /** Goes to the next line that the pattern is in; forwards, a new one may be at the top of the screen. */
  private *step(backwards: boolean): Steps<boolean> {
    const { lines, view } = this
    const by = backwards ? -1 : 1
    const first = this.hit === undefined ? view.top.line - (backwards ? 1 : 0) : this.hit + by
    for (let line = first; line >= 0; line += by) {
      if (!backwards) yield* lines.upTo(line)
      if (line >= lines.count) break
      if (!view.matches(line)) continue
      this.hit = line
      yield* view.go(line)
      return true
    }
    this.message = "Pattern not found  (press RETURN)"
    return false
  }

  /** Follows a file that grows, until ^C. */
  *follow(): Steps<void> {
    yield* this.view.end()
    for (;;) {
      this.message = "Waiting for data... (^C to stop)"
      yield* this.draw()
      const key = yield* this.screen.key(1000)
      if (key === "ctrl-c" || key === "end of input") break
      if (key === "resized") yield* this.screen.measure()
      while (yield* this.lines.more()) continue
      yield* this.view.end()
    }
    this.message = ""
  }

  /** Shows the file, and does what keys say, until it is left. */
  *main(): Steps<Leave> {
    for (;;) {
      yield* this.draw()
      const key = yield* this.screen.key()
      if (key === "end of input") return "quit"
      if (key === "resized") {
        yield* this.screen.measure()
        continue
      }
      const waited = this.message !== ""
      this.message = ""
      this.started = true
      if (waited && key === "enter") continue
      if (/^[0-9]$/.test(key)) {
        this.count = (this.count ?? 0) * 10 + Number(key)
        continue
      }
      const { count } = this
      this.count = undefined
      const leave = yield* this.press(key, count)
      if (leave !== undefined) return leave
    }
  }

  private *press(key: string, count: number | undefined): Steps<Leave | undefined> {
    const { lines, screen, view } = this
    const move = Object.hasOwn(moves, key) ? moves[key] : undefined
    if (move !== undefined) return yield* this.move(move, count)
    switch (synonyms[key] ?? key) {
      case "q":
        return "quit"
      case "g":
        this.hit = undefined
        return void (yield* view.go((count ?? 1) - 1))
      case "G":
        this.hit = undefined
        return void (count === undefined ? yield* view.end() : yield* view.go(count - 1))
      case "p":
        yield* lines.upTo(Number.POSITIVE_INFINITY)
        return void (yield* view.go(Math.floor(lines.count * Math.min(100, count ?? 0) / 100)))
      case "/":
      case "?": {
        const text = yield* screen.ask(key)
        if (text !== undefined) yield* this.search(text, key === "?", count)
        return undefined
      }
      case "n":
        return void (yield* this.search("", this.backwards, count))
      case "N": {
        const { backwards } = this
        yield* this.search("", !backwards, count)
        this.backwards = backwards
        return undefined
      }
      case "F":
        return void (yield* this.follow())
      case "m":
        return void this.marks.set(yield* screen.key(), view.top)
      case "'":
        return void (yield* this.toMark(yield* screen.key()))
      case "-":
        return void this.option(yield* screen.key())
      case ":":
        return yield* this.colon(yield* screen.key())
      case "=":
        return void (yield* this.tell())
      case "ctrl-z":
        yield* screen.leave()
        yield* attempt(this.run.sys.kill(0, SIGSTOP))
        return void (yield* screen.enter())
      case "r":
        return void (yield* screen.measure())
      case "h":
        this.message = HELP
        return undefined
      default:
        return undefined
    }
  }

  private *toMark(letter: string): Steps<void> {
    const { view } = this
    const place = letter === "^" ? { line: 0, row: 0 } : this.marks.get(letter)
    if (letter === "$") yield* view.end()
    else if (place === undefined) this.message = "Mark not set  (press RETURN)"
    else view.top = place
  }

  private *colon(key: string): Steps<Leave | undefined> {
    if (key === "n") return "next"
    if (key === "p") return "previous"
    if (key === "x") return "first"
    if (key === "q" || key === "Q") return "quit"
    if (key === "f") yield* this.tell()
    return undefined
  }

  private option(letter: string): void {
    const { settings } = this
    const said = (what: string, on: boolean): string => `${on ? "" : "do not "}${what}  (press RETURN)`
    if (letter === "S") {
      settings.chop = !settings.chop
      this.view.top = { ...this.view.top, row: 0 }
      this.message = said("cut long lines", settings.chop)
    } else if (letter === "N") {
      settings.numbers = !settings.numbers
      this.message = said("number lines", settings.numbers)
    } else if (letter === "R") {
      settings.raw = !settings.raw
      this.message = said("show colours", settings.raw)
    } else if (letter === "i" || letter === "I") {
      settings.ignoreCase = settings.ignoreCase === letter ? "" : letter
      this.message = said("ignore case in searches", settings.ignoreCase !== "")
    } else this.message = `There is no -${letter} option  (press RETURN)`
  }

  private *tell(): Steps<void> {
    const places = yield* this.view.window(this.view.top)
    const [first, last] = [places[0]?.line ?? -1, places[places.length - 1]?.line ?? -1]
    const { atEnd, count } = this.lines
    const all = atEnd ? `/${count}` : ""
    const name = this.name === "" ? "" : `${this.name} `
    this.message = `${name}lines ${first + 1}-${last + 1}${all}${
      (yield* this.view.showsEnd()) ? " (END)" : ""
    }  (press RETURN)`
  }
}
