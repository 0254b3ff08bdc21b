import { assert, describe, it } from "@effect/vitest"
import * as Credentials from "../src/Credentials.js"

const file = (mode: number, uid = 1, gid = 1) => ({ mode: 0o100000 | mode, uid, gid })

describe("Credentials", () => {
  it("the owner is judged by the owner's bits alone, even if others may more", () => {
    assert.isFalse(Credentials.permits(Credentials.make(1, 9), file(0o077), 4))
    assert.isTrue(Credentials.permits(Credentials.make(1, 9), file(0o400), 4))
  })

  it("a member of the group is judged by the group's bits, supplementary groups included", () => {
    assert.isTrue(Credentials.permits(Credentials.make(2, 9, [1]), file(0o040), 4))
    assert.isFalse(Credentials.permits(Credentials.make(2, 1), file(0o707), 4))
  })

  it("everything that is asked for must be granted", () => {
    assert.isFalse(Credentials.permits(Credentials.make(2, 2), file(0o004), 4 | 2))
    assert.isTrue(Credentials.permits(Credentials.make(2, 2), file(0o006), 4 | 2))
  })

  it("user 0 reads and writes all, and executes what somebody may execute", () => {
    assert.isTrue(Credentials.permits(Credentials.root, file(0), 4 | 2))
    assert.isFalse(Credentials.permits(Credentials.root, file(0o666), 1))
    assert.isTrue(Credentials.permits(Credentials.root, file(0o001), 1))
    assert.isTrue(Credentials.permits(Credentials.root, { mode: 0o040000, uid: 1, gid: 1 }, 1))
  })
})
