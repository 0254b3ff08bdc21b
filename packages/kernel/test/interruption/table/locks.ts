/** Locks of files: whoever gave up holds nothing and holds nobody up. */
import * as Effect from "effect/Effect"
import * as Fcntl from "../../../src/abi/Fcntl.js"
import { O_CREAT, O_RDWR } from "../../../src/abi/OpenFlags.js"
import type { Any } from "../../../src/Errno.js"
import type { SystemCalls } from "../../../src/Sys.js"
import { program } from "../run.js"
import { complain, does, type Row } from "./row.js"

type Act = (sys: SystemCalls, fd: number) => Effect.Effect<unknown, Any>

const range = { start: 3, length: 5 }

const lock = (name: string, calls: Row["calls"], take: Act, giveBack: Act): Row => ({
  name,
  calls,
  signals: "restarts",
  set: ({ machine }) =>
    Effect.gen(function*() {
      let inside = 0
      let held = false
      let asked = false
      // Somebody has it until the first of the others is given it.
      const holder = machine.start(program((sys) =>
        Effect.gen(function*() {
          const fd = yield* sys.open("/file", O_CREAT | O_RDWR)
          yield* take(sys, fd)
          held = true
          while (!asked) yield* Effect.sleep(1)
          yield* giveBack(sys, fd)
        })
      ))
      while (!held && holder.task !== undefined) yield* Effect.sleep("10 micros")
      return {
        call: (sys) =>
          Effect.gen(function*() {
            const fd = yield* sys.open("/file", O_CREAT | O_RDWR)
            yield* Effect.tapError(take(sys, fd), () => sys.close(fd))
            if (++inside > 1) complain("two have it at once")
            yield* sys.getpid()
            inside--
            yield* giveBack(sys, fd)
            yield* sys.close(fd)
          }),
        grant: does(() => {
          asked = true
        })
      }
    })
})

const byRecord = (command: number, type: number): Act => (sys, fd) => sys.fcntlLock(fd, command, { type, ...range })
const byFlock = (operation: number): Act => (sys, fd) => sys.flock(fd, operation)

export const locks: ReadonlyArray<Row> = [
  lock("flock", ["flock"], byFlock(Fcntl.LOCK_EX), byFlock(Fcntl.LOCK_UN)),
  lock("F_SETLKW", ["fcntlLock"], byRecord(Fcntl.F_SETLKW, Fcntl.F_WRLCK), byRecord(Fcntl.F_SETLKW, Fcntl.F_UNLCK)),
  lock(
    "F_OFD_SETLKW",
    ["fcntlLock"],
    byRecord(Fcntl.F_OFD_SETLKW, Fcntl.F_WRLCK),
    byRecord(Fcntl.F_OFD_SETLKW, Fcntl.F_UNLCK)
  ),
  lock("lockf", ["lockf"], (sys, fd) => sys.lockf(fd, Fcntl.F_LOCK, 9), (sys, fd) => sys.lockf(fd, Fcntl.F_ULOCK, 9))
]
