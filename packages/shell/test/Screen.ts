/** A user in front of a terminal: xterm draws what the shell writes, and sends what is typed. */
import { Kernel, type Programs } from "@effix/kernel"
import { TestKernel } from "@effix/testing"
import xterm from "@xterm/headless"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as Coreutils from "../src/Coreutils.js"
import * as Shell from "../src/Shell.js"

export interface Options {
  readonly columns?: number
  readonly rows?: number
  readonly command?: ReadonlyArray<string>
}

/** Where the cursor is. */
const CURSOR = "▮"

export class Screen {
  /** What has arrived so far, to tell when nothing does any more. */
  private arrived = 0

  private constructor(readonly terminal: Kernel.TerminalHandle, private readonly xterm: xterm.Terminal) {}

  static open({ columns = 40, command = ["bash", "--norc", "-i"], rows = 12 }: Options = {}) {
    return Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const drawn = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
      const env = { PATH: "/bin:/usr/bin", HOME: "/root", PS1: "$ ", TERM: "xterm-256color" }
      const terminal = yield* kernel.openTerminal({ command, columns, rows, env, cwd: "/root" })
      const screen = new Screen(terminal, drawn)
      // A terminal answers questions, too.
      const answers = yield* Queue.unbounded<string>()
      drawn.onData((text) => void Queue.unsafeOffer(answers, text))
      yield* Effect.forkScoped(Stream.runForEach(Stream.fromQueue(answers), terminal.write))
      yield* Effect.forkScoped(Stream.runForEach(terminal.output, (bytes) => screen.draw(bytes)))
      yield* Effect.addFinalizer(() => Effect.sync(() => drawn.dispose()))
      yield* screen.quiet
      return screen
    })
  }

  private draw(bytes: Uint8Array): Effect.Effect<void> {
    return Effect.async((resume) => {
      this.arrived += bytes.length
      this.xterm.write(bytes, () => resume(Effect.void))
    })
  }

  /** Waits until everybody waits for the user. */
  private readonly quiet: Effect.Effect<void> = Effect.suspend(() => {
    const before = this.arrived
    return Effect.zipRight(
      Effect.zipRight(TestKernel.settled, TestKernel.settled),
      Effect.suspend(() => this.arrived === before ? Effect.void : this.quiet)
    )
  })

  /** Types, and waits for what becomes of it. Each text is typed when the one before has had its effect. */
  type(...texts: ReadonlyArray<string>): Effect.Effect<void> {
    return Effect.forEach(texts, (text) => Effect.zipRight(this.terminal.write(text), this.quiet), { discard: true })
  }

  resize(columns: number, rows: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.xterm.resize(columns, rows)
      return Effect.zipRight(this.terminal.resize({ columns, rows }), this.quiet)
    })
  }

  /** What the user sees: the lines down to the last that is not empty, and the cursor. */
  get text(): string {
    const { buffer: { active }, rows } = this.xterm
    const lines = Array.from({ length: rows }, (_, row) => {
      const line = active.getLine(active.viewportY + row)
      if (row !== active.cursorY || line === undefined) return line?.translateToString(true) ?? ""
      const at = active.cursorX
      const before = line.translateToString(false, 0, at)
      return before + CURSOR + line.translateToString(false, at).trimEnd()
    })
    while (lines.at(-1) === "") lines.pop()
    return `\n${lines.join("\n")}\n`
  }

  /** Whether a full-screen program has the screen. */
  get isAlternate(): boolean {
    return this.xterm.buffer.active.type === "alternate"
  }
}

/** A machine with the shell, the utilities, and programs of a test. */
export const machine = (programs: Readonly<Record<string, Programs.Main>> = {}) =>
  TestKernel.layer({ drivers: Layer.mergeAll(Shell.layer, Coreutils.layer), programs })
