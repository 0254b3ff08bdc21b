/** Opening a FIFO, disturbed: an opening that was given up is not counted, and the other side goes on waiting. */
import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_RDONLY, O_WRONLY } from "../../src/abi/OpenFlags.js"
import type { PipeEnd } from "../../src/pipe/PipeEnd.js"
import { Sys } from "../../src/Sys.js"
import * as Disturbances from "./disturbances.js"
import * as Machine from "./machine.js"
import { quiet, tidy, TIMEOUT } from "./tidy.js"

const meeting = (seed: number) =>
  Effect.gen(function*() {
    const machine = yield* Machine.make()
    const { init, rooms: { vfs } } = machine
    yield* vfs.mknod(init, vfs.root, "/fifo", 0o010666, 0)
    const [mine, theirs] = seed % 2 === 0 ? [O_RDONLY, O_WRONLY] : [O_WRONLY, O_RDONLY]
    const opening = (flags: number) =>
      Effect.gen(function*() {
        const sys = yield* Sys
        yield* Disturbances.sometime
        const fd = yield* sys.open("/fifo", flags)
        // The other side has been there: what is read or written ends, and does not wait.
        if (flags === O_RDONLY) { while ((yield* sys.read(fd, new Uint8Array(9))) > 0); }
        yield* sys.close(fd)
        return 0
      })
    const partner = machine.start(opening(theirs))
    const way = Disturbances.ways[(seed >> 1) % Disturbances.ways.length]!
    const seen = yield* Disturbances.trial(machine, way, (sys) =>
      Effect.flatMap(sys.open("/fifo", mine), (fd) =>
        sys.close(fd)))
    // If the victim never came, somebody else meets the partner.
    const late = partner.task === undefined ? undefined : machine.start(opening(mine))
    const killed = Effect.gen(function*() {
      yield* Effect.sleep(1000)
      machine.shutDown()
    })
    yield* Effect.raceFirst(Machine.awaitEnd(partner), killed)
    // The partner may have met the victim; then whoever came late waits in vain, and is sent home.
    machine.shutDown()
    if (late !== undefined) {
      yield* Machine.awaitEnd(late)
    }
    const { inode } = yield* vfs.find(init, vfs.root, "/fifo", true)
    const end = yield* rooms(machine).pipes.openFifo(inode, 0o4000, Exit.succeed)
    const { pipe } = end as PipeEnd
    const counted = [pipe.readers, pipe.writers]
    yield* end.release()
    return { machine, pipe, seen, counted, partner }
  })

const rooms = ({ rooms }: Machine.Machine) => rooms

describe("opening a FIFO, disturbed", () => {
  it.effect("1,000 schedules", () =>
    Simulation.forAll(1000, meeting, (exit, outcome) => {
      const { counted, machine, partner, pipe, seen } = Machine.ready(exit)
      Disturbances.fits(seen)
      if (seen.way !== "the end of all" && partner.status?._tag !== "Exited") {
        throw new Error(`${seen.way}: the partner hung`)
      }
      if (counted[0] !== 1 || counted[1] !== 0) {
        throw new Error(`${seen.way}: ${counted} readers and writers are counted`)
      }
      quiet(pipe.opened, pipe.canRead, pipe.canWrite)
      tidy(machine, outcome)
    }), TIMEOUT)
})
