import { assert, describe, it } from "@effect/vitest"
import { bitsOf, isPublic, isWithin } from "../src/policy/addresses.js"
import { Gate } from "../src/policy/Gate.js"

describe("An address", () => {
  it("is public only where no special purpose is reserved for it, however it is written", () => {
    const never = [
      "127.0.0.1",
      "127.1.2.3",
      "0.0.0.0",
      "10.1.2.3",
      "172.31.0.1",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
      "224.0.0.1",
      "255.255.255.255",
      "::",
      "::1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "::127.0.0.1",
      "64:ff9b::7f00:1",
      "2002:7f00:1::",
      "fe80::1",
      "fe80::1%eth0",
      "fd12:3456::1",
      "ff02::1",
      "nonsense",
      "1.2.3",
      "1.2.3.4.5",
      "0x7f.1",
      "256.1.1.1"
    ]
    assert.deepStrictEqual(never.filter(isPublic), [])
    const always = ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]
    assert.deepStrictEqual(always.filter(isPublic), always)
  })

  it("lies in a block whose first bits it shares", () => {
    assert.isTrue(isWithin("10.1.2.3", "10.0.0.0/8"))
    assert.isFalse(isWithin("11.1.2.3", "10.0.0.0/8"))
    assert.isTrue(isWithin("::ffff:10.1.2.3", "10.0.0.0/8"))
    assert.isTrue(isWithin("1.2.3.4", "0.0.0.0/0"))
    assert.isFalse(isWithin("::1", "0.0.0.0/0"))
    assert.isTrue(isWithin("2001:db8::1", "2001:db8::/32"))
    assert.isFalse(isWithin("1.2.3.4", "1.2.3.4/33"))
    assert.isFalse(isWithin("1.2.3.4", "1.2.3.0/x"))
    assert.deepStrictEqual(bitsOf("::ffff:1.2.3.4"), bitsOf("1.2.3.4"))
  })
})

describe("The gate to a network", () => {
  it("is shut, unless a rule opens it", () => {
    const gate = new Gate([])
    assert.isFalse(gate.leads("1.1.1.1"))
    assert.isFalse(gate.names("example.com"))
  })

  it("lets through to a block what its rule says: protocol and port", () => {
    const gate = new Gate([{ host: "10.0.0.0/8", protocol: "tcp", port: [5000, 5999] }])
    assert.isTrue(gate.allows("tcp", "10.9.9.9", 5432))
    assert.isFalse(gate.allows("udp", "10.9.9.9", 5432))
    assert.isFalse(gate.allows("tcp", "10.9.9.9", 6000))
    assert.isFalse(gate.allows("tcp", "11.9.9.9", 5432))
    assert.isFalse(gate.allows("tcp", "127.0.0.1", 5432))
  })

  it("takes a name for the public addresses that it was looked up to, and for those of nobody else", () => {
    const gate = new Gate([{ host: "api.example.com", port: 443 }, { host: "*.cdn.example" }])
    assert.isFalse(gate.allows("tcp", "93.184.216.34", 443))
    assert.deepStrictEqual(gate.learn("api.example.com", ["93.184.216.34"]), ["93.184.216.34"])
    assert.isTrue(gate.allows("tcp", "93.184.216.34", 443))
    assert.isFalse(gate.allows("tcp", "93.184.216.34", 80))
    assert.isTrue(gate.names("a.b.cdn.example"))
    assert.isFalse(gate.names("cdn.example"))
    assert.isFalse(gate.names("evilcdn.example"))
    assert.isFalse(gate.names("api.example.com.evil.example"))
  })

  it("does not let a name lead to this machine or its neighbours, not even after it led elsewhere", () => {
    const gate = new Gate([{ host: "rebind.example" }, { host: "*" }])
    assert.deepStrictEqual(gate.learn("rebind.example", ["93.184.216.34", "127.0.0.1"]), ["93.184.216.34"])
    assert.deepStrictEqual(gate.learn("rebind.example", ["169.254.169.254", "::1", "::ffff:10.0.0.1"]), [])
    for (const address of ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0", "localhost"]) {
      assert.isFalse(gate.allows("tcp", address, 80), address)
    }
  })

  it("lets a name lead to a neighbour that has a rule of its own", () => {
    const gate = new Gate([{ host: "db.internal" }, { host: "10.0.0.5", port: 5432 }])
    assert.deepStrictEqual(gate.learn("db.internal", ["10.0.0.5", "10.0.0.6"]), ["10.0.0.5"])
    assert.isTrue(gate.allows("tcp", "10.0.0.5", 5432))
    assert.isFalse(gate.allows("tcp", "10.0.0.5", 22))
  })
})
