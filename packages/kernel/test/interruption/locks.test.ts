/** Waiting for locks, disturbed: whoever gave up holds nothing and holds nobody up, and those behind it go on. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import { F_OFD_SETLKW, F_SETLKW, F_UNLCK, F_WRLCK, LOCK_EX, LOCK_UN } from "../../src/abi/Fcntl.js"
import { O_CREAT, O_RDWR } from "../../src/abi/OpenFlags.js"
import type { Any } from "../../src/Errno.js"
import { Sys, type SystemCalls } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import * as Machine from "./machine.js"
import { tidy, TIMEOUT } from "./tidy.js"

interface Way {
  readonly lock: (sys: SystemCalls, fd: number) => Effect.Effect<unknown, Any>
  readonly unlock: (sys: SystemCalls, fd: number) => Effect.Effect<unknown, Any>
}

const range = { start: 3, length: 5 }
const byRecord = (command: number): Way => ({
  lock: (sys, fd) => sys.fcntlLock(fd, command, { type: F_WRLCK, ...range }),
  unlock: (sys, fd) => sys.fcntlLock(fd, command, { type: F_UNLCK, ...range })
})

const kinds: Readonly<Record<string, Way>> = {
  "flock": { lock: (sys, fd) => sys.flock(fd, LOCK_EX), unlock: (sys, fd) => sys.flock(fd, LOCK_UN) },
  "F_SETLKW": byRecord(F_SETLKW),
  "F_OFD_SETLKW": byRecord(F_OFD_SETLKW)
}

/** One holds a lock for a while, the victim waits for it, and another waits behind the victim. */
const contest = ({ lock, unlock }: Way) => (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    let inside = 0
    let worst = 0
    let turns = 0
    const enter = (sys: SystemCalls, fd: number) =>
      Effect.map(lock(sys, fd), () => {
        turns++
        worst = Math.max(worst, ++inside)
      })
    const leave = (sys: SystemCalls, fd: number) =>
      Effect.suspend(() => {
        inside--
        return unlock(sys, fd)
      })
    const party = Effect.gen(function*() {
      const sys = yield* Sys
      yield* Disturbances.sometime
      const fd = yield* sys.open("/file", O_CREAT | O_RDWR)
      yield* enter(sys, fd)
      yield* Disturbances.sometime
      yield* leave(sys, fd)
      return 0
    })
    const others = [machine.start(party), machine.start(party), machine.start(party)]
    const way = Disturbances.ways[seed % Disturbances.ways.length]!
    const seen = yield* Disturbances.trial(machine, way, (sys) =>
      Effect.flatMap(sys.open("/file", O_CREAT | O_RDWR), (fd) =>
        Effect.zipRight(
          lock(sys, fd),
          Effect.flatMap(sys.nanosleep(0), () =>
            unlock(sys, fd))
        )))
    const ends = []
    for (const each of others) {
      ends.push(yield* Machine.awaitEnd(each))
    }
    return { machine, seen, ends, worst, turns, locks: machine.rooms.locks.list() }
  })

describe("waiting for a lock, disturbed", () => {
  for (const [name, kind] of Object.entries(kinds)) {
    it.effect(`${name}: 120 schedules`, () =>
      Simulation.forAll(120, contest(kind), (exit, outcome) => {
        const { ends, locks, machine, seen, turns, worst } = Machine.ready(exit)
        Disturbances.fits(seen)
        if (locks.length > 0) throw new Error(`${seen.way}: left ${JSON.stringify(locks)}`)
        if (worst > 1) throw new Error(`${seen.way}: ${worst} held it at once`)
        const all = ends.every((end) => end._tag === "Exited")
        if (seen.way !== "the end of all" && (!all || turns !== 3)) throw new Error(`${seen.way}: somebody hung`)
        tidy(machine, outcome)
      }), TIMEOUT)
  }
})
