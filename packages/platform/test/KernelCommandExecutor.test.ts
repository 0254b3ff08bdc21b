import * as Command from "@effect/platform/Command"
import type * as CommandExecutor from "@effect/platform/CommandExecutor"
import { expect, it } from "@effect/vitest"
import * as Kernel from "@effix/kernel/Kernel"
import * as Programs from "@effix/kernel/Programs"
import * as Sys from "@effix/kernel/Sys"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as KernelCommandExecutor from "../src/KernelCommandExecutor.js"

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytes = (content: string) => new TextEncoder().encode(content)

const allText = <E>(stream: Stream.Stream<Uint8Array, E>) =>
  Effect.map(Stream.runCollect(stream), (all) => Chunk.toReadonlyArray(all).map(text).join(""))

const program =
  (body: (sys: Sys.SystemCalls, argv: ReadonlyArray<string>) => ReturnType<Programs.Main>): Programs.Main => (argv) =>
    Effect.flatMap(Sys.Sys, (sys) => body(sys, argv))

const print = (sys: Sys.SystemCalls, content: string) => sys.write(1, bytes(content))

/** What commands there are. */
const programs: Readonly<Record<string, Programs.Main>> = {
  say: program((sys, argv) => Effect.as(print(sys, `${argv.slice(1).join(" ")}\n`), 0)),
  sh: program((sys, argv) => Effect.as(print(sys, argv.slice(1).join("|")), 0)),
  where: program((sys) =>
    Effect.gen(function*() {
      const { NAME, PATH } = yield* sys.environ()
      const { uid } = yield* sys.credentials()
      yield* print(sys, `${yield* sys.getcwd()} ${NAME} ${PATH === undefined ? "no path" : "path"} ${uid}`)
      return 0
    })
  ),
  fail: program((sys) => Effect.as(sys.write(2, bytes("oops")), 7)),
  sleep: program((sys) => Effect.as(sys.nanosleep(1e15), 0)),
  forever: program((sys) => Effect.forever(print(sys, "y\n"))),
  upper: program((sys) =>
    Effect.gen(function*() {
      const block = new Uint8Array(1000)
      for (;;) {
        const count = yield* sys.read(0, block)
        if (count === 0) return 0
        yield* print(sys, text(block.subarray(0, count)).toUpperCase())
      }
    })
  )
}

const drivers = Layer.scopedDiscard(
  Effect.flatMap(
    Programs.Programs,
    ({ register }) => Effect.forEach(Object.entries(programs), ([name, main]) => register(name, main))
  )
)

const provided = <A, E>(effect: Effect.Effect<A, E, CommandExecutor.CommandExecutor | Kernel.Kernel>) =>
  Effect.provide(effect, Layer.provideMerge(KernelCommandExecutor.layer, Kernel.layerWith({ drivers })))

it.effect("A command gives its output and its exit code", () =>
  provided(Effect.gen(function*() {
    expect(yield* Command.string(Command.make("say", "hello", "world"))).toBe("hello world\n")
    expect(yield* Command.lines(Command.make("say", "one"))).toEqual(["one"])
    expect(yield* Command.exitCode(Command.make("fail"))).toBe(7)
  })))

it.effect("Input is fed from a text or a stream", () =>
  provided(Effect.gen(function*() {
    expect(yield* Command.string(Command.feed(Command.make("upper"), "text"))).toBe("TEXT")
    const stdin = Stream.fromIterable([bytes("a"), bytes("b")])
    expect(yield* Command.string(Command.stdin(Command.make("upper"), stdin))).toBe("AB")
    expect(yield* Command.string(Command.stdin(Command.make("upper"), "inherit"))).toBe("")
  })))

it.effect("Commands are piped into each other", () =>
  provided(Effect.gen(function*() {
    const piped = Command.pipeTo(Command.make("say", "hello"), Command.make("upper"))
    expect(yield* Command.string(Command.pipeTo(piped, Command.make("upper")))).toBe("HELLO\n")
  })))

it.effect("One that writes for ever ends when nobody reads it any more", () =>
  provided(Effect.gen(function*() {
    const piped = Command.pipeTo(Command.make("forever"), Command.make("say", "enough"))
    expect(yield* Command.string(piped)).toBe("enough\n")
    const some = yield* Stream.runCollect(Stream.take(Command.stream(Command.make("forever")), 1))
    expect(some.length).toBe(1)
    const kernel = yield* Kernel.Kernel
    expect((yield* kernel.processes).map(({ pid }) => pid)).toEqual([1])
  })))

it.effect("Environment, directory, user and shell are as asked for", () =>
  provided(Effect.gen(function*() {
    const command = Command.make("where").pipe(
      Command.env({ NAME: "value" }),
      Command.workingDirectory("/tmp")
    )
    expect(yield* Command.string(command)).toBe("/tmp value path 0")
    expect(yield* Command.string(Command.runInShell(Command.make("echo", "$X", "|", "cat"), true))).toBe(
      "-c|echo $X | cat"
    )
  })))

it.effect("A process is written to, read and killed", () =>
  provided(Effect.scoped(Effect.gen(function*() {
    const process = yield* Command.start(Command.make("upper"))
    expect(yield* process.isRunning).toBe(true)
    yield* Stream.run(Stream.make(bytes("text")), process.stdin)
    expect(yield* allText(process.stdout))
      .toBe("TEXT")
    expect(yield* process.exitCode).toBe(0)
    expect(yield* process.isRunning).toBe(false)

    const sleeper = yield* Command.start(Command.make("sleep"))
    yield* sleeper.kill("SIGKILL")
    expect((yield* Effect.flip(sleeper.exitCode)).message).toContain("signal 9")
    const failing = yield* Command.start(Command.make("fail"))
    expect(yield* allText(failing.stderr))
      .toBe("oops")
  }))))

it.effect("A process ends with its scope", () =>
  provided(Effect.gen(function*() {
    yield* Effect.scoped(Command.start(Command.make("sleep")))
    const kernel = yield* Kernel.Kernel
    expect((yield* kernel.processes).map(({ pid }) => pid)).toEqual([1])
  })))

it.effect("A command that is not there, or a directory, is an error", () =>
  provided(Effect.gen(function*() {
    expect(yield* Effect.flip(Command.string(Command.make("missing")))).toMatchObject({ reason: "NotFound" })
    const lost = Command.workingDirectory(Command.make("say"), "/none")
    expect(yield* Effect.flip(Command.string(lost))).toMatchObject({ reason: "NotFound" })
    expect(yield* Effect.flip(Command.string(Command.make("/tmp")))).toMatchObject({ reason: "PermissionDenied" })
  })))
