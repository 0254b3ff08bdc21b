/** A user in front of a terminal: xterm draws what the shell writes, and sends what is typed. */
import { Kernel, type Programs } from "@effix/kernel"
import { TestKernel } from "@effix/testing"
import xterm from "@xterm/headless"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { spawn } from "node:child_process"
import * as path from "node:path"
import * as Coreutils from "../src/Coreutils.js"
import * as Shell from "../src/Shell.js"

export interface Options {
  readonly columns?: number
  readonly rows?: number
  readonly command?: ReadonlyArray<string>
  /** After how many seconds without a sign of the host's bash the next text is typed. */
  readonly pause?: number
}

/** Where the cursor is. */
const CURSOR = "▮"

/** What the user sees: the lines down to the last that is not empty, and the cursor. */
const textOf = ({ buffer: { active }, rows }: xterm.Terminal): string => {
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

/** What a user sees after each text that is typed into the host's bash. */
export const onHost = ({ columns = 40, pause = 0.2, rows = 12 }: Options, keys: ReadonlyArray<string>) =>
  Effect.async<ReadonlyArray<string>>((resume) => {
    const child = spawn("python3", [path.join(import.meta.dirname, "typing.py")], {
      cwd: "/",
      stdio: ["pipe", "pipe", "ignore"]
    })
    const out: Array<Buffer> = []
    child.stdout.on("data", (block: Buffer) => out.push(block))
    child.on("close", () => {
      const answers = JSON.parse(Buffer.concat(out).toString()) as ReadonlyArray<string>
      const drawn = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
      const screens: Array<string> = []
      for (const answer of answers) {
        drawn.write(Buffer.from(answer, "base64"), () => {
          screens.push(textOf(drawn))
          if (screens.length === answers.length) resume(Effect.succeed(screens.slice(1)))
        })
      }
    })
    child.stdin.end(JSON.stringify({ columns, rows, pause, keys, env: hostEnvironment }))
  })

const hostEnvironment = {
  PATH: "/usr/bin:/bin",
  HOME: "/nowhere",
  PS1: "$ ",
  TERM: "xterm-256color",
  LC_ALL: "C.UTF-8",
  INPUTRC: "/dev/null",
  HISTFILE: ""
}

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

  get text(): string {
    return textOf(this.xterm)
  }

  /** Whether a full-screen program has the screen. */
  get isAlternate(): boolean {
    return this.xterm.buffer.active.type === "alternate"
  }
}

/** A machine with the shell, the utilities, and programs of a test. */
export const machine = (programs: Readonly<Record<string, Programs.Main>> = {}) =>
  TestKernel.layer({ drivers: Layer.mergeAll(Shell.layer, Coreutils.layer), programs })
