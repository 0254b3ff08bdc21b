/** A kernel's terminal on a terminal of the host: here one that is a record of a few streams. */
import { describe, expect, it } from "@effect/vitest"
import { Bytes, Sys, Termios } from "@effix/kernel"
import { SIGWINCH } from "@effix/kernel/abi/Signals"
import { TestKernel } from "@effix/testing"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { ScreenModes } from "../src/host/ScreenModes.js"
import * as HostTerminal from "../src/HostTerminal.js"

const makeHost = Effect.gen(function*() {
  const typed = yield* Queue.unbounded<Uint8Array>()
  const resized = yield* Queue.unbounded<void>()
  const signals = yield* Queue.unbounded<number>()
  const host = {
    size: { rows: 24, columns: 80 },
    shown: [] as Array<number>,
    restored: undefined as string | undefined,
    typed,
    resized,
    signals
  }
  const terminal: HostTerminal.Interface = {
    name: "test",
    size: Effect.sync(() => host.size),
    raw: (restore) => Effect.addFinalizer(() => Effect.sync(() => void (host.restored = Bytes.decode(restore())))),
    input: Stream.fromQueue(typed),
    write: (bytes) => Effect.sync(() => void host.shown.push(...bytes)),
    resized: Stream.fromQueue(resized),
    signals: Stream.fromQueue(signals)
  }
  return { host, terminal }
})

type Host = Effect.Effect.Success<typeof makeHost>["host"]

const raw: Effect.Effect<void, never, Sys.Sys> = Effect.flatMap(
  Sys.Sys,
  (sys) =>
    Effect.orDie(
      Effect.flatMap(sys.tcgetattr(0), (settings) =>
        sys.tcsetattr(0, Termios.TCSANOW, { ...settings, iflag: 0, oflag: 0, lflag: 0 }))
    )
)

/** Runs a program at such a terminal while something is done to it. */
const session = (program: Sys.Program, use: (host: Host) => Effect.Effect<unknown>) =>
  Effect.gen(function*() {
    const { host, terminal } = yield* makeHost
    const running = yield* Effect.fork(
      HostTerminal.connect({ command: ["program"] }).pipe(Effect.provideService(HostTerminal.HostTerminal, terminal))
    )
    yield* TestKernel.settled
    yield* use(host)
    return { ended: yield* Effect.either(Fiber.join(running)), host }
  }).pipe(Effect.provide(TestKernel.layer({ programs: { program: () => program } })))

const writeAll = (sys: Sys.SystemCalls, bytes: Uint8Array) =>
  Effect.gen(function*() {
    for (let at = 0; at < bytes.length;) at += yield* sys.write(1, bytes.subarray(at))
  })

describe("A terminal of the kernel at one of the host", () => {
  it.live("hands on bytes as bytes, in both directions", () =>
    Effect.gen(function*() {
      const every = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      const echo = Effect.gen(function*() {
        const sys = yield* Sys.Sys
        yield* raw
        const into = new Uint8Array(300)
        for (let count = 0; count < 256;) {
          const more = yield* sys.read(0, into)
          yield* writeAll(sys, into.subarray(0, more))
          count += more
        }
        return 7
      })
      const { ended, host } = yield* session(echo, ({ typed }) => Queue.offer(typed, every))
      expect(ended).toMatchObject({ right: { _tag: "Exited", code: 7 } })
      expect(host.shown).toEqual(Array.from(every))
    }))

  it.live("loses nothing when more is typed and written than either side holds", () =>
    Effect.gen(function*() {
      const much = new Uint8Array(200_000).map((_, index) => index % 251)
      const copy = Effect.gen(function*() {
        const sys = yield* Sys.Sys
        yield* raw
        const into = new Uint8Array(1000)
        for (let count = 0; count < much.length;) {
          const more = yield* sys.read(0, into)
          yield* writeAll(sys, into.subarray(0, more))
          count += more
        }
        return 0
      })
      const { host } = yield* session(copy, ({ typed }) => Queue.offer(typed, much))
      expect(Buffer.compare(Uint8Array.from(host.shown), much)).toBe(0)
    }))

  it.live("follows the size of the window", () =>
    Effect.gen(function*() {
      const resizes = Effect.gen(function*() {
        const sys = yield* Sys.Sys
        const told = yield* Deferred.make<void>()
        yield* sys.sigaction(SIGWINCH, { disposition: () => Deferred.succeed(told, undefined) })
        const before = yield* sys.getWindowSize(0)
        yield* Effect.ignore(sys.nanosleep(60e9))
        yield* Deferred.await(told)
        const after = yield* sys.getWindowSize(0)
        yield* writeAll(sys, Bytes.encode(`${before.columns} ${after.columns}`))
        return 0
      })
      const { host } = yield* session(resizes, (host) => {
        host.size = { rows: 50, columns: 132 }
        return Queue.offer(host.resized, undefined)
      })
      expect(String.fromCharCode(...host.shown)).toBe("80 132")
    }))

  it.live("is hung up when the host's program is told to end, and says by which signal", () =>
    Effect.gen(function*() {
      const waits = Effect.flatMap(Sys.Sys, (sys) => Effect.as(sys.nanosleep(60e9), 0))
      const { ended } = yield* session(waits, ({ signals }) => Queue.offer(signals, 15))
      expect(ended).toMatchObject({ left: { _tag: "HostTerminalLost", signal: 15 } })
    }))

  it.live("gives the screen back as it was, whatever a program left on", () =>
    Effect.gen(function*() {
      const messy = Effect.gen(function*() {
        const sys = yield* Sys.Sys
        yield* writeAll(sys, Bytes.encode("\u001b[?1049h\u001b[?25l\u001b[1;31mhelp"))
        return 0
      })
      const { host } = yield* session(messy, () => Effect.void)
      expect(host.restored).toBe("\u001b[?1049l\u001b[?25h\u001b[m")
    }))
})

describe("What is left on at a screen", () => {
  const left = (...pieces: ReadonlyArray<string>): string => {
    const modes = new ScreenModes()
    for (const piece of pieces) modes.see(Bytes.encode(piece))
    return Bytes.decode(modes.restore())
  }
  const all = "\u001b[?1049;2004hx\u001b[?25l\u001b=\u001b[2;10r\u001b[38;5;1m"
  const allBack = "\u001b7\u001b[r\u001b8\u001b[?1049l\u001b[?2004l\u001b[?25h\u001b>\u001b[m"

  it("is what was turned on and not off", () => {
    expect(left("plain")).toBe("")
    expect(left(all)).toBe(allBack)
    expect(left(all, "\u001b[?1049l\u001b[?2004l\u001b[?25h\u001b>\u001b[r\u001b[0m")).toBe("")
    expect(left(all, "\u001bc")).toBe("")
    expect(left("\u001b[31m\u001b[K\u001b[10;5H\u001b[1;0m")).toBe("")
  })

  it("is the same however the output was cut", () => {
    for (let at = 0; at <= all.length; at++) expect(left(all.slice(0, at), all.slice(at))).toBe(allBack)
  })
})
