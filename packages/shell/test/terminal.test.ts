/** The interactive shell, as a user at a terminal sees it. */
import { expect, layer } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { TestKernel } from "./support.js"

/** A shell on a terminal: type something, wait until something appears. */
const opened = (command: readonly [string, ...ReadonlyArray<string>], env: Record<string, string> = {}) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const terminal = yield* kernel.openTerminal({
      command,
      env: { PATH: "/bin:/usr/bin", HOME: "/root", PS1: "$ ", ...env }
    })
    let screen = ""
    yield* Effect.forkScoped(
      Stream.runForEach(terminal.output, (bytes) => Effect.sync(() => void (screen += Buffer.from(bytes).toString())))
    )
    const until = (text: string): Effect.Effect<string> =>
      Effect.suspend(() => {
        const at = screen.indexOf(text)
        if (at < 0) return Effect.zipRight(Effect.sleep("5 millis"), until(text))
        const seen = screen.slice(0, at + text.length)
        screen = screen.slice(at + text.length)
        return Effect.succeed(seen)
      })
    const type = (text: string, wanted: string) => Effect.zipRight(terminal.write(text), until(wanted))
    yield* until("$ ")
    return { terminal, type, until }
  })

const open = opened(["sh", "-i"])

/** The line is drawn anew. */
const prompt = "\r\u001b[J$ "

layer(TestKernel, { excludeTestServices: true })("At a terminal the shell", (it) => {
  it.scoped("runs a command and comes back with a prompt", () =>
    Effect.gen(function*() {
      const { type } = yield* open
      yield* type("echo h''i\r", "\r\nhi\r\n")
    }), 20_000)
  it.scoped("edits the line", () =>
    Effect.gen(function*() {
      const { type } = yield* open
      yield* type("cho abX\u007fc\u0001e\u0005d\r", "\r\nabcd\r\n")
      yield* type("echo one two\u0017three\r", "\r\none three\r\n")
      yield* type("xx\u0015echo k\u0001\u0006\u0006\u0006\u0006\u0006\u000b\u0019\r", "\r\nk\r\n")
    }), 20_000)
  it.scoped("remembers lines", () =>
    Effect.gen(function*() {
      const { type } = yield* open
      yield* type("echo fir''st\r", "\r\nfirst\r\n")
      yield* type("\u001b[A\r", "\r\nfirst\r\n")
      yield* type("\u0012fir\r", "\r\nfirst\r\n")
    }), 20_000)
  it.scoped(
    "as bash refers to earlier lines, and shows what comes of it before it is run",
    () =>
      Effect.gen(function*() {
        const { type } = yield* opened(["bash", "--norc"], { HISTFILE: "" })
        yield* type("echo one tw''o\r", "\r\none two\r\n")
        yield* type("!!\r", "\r\necho one tw''o\r\none two\r\n")
        yield* type("echo !$ !!:1\r", "\r\necho tw''o one\r\ntwo one\r\n")
        yield* type("^one^1^\r", "\r\necho tw''o 1\r\ntwo 1\r\n")
        yield* type("!nothing\r", "bash: !nothing: event not found\r\n")
        yield* type("!!:p\r", `\r\necho tw''o 1\r\n${prompt}`)
        yield* type("fc -s 1=2\r", "\r\necho tw''o 2\r\ntwo 2\r\n")
        yield* type("history 2 | tail -1\r", "  history 2 | tail -1\r\n")
      }),
    20_000
  )
  it.scoped(
    "as bash keeps what was typed for the next one, but for what HISTCONTROL leaves out",
    () =>
      Effect.gen(function*() {
        const first = yield* opened(["bash", "--norc"], { HISTFILE: "/tmp/past", HISTCONTROL: "ignoreboth" })
        yield* first.type("echo o''ne\r", `\r\none\r\n${prompt}`)
        yield* first.type("echo o''ne\r", `\r\none\r\n${prompt}`)
        yield* first.type(" echo se''cret\r", `\r\nsecret\r\n${prompt}`)
        yield* first.terminal.write("exit\r")
        yield* first.terminal.wait
        const second = yield* opened(["bash", "--norc"], { HISTFILE: "/tmp/past" })
        yield* second.type("history\r", `    1  echo o''ne\r\n    2  exit\r\n    3  history\r\n${prompt}`)
        yield* second.type("\u001b[A\u001b[A\u001b[A\r", "\r\none\r\n")
        yield* second.type("HISTFILESIZE=2\r", prompt)
        yield* second.terminal.write("exit\r")
        yield* second.terminal.wait
        const third = yield* opened(["bash", "--norc"], { HISTFILE: "/tmp/past" })
        yield* third.type("cat /tmp/past\r", `\r\nHISTFILESIZE=2\r\nexit\r\n${prompt}`)
      }),
    20_000
  )
  it.scoped(
    "as bash runs PROMPT_COMMAND before each prompt, and leaves the status alone",
    () =>
      Effect.gen(function*() {
        const { type } = yield* opened(["bash", "--norc"], { HISTFILE: "" })
        yield* type("PROMPT_COMMAND='echo p''c $?'\r", `pc 0\r\n${prompt}`)
        yield* type("false\r", `pc 1\r\n${prompt}`)
        yield* type("echo $?\r", `\r\n1\r\npc 0\r\n${prompt}`)
        yield* type("PROMPT_COMMAND=('echo on''e' 'false')\r", `one\r\n${prompt}`)
        yield* type("echo $?\r", `\r\n0\r\none\r\n${prompt}`)
      }),
    20_000
  )
  it.scoped("asks for more while a command is not complete", () =>
    Effect.gen(function*() {
      const { type } = yield* open
      yield* type("if true\r", "> ")
      yield* type("then echo y''es; fi\r", "\r\nyes\r\n")
    }), 20_000)
  it.scoped("completes commands and files", () =>
    Effect.gen(function*() {
      const { type } = yield* open
      yield* type("cd /et\t\r", "$ ")
      yield* type("pwd\r", "\r\n/etc\r\n")
    }), 20_000)
  it.scoped("comes back from ^C, whether a program or a loop of its own runs", () =>
    Effect.gen(function*() {
      const { terminal, type } = yield* open
      yield* type("sleep 100\r", "\r\n")
      yield* Effect.sleep("100 millis")
      yield* type("\u0003", "$ ")
      yield* type("echo $?\r", "\r\n130\r\n")
      yield* terminal.write("while :; do :; done\r")
      yield* Effect.sleep("100 millis")
      yield* type("\u0003", "$ ")
      yield* type("echo $?\r", "\r\n130\r\n")
      yield* type("half a line\u0003", "^C")
      yield* type("echo o''k\r", "\r\nok\r\n")
    }), 20_000)
  it.scoped("stops a job at ^Z and takes it up again", () =>
    Effect.gen(function*() {
      const { terminal, type } = yield* open
      yield* terminal.write("sleep 100\r")
      yield* Effect.sleep("150 millis")
      yield* type("\u001a", "Stopped")
      yield* type("bg\r", "[1]+ sleep 100 &")
      yield* type("jobs\r", "Running")
      yield* type("kill %1\r", "Terminated")
      yield* type("jobs; echo no''ne\r", "\r\nnone\r\n")
    }), 20_000)
  it.scoped("hands the terminal to programs as they expect it", () =>
    Effect.gen(function*() {
      const { terminal, type } = yield* open
      yield* terminal.write("cat\r")
      yield* Effect.sleep("150 millis")
      yield* type("typed\r", "typed\r\ntyped\r\n")
      yield* type("\u0004", "$ ")
    }), 20_000)
  it.scoped("ends at ^D", () =>
    Effect.gen(function*() {
      const { terminal } = yield* open
      yield* terminal.write("\u0004")
      expect(yield* terminal.wait).toEqual({ _tag: "Exited", code: 0 })
    }), 20_000)
})
