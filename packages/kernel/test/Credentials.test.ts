import { assert, describe, it } from "@effect/vitest"
import * as CapabilitySet from "../src/CapabilitySet.js"
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

  it("user 0 without capabilities is a user like others", () => {
    const powerless = { ...Credentials.root, effective: CapabilitySet.empty }
    assert.isFalse(Credentials.permits(powerless, file(0o600), 4))
    assert.isTrue(Credentials.permits({ ...powerless, effective: CapabilitySet.of(1) }, file(0), 4 | 2))
  })

  it("one who may read and search all may not write all", () => {
    const reader = { ...Credentials.make(2, 2), effective: CapabilitySet.of(2) }
    assert.isTrue(Credentials.permits(reader, file(0), 4))
    assert.isFalse(Credentials.permits(reader, file(0), 2))
    assert.isTrue(Credentials.permits(reader, { mode: 0o040000, uid: 1, gid: 1 }, 4 | 1))
  })

  it("giving up user 0 gives up its capabilities, unless they are to be kept", () => {
    const users = { uid: 1, euid: 1, suid: 1 }
    assert.deepInclude(Credentials.withUsers(Credentials.root, users), { effective: 0, permitted: 0 })
    const keeping = { ...Credentials.root, securebits: 0x10 }
    assert.deepInclude(Credentials.withUsers(keeping, users), { effective: 0, permitted: CapabilitySet.all })
  })

  it("sets of capabilities hold those beyond the 32nd as well", () => {
    const set = CapabilitySet.of(1, 31, 32, 40)
    assert.strictEqual(CapabilitySet.text(set), "0000010180000002")
    assert.isTrue(CapabilitySet.has(set, 40) && CapabilitySet.has(set, 32) && !CapabilitySet.has(set, 33))
    assert.strictEqual(CapabilitySet.without(CapabilitySet.all, set) + set, CapabilitySet.all)
    assert.isTrue(CapabilitySet.isSubset(CapabilitySet.remove(set, 32), set))
    assert.isFalse(CapabilitySet.isSubset(set, CapabilitySet.remove(set, 40)))
  })
})
