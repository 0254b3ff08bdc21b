/** Writing to files of a slow backend, disturbed: writers take turns, and a lock that is held is given back. */
import { describe, it } from "@effect/vitest"
import * as FaultyBackend from "@effix/testing/FaultyBackend"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import { S_IFREG } from "../../src/abi/FileMode.js"
import { O_APPEND, O_CREAT, O_WRONLY } from "../../src/abi/OpenFlags.js"
import * as MemoryBackend from "../../src/backend/MemoryBackend.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import { fits } from "./fits.js"
import * as Machine from "./machine.js"
import { schedules, TIMEOUT } from "./schedules.js"
import { tidy } from "./tidy.js"

const SCHEDULES = schedules(360)
const RECORD = 10

/** Appends records, each filled with one letter, through a description of its own. */
const append = (sys: SystemCalls, letter: number, records: number, done: () => void) =>
  Effect.gen(function*() {
    const fd = yield* sys.open("/log", O_WRONLY | O_CREAT | O_APPEND)
    for (let i = 0; i < records; i++) {
      yield* sys.write(fd, new Uint8Array(RECORD).fill(letter))
      done()
    }
    yield* sys.close(fd)
  })

const writers = (seed: number) =>
  Effect.gen(function*() {
    const memory = MemoryBackend.make({ bytesMax: 1 << 20, inodesMax: 100, now: 0n })
    const machine = yield* Machine.make({ backend: FaultyBackend.delayed(memory) })
    const { init, rooms: { vfs } } = machine
    yield* vfs.mknod(init, vfs.root, "/log", S_IFREG | 0o666, 0)
    const others = [2, 3].map((letter) =>
      machine.start(Effect.flatMap(Sys, (sys) => Effect.as(append(sys, letter, 3, () => {}), 0)))
    )
    let told = 0
    const seen = yield* Disturbances.trial(machine, Disturbances.chosen(seed), (sys) =>
      append(sys, 1, 3, () =>
        void told++))
    yield* Effect.forEach(others, Machine.awaitEnd)
    // What the victim had begun is finished, whatever became of the victim.
    yield* Effect.sleep(10)
    const { inode } = yield* vfs.find(init, vfs.root, "/log", true)
    const content = new Uint8Array(inode.size)
    Machine.ready(memory.read(inode as never, 0, content))
    return {
      machine,
      seen,
      told,
      others,
      content,
      locks: [inode.lock, vfs.root.dentry.inode.lock],
      held: inode.references
    }
  })

describe("writing to files of a slow backend, disturbed", () => {
  it.effect(`${SCHEDULES} schedules`, () =>
    Simulation.forAll(SCHEDULES, writers, (exit, outcome) => {
      const { content, held, locks, machine, others, seen, told } = Machine.ready(exit)
      fits(seen)
      const records: Array<number> = []
      for (let at = 0; at < content.length; at += RECORD) {
        const record = content.subarray(at, at + RECORD)
        if (record.length < RECORD || record.some((byte) => byte !== record[0])) {
          throw new Error(`${seen.way}: torn: ${record}`)
        }
        records.push(record[0]!)
      }
      for (const [i, other] of others.entries()) {
        const count = records.filter((letter) => letter === i + 2).length
        if (other.status?._tag === "Exited" && count !== 3) {
          throw new Error(`${seen.way}: writer ${i + 2} wrote ${count}`)
        }
      }
      const mine = records.filter((letter) => letter === 1).length
      if (mine < told || mine > told + 1) throw new Error(`${seen.way}: told of ${told} records, there are ${mine}`)
      if (locks.some((lock) => lock === "held" || lock?.held === true)) throw new Error(`${seen.way}: a lock is held`)
      if (held !== 0) throw new Error(`${seen.way}: the file is held ${held} times`)
      tidy(machine, outcome)
    }), TIMEOUT)
})
