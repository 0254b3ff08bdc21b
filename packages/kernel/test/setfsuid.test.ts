/** A user for files alone. Programs by chance are compared with Linux in `test/conformance/powers.test.ts`. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as C from "../src/abi/Capabilities.js"
import { R_OK } from "../src/abi/FileMode.js"
import { O_CREAT, O_RDWR } from "../src/abi/OpenFlags.js"
import * as CapabilitySet from "../src/CapabilitySet.js"
import { capable } from "../src/Credentials.js"
import { errnoOf, inProcess } from "./support/run.js"

describe("setfsuid", () => {
  it.effect("gives files another owner, and takes what user 0 may do with those of others", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.close(yield* sys.open("/tmp/secret", O_CREAT | O_RDWR, 0o600))
        assert.strictEqual(yield* sys.setfsuid(1000), 0)
        assert.strictEqual(yield* sys.setfsgid(2000), 0)
        assert.strictEqual(yield* errnoOf(sys.open("/tmp/secret", O_RDWR)), "EACCES")
        // That asks for the real user.
        assert.strictEqual(yield* errnoOf(sys.access("/tmp/secret", R_OK)), "success")
        yield* sys.close(yield* sys.open("/tmp/mine", O_CREAT | O_RDWR, 0o600))
        assert.deepInclude(yield* sys.stat("/tmp/mine"), { uid: 1000, gid: 2000 })
        const credentials = yield* sys.credentials()
        assert.deepInclude(credentials, { euid: 0, fsuid: 1000, egid: 0, fsgid: 2000 })
        assert.isFalse(capable(credentials, C.CAP_DAC_OVERRIDE) || capable(credentials, C.CAP_FOWNER))
        assert.isTrue(capable(credentials, C.CAP_SETUID))
        assert.strictEqual(yield* sys.setfsuid(0), 1000)
        assert.strictEqual((yield* sys.credentials()).effective, CapabilitySet.all)
      })
    ))

  it.effect("is ended by whatever changes the effective user, and stays with nothing that changes nothing", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.setfsuid(9)
        yield* sys.setresuid(-1, -1, -1)
        assert.strictEqual((yield* sys.credentials()).fsuid, 9)
        yield* sys.setresuid(0, 0, 0)
        assert.strictEqual((yield* sys.credentials()).fsuid, 0)
      })
    ))

  it.effect("answers who it was before, and stays with that where it may not", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.setresgid(6, 6, 6)
        yield* sys.setresuid(5, 5, 5)
        assert.strictEqual(yield* sys.setfsuid(77), 5)
        assert.strictEqual(yield* sys.setfsuid(-1), 5)
        assert.strictEqual(yield* sys.setfsgid(77), 6)
        assert.deepInclude(yield* sys.credentials(), { fsuid: 5, fsgid: 6 })
      })
    ))
})
