/** Files that somebody has a lease on: whoever gave up holds nothing, and the lease is given up all the same. */
import * as Effect from "effect/Effect"
import * as Fcntl from "../../../src/abi/Fcntl.js"
import { O_CREAT, O_RDONLY, O_RDWR } from "../../../src/abi/OpenFlags.js"
import { SIGIO } from "../../../src/abi/Signals.js"
import type { Any } from "../../../src/Errno.js"
import type { SystemCalls } from "../../../src/Sys.js"
import { program } from "../run.js"
import { slow } from "./files.js"
import { does, type Row } from "./row.js"

const lease = (
  name: string,
  calls: Row["calls"],
  options: Pick<Row, "options">,
  act: (sys: SystemCalls) => Effect.Effect<unknown, Any>
): Row => ({
  name,
  calls,
  signals: "restarts",
  ...options,
  set: ({ machine }) =>
    Effect.gen(function*() {
      let held = false
      let asked = false
      const holder = machine.start(program((sys) =>
        Effect.gen(function*() {
          yield* sys.sigaction(SIGIO, { disposition: () => Effect.void })
          const fd = yield* sys.open("/file", O_CREAT | O_RDWR)
          yield* sys.fcntl(fd, Fcntl.F_SETLEASE, Fcntl.F_WRLCK)
          held = true
          while (!asked) yield* Effect.sleep(1)
          yield* sys.fcntl(fd, Fcntl.F_SETLEASE, Fcntl.F_UNLCK)
          yield* sys.close(fd)
        })
      ))
      while (!held && holder.task !== undefined) yield* Effect.sleep("10 micros")
      return {
        call: act,
        grant: does(() => {
          asked = true
        })
      }
    })
})

const opens = (flags: number) => (sys: SystemCalls) => Effect.flatMap(sys.open("/file", flags), (fd) => sys.close(fd))

export const leases: ReadonlyArray<Row> = [
  lease("open of a leased file", ["open"], {}, opens(O_RDONLY)),
  lease("open of a leased file on something slow", ["open"], { options: slow }, opens(O_RDWR)),
  lease("truncate of a leased file", ["truncate"], {}, (sys) => sys.truncate("/file", 3)),
  lease(
    "truncate of a leased file on something slow",
    ["truncate"],
    { options: slow },
    (sys) => sys.truncate("/file", 3)
  )
]
