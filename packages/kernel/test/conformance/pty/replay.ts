/** Replays a recorded session on a terminal of ours. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Abi from "../../../src/abi/Signals.js"
import * as T from "../../../src/abi/Termios.js"
import type { Description } from "../../../src/Description.js"
import type { Process } from "../../../src/ProcessTable.js"
import { fromKernel } from "../../../src/Signals.js"
import * as Terminal from "../../../src/sys/terminal.js"
import { answerOf, bytes, call, Machine, settled, text } from "../../pty/machine.js"

export type Step = readonly [name: string, ...rest: ReadonlyArray<unknown>]
export type Answer = unknown

const SLAVE = 3
const MASTER = 4
const iflags = "IGNBRK BRKINT IGNPAR PARMRK INPCK ISTRIP INLCR IGNCR ICRNL IUCLC IXON IXANY IXOFF IMAXBEL IUTF8".split(
  " "
)
const oflags = "OPOST OLCUC ONLCR OCRNL ONOCR ONLRET XTABS".split(" ")
const lflags = "ISIG ICANON ECHO ECHOE ECHOK ECHONL NOFLSH TOSTOP ECHOCTL ECHOPRT ECHOKE IEXTEN FLUSHO PENDIN".split(
  " "
)
const unasked = new Set(["IUCLC", "OLCUC", "FLUSHO", "PENDIN"])
const characters =
  "VINTR VQUIT VERASE VKILL VEOF VTIME VMIN VSTART VSTOP VSUSP VEOL VREPRINT VDISCARD VWERASE VLNEXT VEOL2".split(" ")
const caught = [
  Abi.SIGHUP,
  Abi.SIGINT,
  Abi.SIGQUIT,
  Abi.SIGTSTP,
  Abi.SIGCONT,
  Abi.SIGWINCH,
  Abi.SIGTTIN,
  Abi.SIGTTOU
]
const numbers: Readonly<Record<string, unknown>> = { ...T }
const numberOf = (name: string): number => Number(numbers[name])
const signalName = (signal: number): string =>
  Object.entries(Abi).find(([name, number]) => name.startsWith("SIG") && number === signal)![0].slice(3)

const when = { now: T.TCSANOW, drain: T.TCSADRAIN, flush: T.TCSAFLUSH }
const queue = { in: T.TCIFLUSH, out: T.TCOFLUSH, both: T.TCIOFLUSH }
const flow = { ooff: T.TCOOFF, oon: T.TCOON, ioff: T.TCIOFF, ion: T.TCION }

class Session {
  readonly machine = new Machine()
  readonly process: Process = this.machine.process()
  readonly got = this.machine.catching(this.process, [...caught, Abi.SIGALRM])
  readonly master: Description
  readonly slave: Description

  constructor() {
    const { master, slave } = this.machine.terminal(this.process, 0o2 | 0o4000)
    this.master = master
    this.slave = slave
    master.flags |= 0o4000
    this.process.fds.place(SLAVE, slave, false)
  }

  read(from: Description, size: number): Answer {
    const into = new Uint8Array(size)
    const count = answerOf(from.read(into, this.process))
    return typeof count === "number" ? { bytes: text(into, count) } : { err: count }
  }

  write(to: Description, data: string): Answer {
    const count = answerOf(to.write(bytes(data), this.process))
    return typeof count === "number" ? count : { err: count }
  }

  drain(): Answer {
    const into = new Uint8Array(65_536)
    const count = answerOf(this.master.read(into, this.process))
    if (typeof count === "number") return { bytes: text(into, count) }
    return count === "EAGAIN" ? { bytes: "" } : { err: count }
  }

  /** Waits so long; a read that waits still is cut short by a signal, and what it got is lost, as in the recorder. */
  wait(size: number, milliseconds: number): Effect.Effect<Answer> {
    const { machine, process, slave } = this
    return Effect.gen(function*() {
      const into = new Uint8Array(size)
      slave.flags &= ~0o4000
      const reader = yield* call(process, () => slave.read(into, process))
      slave.flags |= 0o4000
      yield* machine.advance(milliseconds)
      const early = reader.unsafePoll()
      if (early === null) {
        machine.signals.send(process, fromKernel(Abi.SIGALRM))
        yield* settled
        yield* Fiber.await(reader)
        return "BLOCKED"
      }
      if (Exit.isSuccess(early)) return { bytes: text(into, early.value) }
      return { err: answerOf(early) }
    })
  }

  signals(): Effect.Effect<Answer> {
    return Effect.sync(() => {
      const got = [...new Set(this.got.splice(0))].filter((signal) => signal !== Abi.SIGALRM)
      return got.sort((a, b) => a - b).map(signalName)
    })
  }

  attributes(): Answer {
    const termios = answerOf(Terminal.tcgetattr(this.process, SLAVE))
    if (typeof termios === "string") return { err: termios }
    const { cc, iflag, lflag, oflag } = termios
    const answer: Record<string, unknown> = {}
    for (const [names, field] of [[iflags, iflag], [oflags, oflag], [lflags, lflag]] as const) {
      for (const name of names) {
        if (!unasked.has(name)) answer[name] = (field & numberOf(name)) === numberOf(name)
      }
    }
    for (const name of characters) answer[name] = cc[numberOf(name)]
    return answer
  }

  configure(changes: Readonly<Record<string, number | boolean>>, at: number): Answer {
    const before = answerOf(Terminal.tcgetattr(this.process, SLAVE))
    if (typeof before === "string") return { err: before }
    const fields = { iflag: before.iflag, oflag: before.oflag, cflag: before.cflag, lflag: before.lflag }
    const cc = [...before.cc]
    for (const [name, wanted] of Object.entries(changes)) {
      const field = iflags.includes(name) ? "iflag" : oflags.includes(name) ? "oflag" : "lflag"
      if (characters.includes(name)) cc[numberOf(name)] = Number(wanted)
      else if (wanted === true) fields[field] |= numberOf(name)
      else fields[field] &= ~numberOf(name)
    }
    return done(answerOf(Terminal.tcsetattr(this.process, SLAVE, at, { ...fields, cc })))
  }

  do([name, first, second]: Step): Effect.Effect<Answer> {
    const { process } = this
    switch (name) {
      case "m":
        return Effect.sync(() => this.write(this.master, String(first)))
      case "s":
        return Effect.sync(() => this.write(this.slave, String(first)))
      case "rm":
        return Effect.sync(() => this.drain())
      case "rn":
        return Effect.sync(() => this.read(this.master, Number(first)))
      case "rs":
        return Effect.sync(() => this.read(this.slave, Number(first)))
      case "rb":
        return this.wait(Number(first), Number(second))
      case "sig":
        return this.signals()
      case "inq":
        // Where Linux says EIO, the interface has room for ENOTTY only.
        return Effect.sync(() => {
          const count = answerOf(this.slave.available())
          return count === "ENOTTY" ? { err: "EIO" } : count
        })
      case "poll":
        return Effect.sync(() => [this.master, this.slave].map((each) => each.poll() & 0b11111))
      case "flush":
        return Effect.sync(() => done(answerOf(Terminal.tcflush(process, SLAVE, queue[first as keyof typeof queue]))))
      case "flow":
        return Effect.sync(() => done(answerOf(Terminal.tcflow(process, SLAVE, flow[first as keyof typeof flow]))))
      case "win": {
        const size = { rows: Number(first), columns: Number(second) }
        return Effect.sync(() => done(answerOf(Terminal.setWindowSize(process, SLAVE, size))))
      }
      case "getwin":
        return Effect.sync(() => {
          const size = answerOf(Terminal.getWindowSize(process, SLAVE))
          return typeof size === "string" ? { err: size } : [size.rows, size.columns]
        })
      case "isatty":
        return Effect.orDie(Terminal.isatty(process, SLAVE))
      case "getattr":
        return Effect.sync(() => this.attributes())
      case "attr":
        return Effect.sync(() =>
          this.configure(
            first as Readonly<Record<string, number | boolean>>,
            when[(second ?? "now") as keyof typeof when]
          )
        )
      case "pkt":
        this.process.fds.place(MASTER, this.master, false)
        return Effect.sync(() => done(answerOf(Terminal.setPacketMode(process, MASTER, first !== 0))))
      case "sti":
        return Effect.sync(() => done(answerOf(Terminal.simulateInput(process, SLAVE, String(first).charCodeAt(0)))))
      case "outq":
        return Effect.sync(() => {
          const count = answerOf(Terminal.outputQueue(process, SLAVE))
          return typeof count === "number" ? count : { err: count }
        })
      case "break":
        return Effect.sync(() => done(answerOf(Terminal.tcsendbreak(process, SLAVE))))
      case "notty":
        return Effect.sync(() => done(answerOf(Terminal.giveUpControllingTerminal(process, SLAVE))))
      case "getsid":
        return Effect.sync(() => {
          const sid = answerOf(Terminal.tcgetsid(process, SLAVE))
          return typeof sid === "number" ? Number(sid === process.session.id) : { err: sid }
        })
      case "close":
        return Effect.as((first === "master" ? this.master : this.slave).release(), 0)
      default:
        return Effect.dieMessage(`no such step: ${name}`)
    }
  }
}

const done = (answer: undefined | void | string): Answer => typeof answer === "string" ? { err: answer } : 0

/** What ours answers to `steps`. */
export const replay = (steps: ReadonlyArray<Step>): Effect.Effect<ReadonlyArray<Answer>> =>
  Effect.suspend(() => {
    const session = new Session()
    // Handlers run between the steps, as they do in a process that is awake.
    const attend = session.machine.signals.attend(session.process, true)
    return Effect.forEach(steps, (step) => session.do(step).pipe(Effect.zipLeft(attend), Effect.zipLeft(settled)))
  })
