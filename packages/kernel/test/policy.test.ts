import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { AT_EMPTY_PATH, AT_FDCWD, AT_SYMLINK_FOLLOW, RENAME_EXCHANGE } from "../src/abi/Fcntl.js"
import { MS_BIND } from "../src/abi/MountFlags.js"
import { O_DIRECTORY, O_PATH } from "../src/abi/OpenFlags.js"
import * as Policy from "../src/Policy.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess, write } from "./support/run.js"

const secret = Policy.files([{ id: "no-secrets", path: "/a/secret", remedy: "/a/public may be read" }])

const tree = (sys: SystemCalls) =>
  Effect.gen(function*() {
    for (const path of ["/a", "/a/secret", "/a/public", "/view"]) yield* sys.mkdir(path)
    const fd = yield* sys.open("/a/secret/key", 0o101)
    yield* write(sys, fd, "42")
    yield* sys.close(fd)
    yield* sys.symlink("/a/secret/key", "/a/public/link")
  })

/** Runs `body` in a child under rules, and waits for it. */
const under = (
  sys: SystemCalls,
  policy: Policy.PolicyRules,
  body: (sys: SystemCalls) => Effect.Effect<void, unknown>
) =>
  Effect.gen(function*() {
    let failed: unknown = "the child did not run"
    const program = Effect.flatMap(Sys, (own) =>
      Effect.matchCause(body(own), {
        onFailure: (cause) => {
          failed = cause
          return 1
        },
        onSuccess: () => {
          failed = undefined
          return 0
        }
      }))
    yield* sys.wait(yield* sys.spawn(program, { policy }))
    assert.isUndefined(failed)
  })

describe("a policy over files", () => {
  it.effect("is not got around by a link, a bind mount, another root, another name or a move", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* tree(sys)
        yield* under(sys, secret, (own) =>
          Effect.gen(function*() {
            const refused = (path: string) =>
              Effect.gen(function*() {
                assert.strictEqual(yield* errnoOf(own.open(path, 0)), "EACCES", path)
              })
            yield* refused("/a/secret/key")
            yield* refused("/a/public/../secret/key")
            yield* refused("/a/public/link")
            assert.strictEqual(yield* errnoOf(own.link("/a/secret/key", "/a/public/hard")), "EACCES")
            assert.strictEqual(yield* errnoOf(own.rename("/a/secret/key", "/a/public/moved")), "EACCES")
            assert.strictEqual(yield* errnoOf(own.rename("/a/secret", "/a/renamed")), "EACCES")
            assert.strictEqual(yield* errnoOf(own.rename("/a", "/b")), "EACCES")
            const changes = {
              truncate: own.truncate("/a/secret/key", 0),
              chmod: own.chmod("/a/secret/key", 0o777),
              chown: own.chown("/a/secret/key", 1, 1),
              utimensat: own.utimensat(-100, "/a/secret/key", "now", "now"),
              unlink: own.unlink("/a/secret/key"),
              mkdir: own.mkdir("/a/secret/new"),
              create: own.open("/a/secret/new", 0o101),
              attribute: own.setxattr("/a/secret/key", "user.mark", new Uint8Array(1))
            }
            for (const [name, call] of Object.entries(changes)) {
              assert.strictEqual(yield* errnoOf<{ readonly _tag: string }>(call), "EACCES", name)
            }
            yield* own.mount("/a/secret", "/view", undefined, MS_BIND)
            yield* refused("/view/key")
            yield* own.chroot("/a")
            yield* refused("/secret/key")
            yield* refused("/public/../secret/key")
          }))
      })
    ))

  it.effect("is not got around by what one stands in, what one has open only to name it, or /proc/self", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* tree(sys)
        yield* under(sys, secret, (own) =>
          Effect.gen(function*() {
            const directory = yield* own.open("/a/secret", O_PATH | O_DIRECTORY)
            const key = yield* own.open("/a/secret/key", O_PATH)
            yield* own.chdir("/a/secret")
            const paths = [
              "key",
              "../secret/key",
              "/proc/self/root/a/secret/key",
              "/proc/self/root/a/public/../secret/key",
              "/proc/self/root/proc/self/root/a/public/link",
              "/proc/self/cwd/key",
              `/proc/self/fd/${directory}/key`,
              `/proc/self/fd/${key}`,
              `/dev/fd/${key}`
            ]
            for (const path of paths) {
              for (const flags of [0, 1, 2]) assert.strictEqual(yield* errnoOf(own.open(path, flags)), "EACCES", path)
            }
            assert.strictEqual(yield* errnoOf(own.openat(directory, "key", 0)), "EACCES")
            assert.strictEqual(yield* errnoOf(own.openat2(directory, "key", { flags: 0, resolve: 8 })), "EACCES")
            yield* own.chroot("/a/public/..")
            assert.strictEqual(yield* errnoOf(own.open("/secret/key", 0)), "EACCES")
            assert.strictEqual(yield* errnoOf(own.open("/public/../secret/key", 0)), "EACCES")
          }))
      })
    ))

  it.effect("gives no second name to what it guards, puts nothing in its place, and lets nothing change places with it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* tree(sys)
        yield* sys.close(yield* sys.open("/a/public/mine", 0o101))
        yield* under(sys, secret, (own) =>
          Effect.gen(function*() {
            const key = yield* own.open("/a/secret/key", O_PATH)
            const exchange = (a: string, b: string) => own.renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE)
            const calls = {
              link: own.link("/a/secret/key", "/a/public/hard"),
              "link to a descriptor": own.linkat(key, "", AT_FDCWD, "/a/public/hard", AT_EMPTY_PATH),
              "link through /proc": own.linkat(
                AT_FDCWD,
                `/proc/self/fd/${key}`,
                AT_FDCWD,
                "/a/public/hard",
                AT_SYMLINK_FOLLOW
              ),
              "link through a link": own.linkat(
                AT_FDCWD,
                "/a/public/link",
                AT_FDCWD,
                "/a/public/hard",
                AT_SYMLINK_FOLLOW
              ),
              "link into it": own.link("/a/public/mine", "/a/secret/mine"),
              "move over it": own.rename("/a/public/mine", "/a/secret/key"),
              "exchange with it": exchange("/a/public/mine", "/a/secret/key"),
              "exchange the other way": exchange("/a/secret/key", "/a/public/mine"),
              "exchange what lies above": exchange("/a", "/view"),
              "exchange with what lies above": exchange("/view", "/a"),
              symlink: own.symlink("/a/public/mine", "/a/secret/new")
            }
            for (const [name, call] of Object.entries(calls)) {
              assert.strictEqual(yield* errnoOf<{ readonly _tag: string }>(call), "EACCES", name)
            }
          }))
        assert.strictEqual((yield* sys.stat("/a/secret/key")).nlink, 1)
      })
    ))

  it.effect("is inherited, and rules of a child's own only refuse more; a refusal names its rule", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* tree(sys)
        const readOnly = Policy.files([{ id: "read-only", path: "/", refuses: ["write", "remove"] }])
        yield* under(sys, secret, (own) =>
          under(own, readOnly, (grandchild) =>
            Effect.gen(function*() {
              const refusal = yield* Effect.flip(grandchild.open("/a/secret/key", 0))
              assert.include(refusal.message, "[rule no-secrets]; /a/public may be read")
              const other = yield* Effect.flip(grandchild.mkdir("/tmp/new"))
              assert.deepInclude(other.details, { rule: "read-only" })
            })).pipe(Effect.zipRight(own.mkdir("/tmp/new"))))
        yield* sys.close(yield* sys.open("/a/secret/key", 0))
      })
    ))
})

describe("a policy over programs and the environment", () => {
  it.effect("sees the resolved path, and leaves variables out", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* tree(sys)
        yield* sys.symlink("/a/secret/key", "/tmp/innocent")
        yield* sys.chmod("/a/secret/key", 0o755)
        const asked: Array<string> = []
        const rules: Policy.PolicyRules = {
          program: (_who, path) => {
            asked.push(path)
            return { rule: "no-programs" }
          },
          environment: (_who, name) => name === "TOKEN" ? { rule: "no-tokens" } : undefined
        }
        yield* under(sys, rules, (own) =>
          Effect.gen(function*() {
            assert.strictEqual(yield* errnoOf(own.spawn("/tmp/../tmp/innocent")), "EACCES")
            const child = yield* own.spawn(
              Effect.flatMap(
                Sys,
                (own) => Effect.map(own.environ(), (env) => "TOKEN" in env || env["HOME"] !== "/" ? 1 : 0)
              ),
              { env: { TOKEN: "1", HOME: "/" } }
            )
            assert.deepInclude(yield* own.wait(child), { status: { _tag: "Exited", code: 0 } })
          }))
        assert.deepStrictEqual(asked, ["/a/secret/key"])
      })
    ))
})
