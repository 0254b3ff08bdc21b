/** Pipes and FIFOs. */
import * as Effect from "effect/Effect"
import { AT_FDCWD } from "../../../src/abi/Fcntl.js"
import { O_NONBLOCK, O_RDONLY, O_WRONLY } from "../../../src/abi/OpenFlags.js"
import type { PipeEnd } from "../../../src/pipe/PipeEnd.js"
import type { Process } from "../../../src/ProcessTable.js"
import type { SystemCalls } from "../../../src/Sys.js"
import * as Machine from "../machine.js"
import { program } from "../run.js"
import { bytes, type Call, complain, does, FIRST, hold, letGo, type Row, type World } from "./row.js"

/** What one write takes; a pipe holds two of them. */
const CAPACITY = 8192
const PIECE = CAPACITY / 2
const options = () => ({ limits: { pipeCapacity: CAPACITY } })

export const pipeOf = ({ machine }: World) => {
  const { reader, writer } = machine.pipe()
  hold(reader)
  hold(writer)
  const { pipe } = reader as PipeEnd
  return { reader, writer, pipe, queues: () => [pipe.canRead, pipe.canWrite], end: letGo(reader, writer) }
}

/** Takes a byte from an empty pipe. */
const reading = (name: string, calls: Row["calls"], call: Call): Row => ({
  name,
  calls,
  signals: "restarts",
  options,
  set: (world) => {
    const { end, pipe, queues, reader, writer } = pipeOf(world)
    return {
      fds: [reader],
      call,
      grant: does(() => Machine.ready(writer.write(bytes(1), world.init))),
      there: () => pipe.held > 0,
      left: () => pipe.held,
      queues,
      end
    }
  }
})

/** Writes what fits in whole or not at all into a full pipe. */
const writing = (name: string, calls: Row["calls"], call: Call): Row => ({
  name,
  calls,
  signals: "restarts",
  options,
  set: (world) => {
    const { end, pipe, queues, reader, writer } = pipeOf(world)
    Machine.ready(writer.write(bytes(CAPACITY), world.init))
    return {
      fds: [writer],
      call,
      grant: does(() => Machine.ready(reader.read(bytes(PIECE), world.init))),
      there: () => !pipe.full,
      left: () => (CAPACITY - pipe.held) / PIECE,
      queues,
      end
    }
  }
})

const MINE = 7
const SIZE = 3 * PIECE

/** Writes more than the pipe holds: whoever is cut short is told how much went in. */
const inPieces: Row = {
  name: "write of more than a pipe holds",
  calls: ["write"],
  signals: "restarts",
  partial: true,
  options,
  set: (world) => {
    const { end, pipe, queues, reader, writer } = pipeOf(world)
    Machine.ready(writer.write(bytes(CAPACITY), world.init))
    let mine = 0
    const drain = () => {
      const into = bytes(PIECE, 0)
      if (pipe.held > 0) Machine.ready(reader.read(into, world.init))
      mine += into.filter((byte) => byte === MINE).length
    }
    return {
      fds: [writer],
      call: (sys) => sys.write(FIRST, bytes(SIZE, MINE)),
      heir: (sys) => sys.write(FIRST, bytes(PIECE, 2)),
      grant: does(drain),
      there: () => !pipe.full,
      check: ({ seen: { answer, status } }) => {
        const told = answer?._tag === "Success" ? Number(answer.value) : 0
        const certain = status?._tag === "Exited" && (answer?._tag === "Success" || answer?.cause._tag === "Fail")
        if (certain ? mine !== told : mine > SIZE) complain(`told of ${told}, written ${mine}`)
      },
      queues,
      end: Effect.zipRight(
        does(() => {
          while (pipe.held > 0) drain()
        }),
        end
      )
    }
  }
}

/** Opens one side of a FIFO, which waits for the other. */
const opening = (
  name: string,
  calls: Row["calls"],
  flags: number,
  open: (sys: SystemCalls) => ReturnType<SystemCalls["open"]>
): Row => ({
  name,
  calls,
  signals: "restarts",
  set: ({ init, machine }) =>
    Effect.gen(function*() {
      const { pipes, vfs } = machine.rooms
      yield* vfs.mknod(init, vfs.root, "/fifo", 0o010666, 0)
      const call: Call = (sys) => Effect.flatMap(open(sys), (fd) => sys.close(fd))
      const partner = program((sys) =>
        Effect.flatMap(sys.open("/fifo", flags === O_RDONLY ? O_WRONLY : O_RDONLY), (fd) => sys.close(fd))
      )
      const { inode } = yield* vfs.find(init, vfs.root, "/fifo", true)
      let counted = ""
      let there: Process | undefined
      return {
        call,
        grant: does(() => {
          there = machine.start(partner)
        }),
        there: () => there !== undefined && there.task !== undefined,
        end: Effect.gen(function*() {
          const end = yield* Effect.orDie(pipes.openFifo(inode, O_NONBLOCK, Effect.succeed as never))
          const { pipe } = end as PipeEnd
          counted = `${pipe.readers} ${pipe.writers}`
          yield* (end as PipeEnd).release()
        }),
        check: () => {
          if (counted !== "1 0") complain(`readers and writers counted: ${counted}`)
        }
      }
    })
})

const vector = () => [bytes(1)]

export const pipes: ReadonlyArray<Row> = [
  reading("read of an empty pipe", ["read"], (sys) => sys.read(FIRST, bytes(1))),
  reading(
    "read of an empty pipe, whose buffer is filled while it sleeps",
    ["read"],
    (sys) => sys.read(FIRST, bytes(600))
  ),
  reading("readv of an empty pipe", ["readv"], (sys) => sys.readv(FIRST, vector())),
  writing("write to a full pipe", ["write"], (sys) => sys.write(FIRST, bytes(PIECE))),
  writing("writev to a full pipe", ["writev"], (sys) => sys.writev(FIRST, [bytes(PIECE - 1), bytes(1)])),
  inPieces,
  opening("open of a FIFO to read", ["open"], O_RDONLY, (sys) => sys.open("/fifo", O_RDONLY)),
  opening("open of a FIFO to write", ["open"], O_WRONLY, (sys) => sys.open("/fifo", O_WRONLY)),
  opening("openat of a FIFO", ["openat"], O_RDONLY, (sys) => sys.openat(AT_FDCWD, "/fifo", O_RDONLY)),
  opening("openat2 of a FIFO", ["openat2"], O_WRONLY, (sys) => sys.openat2(AT_FDCWD, "/fifo", { flags: O_WRONLY })),
  opening("creat of a FIFO", ["creat"], O_WRONLY, (sys) => sys.creat("/fifo"))
]
