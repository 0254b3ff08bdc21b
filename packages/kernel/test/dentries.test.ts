/** More names than are remembered: what is forgotten is found again, and what is in use is never lost. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fcntl from "../src/abi/Fcntl.js"
import { O_PATH } from "../src/abi/OpenFlags.js"
import { errnoOf, inProcess } from "./support/run.js"

const few = { config: { dentriesMax: 16 } }

describe("remembered names", () => {
  it.effect("are forgotten, and a mount below them stands where it was put", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/many")
        for (let i = 0; i < 50; i++) {
          yield* sys.mkdir(`/many/${i}`)
          yield* sys.stat(`/many/${i}/.`)
          yield* sys.mount("none", `/many/${i}`, "tmpfs")
          yield* sys.mkdir(`/many/${i}/inside`)
          // By a path that was not walked before.
          assert.strictEqual(yield* errnoOf(sys.rmdir(`/many/../many/${i}`)), "EBUSY")
          yield* sys.umount(`/many/.././many/${i}`)
          assert.strictEqual(yield* errnoOf(sys.stat(`/many/${i}/inside`)), "ENOENT")
        }
      }), few))

  it.effect("of a file system that is gone make no room tight", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/m")
        yield* sys.mkdir("/m/here")
        // Stood in, and so never forgotten, though many file systems come and go.
        yield* sys.chdir("/m/here")
        for (let i = 0; i < 40; i++) {
          yield* sys.mount("none", "/mnt", "tmpfs")
          for (const name of ["a", "b", "c"]) {
            yield* sys.mkdir(`/mnt/${name}`)
            yield* sys.stat(`/mnt/${name}/.`)
          }
          yield* sys.umount("/mnt")
          assert.strictEqual(yield* sys.getcwd(), "/m/here")
        }
        yield* sys.rename("/m", "/n")
        assert.strictEqual(yield* sys.getcwd(), "/n/here")
      }), few))
})

describe("a descriptor that only names a file", () => {
  it.effect("can be asked whether another is the same", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const named = yield* sys.open("/", O_PATH)
        const again = yield* sys.dup(named)
        const other = yield* sys.open("/", O_PATH)
        assert.strictEqual(yield* sys.fcntl(named, Fcntl.F_DUPFD_QUERY, again), 1)
        assert.strictEqual(yield* sys.fcntl(named, Fcntl.F_DUPFD_QUERY, other), 0)
        assert.strictEqual(yield* errnoOf(sys.fcntl(named, Fcntl.F_DUPFD_QUERY, 99)), "EBADF")
      })
    ))
})
