/**
 * `@effect/platform`'s `Terminal`, provided by the process that a program runs as: its standard input and output.
 *
 * So a program written for a terminal, a prompt of `@effect/cli` for instance, runs inside a kernel. While `readInput` is
 * open the terminal is raw and every key is an event, named as node names it; what was typed ahead and not taken is there
 * for the next one. `readLine` leaves line editing and echo to the terminal. In both ^C and ^D quit. However the program
 * ends up outside of them, the terminal is as it was.
 *
 * @see termios(3)
 *
 * @example
 * ```ts
 * import { Terminal } from "@effect/platform"
 * import { Kernel, Programs } from "@effix/kernel"
 * import { KernelTerminal } from "@effix/platform"
 * import { Effect, Layer, Stream } from "effect"
 *
 * const ask = Effect.gen(function*() {
 *   const terminal = yield* Terminal.Terminal
 *   yield* terminal.display("Your name? ")
 *   const name = yield* terminal.readLine
 *   yield* terminal.display(`Hello, ${name}, on ${yield* terminal.columns} columns!\n`)
 *   return 0
 * }).pipe(Effect.provide(KernelTerminal.layer), Effect.orDie)
 *
 * const main = Effect.gen(function*() {
 *   const kernel = yield* Kernel.Kernel
 *   const { output, write } = yield* kernel.openTerminal({ command: ["ask"], columns: 100 })
 *   yield* write("Ada\n")
 *   const screen = yield* Stream.mkString(Stream.decodeText(output))
 *   console.log(screen.trim().split("\r\n").at(-1))
 * }).pipe(Effect.scoped)
 *
 * const drivers = Layer.scopedDiscard(Effect.flatMap(Programs.Programs, ({ register }) => register("ask", () => ask)))
 * await Effect.runPromise(Effect.provide(main, Kernel.layerWith({ drivers })))
 * ```
 * ```text output
 * Hello, Ada, on 100 columns!
 * ```
 */
import * as Terminal from "@effect/platform/Terminal"
import * as Termios from "@effix/kernel/abi/Termios"
import * as Bytes from "@effix/kernel/Bytes"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { systemError } from "./kernelFiles/errors.js"
import { Keyboard } from "./kernelTerminal/Keyboard.js"

const INPUT = 0
const OUTPUT = 1

/** Settings of a terminal that last as long as the scope; what is no terminal has none. */
const withSettings = (
  sys: SystemCalls,
  change: (settings: Termios.Termios) => Termios.Termios
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(Effect.acquireRelease(
    Effect.option(
      Effect.tap(sys.tcgetattr(INPUT), (before) => sys.tcsetattr(INPUT, Termios.TCSADRAIN, change(before)))
    ),
    (before) =>
      Option.isSome(before) ? Effect.ignore(sys.tcsetattr(INPUT, Termios.TCSADRAIN, before.value)) : Effect.void
  ))

const withCharacters = (
  settings: Termios.Termios,
  changes: Readonly<Record<number, number>>
): ReadonlyArray<number> => settings.cc.map((value, index) => changes[index] ?? value)

/** As cfmakeraw(3), but for output: what is displayed still ends its lines with a newline alone. */
const raw = (settings: Termios.Termios): Termios.Termios => ({
  ...settings,
  iflag: settings.iflag &
    ~(Termios.BRKINT | Termios.ICRNL | Termios.INLCR | Termios.IGNCR | Termios.ISTRIP | Termios.IXON),
  lflag: settings.lflag & ~(Termios.ICANON | Termios.ECHO | Termios.ISIG | Termios.IEXTEN),
  cc: withCharacters(settings, { [Termios.VMIN]: 1, [Termios.VTIME]: 0 })
})

const CTRL_C = 3

/** ^C ends a line instead of the program, so that the program can be told. */
const lines = (settings: Termios.Termios): Termios.Termios => ({
  ...settings,
  lflag: settings.lflag | Termios.ICANON,
  cc: withCharacters(settings, { [Termios.VINTR]: 0, [Termios.VEOL]: CTRL_C })
})

const quits = ({ key }: Terminal.UserInput): boolean => key.ctrl && (key.name === "c" || key.name === "d")

/** Reads up to the end of a line; fails at the end of input, and at ^C. */
const readLine = (sys: SystemCalls): Effect.Effect<string, Terminal.QuitException> =>
  Effect.gen(function*() {
    yield* withSettings(sys, lines)
    const line: Array<number> = []
    // One byte at a time: what follows the line is left to whoever reads next.
    const byte = new Uint8Array(1)
    for (;;) {
      const count = yield* Effect.orElseSucceed(sys.read(INPUT, byte), () => 0)
      const last = count === 0 ? undefined : byte[0]
      if (last === CTRL_C || (last === undefined && line.length === 0)) return yield* new Terminal.QuitException()
      if (last === undefined || last === 10) return Bytes.decode(Uint8Array.from(line))
      line.push(last)
    }
  }).pipe(Effect.scoped)

/** Hands key after key to whoever takes them, one ahead. */
const readInput = (sys: SystemCalls, keyboard: Keyboard): Terminal.Terminal["readInput"] =>
  Effect.gen(function*() {
    yield* withSettings(sys, raw)
    const mailbox = yield* Mailbox.make<Terminal.UserInput>(1)
    // What nobody took is not lost.
    yield* Effect.addFinalizer(() =>
      Effect.map(Effect.option(mailbox.clear), (left) => {
        if (Option.isSome(left)) keyboard.putBack(left.value)
      })
    )
    const pump: Effect.Effect<void> = Effect.flatMap(keyboard.next(sys), (input) =>
      input === undefined || quits(input)
        ? Effect.zipRight(input === undefined ? Effect.void : mailbox.offer(input), Effect.asVoid(mailbox.end))
        : Effect.flatMap(mailbox.offer(input), () => pump))
    yield* Effect.forkScoped(pump)
    return mailbox
  })

const display = (sys: SystemCalls) => (text: string) =>
  Effect.gen(function*() {
    const bytes = Bytes.encode(text)
    for (let at = 0; at < bytes.length;) at += yield* sys.write(OUTPUT, bytes.subarray(at))
  }).pipe(Effect.mapError((error) => systemError("Terminal", "display", OUTPUT, error)))

/** The terminal of the process to which these calls belong. */
export const make = (sys: SystemCalls): Terminal.Terminal => {
  const keyboard = new Keyboard(INPUT)
  const size = Effect.orElseSucceed(sys.getWindowSize(OUTPUT), () => ({ columns: 0, rows: 0 }))
  return {
    columns: Effect.map(size, ({ columns }) => columns),
    rows: Effect.map(size, ({ rows }) => rows),
    isTTY: Effect.orElseSucceed(sys.isatty(OUTPUT), () => false),
    readInput: readInput(sys, keyboard),
    readLine: readLine(sys),
    display: display(sys)
  }
}

/**
 * The terminal of the process that this runs in.
 *
 * @category layers
 */
export const layer: Layer.Layer<Terminal.Terminal, never, Sys> = Layer.effect(Terminal.Terminal, Effect.map(Sys, make))
