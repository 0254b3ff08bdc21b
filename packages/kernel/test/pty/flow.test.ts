/** Bounded buffers: who writes too much sleeps, and is woken when there is room. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { POLLHUP, POLLIN, POLLOUT } from "../../src/abi/PollEvents.js"
import { SIGKILL, SIGUSR1 } from "../../src/abi/Signals.js"
import * as T from "../../src/abi/Termios.js"
import { drop } from "../../src/Description.js"
import { fromKernel } from "../../src/Signals.js"
import * as Terminal from "../../src/sys/terminal.js"
import * as WaitQueue from "../../src/WaitQueue.js"
import { awaitEnd } from "../interruption/machine.js"
import { idle, program, under } from "../interruption/run.js"
import { answerOf, bytes, call, Machine, settled, text, valueOf } from "./machine.js"

const setUp = (change: Partial<T.Termios> = {}) => {
  const machine = new Machine()
  const process = machine.process()
  const { master, slave } = machine.terminal(process)
  process.fds.insert(slave, false)
  process.fds.insert(master, false)
  valueOf(Terminal.tcsetattr(process, 0, T.TCSANOW, { ...valueOf(Terminal.tcgetattr(process, 0)), ...change }))
  const read = (from: typeof slave, size: number): string => {
    const into = new Uint8Array(size)
    return text(into, valueOf(from.read(into, process)))
  }
  const type = (typed: string) => valueOf(master.write(bytes(typed), process))
  return { machine, process, master, slave, read, type }
}

const raw = { iflag: 0, oflag: 0, lflag: 0 }
const pattern = (length: number): string =>
  Array.from({ length }, (_, at) => String.fromCharCode(97 + at % 26)).join("")
const events = POLLIN | POLLOUT | POLLHUP

describe("output", () => {
  it.effect("blocks rather than drops, and goes on in order", () =>
    Effect.gen(function*() {
      const { master, process, read, slave } = setUp()
      const all = pattern(100_000)
      const writer = yield* call(process, () => slave.write(bytes(all), process))
      let got = ""
      for (let rounds = 0; writer.unsafePoll() === null || (master.poll() & POLLIN) !== 0; rounds++) {
        expect(rounds).toBeLessThan(100_000)
        got += read(master, 1000)
        yield* settled
      }
      expect(got).toBe(all)
      expect(yield* Fiber.join(writer)).toBe(all.length)
    }))

  it("answers EAGAIN, or how much it took, to who must not wait", () => {
    const { process, slave } = setUp()
    slave.flags |= 0o4000
    const taken = answerOf(slave.write(bytes(pattern(100_000)), process))
    expect(taken).toBe(16_383)
    expect(answerOf(slave.write(bytes("x"), process))).toBe("EAGAIN")
    expect(slave.poll() & events).toBe(0)
  })

  it.effect("a signal cuts a long write short: what was written counts", () =>
    Effect.gen(function*() {
      const { machine, process, slave } = setUp()
      machine.catching(process, [SIGUSR1])
      const writer = yield* call(process, () => slave.write(bytes(pattern(20_000)), process))
      machine.signals.send(process, fromKernel(SIGUSR1))
      yield* settled
      expect(yield* Fiber.join(writer)).toBe(16_383)
    }))

  it.effect("^S holds it, ^Q lets it go on", () =>
    Effect.gen(function*() {
      const { master, process, read, slave, type } = setUp()
      type("\x13")
      expect(slave.poll() & POLLOUT).toBe(0)
      const writer = yield* call(process, () => slave.write(bytes("held\n"), process))
      expect([writer.unsafePoll(), master.poll() & POLLIN]).toEqual([null, 0])
      type("\x11")
      yield* settled
      expect(yield* Fiber.join(writer)).toBe(5)
      expect(read(master, 100)).toBe("held\r\n")
    }))

  it.effect("tcflow holds it whatever is typed", () =>
    Effect.gen(function*() {
      const { process, slave, type } = setUp()
      valueOf(Terminal.tcflow(process, 0, T.TCOOFF))
      type("\x11")
      const writer = yield* call(process, () => slave.write(bytes("held"), process))
      expect(writer.unsafePoll()).toBe(null)
      valueOf(Terminal.tcflow(process, 0, T.TCOON))
      yield* settled
      expect(yield* Fiber.join(writer)).toBe(4)
    }))

  it.effect("switching IXON off lets go what ^S held", () =>
    Effect.gen(function*() {
      const { process, slave, type } = setUp()
      type("\x13")
      const writer = yield* call(process, () => slave.write(bytes("held"), process))
      const termios = valueOf(Terminal.tcgetattr(process, 0))
      valueOf(Terminal.tcsetattr(process, 0, T.TCSANOW, { ...termios, iflag: termios.iflag & ~T.IXON }))
      yield* settled
      expect(yield* Fiber.join(writer)).toBe(4)
    }))

  it("a watcher hears when there is room again", () => {
    const { master, process, read, slave } = setUp()
    slave.flags |= 0o4000
    valueOf(slave.write(bytes(pattern(100_000)), process))
    let heard = 0
    const stop = WaitQueue.watch(slave.pollQueues, () => void heard++)
    read(master, 1000)
    expect(heard).toBe(0)
    read(master, 50_000)
    expect([heard > 0, slave.poll() & POLLOUT]).toEqual([true, POLLOUT])
    stop()
  })
})

describe("input", () => {
  it.effect("that nobody reads makes the master wait, in raw mode", () =>
    Effect.gen(function*() {
      const { master, process, read, slave } = setUp(raw)
      const all = pattern(50_000)
      const writer = yield* call(process, () => master.write(bytes(all), process))
      expect([writer.unsafePoll(), master.poll() & events]).toEqual([null, 0])
      let got = ""
      for (let rounds = 0; got.length < all.length; rounds++) {
        expect(rounds).toBeLessThan(1000)
        got += read(slave, 777)
        yield* settled
      }
      expect(got).toBe(all)
      expect(yield* Fiber.join(writer)).toBe(all.length)
    }))

  it.effect("with lines that nobody reads, too", () =>
    Effect.gen(function*() {
      const { master, process, read, slave } = setUp()
      const lines = 200
      const all = `${"y".repeat(99)}\n`.repeat(lines)
      const writer = yield* call(process, () => master.write(bytes(all), process))
      expect(writer.unsafePoll()).toBe(null)
      for (let line = 0; line < lines; line++) {
        expect(read(slave, 200)).toBe(`${"y".repeat(99)}\n`)
        yield* settled
      }
      expect(yield* Fiber.join(writer)).toBe(all.length)
    }))

  it("is refused with EAGAIN where the master must not wait", () => {
    const { master, process } = setUp(raw)
    master.flags |= 0o4000
    expect(answerOf(master.write(bytes(pattern(100_000)), process))).toBe(4095 + 8192)
    expect(answerOf(master.write(bytes("x"), process))).toBe("EAGAIN")
  })

  it("an unfinished line never blocks: what is too much is dropped, and it can be ended", () => {
    const { read, slave, type } = setUp()
    expect(type("z".repeat(10_000))).toBe(10_000)
    expect(type("\r")).toBe(1)
    expect(read(slave, 8192)).toBe(`${"z".repeat(4095)}\n`)
  })

  it("^S and ^Q are heard although input is full", () => {
    const { process, slave, type } = setUp({ lflag: T.ICANON, iflag: T.ICRNL | T.IXON })
    type(`${"y".repeat(80)}\r`.repeat(60))
    type("\x13")
    slave.flags |= 0o4000
    expect(answerOf(slave.write(bytes("x"), process))).toBe("EAGAIN")
    type("\x11")
    expect(answerOf(slave.write(bytes("x"), process))).toBe(1)
  })

  it("is announced when a read would answer", () => {
    const { master, process, read, slave, type } = setUp()
    const polled = () => slave.poll() & events
    expect([polled(), master.poll() & events]).toEqual([POLLOUT, POLLOUT])
    type("ab")
    expect(polled()).toBe(POLLOUT)
    type("\r")
    expect([polled(), master.poll() & events]).toEqual([POLLIN | POLLOUT, POLLIN | POLLOUT])
    expect([valueOf(slave.available()), valueOf(master.available())]).toEqual([3, 4])
    read(slave, 10)
    const termios = valueOf(Terminal.tcgetattr(process, 0))
    const cc = termios.cc.map((c, at) => at === T.VMIN ? 3 : c)
    valueOf(Terminal.tcsetattr(process, 0, T.TCSANOW, { ...termios, ...raw, cc }))
    type("ab")
    expect(polled()).toBe(POLLOUT)
    type("c")
    expect(polled()).toBe(POLLIN | POLLOUT)
  })
})

describe("tcflush and tcflow on the master", () => {
  it("flush what it has not read, and what it typed and nobody took in", () => {
    const { master, process, read, slave, type } = setUp()
    valueOf(slave.write(bytes("shown"), process))
    valueOf(Terminal.tcflush(process, 1, T.TCIFLUSH))
    expect(master.poll() & POLLIN).toBe(0)
    type("line\r")
    valueOf(Terminal.tcflush(process, 1, T.TCOFLUSH))
    expect(read(slave, 10)).toBe("line\n")
  })

  it("hold what it types, and send ^S and ^Q", () => {
    const { master, process, read, slave, type } = setUp()
    master.flags |= 0o4000
    valueOf(Terminal.tcflow(process, 1, T.TCOOFF))
    expect(answerOf(master.write(bytes("x"), process))).toBe("EAGAIN")
    valueOf(Terminal.tcflow(process, 1, T.TCOON))
    type("x")
    valueOf(Terminal.tcflow(process, 1, T.TCIOFF))
    expect(slave.poll() & POLLOUT).toBe(0)
    valueOf(Terminal.tcflow(process, 1, T.TCION))
    expect(slave.poll() & POLLOUT).toBe(POLLOUT)
    valueOf(Terminal.tcflow(process, 0, T.TCIOFF))
    expect(read(master, 10)).toBe("x\x13")
    expect(answerOf(Terminal.tcflow(process, 1, 9))).toBe("EINVAL")
    expect(answerOf(Terminal.tcflush(process, 1, 9))).toBe("EINVAL")
  })
})

describe("a terminal that is held", () => {
  it.effect("keeps all who write to it waiting, and lets all go on when it is released", () =>
    under(10, (machine) =>
      Effect.gen(function*() {
        const { init } = machine
        const { master, openSlave } = machine.terminal()
        const slave = openSlave(init)
        slave.references++
        const writing = program((sys) => sys.write(0, bytes("x")))
        const holder = machine.start(
          program((sys) => Effect.zipRight(sys.tcflow(0, T.TCOOFF), sys.pause())),
          [slave]
        )
        yield* idle
        const writers = [machine.start(writing, [slave]), machine.start(writing, [slave])]
        yield* idle
        expect(writers.map(({ state }) => state)).toEqual(["running", "running"])
        const releaser = machine.start(program((sys) => sys.tcflow(0, T.TCOON)), [slave])
        yield* Effect.forEach([releaser, ...writers], awaitEnd)
        machine.send(holder, SIGKILL)
        yield* drop(slave)
        yield* drop(master)
      })))
})
