/** VMIN and VTIME, and reads that are cut short. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { SA_RESTART } from "../../src/abi/SignalFlags.js"
import { SIGUSR1 } from "../../src/abi/Signals.js"
import * as T from "../../src/abi/Termios.js"
import { fromKernel } from "../../src/Signals.js"
import * as SignalSet from "../../src/SignalSet.js"
import * as Terminal from "../../src/sys/terminal.js"
import { answerOf, bytes, call, Machine, settled, text, valueOf } from "./machine.js"

const raw = (least: number, tenths: number): T.Termios => {
  const cc = Array.from({ length: T.NCCS }, () => 0)
  cc[T.VMIN] = least
  cc[T.VTIME] = tenths
  return { iflag: 0, oflag: 0, cflag: 0, lflag: 0, cc }
}

const setUp = (termios?: T.Termios) => {
  const machine = new Machine()
  const process = machine.process()
  const { master, slave } = machine.terminal(process)
  process.fds.insert(slave, false)
  if (termios !== undefined) valueOf(Terminal.tcsetattr(process, 0, T.TCSANOW, termios))
  const read = (size: number) => {
    const into = new Uint8Array(size)
    return call(process, () => slave.read(into, process)).pipe(
      Effect.map((fiber) => ({ fiber, answer: () => answer(fiber, into) }))
    )
  }
  const type = (typed: string) => Effect.sync(() => void valueOf(master.write(bytes(typed), process)))
  return { machine, process, master, slave, read, type: (typed: string) => Effect.zipRight(type(typed), settled) }
}

/** What a read answered; `undefined` while it waits. */
const answer = <E extends { readonly _tag: string }>(
  fiber: Fiber.RuntimeFiber<number, E>,
  into: Uint8Array
): string | undefined => {
  const exit = fiber.unsafePoll()
  if (exit === null) return undefined
  return Exit.isSuccess(exit) ? text(into, exit.value) : answerOf(exit) as string
}

describe("reading", () => {
  it.effect("VMIN > 0, VTIME 0: waits for VMIN bytes, or as many as it asked for", () =>
    Effect.gen(function*() {
      const { read, type } = setUp(raw(3, 0))
      const three = yield* read(10)
      yield* type("ab")
      expect(three.answer()).toBe(undefined)
      yield* type("cd")
      expect(three.answer()).toBe("abcd")
      const two = yield* read(2)
      yield* type("ef")
      expect(two.answer()).toBe("ef")
    }))

  it.effect("VMIN 0, VTIME 0: never waits", () =>
    Effect.gen(function*() {
      const { machine, read, type } = setUp(raw(0, 0))
      expect((yield* read(10)).answer()).toBe("")
      yield* type("ab")
      expect((yield* read(10)).answer()).toBe("ab")
      expect(machine.timersPending).toBe(0)
    }))

  it.effect("VMIN 0, VTIME > 0: one byte is enough, and the time runs from the beginning", () =>
    Effect.gen(function*() {
      const { machine, read, type } = setUp(raw(0, 3))
      const late = yield* read(10)
      yield* machine.advance(299)
      expect(late.answer()).toBe(undefined)
      yield* machine.advance(1)
      expect(late.answer()).toBe("")
      const early = yield* read(10)
      yield* machine.advance(299)
      yield* type("a")
      expect(early.answer()).toBe("a")
      expect(machine.timersPending).toBe(0)
    }))

  it.effect("VMIN > 0, VTIME > 0: the time runs from the last byte, once there is one", () =>
    Effect.gen(function*() {
      const { machine, read, type } = setUp(raw(3, 1))
      const reader = yield* read(10)
      yield* machine.advance(10_000)
      expect(reader.answer()).toBe(undefined)
      yield* type("a")
      yield* machine.advance(99)
      yield* type("b")
      yield* machine.advance(99)
      expect(reader.answer()).toBe(undefined)
      yield* machine.advance(1)
      expect(reader.answer()).toBe("ab")
      const whole = yield* read(10)
      yield* type("cde")
      expect(whole.answer()).toBe("cde")
      expect(machine.timersPending).toBe(0)
    }))

  it.effect("a read that wants more than 64 bytes gets 64, as in Linux", () =>
    Effect.gen(function*() {
      const { read, type } = setUp(raw(100, 0))
      yield* type("y".repeat(200))
      expect((yield* read(200)).answer()).toBe("y".repeat(64))
    }))

  it.effect("interrupted, it has consumed nothing and its timer is gone", () =>
    Effect.gen(function*() {
      const { machine, read, type } = setUp(raw(5, 20))
      const reader = yield* read(10)
      yield* type("abc")
      expect(machine.timersPending).toBe(1)
      yield* Fiber.interrupt(reader.fiber)
      expect(machine.timersPending).toBe(0)
      yield* type("de")
      expect((yield* read(10)).answer()).toBe("abcde")
    }))

  it.effect("interrupted in canonical mode, it leaves the line to the next", () =>
    Effect.gen(function*() {
      const { read, type } = setUp()
      const first = yield* read(100)
      yield* type("hel")
      yield* Fiber.interrupt(first.fiber)
      const second = yield* read(100)
      yield* type("lo\r")
      expect(second.answer()).toBe("hello\n")
    }))

  it.effect("interrupted in the step in which its line came, it leaves the line to who waits behind", () =>
    Effect.gen(function*() {
      const { master, process, read } = setUp()
      const first = yield* read(100)
      const second = yield* read(100)
      valueOf(master.write(bytes("line\r"), process))
      first.fiber.unsafeInterruptAsFork(first.fiber.id())
      yield* settled
      expect(Exit.isInterrupted(first.fiber.unsafePoll()!)).toBe(true)
      expect(second.answer()).toBe("line\n")
    }))

  it.effect("a handler cuts it short: with what there is for VMIN, with EINTR otherwise", () =>
    Effect.gen(function*() {
      const { machine, process, read, type } = setUp(raw(5, 0))
      machine.catching(process, [SIGUSR1])
      const some = yield* read(10)
      yield* type("abc")
      machine.signals.send(process, fromKernel(SIGUSR1))
      yield* settled
      expect(some.answer()).toBe("abc")
      const none = yield* read(10)
      machine.signals.send(process, fromKernel(SIGUSR1))
      yield* settled
      expect(none.answer()).toBe("EINTR")
    }))

  it.effect("SA_RESTART lets it go on", () =>
    Effect.gen(function*() {
      const { machine, process, read, type } = setUp()
      machine.signals.setAction(process, SIGUSR1, {
        disposition: () => Effect.void,
        mask: SignalSet.empty,
        flags: SA_RESTART
      })
      const reader = yield* read(10)
      machine.signals.send(process, fromKernel(SIGUSR1))
      yield* settled
      expect(reader.answer()).toBe(undefined)
      yield* type("x\r")
      expect(reader.answer()).toBe("x\n")
    }))

  it.effect("leaving canonical mode wakes it", () =>
    Effect.gen(function*() {
      const { process, read, type } = setUp()
      const reader = yield* read(10)
      yield* type("part")
      expect(reader.answer()).toBe(undefined)
      valueOf(Terminal.tcsetattr(process, 0, T.TCSANOW, raw(1, 0)))
      yield* settled
      expect(reader.answer()).toBe("part")
    }))

  it("answers 0 to a read of nothing, and EAGAIN to one that must not wait", () => {
    const { process, slave } = setUp()
    expect(answerOf(slave.read(new Uint8Array(0), process))).toBe(0)
    slave.flags |= 0o4000
    expect(answerOf(slave.read(new Uint8Array(1), process))).toBe("EAGAIN")
  })
})
