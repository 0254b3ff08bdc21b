/**
 * Paths that try to lead where they must not. What others can do to one meanwhile is in `pathRaces.test.ts`, names and
 * trees beyond what anybody expects in `pathAttacksOnDisks.test.ts`.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { MNT_DETACH, MS_BIND, MS_NOSYMFOLLOW } from "../src/abi/MountFlags.js"
import { O_DIRECTORY, O_PATH } from "../src/abi/OpenFlags.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess, read, write } from "./support/run.js"

const put = (sys: SystemCalls, path: string, text: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, 0o1101, 0o644)
    yield* write(sys, fd, text)
    yield* sys.close(fd)
  })

const get = (sys: SystemCalls, path: string) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, 0)
    const text = yield* read(sys, fd)
    yield* sys.close(fd)
    return text
  })

/** A jail with links that try to lead out of it, and a secret outside. */
const jail = (sys: SystemCalls) =>
  Effect.gen(function*() {
    yield* put(sys, "/secret", "secret")
    yield* sys.mkdir("/jail")
    yield* sys.mkdir("/jail/in")
    yield* put(sys, "/jail/secret", "decoy")
    yield* sys.symlink("/secret", "/jail/absolute")
    yield* sys.symlink("../../../../secret", "/jail/in/relative")
    yield* sys.symlink("/..", "/jail/in/up")
  })

describe("out of a chroot", () => {
  it.effect("no path leads: not with .., not through links, not through both", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* jail(sys)
        yield* sys.chroot("/jail")
        yield* sys.chdir("/")
        for (
          const path of ["/../secret", "../../secret", "absolute", "in/relative", "in/up/secret", "in/../../secret"]
        ) {
          assert.strictEqual(yield* get(sys, path), "decoy", path)
        }
        assert.strictEqual(yield* sys.getcwd(), "/")
      })
    ))

  it.effect("an open directory leads out, as on Linux, for who could open it before; and getcwd then knows no path", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* jail(sys)
        const fd = yield* sys.open("/", O_DIRECTORY)
        yield* sys.chroot("/jail")
        yield* sys.chdir("/")
        const inside = yield* sys.openat(fd, "secret", 0)
        assert.strictEqual(yield* read(sys, inside), "secret")
        yield* sys.fchdir(fd)
        assert.strictEqual(yield* errnoOf(sys.getcwd()), "ENOENT")
        assert.strictEqual(yield* get(sys, "secret"), "secret")
        assert.strictEqual(yield* get(sys, "/secret"), "decoy")
      })
    ))

  it.effect("a second chroot leads out for user 0, as on Linux, and for nobody without CAP_SYS_CHROOT", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* jail(sys)
        yield* sys.chroot("/jail")
        yield* sys.chdir("/")
        const { permitted } = yield* sys.capget()
        yield* sys.capset({ effective: permitted - 2 ** 18 })
        assert.strictEqual(yield* errnoOf(sys.chroot("in")), "EPERM")
        yield* sys.capset({ effective: permitted })
        yield* sys.chroot("in")
        yield* sys.chdir("../..")
        yield* sys.chroot(".")
        assert.strictEqual(yield* get(sys, "/secret"), "secret")
      })
    ))

  it.effect("/proc/self/root and the links in /proc/self/fd lead where the process is, and no further", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* jail(sys)
        yield* sys.mkdir("/jail/proc")
        yield* sys.mount("", "/jail/proc", "proc")
        yield* sys.chroot("/jail")
        yield* sys.chdir("/")
        const fd = yield* sys.open("in", O_PATH | O_DIRECTORY)
        for (const path of ["/proc/self/root/secret", "/proc/self/cwd/../secret", `/proc/self/fd/${fd}/../../secret`]) {
          assert.strictEqual(yield* get(sys, path), "decoy", path)
        }
        assert.strictEqual(yield* sys.readlink("/proc/self/root"), "/jail")
      })
    ))
})

describe("out of a mount", () => {
  it.effect("no path leads that begins below a bind mount which is somebody's root: not with .., not through /proc/self", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* jail(sys)
        yield* sys.mkdir("/jail/proc")
        yield* sys.mkdir("/view")
        yield* sys.mount("/jail", "/view", undefined, MS_BIND)
        yield* sys.mount("", "/view/proc", "proc")
        yield* sys.chroot("/view")
        yield* sys.chdir("/in")
        const fd = yield* sys.open(".", O_PATH | O_DIRECTORY)
        const paths = ["../../secret", "/../secret", "relative", "up/secret", "/absolute"]
        const magic = ["/proc/self/root/../secret", "/proc/self/cwd/../../secret", `/proc/self/fd/${fd}/../../secret`]
        for (const path of [...paths, ...magic]) assert.strictEqual(yield* get(sys, path), "decoy", path)
      })
    ))

  it.effect(".. of a bound directory that was moved away answers ENOENT, as on Linux", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/a")
        yield* sys.mkdir("/a/b")
        yield* sys.mkdir("/view")
        yield* sys.mount("/a", "/view", undefined, MS_BIND)
        yield* sys.chdir("/view/b")
        yield* sys.rename("/a/b", "/b")
        assert.strictEqual(yield* errnoOf(sys.stat("..")), "ENOENT")
        assert.strictEqual(yield* errnoOf(sys.stat("../secret")), "ENOENT")
      })
    ))

  it.effect("what was covered cannot be reached by .., and links are not followed where the mount says so", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/mnt/hidden")
        yield* sys.mount("", "/mnt", "tmpfs")
        yield* sys.mkdir("/mnt/d")
        assert.strictEqual(yield* errnoOf(sys.stat("/mnt/d/../hidden")), "ENOENT")
        yield* sys.symlink("/etc/passwd", "/mnt/link")
        yield* sys.stat("/mnt/link")
        yield* sys.mount("", "/mnt", undefined, 32 | MS_BIND | MS_NOSYMFOLLOW)
        assert.strictEqual(yield* errnoOf(sys.stat("/mnt/link")), "ELOOP")
        assert.strictEqual(yield* sys.readlink("/mnt/link"), "/etc/passwd")
        yield* sys.umount("/mnt", MNT_DETACH)
        yield* sys.stat("/mnt/hidden")
      })
    ))
})

describe("links", () => {
  it.effect("a hard link to another's file is for its owner, or for who may read and write it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* put(sys, "/tmp/closed", "")
        yield* sys.chmod("/tmp/closed", 0o600)
        yield* put(sys, "/tmp/open", "")
        yield* sys.chmod("/tmp/open", 0o666)
        yield* sys.setresuid(1000, 1000, 1000)
        assert.strictEqual(yield* errnoOf(sys.link("/tmp/closed", "/tmp/mine")), "EPERM")
        yield* sys.link("/tmp/open", "/tmp/mine")
      })
    ))
})
