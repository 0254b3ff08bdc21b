import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as Dns from "../src/Dns.js"
import { addressesOf, candidates } from "../src/dns/files.js"
import * as Errno from "../src/Errno.js"
import * as Kernel from "../src/Kernel.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import { errnoOf, runIn } from "./support/run.js"

/** Runs the body of a process in a kernel with this resolver, and fails the test when it does. */
const withResolver = (
  resolve: Dns.Resolve | undefined,
  files: Readonly<Record<string, string>>,
  body: (sys: SystemCalls) => Effect.Effect<unknown, unknown>
) =>
  Effect.gen(function*() {
    const { status, stderr } = yield* runIn(
      Effect.flatMap(Sys, (sys) => Effect.as(Effect.orDie(body(sys)), 0))
    )
    assert.deepStrictEqual([status, stderr], [{ _tag: "Exited", code: 0 }, ""])
  }).pipe(
    Effect.provide(
      Kernel.layerWith({ files }).pipe(
        Layer.provide(resolve === undefined ? Layer.empty : Dns.layerResolver(resolve))
      )
    )
  )

const addresses = (sys: SystemCalls, name: string, family?: "inet" | "inet6") =>
  Effect.map(sys.getaddrinfo(name, 80, family), (all) => all.map(({ address }) => address))

describe("Names of machines", () => {
  it.effect("an address is its own name, in its canonical form", () =>
    withResolver(undefined, {}, (sys) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* addresses(sys, "10.1.2.3"), ["10.1.2.3"])
        assert.deepStrictEqual(yield* addresses(sys, "0:0:0:0:0:0:0:1"), ["::1"])
        assert.strictEqual(yield* errnoOf(sys.getaddrinfo("10.1.2.3", 80, "inet6")), "ENOENT")
      })))

  it.effect("come from /etc/hosts first, in whatever case, for the family that is asked for", () =>
    withResolver(undefined, { "/etc/hosts": "127.0.0.1 localhost # here\n::1 localhost\n10.0.0.5 db DB.internal\n" }, (
      sys
    ) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* addresses(sys, "LOCALHOST"), ["127.0.0.1", "::1"])
        assert.deepStrictEqual(yield* addresses(sys, "localhost", "inet6"), ["::1"])
        assert.deepStrictEqual(yield* addresses(sys, "db.internal"), ["10.0.0.5"])
        assert.strictEqual(yield* errnoOf(sys.getaddrinfo("here", 80)), "ENOENT")
      })))

  it.effect("are kept for as long as the resolver said, and so is that there are none", () => {
    const asked: Array<string> = []
    return withResolver(
      (name, family) => {
        asked.push(`${name} ${family}`)
        return Effect.succeed({ addresses: name === "a.example" && family === 4 ? ["1.2.3.4"] : [], seconds: 10 })
      },
      {},
      (sys) =>
        Effect.gen(function*() {
          for (let i = 0; i < 3; i++) assert.deepStrictEqual(yield* addresses(sys, "a.example"), ["1.2.3.4"])
          for (let i = 0; i < 3; i++) assert.strictEqual(yield* errnoOf(sys.getaddrinfo("b.example", 1)), "ENOENT")
          assert.deepStrictEqual(asked, ["a.example 4", "a.example 6", "b.example 4", "b.example 6"])
          yield* TestClock.adjust("11 seconds")
          yield* addresses(sys, "a.example", "inet")
          assert.strictEqual(asked.at(-1), "a.example 4")
          assert.strictEqual(asked.length, 5)
        })
    )
  })

  it.effect("a resolver that cannot say is asked again", () => {
    let times = 0
    return withResolver(
      () => ++times === 1 ? Errno.fail("EAGAIN") : Effect.succeed({ addresses: ["1.2.3.4"], seconds: 1 }),
      {},
      (sys) =>
        Effect.gen(function*() {
          assert.strictEqual(yield* errnoOf(sys.getaddrinfo("a.example", 80, "inet")), "EAGAIN")
          assert.deepStrictEqual(yield* addresses(sys, "a.example", "inet"), ["1.2.3.4"])
        })
    )
  })

  it.effect("what a resolver answers that is no address is none", () =>
    withResolver(
      () => Effect.succeed({ addresses: ["not one", "1.2.3"], seconds: 1 }),
      {},
      (sys) =>
        Effect.gen(function*() {
          assert.strictEqual(yield* errnoOf(sys.getaddrinfo("a.example", 80)), "ENOENT")
        })
    ))

  it.effect("a resolver that answers for the other family gives none of this one", () =>
    withResolver(
      () => Effect.succeed({ addresses: ["1.2.3.4"], seconds: 1 }),
      {},
      (sys) =>
        Effect.gen(function*() {
          assert.deepStrictEqual(yield* addresses(sys, "a.example"), ["1.2.3.4"])
          assert.strictEqual(yield* errnoOf(sys.getaddrinfo("a.example", 80, "inet6")), "ENOENT")
        })
    ))

  it.effect("a number, or several, is an address as inet_aton reads it, and nobody is asked", () => {
    const asked: Array<string> = []
    const written = {
      "127.1": ["127.0.0.1"],
      "0x7f.1": ["127.0.0.1"],
      "0177.0.0.1": ["127.0.0.1"],
      "2130706433": ["127.0.0.1"],
      "1.2.65535": ["1.2.255.255"],
      "0": ["0.0.0.0"],
      "1.2.3.256": "ENOENT",
      "256.1": "ENOENT",
      "08": "ENOENT",
      "4294967296": "ENOENT",
      "": "ENOENT"
    }
    return withResolver(
      (name) => {
        asked.push(name)
        return Effect.succeed({ addresses: [], seconds: 10 })
      },
      {},
      (sys) =>
        Effect.gen(function*() {
          for (const [name, expected] of Object.entries(written)) {
            const found = typeof expected === "string"
              ? yield* errnoOf(sys.getaddrinfo(name, 80, "inet"))
              : yield* addresses(sys, name, "inet")
            assert.deepStrictEqual(found, expected, name)
          }
          assert.deepStrictEqual(asked.filter((name) => ["127.1", "0x7f.1", "0"].includes(name)), [])
        })
    )
  })

  it("resolv.conf says which names are tried for one", () => {
    const search = "; ours\nsearch one.example two.example\noptions ndots:2 edns0\n"
    assert.deepStrictEqual(candidates("db", search), ["db.one.example", "db.two.example", "db"])
    assert.deepStrictEqual(candidates("a.b", search), ["a.b.one.example", "a.b.two.example", "a.b"])
    assert.deepStrictEqual(candidates("a.b.c", search), ["a.b.c", "a.b.c.one.example", "a.b.c.two.example"])
    assert.deepStrictEqual(candidates("db.", search), ["db"])
    assert.deepStrictEqual(candidates("db", "nameserver 1.1.1.1\n"), ["db"])
    assert.deepStrictEqual(candidates("db", "search a\ndomain b c\n"), ["db.b", "db"])
  })

  it("a hosts file that makes no sense gives no addresses", () => {
    assert.deepStrictEqual(addressesOf("x", "x\n1.2.3 x\n\n# 1.2.3.4 x\n1.2.3.4\n"), [])
  })
})
