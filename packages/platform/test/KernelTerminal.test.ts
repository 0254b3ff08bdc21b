/** `Terminal` inside a kernel: what programs written for `@effect/platform` see of a kernel's terminal. */
import * as Terminal from "@effect/platform/Terminal"
import { describe, expect, it } from "@effect/vitest"
import { Kernel, Sys } from "@effix/kernel"
import { TestKernel } from "@effix/testing"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { emitKeypressEvents, type Key } from "node:readline"
import { PassThrough } from "node:stream"
import * as KernelTerminal from "../src/KernelTerminal.js"
import * as Keys from "../src/kernelTerminal/keys.js"

type Body = (terminal: Terminal.Terminal) => Effect.Effect<unknown, unknown, Sys.Sys>

/** Runs a program at a terminal; answers the screen when it has ended. */
const atTerminal = (body: Body, use: (terminal: Kernel.TerminalHandle) => Effect.Effect<void>) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const terminal = yield* kernel.openTerminal({ command: ["program"], columns: 100, rows: 30 })
    yield* Effect.forkScoped(use(terminal))
    return yield* Stream.mkString(Stream.decodeText(terminal.output))
  }).pipe(
    Effect.scoped,
    Effect.provide(TestKernel.layer({
      programs: {
        program: () =>
          Effect.flatMap(Terminal.Terminal, body).pipe(
            Effect.as(0),
            Effect.provide(KernelTerminal.layer),
            Effect.catchAll((error) => Effect.dieMessage(String(error)))
          )
      }
    }))
  )

/** Reads so many keys and names them. */
const names = (terminal: Terminal.Terminal, count: number) =>
  Effect.scoped(Effect.gen(function*() {
    const inputs = yield* terminal.readInput
    yield* terminal.display("?")
    const seen: Array<string> = []
    while (seen.length < count) {
      const { input, key } = yield* inputs.take
      seen.push(key.name === "" ? Option.getOrElse(input, () => "") : `${key.ctrl ? "^" : ""}${key.name}`)
    }
    yield* terminal.display(`${seen.join(" ")}\n`)
  }))

/** Types one text after the other, with time for the program in between. */
const typing = (...texts: ReadonlyArray<string>) => ({ write }: Kernel.TerminalHandle) =>
  Effect.forEach(
    texts,
    (text) => Effect.zipRight(Effect.zipRight(Effect.sleep("100 millis"), TestKernel.settled), write(text)),
    { discard: true }
  )

describe("Terminal, given by a kernel", () => {
  it.live("has the size of the window", () =>
    Effect.gen(function*() {
      const screen = yield* atTerminal(
        (terminal) =>
          Effect.flatMap(
            Effect.all([terminal.columns, terminal.rows, terminal.isTTY]),
            (all) => terminal.display(all.join())
          ),
        () => Effect.void
      )
      expect(screen).toBe("100,30,true")
    }))

  it.live("reads keys one by one, without echo", () =>
    Effect.gen(function*() {
      const screen = yield* atTerminal((terminal) => names(terminal, 6), typing("a\u001b[Aé\r", "\u001b", "\u0001"))
      expect(screen).toBe("?a up é return escape ^a\r\n")
    }))

  it.live("keeps keys that were typed ahead for whoever reads next", () =>
    Effect.gen(function*() {
      const screen = yield* atTerminal(
        (terminal) => Effect.zipRight(names(terminal, 2), names(terminal, 3)),
        typing("abcde")
      )
      expect(screen).toBe("?a b\r\n?c d e\r\n")
    }))

  it.live("reads lines, which the terminal edits and echoes", () =>
    Effect.gen(function*() {
      const screen = yield* atTerminal(
        (terminal) => Effect.flatMap(terminal.readLine, (line) => terminal.display(`<${line}>`)),
        typing("onX\u007fe\r")
      )
      expect(screen).toBe("onX\b \be\r\n<one>")
    }))

  it.live("quits a line at ^C, and at ^D where there is none", () =>
    Effect.gen(function*() {
      const screen = yield* atTerminal(
        (terminal) => {
          const quit = Effect.flatMap(Effect.flip(terminal.readLine), (error) => terminal.display(` ${error._tag}\n`))
          return Effect.zipRight(quit, quit)
        },
        typing("half\u0003", "\u0004")
      )
      expect(screen).toBe("half^C QuitException\r\n QuitException\r\n")
    }))

  it.live("quits keys at ^C, after it was seen", () =>
    Effect.gen(function*() {
      const screen = yield* atTerminal(
        (terminal) =>
          Effect.scoped(Effect.gen(function*() {
            const inputs = yield* terminal.readInput
            const first = yield* inputs.take
            const then = yield* Effect.exit(inputs.take)
            yield* terminal.display(`${first.key.name} ${then._tag}`)
          })),
        typing("\u0003")
      )
      expect(screen).toBe("c Failure")
    }))

  it.live("puts the terminal back", () =>
    Effect.gen(function*() {
      const screen = yield* atTerminal(
        (terminal) =>
          Effect.gen(function*() {
            const sys = yield* Sys.Sys
            const before = JSON.stringify(yield* sys.tcgetattr(0))
            yield* names(terminal, 1)
            yield* terminal.readLine
            yield* terminal.display(before === JSON.stringify(yield* sys.tcgetattr(0)) ? "same" : "other")
          }),
        typing("x", "line\r")
      )
      expect(screen).toContain("same")
    }))
})

/** What node makes of a text, given at once. */
const byNode = (text: string): Promise<ReadonlyArray<string>> =>
  new Promise((resolve) => {
    const input = new PassThrough()
    const seen: Array<string> = []
    emitKeypressEvents(input)
    input.on("keypress", (character: string | undefined, key: Key) => {
      seen.push(JSON.stringify([character ?? null, key.name ?? "", key.ctrl, key.meta, key.shift]))
    })
    input.write(text)
    // Behind the patience that node has for the rest of a sequence.
    setTimeout(() => resolve(seen), 600)
  })

const byUs = (text: string): ReadonlyArray<string> => {
  const seen: Array<string> = []
  for (let rest = text; rest !== "";) {
    const { input: { input, key }, length } = Keys.parse(rest, true)!
    seen.push(JSON.stringify([Option.getOrNull(input), key.name, key.ctrl, key.meta, key.shift]))
    rest = rest.slice(length)
  }
  return seen
}

it.live("Keys have the names that node gives them", () =>
  Effect.gen(function*() {
    const texts: Array<string> = []
    for (let code = 0; code < 128; code++) {
      const character = String.fromCharCode(code)
      texts.push(character)
      // Whether these have Alt with them depends on the version of node.
      if (!/[\t\r\n]/.test(character)) texts.push(`\u001b${character}z`)
    }
    for (const letter of "ABCDEFGHPQRSZabcdex") {
      texts.push(
        `\u001b[${letter}`,
        `\u001bO${letter}`,
        `\u001b[1;5${letter}`,
        `\u001b[2${letter}`,
        `\u001b[[${letter}`
      )
    }
    for (let number = 1; number < 30; number++) {
      for (const end of ["~", "$", "^", ";2~", ";6~"]) texts.push(`\u001b[${number}${end}`)
    }
    texts.push("é", "日本", "😀", "\u001b\u001b[A", "\u001b", "ab\u001b[Ac")
    const theirs = yield* Effect.promise(() => Promise.all(texts.map(byNode)))
    const differing = texts.flatMap((text, i) =>
      JSON.stringify(byUs(text)) === JSON.stringify(theirs[i]) ? [] : [[text, byUs(text), theirs[i]]]
    )
    expect(differing).toEqual([])
  }))
