/** Moving bytes between pipes, files and sockets. */
import * as Effect from "effect/Effect"
import { O_CREAT, O_RDWR } from "../../../src/abi/OpenFlags.js"
import * as Machine from "../machine.js"
import { pipeOf } from "./pipes.js"
import { bytes, type Call, complain, does, FIRST, hold, letGo, type Row, type World } from "./row.js"

const PAGE = 4096
const options = () => ({ limits: { pipeCapacity: 2 * PAGE } })
const MINE = 7

const fileOf = ({ init, machine }: World, content: Uint8Array) => {
  const { vfs } = machine.rooms
  const file = hold(Machine.ready(vfs.open(init, vfs.root, "/content", O_RDWR | O_CREAT, 0o644)))
  if (content.length > 0) Machine.ready(file.pwrite(content, 0, init))
  return file
}

/** From a pipe that is empty. */
const fromEmpty = (name: string, calls: Row["calls"], call: Call, toFile = false): Row => ({
  name: `${name} from an empty pipe`,
  calls,
  signals: "restarts",
  options,
  set: (world) => {
    const from = pipeOf(world)
    const to = pipeOf(world)
    const file = toFile ? fileOf(world, bytes(0)) : undefined
    return {
      fds: [from.reader, file ?? to.writer],
      call,
      grant: does(() => Machine.ready(from.writer.write(bytes(1), world.init))),
      ...(calls.includes("tee") ? {} : { there: () => from.pipe.held > 0, left: () => from.pipe.held }),
      queues: () => [...from.queues(), ...to.queues()],
      end: Effect.all([from.end, to.end, file === undefined ? Effect.void : letGo(file)])
    }
  }
})

/** To a pipe that is full: what was moved is there, and no more. */
const toFull = (name: string, calls: Row["calls"], call: Call, fromFile = false): Row => ({
  name: `${name} to a full pipe`,
  calls,
  signals: "restarts",
  options,
  set: (world) => {
    const { init } = world
    const from = pipeOf(world)
    const to = pipeOf(world)
    Machine.ready(to.writer.write(bytes(2 * PAGE), init))
    Machine.ready(from.writer.write(bytes(100, MINE), init))
    const file = fromFile ? fileOf(world, bytes(100, MINE)) : undefined
    let moved = 0
    const drain = () => {
      const into = bytes(PAGE)
      if (to.pipe.held === 0) return
      const count = Machine.ready(to.reader.read(into, init))
      moved += into.subarray(0, count).filter((byte) => byte === MINE).length
    }
    return {
      fds: [file ?? from.reader, to.writer],
      call,
      grant: does(drain),
      there: () => !to.pipe.full,
      check: ({ heirTook, seen: { answer, status } }) => {
        const told = answer?._tag === "Success" ? 5 : 0
        const certain = status?._tag === "Exited" && (answer?._tag === "Success" || answer?.cause._tag === "Fail")
        const others = heirTook === true ? 5 : 0
        if (certain && heirTook === true ? moved !== told + others : moved > 10) {
          complain(`told of ${told} and ${others}, moved ${moved}`)
        }
      },
      queues: () => [...from.queues(), ...to.queues()],
      end: Effect.suspend(() => {
        while (to.pipe.held > 0) drain()
        return Effect.all([from.end, to.end, file === undefined ? Effect.void : letGo(file)])
      })
    }
  }
})

const [IN, OUT] = [FIRST, FIRST + 1]

export const transfers: ReadonlyArray<Row> = [
  fromEmpty("splice", ["splice"], (sys) => sys.splice(IN, undefined, OUT, undefined, 1)),
  fromEmpty("splice to a file", ["splice"], (sys) => sys.splice(IN, undefined, OUT, undefined, 1), true),
  fromEmpty("tee", ["tee"], (sys) => sys.tee(IN, OUT, 1)),
  fromEmpty("vmsplice", ["vmsplice"], (sys) => sys.vmsplice(IN, [bytes(1)])),
  toFull("vmsplice", ["vmsplice"], (sys) => sys.vmsplice(OUT, [bytes(5, MINE)])),
  toFull("splice", ["splice"], (sys) => sys.splice(IN, undefined, OUT, undefined, 5)),
  toFull("splice from a file", ["splice"], (sys) => sys.splice(IN, 0, OUT, undefined, 5), true),
  toFull("tee", ["tee"], (sys) => sys.tee(IN, OUT, 5)),
  toFull("sendfile", ["sendfile"], (sys) => sys.sendfile(OUT, IN, 0, 5), true)
]
