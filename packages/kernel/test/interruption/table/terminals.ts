/** Terminals: both ends, full and empty, and held. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_NOCTTY, O_NONBLOCK, O_RDWR } from "../../../src/abi/OpenFlags.js"
import * as T from "../../../src/abi/Termios.js"
import type { Description } from "../../../src/Description.js"
import type { Process } from "../../../src/ProcessTable.js"
import type { TerminalDescription } from "../../../src/pty/description.js"
import type { Pair } from "../../../src/pty/pair.js"
import * as Machine from "../machine.js"
import { bytes, complain, does, FIRST, hold, isReadable, isWritable, letGo, type Row, type World } from "./row.js"

export const LINE = Uint8Array.of(120, 10)

export const terminalOf = ({ init, machine }: World) => {
  const { ptys } = machine
  const { master, path } = Machine.ready(ptys.open(0))
  hold(master)
  const inode = Machine.ready(ptys.files.lookup(ptys.files.root, path.slice("/dev/pts/".length)))
  const slave = hold(Machine.ready(ptys.openSlave(inode, O_RDWR | O_NOCTTY, init)))
  const { pair } = master as TerminalDescription
  return { master, slave, pair, queues: () => [...slave.pollQueues, ...master.pollQueues], end: letGo(slave, master) }
}

const raw = (pair: Pair, least: number, time: number): void => {
  const { termios } = pair.line.settings
  const cc = termios.cc.slice()
  cc[T.VMIN] = least
  cc[T.VTIME] = time
  pair.configure({ ...termios, iflag: 0, oflag: 0, lflag: 0, cc }, true)
}

/** How often something can be taken from a description without waiting. */
const countLeft = (from: Description, length: number, init: Process): number => {
  from.flags |= O_NONBLOCK
  const into = bytes(length)
  for (let count = 0;; count++) {
    const answer = Effect.runSyncExit(from.read(into, init))
    if (Exit.isFailure(answer) || answer.value === 0) return count
  }
}

const readLine: Row = {
  name: "read of a line",
  calls: ["read"],
  signals: "restarts",
  set: (world) => {
    const { end, master, queues, slave } = terminalOf(world)
    return {
      fds: [slave],
      call: (sys) => sys.read(FIRST, bytes(9)),
      grant: does(() => Machine.ready(master.write(LINE, world.init))),
      there: () => isReadable(slave),
      left: () => countLeft(slave, 9, world.init),
      queues,
      end
    }
  }
}

const readRaw: Row = {
  ...readLine,
  name: "read of a raw terminal",
  set: (world) => {
    const { end, master, pair, queues, slave } = terminalOf(world)
    raw(pair, 1, 0)
    return {
      fds: [slave],
      call: (sys) => sys.read(FIRST, bytes(1)),
      grant: does(() => Machine.ready(master.write(bytes(1), world.init))),
      there: () => isReadable(slave),
      left: () => countLeft(slave, 1, world.init),
      queues,
      end
    }
  }
}

/** Waits for several bytes: a handler gets what there is. */
const readSeveral: Row = {
  name: "read of VMIN bytes",
  calls: ["read"],
  signals: "restarts",
  alone: true,
  repeats: true,
  set: (world) => {
    const { end, master, pair, queues, slave } = terminalOf(world)
    raw(pair, 3, 0)
    let sent = 0
    let left = 0
    return {
      fds: [slave],
      call: (sys) => sys.read(FIRST, bytes(3)),
      grant: does(() => {
        if (sent < 40) sent += Machine.ready(master.write(bytes(1), world.init))
      }),
      check: ({ seen: { answer, status } }) => {
        const told = answer?._tag === "Success" ? Number(answer.value) : 0
        const certain = status?._tag === "Exited" && (answer?._tag === "Success" || answer?.cause._tag === "Fail")
        if (certain ? sent - left !== told : sent - left > 3) complain(`${sent} sent, ${left} left, told of ${told}`)
      },
      queues,
      end: Effect.zipRight(does(() => (left = countLeft(slave, 1, world.init))), end)
    }
  }
}

/** Ends after a time. */
const readTimed: Row = {
  name: "read that VTIME ends",
  calls: ["read"],
  signals: "restarts",
  set: (world) => {
    const { end, pair, queues, slave } = terminalOf(world)
    raw(pair, 0, world.late ? 10 : 1)
    return { fds: [slave], call: (sys) => sys.read(FIRST, bytes(3)), queues, end }
  }
}

const readMaster = (packets: boolean): Row => ({
  name: packets ? "read of a master in packet mode" : "read of a master",
  calls: ["read"],
  signals: "restarts",
  set: (world) => {
    const { end, master, pair, queues, slave } = terminalOf(world)
    if (packets) pair.packets.enable(true)
    const length = packets ? 2 : 1
    return {
      fds: [master],
      call: (sys) => sys.read(FIRST, bytes(length)),
      grant: does(() => Machine.ready(slave.write(bytes(1, 120), world.init))),
      there: () => isReadable(master),
      left: () => countLeft(master, length, world.init),
      queues,
      end
    }
  }
})

const MINE = 7
const SIZE = 6000

/** Writes more than there is room for, from one end to the other. */
const writing = (name: string, fromMaster: boolean, held: boolean): Row => ({
  name,
  calls: ["write"],
  signals: "restarts",
  partial: true,
  set: (world) => {
    const { init } = world
    const { end, master, pair, queues, slave } = terminalOf(world)
    raw(pair, 1, 0)
    const [near, far] = fromMaster ? [master, slave] : [slave, master]
    near.flags |= O_NONBLOCK
    far.flags |= O_NONBLOCK
    if (held) pair.hold(true)
    else while (Exit.isSuccess(Effect.runSyncExit(near.write(bytes(1000), init)))) continue
    near.flags &= ~O_NONBLOCK
    let mine = 0
    const into = bytes(5000)
    const drain = () => {
      if (held) pair.hold(false)
      for (;;) {
        const answer = Effect.runSyncExit(far.read(into, init))
        if (Exit.isFailure(answer) || answer.value === 0) return
        mine += into.subarray(0, answer.value).filter((byte) => byte === MINE).length
      }
    }
    return {
      fds: [near],
      call: (sys) => sys.write(FIRST, bytes(SIZE, MINE)),
      heir: (sys) => sys.write(FIRST, bytes(SIZE, 2)),
      grant: does(drain),
      there: () => isWritable(near),
      check: ({ seen: { answer, status } }) => {
        const told = answer?._tag === "Success" ? Number(answer.value) : 0
        const certain = status?._tag === "Exited" && (answer?._tag === "Success" || answer?.cause._tag === "Fail")
        if (certain ? mine !== told : mine > SIZE) complain(`told of ${told}, written ${mine}`)
      },
      queues,
      end: Effect.zipRight(does(drain), end)
    }
  }
})

export const terminals: ReadonlyArray<Row> = [
  readLine,
  readRaw,
  readSeveral,
  readTimed,
  readMaster(false),
  readMaster(true),
  writing("write to a full terminal", false, false),
  writing("write to a terminal that is held", false, true),
  writing("write to a full master", true, false)
]
