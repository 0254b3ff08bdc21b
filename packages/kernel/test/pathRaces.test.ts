/** What others do to a path while somebody is on the way: disks that answer late give them the time. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { AT_FDCWD } from "../src/abi/Fcntl.js"
import { MNT_DETACH, MS_BIND } from "../src/abi/MountFlags.js"
import { O_CREAT, O_DIRECTORY, O_RDWR } from "../src/abi/OpenFlags.js"
import { RESOLVE_BENEATH, RESOLVE_IN_ROOT } from "../src/abi/Resolve.js"
import * as Policy from "../src/Policy.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import { type Gate, type Gated, lateDisks } from "./support/gated.js"
import { type Failing, get, names, onDisk, put, whileStopped } from "./support/late.js"
import { errnoOf } from "./support/run.js"

/**
 * `/jail/in/deep/end` with a decoy in the jail, and a secret outside. `here` leads to `end`: links are always asked for,
 * and so there somebody can be stopped who has been there before.
 */
const jail = (sys: SystemCalls) =>
  Effect.gen(function*() {
    for (const path of ["/jail", "/jail/in", "/jail/in/deep", "/jail/in/deep/end", "/out"]) yield* sys.mkdir(path)
    yield* sys.symlink("end", "/jail/in/deep/here")
    yield* put(sys, "/secret", "secret")
    yield* put(sys, "/jail/secret", "decoy")
  })

/** Does something in a child of its own, and answers what that answers. */
const inChild = <A>(
  sys: SystemCalls,
  body: (own: SystemCalls) => Effect.Effect<A, Failing>,
  policy?: Policy.PolicyRules
): Effect.Effect<A, Failing> =>
  Effect.suspend(() => {
    let answer: Effect.Effect<A, Failing> = Effect.dieMessage("the child did not run")
    const program = Effect.flatMap(Sys, (own) =>
      Effect.map(Effect.exit(body(own)), (exit) => {
        answer = exit
        return 0
      }))
    return sys.spawn(program, policy === undefined ? {} : { policy }).pipe(
      Effect.flatMap((pid) => sys.wait(pid)),
      Effect.flatMap(() => answer)
    )
  })

/** What a child in the jail finds at a path, while it is stopped at a name of it. */
const fromJail = (
  sys: SystemCalls,
  disk: Gated,
  name: string,
  path: string,
  meanwhile: Effect.Effect<unknown, Failing>
) =>
  inChild(sys, (own) =>
    Effect.gen(function*() {
      yield* own.chroot("/jail")
      yield* own.chdir("/")
      let found = ""
      const look = Effect.map(get(own, path), (text) => (found = text))
      const answer = yield* whileStopped(disk, ["lookup", name, "after"], look, meanwhile)
      return answer === "success" ? found : answer
    }))

describe.each(lateDisks)("on %s", (_, make) => {
  it.effect("a chroot is left by whoever walks in a directory that others move out of it, as on Linux, and by nobody else", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        const moves = sys.rename("/jail/in", "/out/in")
        const back = sys.rename("/out/in", "/jail/in")
        assert.strictEqual(yield* fromJail(sys, disk, "here", "in/deep/here/../../../../secret", moves), "secret")
        yield* back
        const within = sys.rename("/jail/in", "/jail/elsewhere")
        assert.strictEqual(yield* fromJail(sys, disk, "here", "in/deep/here/../../../../../secret", within), "decoy")
      })))

  it.effect("nothing is above a directory that is moved out of what a bind mount shows", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        yield* sys.mkdir("/view")
        yield* sys.mount("/jail", "/view", undefined, MS_BIND)
        for (const path of ["/view/in/deep/here/../../../secret", "/view/in/deep/here/../.."]) {
          const answer = yield* whileStopped(
            disk,
            ["lookup", "here", "after"],
            sys.open(path, 0),
            sys.rename("/jail/in", "/out/in")
          )
          assert.strictEqual(answer, "ENOENT", path)
          yield* sys.rename("/out/in", "/jail/in")
        }
      })))

  it.effect("openat2 that must stay below a directory goes up no more when anything was moved, and ends nowhere else", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        yield* put(sys, "/jail/in/deep/file", "")
        const fd = yield* sys.open("/jail", O_DIRECTORY)
        for (const resolve of [RESOLVE_BENEATH, RESOLVE_IN_ROOT]) {
          const opens = (path: string) => sys.openat2(fd, path, { flags: 0, resolve })
          const moves = sys.rename("/jail/in", "/out/in")
          const up: Gate = ["lookup", "here", "after"]
          assert.strictEqual(yield* whileStopped(disk, up, opens("in/deep/here/../../../secret"), moves), "EAGAIN")
          yield* sys.rename("/out/in", "/jail/in")
          // What moved need not be on the way: nobody can tell.
          assert.strictEqual(
            yield* whileStopped(disk, up, opens("in/deep/here/.."), sys.rename("/out", "/off")),
            "EAGAIN"
          )
          yield* sys.rename("/off", "/out")
          const last: Gate = ["lookup", "file", "after"]
          assert.strictEqual(yield* whileStopped(disk, last, opens("in/deep/file"), moves), "EXDEV")
          yield* sys.rename("/out/in", "/jail/in")
          const above = resolve === RESOLVE_BENEATH ? "EXDEV" : "success"
          assert.strictEqual(yield* errnoOf(opens("in/../../secret")), above)
        }
      })))

  it.effect("a rule knows a file by where it lies when it is opened, wherever it lay when it was looked for", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        for (const path of ["/a", "/a/secret", "/a/public", "/a/public/d"]) yield* sys.mkdir(path)
        yield* put(sys, "/a/public/d/key", "42")
        const rules = Policy.files([{ id: "no-secrets", path: "/a/secret" }])
        const moves = sys.rename("/a/public/d", "/a/secret/d")
        for (const path of ["/a/public/d/key", "/a/public/d/../d/key"]) {
          const answer = yield* inChild(
            sys,
            (own) => whileStopped(disk, ["lookup", "key", "after"], own.open(path, 0), moves),
            rules
          )
          assert.strictEqual(answer, "EACCES")
          yield* sys.rename("/a/secret/d", "/a/public/d")
        }
        const linking = yield* inChild(
          sys,
          (own) => whileStopped(disk, ["lookup", "mine", "after"], own.link("/a/public/d/key", "/a/mine"), moves),
          rules
        )
        assert.strictEqual(linking, "EACCES")
        assert.strictEqual((yield* sys.stat("/a/secret/d/key")).nlink, 1)
      })))

  it.effect("a directory that is replaced by a link meanwhile is walked on in, and the link is not followed", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        yield* put(sys, "/jail/in/deep/secret", "harmless")
        const swap = Effect.zipRight(sys.rename("/jail/in", "/jail/aside"), sys.symlink("/", "/jail/in"))
        const answer = yield* whileStopped(
          disk,
          ["lookup", "secret", "after"],
          Effect.map(get(sys, "/jail/in/deep/secret"), (text) => assert.strictEqual(text, "harmless")),
          swap
        )
        assert.strictEqual(answer, "success")
      })))

  it.effect("what is mounted meanwhile is walked into, and what is unmounted is not found any more", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        const mounts = Effect.zipRight(sys.mount("", "/jail/in", "tmpfs"), sys.mkdir("/jail/in/mounted"))
        yield* sys.symlink("jail/in", "/way")
        const stopped: Gate = ["lookup", "way", "before"]
        const walks = sys.stat("/way/mounted")
        assert.strictEqual(yield* whileStopped(disk, stopped, walks, mounts), "success")
        assert.strictEqual(yield* whileStopped(disk, stopped, walks, sys.umount("/jail/in", MNT_DETACH)), "ENOENT")
        assert.deepStrictEqual(yield* names(sys, "/jail/in"), ["deep"])
      })))
})

describe.each(lateDisks)("with room for few names, on %s", (_, make) => {
  const few = { config: { dentriesMax: 16 } }
  /** Makes so many directories that all is forgotten that nobody uses. */
  const crowd = (sys: SystemCalls) =>
    Effect.gen(function*() {
      yield* sys.mkdir("/crowd")
      for (let i = 0; i < 40; i++) {
        yield* sys.mkdir(`/crowd/${i}`)
        yield* sys.stat(`/crowd/${i}/.`)
      }
    })

  it.effect("a directory that is forgotten under a walker's feet is the same when it gets there", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        const made: Gate = ["lookup", "new", "after"]
        const moves = Effect.zipRight(crowd(sys), sys.rename("/jail/in", "/jail/moved"))
        assert.strictEqual(yield* whileStopped(disk, made, sys.mkdir("/jail/in/deep/new"), moves), "ENOENT")
        assert.deepStrictEqual(yield* names(sys, "/jail/moved/deep"), ["end", "here"])
        yield* sys.mount("", "/jail/moved/deep", "tmpfs")
        yield* sys.mkdir("/jail/moved/deep/new")
        assert.deepStrictEqual(yield* names(sys, "/jail/moved/deep"), ["new"])
      }), few))

  it.effect("what is mounted on a directory that somebody waits in is seen by all", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        const stands = Effect.gen(function*() {
          yield* sys.chdir("/jail/in/deep/here")
          yield* sys.mount("", "/jail/in/deep", "tmpfs")
          yield* sys.mkdir("/jail/in/deep/mounted")
        })
        assert.strictEqual(yield* whileStopped(disk, ["lookup", "here", "after"], stands, crowd(sys)), "success")
        assert.strictEqual(yield* sys.getcwd(), "/jail/in/deep/end")
        // Up, and from there down into what covers it.
        assert.deepStrictEqual(yield* names(sys, "/jail/in/deep"), ["mounted"])
        assert.deepStrictEqual(yield* names(sys, ".."), ["mounted"])
        assert.strictEqual(yield* errnoOf(sys.rename("/jail/in/deep", "/jail/in/other")), "EBUSY")
      }), few))

  it.effect("a mount stands where it was asked for, however long its source is looked for", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        yield* sys.symlink("/jail", "/source")
        const binds = sys.mount("/source", "/jail/in/deep/end", undefined, MS_BIND)
        assert.strictEqual(yield* whileStopped(disk, ["lookup", "source", "after"], binds, crowd(sys)), "success")
        assert.deepStrictEqual(yield* names(sys, "/jail/in/deep/end"), ["in", "secret"])
        yield* sys.umount("/jail/in/deep/end")
        assert.deepStrictEqual(yield* names(sys, "/jail/in/deep/end"), [])
      }), few))

  it.effect("nothing is made in a directory that was forgotten and removed", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        const removes = Effect.zipRight(crowd(sys), sys.rmdir("/jail/in/deep/end"))
        const answer = yield* whileStopped(
          disk,
          ["lookup", "new", "after"],
          sys.openat(AT_FDCWD, "/jail/in/deep/end/new", O_RDWR | O_CREAT, 0o644),
          removes
        )
        assert.strictEqual(answer, "ENOENT")
      }), few))

  it.effect("a directory is not moved below itself, though nobody remembers that it is", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        const answer = yield* whileStopped(
          disk,
          ["lookup", "x", "after"],
          sys.rename("/jail/in", "/jail/in/deep/end/x"),
          crowd(sys)
        )
        assert.strictEqual(answer, "EINVAL")
      }), few))

  it.effect("who stands in a directory that is removed then has no path", () =>
    onDisk(make, (sys, disk) =>
      Effect.gen(function*() {
        yield* jail(sys)
        const answer = yield* whileStopped(
          disk,
          ["lookup", "here", "after"],
          sys.chdir("/jail/in/deep/here"),
          crowd(sys)
        )
        assert.strictEqual(answer, "success")
        yield* sys.rename("/jail/in", "/jail/moved")
        assert.strictEqual(yield* sys.getcwd(), "/jail/moved/deep/end")
        yield* sys.rmdir("/jail/moved/deep/end")
        assert.strictEqual(yield* errnoOf(sys.getcwd()), "ENOENT")
        assert.strictEqual(yield* errnoOf(sys.mkdir("new")), "ENOENT")
      }), few))
})
