/**
 * Paths that try to lead where they must not, and names and trees beyond what anybody expects.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { AT_FDCWD } from "../src/abi/Fcntl.js"
import { MNT_DETACH, MS_BIND, MS_NOSYMFOLLOW } from "../src/abi/MountFlags.js"
import { O_DIRECTORY, O_PATH } from "../src/abi/OpenFlags.js"
import * as Bytes from "../src/Bytes.js"
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
  it.effect("a directory that was moved out of what a bind mount shows has nothing above it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* jail(sys)
        yield* sys.mkdir("/jail/in/deep")
        yield* sys.mkdir("/view")
        yield* sys.mount("/jail", "/view", undefined, MS_BIND)
        yield* sys.chroot("/view")
        yield* sys.chdir("/in/deep")
        const child = yield* sys.open(".", O_DIRECTORY)
        yield* sys.spawn(Effect.succeed(0)).pipe(Effect.flatMap((pid) => sys.wait(pid)))
        assert.strictEqual(yield* get(sys, "../../secret"), "decoy")
        yield* sys.close(child)
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

describe("names", () => {
  it.effect("with a NUL are no names; with a newline or bytes that are no UTF-8 they are names like others", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        assert.strictEqual(yield* errnoOf(put(sys, "/tmp/a\0b", "")), "ENOENT")
        assert.strictEqual(yield* errnoOf(sys.mkdir("/tmp/a\0b")), "ENOENT")
        assert.strictEqual(yield* errnoOf(sys.stat("/tmp\0/x")), "ENOENT")
        const names = ["new\nline", Bytes.decode(Uint8Array.of(0xff, 0xfe, 0x41)), "ü", " ", "-rf", "..."]
        for (const name of names) yield* put(sys, `/tmp/${name}`, name)
        for (const name of names) assert.strictEqual(yield* get(sys, `/tmp/${name}`), name)
        const fd = yield* sys.open("/tmp", O_DIRECTORY)
        const listed = (yield* sys.getdents(fd)).map(({ name }) => name)
        assert.sameMembers(listed, [".", "..", ...names])
      })
    ))

  it.effect("of 255 bytes are the longest, however few characters they have; of 5,000 they are none", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* put(sys, `/tmp/${"n".repeat(255)}`, "")
        yield* put(sys, `/tmp/${"ü".repeat(127)}`, "")
        for (const name of ["n".repeat(256), "ü".repeat(128), "n".repeat(5000)]) {
          assert.strictEqual(yield* errnoOf(put(sys, `/tmp/${name}`, "")), "ENAMETOOLONG")
          assert.strictEqual(yield* errnoOf(sys.stat(`/tmp/${name}/x`)), "ENAMETOOLONG")
        }
        assert.strictEqual(yield* errnoOf(sys.stat("/".repeat(4096))), "ENAMETOOLONG")
        yield* sys.stat("/".repeat(4095))
        assert.strictEqual(yield* errnoOf(sys.symlink("t".repeat(4096), "/tmp/link")), "ENAMETOOLONG")
      })
    ))
})

describe("links", () => {
  it.effect("forty are followed, and the forty-first is one too many", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* put(sys, "/tmp/l0", "end")
        for (let i = 1; i <= 41; i++) yield* sys.symlink(`l${i - 1}`, `/tmp/l${i}`)
        assert.strictEqual(yield* get(sys, "/tmp/l40"), "end")
        assert.strictEqual(yield* errnoOf(get(sys, "/tmp/l41")), "ELOOP")
        yield* sys.symlink("self", "/tmp/self")
        assert.strictEqual(yield* errnoOf(get(sys, "/tmp/self/x")), "ELOOP")
      })
    ))

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

describe("large trees", () => {
  it.effect("a directory of 100,000 names is listed once each, while names come and go", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/many")
        yield* sys.chdir("/tmp/many")
        for (let i = 0; i < 100_000; i++) yield* sys.mknod(`n${i}`, 0o100644)
        const fd = yield* sys.open(".", O_DIRECTORY)
        const seen: Array<string> = []
        for (let round = 0;; round++) {
          const entries = yield* sys.getdents(fd)
          if (entries.length === 0) break
          for (const { name } of entries) seen.push(name)
          if (round > 50) continue
          yield* sys.unlink(entries[entries.length - 1]!.name)
          yield* sys.mknod(`fresh${round}`, 0o100644)
        }
        const names = new Set(seen)
        assert.strictEqual(names.size, seen.length)
        assert.isTrue(Array.from({ length: 100_000 }, (_, i) => `n${i}`).every((name) => names.has(name)))
      })
    ))

  it.effect("a tree 10,000 deep is made, walked up and taken away", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/deep")
        yield* sys.chdir("/tmp/deep")
        for (let i = 0; i < 10_000; i++) {
          yield* sys.mkdir("d")
          yield* sys.chdir("d")
        }
        const top = (yield* sys.stat("/tmp/deep")).ino
        assert.strictEqual(yield* errnoOf(sys.rename("/tmp/deep", "d")), "EINVAL")
        for (let i = 0; i < 10_000; i += 1000) yield* sys.chdir("../".repeat(1000))
        assert.strictEqual((yield* sys.stat(".")).ino, top)
        for (let i = 0; i < 10_000; i += 1000) yield* sys.chdir("d/".repeat(1000))
        for (let i = 0; i < 10_000; i++) {
          yield* sys.chdir("..")
          yield* sys.rmdir("d")
        }
        yield* sys.unlinkat(AT_FDCWD, "/tmp/deep", 0x200)
      })
    ))

  it.effect("a file of 1 TiB that is nearly all hole fits into a file system of 1 MiB", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mount("", "/mnt", "tmpfs", 0, "size=1m")
        const fd = yield* sys.open("/mnt/sparse", 0o102)
        yield* sys.ftruncate(fd, 2 ** 40)
        yield* sys.pwrite(fd, Bytes.encode("end"), 2 ** 40 - 3)
        assert.strictEqual((yield* sys.stat("/mnt/sparse")).size, 2 ** 40)
        assert.isBelow((yield* sys.stat("/mnt/sparse")).blocks * 512, 2 ** 20)
        const into = new Uint8Array(8)
        yield* sys.pread(fd, into, 2 ** 40 - 8)
        assert.deepStrictEqual(Bytes.decode(into), "\0\0\0\0\0end")
        assert.strictEqual(yield* sys.lseek(fd, 0, 3), 2 ** 40 - 2 ** 40 % 4096 - 4096)
      })
    ))
})
