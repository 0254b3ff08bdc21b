/** Programs that lend capabilities: what Linux was not asked about in `powers.test.ts`. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { CAP_CHOWN, CAP_KILL } from "../src/abi/Capabilities.js"
import { MS_BIND, MS_NOSUID, MS_REMOUNT } from "../src/abi/MountFlags.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import * as OverlayBackend from "../src/backend/OverlayBackend.js"
import * as CapabilitySet from "../src/CapabilitySet.js"
import * as Kernel from "../src/Kernel.js"
import * as Programs from "../src/Programs.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import { type Backend, VfsBackend } from "../src/VfsBackend.js"
import { lateDisks } from "./support/gated.js"
import { put } from "./support/late.js"
import { errnoOf } from "./support/run.js"

const NAME = "security.capability"

/** `cap_chown=ep`, as setcap(8) writes it. */
const chown = new Uint8Array(new Uint32Array([0x0200_0001, 1 << CAP_CHOWN, 0, 0, 0]).buffer)

/** What the program `show` had the last time that it ran. */
let seen: CapabilitySet.CapabilitySet = 0
const show = Layer.scopedDiscard(
  Effect.flatMap(
    Programs.Programs,
    (programs) =>
      programs.register(
        "show",
        () => Effect.flatMap(Sys, (sys) => Effect.map(sys.credentials(), ({ effective }) => (seen = effective, 0)))
      )
  )
)

const install = (sys: SystemCalls) =>
  Effect.gen(function*() {
    yield* put(sys, "/p", Programs.stub("show"))
    yield* sys.chmod("/p", 0o755)
    yield* sys.setxattr("/p", NAME, chown)
  })

/** What user 1000 gets who runs a program. */
const lent = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    seen = -1
    const own = Effect.flatMap(Sys, (self) => Effect.zipRight(self.setresuid(1000, 1000, 1000), self.exec(path)))
    yield* sys.wait(yield* sys.spawn(own))
    return seen
  })

const on = (backend: Backend, body: (sys: SystemCalls) => Effect.Effect<void, { readonly _tag: string }>) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const done = yield* kernel.spawn(Effect.flatMap(Sys, (sys) => Effect.as(Effect.orDie(body(sys)), 0)))
    assert.deepStrictEqual(yield* done.wait, { _tag: "Exited", code: 0 })
  }).pipe(
    Effect.scoped,
    Effect.provide(Kernel.layerWith({ backend: Layer.succeed(VfsBackend, backend), drivers: show }))
  )

const memory = (): Backend => MemoryBackend.make({ bytesMax: 2 ** 24, inodesMax: 100_000, now: 0n })
const power = CapabilitySet.of(CAP_CHOWN)

describe.each(lateDisks)("capabilities of a file on %s", (_, make) => {
  it.effect("are lent, and go with the first byte that is written", () =>
    Effect.flatMap(make, ({ backend }) =>
      on(backend, (sys) =>
        Effect.gen(function*() {
          yield* install(sys)
          assert.strictEqual(yield* lent(sys, "/p"), power)
          const fd = yield* sys.open("/p", 1)
          yield* sys.write(fd, new Uint8Array(0))
          assert.strictEqual(yield* errnoOf(sys.getxattr("/p", NAME)), "success")
          yield* sys.write(fd, Uint8Array.of(0x7f))
          yield* sys.close(fd)
          assert.strictEqual(yield* errnoOf(sys.getxattr("/p", NAME)), "ENODATA")
          assert.strictEqual(yield* lent(sys, "/p"), 0)
        }))))
})

describe("capabilities of a file", () => {
  it.effect("are lent from below an overlay, and go with what is written there", () => {
    const lower = memory()
    return Effect.zipRight(
      on(lower, (sys) => Effect.asVoid(install(sys))),
      Effect.flatMap(
        Effect.orDie(OverlayBackend.make({ lower })),
        (overlay) =>
          on(overlay, (sys) =>
            Effect.gen(function*() {
              assert.strictEqual(yield* lent(sys, "/p"), power)
              const fd = yield* sys.open("/p", 1)
              yield* sys.write(fd, Uint8Array.of(0x7f))
              yield* sys.close(fd)
              assert.strictEqual(yield* lent(sys, "/p"), 0)
            }))
      )
    )
  })

  it.effect("are not lent on a mount with nosuid, nor to a script that it interprets", () =>
    on(memory(), (sys) =>
      Effect.gen(function*() {
        yield* install(sys)
        yield* sys.mkdir("/m", 0o755)
        yield* sys.mount("/", "/m", undefined, MS_BIND)
        assert.strictEqual(yield* lent(sys, "/m/p"), power)
        yield* sys.mount("", "/m", undefined, MS_BIND | MS_REMOUNT | MS_NOSUID)
        assert.strictEqual(yield* lent(sys, "/m/p"), 0)
        yield* put(sys, "/script", "#!/q\n")
        yield* put(sys, "/q", Programs.stub("show"))
        yield* sys.chmod("/script", 0o755)
        yield* sys.chmod("/q", 0o755)
        yield* sys.setxattr("/script", NAME, chown)
        assert.strictEqual(yield* lent(sys, "/script"), 0)
        yield* sys.setxattr("/q", NAME, chown)
        assert.strictEqual(yield* lent(sys, "/script"), power)
      })))

  it.effect("that it needs and cannot get keep it from being run", () =>
    on(memory(), (sys) =>
      Effect.gen(function*() {
        yield* install(sys)
        yield* sys.prctl(24, CAP_CHOWN)
        const own = Effect.flatMap(Sys, (self) =>
          Effect.zipRight(
            self.setresuid(1000, 1000, 1000),
            Effect.map(errnoOf(self.exec("/p")), (answer) => answer === "EPERM" ? 7 : 1)
          ))
        const { status } = (yield* sys.wait(yield* sys.spawn(own)))!
        assert.deepStrictEqual(status, { _tag: "Exited", code: 7 })
        yield* sys.setxattr("/p", NAME, new Uint8Array(new Uint32Array([0x0200_0000, 1 << CAP_KILL, 0, 0, 0]).buffer))
        assert.strictEqual(yield* lent(sys, "/p"), 0)
      })))
})
