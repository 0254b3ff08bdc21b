/** Sessions, foreground and background, as credentials(7) and termios(3) say. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { O_NOCTTY, O_RDWR, O_WRONLY } from "../../src/abi/OpenFlags.js"
import { SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH } from "../../src/abi/Signals.js"
import * as T from "../../src/abi/Termios.js"
import type { Process } from "../../src/ProcessTable.js"
import { fromKernel } from "../../src/Signals.js"
import * as SignalSet from "../../src/SignalSet.js"
import * as Terminal from "../../src/sys/terminal.js"
import { answerOf, bytes, call, Machine, settled, text, valueOf } from "./machine.js"

/** A shell that leads the session of a terminal, with a job in a group of its own; `fd` 0 is the terminal for both. */
const setUp = () => {
  const machine = new Machine()
  const init = machine.process()
  const shell = machine.process(init, "newSession")
  const { master, slave } = machine.terminal(shell)
  const job = machine.process(shell, "newGroup")
  const mate = machine.process(job)
  for (const process of [shell, job, mate]) process.fds.insert(slave, false)
  const foreground = (process: Process) => answerOf(Terminal.tcsetpgrp(machine.table, shell, 0, process.group.id))
  const set = (flag: number) => {
    const before = valueOf(Terminal.tcgetattr(shell, 0))
    valueOf(Terminal.tcsetattr(shell, 0, T.TCSANOW, { ...before, lflag: before.lflag | flag }))
  }
  const type = (typed: string) => valueOf(master.write(bytes(typed), init))
  return { machine, init, shell, job, mate, master, slave, foreground, set, type }
}

const polled = <A, E extends { readonly _tag: string }>(fiber: Fiber.RuntimeFiber<A, E>): unknown => {
  const exit = fiber.unsafePoll()
  return exit === null ? "waiting" : Exit.isSuccess(exit) ? exit.value : answerOf(exit)
}

const ignore = { disposition: "ignore", mask: SignalSet.empty, flags: 0 } as const

describe("the controlling terminal", () => {
  it("is the first that a leader opens, unless O_NOCTTY or write-only", () => {
    const machine = new Machine()
    const leader = machine.process()
    const child = machine.process(leader)
    const { path } = valueOf(machine.ptys.open(1000))
    machine.openSlave(path, leader, O_RDWR | O_NOCTTY)
    machine.openSlave(path, leader, O_WRONLY)
    machine.openSlave(path, child)
    expect(leader.session.terminal).toBe(undefined)
    const slave = machine.openSlave(path, leader)
    expect(leader.session.terminal).toBe(slave.terminal)
    expect(slave.terminal?.foreground).toBe(leader.group)
    const other = machine.terminal(leader)
    expect(leader.session.terminal).toBe(slave.terminal)
    expect(other.slave.terminal?.session).toBe(undefined)
  })

  it("is no other session's", () => {
    const { init, machine, slave } = setUp()
    const other = machine.process(init, "newSession")
    const path = slave.terminal!.path
    other.fds.insert(machine.openSlave(path, other), false)
    expect(other.session.terminal).toBe(undefined)
    expect(answerOf(Terminal.setControllingTerminal(other, 0))).toBe("EPERM")
    expect(answerOf(Terminal.tcgetpgrp(other, 0))).toBe("ENOTTY")
    expect(answerOf(Terminal.tcgetsid(other, 0))).toBe("ENOTTY")
  })

  it("is taken with TIOCSCTTY by a leader without one, once or twice", () => {
    const { init, job, machine, shell } = setUp()
    const other = machine.process(init, "newSession")
    const child = machine.process(other)
    const { path } = valueOf(machine.ptys.open(1000))
    const slave = machine.openSlave(path, other, O_RDWR | O_NOCTTY)
    for (const process of [other, child]) process.fds.insert(slave, false)
    shell.fds.insert(slave, false)
    expect(answerOf(Terminal.setControllingTerminal(child, 0))).toBe("EPERM")
    expect(answerOf(Terminal.setControllingTerminal(shell, 1))).toBe("EPERM")
    expect(answerOf(Terminal.setControllingTerminal(other, 0))).toBe(undefined)
    expect(answerOf(Terminal.setControllingTerminal(other, 0))).toBe(undefined)
    expect(other.session.terminal).toBe(slave.terminal)
    expect(answerOf(Terminal.setControllingTerminal(job, 0))).toBe("EPERM")
  })

  it("answers group and session to its session, and to the master", () => {
    const { init, job, machine, master, shell } = setUp()
    init.fds.insert(master, false)
    expect(answerOf(Terminal.tcgetpgrp(job, 0))).toBe(shell.pid)
    expect(answerOf(Terminal.tcgetsid(job, 0))).toBe(shell.pid)
    expect(answerOf(Terminal.tcgetpgrp(init, 0))).toBe(shell.pid)
    init.fds.insert(valueOf(machine.ptys.open(0)).master, false)
    expect(answerOf(Terminal.tcgetpgrp(init, 1))).toBe(0)
    expect(answerOf(Terminal.tcgetsid(init, 1))).toBe("ENOTTY")
  })
})

describe("tcsetpgrp", () => {
  it("takes a group of the session only", () => {
    const { init, job, mate, machine, shell } = setUp()
    const set = (pgid: number) => answerOf(Terminal.tcsetpgrp(machine.table, shell, 0, pgid))
    expect(set(job.group.id)).toBe(undefined)
    expect(answerOf(Terminal.tcgetpgrp(shell, 0))).toBe(job.group.id)
    machine.signals.setAction(shell, SIGTTOU, ignore)
    expect(set(-1)).toBe("EINVAL")
    expect(set(99_999)).toBe("ESRCH")
    expect(set(init.group.id)).toBe("EPERM")
    expect(set(mate.pid)).toBe("EPERM")
    expect(answerOf(Terminal.tcsetpgrp(machine.table, shell, 7, shell.pid))).toBe("EBADF")
    expect(set(shell.pid)).toBe(undefined)
  })

  it.effect("stops a caller in the background that does not ignore SIGTTOU", () =>
    Effect.gen(function*() {
      const { job, machine, shell } = setUp()
      const fiber = yield* call(job, () => Terminal.tcsetpgrp(machine.table, job, 0, job.group.id))
      expect(polled(fiber)).toBe("waiting")
      expect(job.state).toBe("stopped")
      expect(answerOf(Terminal.tcgetpgrp(shell, 0))).toBe(shell.pid)
    }))

  it("answers ENOTTY to an orphaned group", () => {
    const { job, machine, shell } = setUp()
    const orphan = machine.process(undefined, "newSession")
    const lonely = machine.process(shell, "newGroup")
    lonely.parent = orphan
    lonely.fds.insert(job.fds.get(0)!, false)
    expect(answerOf(Terminal.tcsetpgrp(machine.table, lonely, 0, lonely.group.id))).toBe("ENOTTY")
  })
})

describe("a group in the background", () => {
  it.effect("is stopped by SIGTTIN when one of it reads, and goes on when it is in the foreground", () =>
    Effect.gen(function*() {
      const { foreground, job, machine, mate, slave, type } = setUp()
      const into = new Uint8Array(10)
      const reader = yield* call(job, () => slave.read(into, job))
      expect([job.state, mate.state]).toEqual(["stopped", "stopped"])
      type("hi\r")
      yield* settled
      expect(polled(reader)).toBe("waiting")
      // Continued, but still in the background: stopped again.
      machine.signals.sendGroup(job.group, SIGCONT)
      yield* settled
      expect(job.state).toBe("stopped")
      foreground(job)
      machine.signals.sendGroup(job.group, SIGCONT)
      yield* settled
      expect(polled(reader)).toBe(3)
      expect(text(into, 3)).toBe("hi\n")
    }))

  it.effect("that was stopped while it waited in the foreground is asked again where it stands", () =>
    Effect.gen(function*() {
      const { foreground, job, machine, shell, slave, type } = setUp()
      foreground(job)
      const reader = yield* call(job, () => slave.read(new Uint8Array(10), job))
      type("\x1a")
      yield* settled
      expect(job.state).toBe("stopped")
      machine.signals.setAction(shell, SIGTTOU, ignore)
      foreground(shell)
      machine.signals.sendGroup(job.group, SIGCONT)
      yield* settled
      expect(job.state).toBe("stopped")
      expect(polled(reader)).toBe("waiting")
    }))

  it.effect("gets what it was waiting for, when it only lost the foreground, as in Linux", () =>
    Effect.gen(function*() {
      const { foreground, job, machine, shell, slave, type } = setUp()
      machine.signals.setAction(shell, SIGTTOU, ignore)
      foreground(job)
      const reader = yield* call(job, () => slave.read(new Uint8Array(10), job))
      foreground(shell)
      type("x\r")
      yield* settled
      expect(polled(reader)).toBe(2)
    }))

  it.effect("is answered EIO when SIGTTIN is ignored or blocked, or the group is orphaned", () =>
    Effect.gen(function*() {
      const { init, job, machine, mate, shell, slave } = setUp()
      const read = (process: Process) => Effect.map(call(process, () => slave.read(new Uint8Array(9), process)), polled)
      machine.signals.setAction(job, SIGTTIN, ignore)
      expect(yield* read(job)).toBe("EIO")
      machine.signals.setMask(mate, SignalSet.of(SIGTTIN))
      expect(yield* read(mate)).toBe("EIO")
      const orphan = machine.process(shell, "newGroup")
      orphan.parent = init
      expect(yield* read(orphan)).toBe("EIO")
      expect([job.state, mate.state, orphan.state]).toEqual(["running", "running", "running"])
    }))

  it.effect("fails with EINTR when it catches SIGTTIN", () =>
    Effect.gen(function*() {
      const { job, machine, slave } = setUp()
      const got = machine.catching(job, [SIGTTIN])
      const reader = yield* call(job, () => slave.read(new Uint8Array(10), job))
      expect(polled(reader)).toBe("EINTR")
      expect(got).toEqual([SIGTTIN])
    }))

  it.effect("may write, unless TOSTOP", () =>
    Effect.gen(function*() {
      const { foreground, job, machine, set, slave } = setUp()
      const write = () => call(job, () => slave.write(bytes("out"), job))
      expect(polled(yield* write())).toBe(3)
      set(T.TOSTOP)
      const writer = yield* write()
      expect([polled(writer), job.state]).toEqual(["waiting", "stopped"])
      foreground(job)
      machine.signals.sendGroup(job.group, SIGCONT)
      yield* settled
      expect(polled(writer)).toBe(3)
    }))

  it.effect("may write under TOSTOP when SIGTTOU is ignored; an orphaned group gets EIO", () =>
    Effect.gen(function*() {
      const { init, job, machine, set, shell, slave } = setUp()
      set(T.TOSTOP)
      machine.signals.setAction(job, SIGTTOU, ignore)
      expect(answerOf(slave.write(bytes("out"), job))).toBe(3)
      const orphan = machine.process(shell, "newGroup")
      orphan.parent = init
      expect(answerOf(slave.write(bytes("out"), orphan))).toBe("EIO")
    }))

  it.effect("is stopped by SIGTTOU when it changes the terminal", () =>
    Effect.gen(function*() {
      const { foreground, job, machine, slave } = setUp()
      const termios = valueOf(Terminal.tcgetattr(job, 0))
      const quiet = { ...termios, lflag: termios.lflag & ~T.ECHO }
      const changing = yield* call(job, () => Terminal.tcsetattr(job, 0, T.TCSANOW, quiet))
      expect([polled(changing), job.state]).toEqual(["waiting", "stopped"])
      expect(valueOf(Terminal.tcgetattr(job, 0))).toEqual(termios)
      expect(valueOf(Terminal.getWindowSize(job, 0))).toEqual({ rows: 0, columns: 0 })
      foreground(job)
      machine.signals.sendGroup(job.group, SIGCONT)
      yield* settled
      expect(polled(changing)).toBe(undefined)
      expect(valueOf(Terminal.tcgetattr(job, 0))).toEqual(quiet)
      expect(slave.terminal).toBeDefined()
    }))

  it.effect("and so by tcflush, tcflow and tcdrain", () =>
    Effect.gen(function*() {
      for (
        const change of [
          (process: Process) => Terminal.tcflush(process, 0, T.TCIFLUSH),
          (process: Process) => Terminal.tcflow(process, 0, T.TCOOFF),
          (process: Process) => Terminal.tcdrain(process, 0)
        ]
      ) {
        const { job, shell } = setUp()
        expect(polled(yield* call(job, () => change(job)))).toBe("waiting")
        expect(job.state).toBe("stopped")
        expect(polled(yield* call(shell, () => change(shell)))).toBe(undefined)
      }
    }))
})

describe("signals that are typed", () => {
  it.effect("go to the foreground group, and to nobody else", () =>
    Effect.gen(function*() {
      const { foreground, job, machine, mate, shell, type } = setUp()
      const got = [shell, job, mate].map((process) => machine.catching(process, [SIGINT, SIGQUIT, SIGTSTP]))
      foreground(job)
      type("\x03\x1c\x1a")
      for (const process of [shell, job, mate]) yield* machine.signals.attend(process, true)
      expect(got.map((each) => [...each].sort((a, b) => a - b))).toEqual([
        [],
        [SIGINT, SIGQUIT, SIGTSTP],
        [SIGINT, SIGQUIT, SIGTSTP]
      ])
    }))

  it("end who does not catch them, in the step in which they are typed", () => {
    const { foreground, job, mate, shell, type } = setUp()
    foreground(job)
    type("\x03")
    expect([shell, job, mate].map(({ state }) => state)).toEqual(["running", "zombie", "zombie"])
  })

  it("SIGWINCH goes to the foreground group when the size has changed", () =>
    Effect.runPromise(Effect.gen(function*() {
      const { init, job, machine, master, shell } = setUp()
      init.fds.insert(master, false)
      const got = [shell, job].map((process) => machine.catching(process, [SIGWINCH]))
      const resize = Effect.suspend(() => Terminal.setWindowSize(init, 0, { rows: 24, columns: 80 }))
      for (let times = 0; times < 2; times++) {
        yield* resize
        yield* machine.signals.attend(shell, true)
      }
      expect(got).toEqual([[SIGWINCH], []])
      expect(valueOf(Terminal.getWindowSize(shell, 0))).toEqual({ rows: 24, columns: 80 })
    })))
})

describe("the end of a session", () => {
  it("tells the foreground group, and frees the terminal for another", () => {
    const { foreground, init, job, machine, mate, shell, slave } = setUp()
    foreground(job)
    machine.ptys.hangupSession(shell.session)
    expect([job, mate].map(({ status }) => status)).toEqual([
      { _tag: "Signaled", signal: SIGHUP, coreDumped: false },
      { _tag: "Signaled", signal: SIGHUP, coreDumped: false }
    ])
    expect([shell.session.terminal, slave.terminal?.session]).toEqual([undefined, undefined])
    const next = machine.process(init, "newSession")
    machine.openSlave(slave.terminal!.path, next)
    expect(next.session.terminal).toBe(slave.terminal)
  })

  it.effect("after a hang-up the leader hears of it first, and its end tells the group", () =>
    Effect.gen(function*() {
      const { foreground, job, machine, master, shell } = setUp()
      const leader = machine.catching(shell, [SIGHUP, SIGCONT])
      const group = machine.catching(job, [SIGHUP, SIGCONT])
      foreground(job)
      yield* master.release()
      for (const process of [shell, job]) yield* machine.signals.attend(process, true)
      expect([leader.sort(), group]).toEqual([[SIGHUP, SIGCONT], []])
      machine.ptys.hangupSession(shell.session)
      yield* machine.signals.attend(job, true)
      expect(group.sort((a, b) => a - b)).toEqual([SIGHUP, SIGCONT])
      machine.ptys.hangupSession(shell.session)
      yield* machine.signals.attend(job, true)
      expect(group.length).toBe(2)
    }))

  it("means nothing without a terminal", () => {
    const machine = new Machine()
    const leader = machine.process()
    machine.ptys.hangupSession(leader.session)
    expect(machine.signals.send(leader, fromKernel(0))).toBe(true)
    expect(leader.state).toBe("running")
  })
})
