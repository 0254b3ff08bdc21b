/** What each end sees when the other is closed. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from "../../src/abi/PollEvents.js"
import { SIGCONT, SIGHUP } from "../../src/abi/Signals.js"
import * as Terminal from "../../src/sys/terminal.js"
import { answerOf, bytes, call, Machine, settled, text, valueOf } from "./machine.js"

const setUp = () => {
  const machine = new Machine()
  const init = machine.process()
  const process = machine.process(init, "newSession")
  const { master, slave } = machine.terminal(process)
  process.fds.insert(slave, false)
  const signals = machine.catching(process, [SIGHUP, SIGCONT])
  return { machine, init, process, master, slave, signals }
}

const polled = <A, E extends { readonly _tag: string }>(fiber: Fiber.RuntimeFiber<A, E>): unknown => {
  const exit = fiber.unsafePoll()
  return exit === null ? "waiting" : Exit.isSuccess(exit) ? exit.value : answerOf(exit)
}

describe("closing the master", () => {
  it.effect("drops what was typed; then the slave reads end of file and writes EIO", () =>
    Effect.gen(function*() {
      const { init, machine, master, process, signals, slave } = setUp()
      valueOf(master.write(bytes("line\r"), init))
      yield* master.release()
      yield* machine.signals.attend(process, true)
      expect(signals.sort()).toEqual([SIGHUP, SIGCONT])
      expect(answerOf(slave.read(new Uint8Array(10), process))).toBe(0)
      expect(answerOf(slave.write(bytes("x"), process))).toBe("EIO")
      expect(slave.poll()).toBe(POLLIN | POLLOUT | POLLERR | POLLHUP | POLLRDNORM | POLLWRNORM)
      expect(process.session.terminal).toBe(undefined)
    }))

  it.effect("answers EIO to calls on the slave, but ENOTTY to tcsetpgrp and ttyname", () =>
    Effect.gen(function*() {
      const { machine, master, process } = setUp()
      yield* master.release()
      expect(answerOf(Terminal.tcgetattr(process, 0))).toBe("EIO")
      expect(answerOf(Terminal.tcgetpgrp(process, 0))).toBe("EIO")
      expect(answerOf(Terminal.getWindowSize(process, 0))).toBe("EIO")
      expect(answerOf(Terminal.tcsetpgrp(machine.table, process, 0, 1))).toBe("ENOTTY")
      expect(answerOf(Terminal.isatty(process, 0))).toBe(false)
      expect(answerOf(Terminal.ttyname(process, 0))).toBe("ENOTTY")
    }))

  it.effect("ends the waiting of who reads or writes the slave with EIO", () =>
    Effect.gen(function*() {
      const { init, machine, master, process, slave } = setUp()
      machine.signals.setAction(process, SIGHUP, { disposition: "ignore", mask: 0n, flags: 0 })
      machine.signals.setAction(process, SIGCONT, { disposition: "ignore", mask: 0n, flags: 0 })
      const reader = yield* call(process, () => slave.read(new Uint8Array(10), process))
      valueOf(master.write(bytes("\x13"), init))
      const writer = yield* call(process, () => slave.write(bytes("held"), process))
      expect([polled(reader), polled(writer)]).toEqual(["waiting", "waiting"])
      yield* master.release()
      yield* settled
      expect([polled(reader), polled(writer)]).toEqual(["EIO", "EIO"])
    }))

  it.effect("takes the node away, and the number when the slave is closed too", () =>
    Effect.gen(function*() {
      const { machine, master, process, slave } = setUp()
      const { files } = machine.ptys
      const node = slave.inode
      yield* master.release()
      expect(answerOf(files.lookup(files.root, "0"))).toBe("ENOENT")
      expect(answerOf(machine.devices.open(node, 0o2, process))).toBe("EIO")
      expect(answerOf(slave.reopen(0o2, process))).toBe("ENXIO")
      expect(valueOf(machine.ptys.open(0)).path).toBe("/dev/pts/1")
      yield* slave.release()
      expect(valueOf(machine.ptys.open(0)).path).toBe("/dev/pts/0")
    }))
})

describe("closing the slave", () => {
  it.effect("makes the master read EIO after what was written, until it is opened again", () =>
    Effect.gen(function*() {
      const { init, machine, master, process, slave } = setUp()
      const into = new Uint8Array(20)
      valueOf(slave.write(bytes("bye\n"), process))
      yield* slave.release()
      expect(text(into, valueOf(master.read(into, init)))).toBe("bye\r\n")
      expect(answerOf(master.read(into, init))).toBe("EIO")
      expect(master.poll() & POLLHUP).toBe(POLLHUP)
      // What is typed meanwhile waits for the next.
      expect(valueOf(master.write(bytes("hello\r"), init))).toBe(6)
      const again = machine.openSlave(slave.terminal!.path, process)
      expect(master.poll() & POLLHUP).toBe(0)
      expect(text(into, valueOf(again.read(into, process)))).toBe("hello\n")
      expect(text(into, valueOf(master.read(into, init)))).toBe("hello\r\n")
      const reader = yield* call(init, () => master.read(into, init))
      expect(polled(reader)).toBe("waiting")
      yield* again.release()
      yield* settled
      expect(polled(reader)).toBe("EIO")
    }))

  it.effect("only counts when nobody else has it open", () =>
    Effect.gen(function*() {
      const { init, machine, master, process, slave } = setUp()
      const second = machine.openSlave(slave.terminal!.path, process)
      yield* slave.release()
      const reader = yield* call(init, () => master.read(new Uint8Array(9), init))
      expect(polled(reader)).toBe("waiting")
      yield* second.release()
      yield* settled
      expect(polled(reader)).toBe("EIO")
    }))

  it("before it was ever open the master waits", () => {
    const machine = new Machine()
    const process = machine.process()
    const { master } = valueOf(machine.ptys.open(0, 0o4000))
    expect(answerOf(master.read(new Uint8Array(9), process))).toBe("EAGAIN")
    expect(master.poll() & POLLHUP).toBe(0)
  })

  it.effect("keeps the terminal for its session, and its settings", () =>
    Effect.gen(function*() {
      const { machine, process, slave } = setUp()
      const termios = { ...valueOf(Terminal.tcgetattr(process, 0)), oflag: 0 }
      valueOf(Terminal.tcsetattr(process, 0, 0, termios))
      yield* slave.release()
      expect(process.session.terminal).toBe(slave.terminal)
      yield* process.fds.replace(0, machine.openSlave(slave.terminal!.path, process), false)
      expect(valueOf(Terminal.tcgetattr(process, 0))).toEqual(termios)
    }))

  it.effect("a signal that ends who has the master open, typed into it, does no harm", () =>
    Effect.gen(function*() {
      const machine = new Machine()
      const process = machine.process()
      const { master, slave } = machine.terminal(process)
      const task = process.task!
      const end = task.end
      Object.assign(task, {
        end: (status: Parameters<typeof end>[0]) => {
          Effect.runSync(Effect.zipRight(slave.release(), master.release()))
          end(status)
        }
      })
      expect(answerOf(master.write(bytes("a\x03b\x1c"), process))).toBe(4)
      yield* settled
      expect(process.state).toBe("zombie")
      expect(valueOf(machine.ptys.open(0)).path).toBe("/dev/pts/0")
    }))
})
