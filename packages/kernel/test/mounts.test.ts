import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { makedev, S_IFBLK, S_IFCHR } from "../src/abi/FileMode.js"
import * as Flags from "../src/abi/MountFlags.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import * as Errno from "../src/Errno.js"
import * as FileSystems from "../src/FileSystems.js"
import * as Programs from "../src/Programs.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import { errnoOf, inProcess, read, write } from "./support/run.js"

const memory = () => MemoryBackend.make({ bytesMax: 1 << 20, inodesMax: 100, now: 0n })

const put = (sys: SystemCalls, path: string, text: string, mode = 0o644) =>
  Effect.gen(function*() {
    const fd = yield* sys.open(path, 0o101, mode)
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

const mounted = (sys: SystemCalls, options: string, flags = 0) => sys.mount("none", "/mnt", "tmpfs", flags, options)

describe("mount", () => {
  it.effect("a tmpfs takes its options, keeps to them, and can be given others", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* mounted(sys, "size=8k,nr_inodes=3,mode=750,uid=5,gid=6")
        assert.deepInclude(yield* sys.stat("/mnt"), { mode: 0o040750, uid: 5, gid: 6 })
        const fd = yield* sys.open("/mnt/file", 0o101)
        assert.strictEqual(yield* sys.write(fd, new Uint8Array(20_000)), 8192)
        yield* sys.mkdir("/mnt/d")
        assert.strictEqual(yield* errnoOf(sys.mkdir("/mnt/e")), "ENOSPC")
        assert.strictEqual(yield* errnoOf(sys.mount("", "/mnt", undefined, Flags.MS_REMOUNT, "size=4k")), "EINVAL")
        yield* sys.mount("", "/mnt", undefined, Flags.MS_REMOUNT, "size=12k,nr_inodes=4")
        assert.deepInclude(yield* sys.statfs("/mnt"), { blocks: 3, files: 4 })
        yield* sys.mkdir("/mnt/e")
        assert.include(
          yield* get(sys, "/proc/mounts"),
          "none /mnt tmpfs rw,relatime,size=12k,nr_inodes=4,mode=750,uid=5,gid=6 0 0\n"
        )
        assert.strictEqual(yield* errnoOf(sys.mount("", "/opt", "tmpfs", 0, "sise=1m")), "EINVAL")
      })
    ))

  it.effect("is for those with CAP_SYS_ADMIN", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const { permitted } = yield* sys.capget()
        yield* sys.capset({ effective: permitted - 2 ** 21 })
        assert.strictEqual(yield* errnoOf(mounted(sys, "")), "EPERM")
        assert.strictEqual(yield* errnoOf(sys.umount("/proc")), "EPERM")
        assert.strictEqual(yield* errnoOf(sys.pivotRoot("/proc", "/proc")), "EPERM")
        assert.strictEqual(yield* errnoOf(sys.unshare(Flags.CLONE_NEWNS)), "EPERM")
        assert.strictEqual(yield* errnoOf(sys.spawn(Effect.succeed(0), { mountNamespace: true })), "EPERM")
        assert.strictEqual(yield* errnoOf(sys.umount("/nowhere")), "ENOENT")
      })
    ))

  it.effect("nosuid, nodev and noexec are kept to", () => {
    const who: Programs.Main = () => Effect.flatMap(Sys, (sys) => Effect.map(sys.credentials(), ({ euid }) => euid))
    const drivers = Layer.scopedDiscard(
      Effect.orDie(Effect.flatMap(Programs.Programs, (programs) => programs.register("who", who)))
    )
    const euidOf = (sys: SystemCalls) =>
      Effect.gen(function*() {
        const { status } = (yield* sys.wait(yield* sys.spawn("/mnt/who")))!
        return status._tag === "Exited" ? status.code : -1
      })
    return inProcess((sys) =>
      Effect.gen(function*() {
        const remount = (flags: number) => sys.mount("", "/mnt", undefined, Flags.MS_REMOUNT | Flags.MS_BIND | flags)
        yield* mounted(sys, "mode=755")
        yield* put(sys, "/mnt/who", Programs.stub("who"), 0o755)
        yield* sys.chown("/mnt/who", 7, 7)
        yield* sys.chmod("/mnt/who", 0o4755)
        yield* sys.mknod("/mnt/null", S_IFCHR | 0o666, makedev(1, 3))
        assert.strictEqual(yield* euidOf(sys), 7)
        yield* remount(Flags.MS_NOSUID)
        assert.strictEqual(yield* euidOf(sys), 0)
        yield* sys.close(yield* sys.open("/mnt/null", 0))
        yield* remount(Flags.MS_NODEV)
        assert.strictEqual(yield* errnoOf(sys.open("/mnt/null", 0)), "EACCES")
        yield* remount(Flags.MS_NOEXEC)
        assert.strictEqual(yield* errnoOf(sys.spawn("/mnt/who")), "EACCES")
        assert.strictEqual(yield* errnoOf(sys.access("/mnt/who", 1)), "EACCES")
        assert.strictEqual((yield* sys.statfs("/mnt")).flags! & 15, Flags.ST_NOEXEC)
      }), { drivers })
  })

  it.effect("access times are kept as the mount says", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const remount = (flags: number) => sys.mount("", "/mnt", undefined, Flags.MS_REMOUNT | Flags.MS_BIND | flags)
        const atimeOf = (path: string) => Effect.map(sys.stat(path), ({ atime }) => atime)
        yield* mounted(sys, "")
        yield* put(sys, "/mnt/f", "text")
        yield* remount(Flags.MS_NOATIME)
        yield* sys.utimensat(-100, "/mnt/f", 1n, 1n)
        yield* get(sys, "/mnt/f")
        assert.strictEqual(yield* atimeOf("/mnt/f"), 1n)
        yield* remount(Flags.MS_STRICTATIME)
        yield* sys.utimensat(-100, "/mnt/f", 2n ** 62n, 1n)
        yield* get(sys, "/mnt/f")
        assert.notStrictEqual(yield* atimeOf("/mnt/f"), 2n ** 62n)
      })
    ))

  it.effect("a driver adds a type, and one that needs a block device is given one", () => {
    const drivers = Layer.scopedDiscard(
      Effect.flatMap(FileSystems.FileSystems, (types) =>
        Effect.all([
          types.register({
            name: "notes",
            make: ({ options, source }) =>
              options === "broken"
                ? Errno.fail("EIO")
                : Effect.succeed(Object.assign(memory(), { type: `notes-${source}` }))
          }),
          types.register({
            name: "disk",
            needsDevice: true,
            make: ({ device }) => device?.rdev === makedev(8, 1) ? Effect.succeed(memory()) : Errno.fail("ENXIO")
          })
        ])).pipe(Effect.orDie)
    )
    return inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mount("mine", "/mnt", "notes")
        assert.include(yield* get(sys, "/proc/mounts"), "mine /mnt notes-mine rw,relatime 0 0\n")
        assert.include(yield* get(sys, "/proc/filesystems"), "nodev\ttmpfs\n")
        assert.include(yield* get(sys, "/proc/filesystems"), "\n\tdisk\n")
        assert.strictEqual(yield* errnoOf(sys.mount("mine", "/mnt", "notes", 0, "broken")), "EIO")
        assert.strictEqual(yield* errnoOf(sys.mount("mine", "/mnt", "unheard-of")), "ENODEV")
        assert.strictEqual(yield* errnoOf(sys.mount("/etc/passwd", "/mnt", "disk")), "ENOTBLK")
        yield* sys.mknod("/dev/sda1", S_IFBLK | 0o600, makedev(8, 1))
        yield* sys.mknod("/dev/sda2", S_IFBLK | 0o600, makedev(8, 2))
        assert.strictEqual(yield* errnoOf(sys.mount("/dev/sda2", "/mnt", "disk")), "ENXIO")
        yield* sys.mount("/dev/sda1", "/mnt", "disk")
      }), { drivers })
  })
})

describe("umount", () => {
  it.effect("a mount that was detached lasts for who has it open, and has no path", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* mounted(sys, "")
        yield* put(sys, "/mnt/f", "kept")
        const fd = yield* sys.open("/mnt/f", 0)
        yield* sys.chdir("/mnt")
        assert.strictEqual(yield* errnoOf(sys.umount("/mnt")), "EBUSY")
        yield* sys.umount("/mnt", Flags.MNT_DETACH)
        assert.strictEqual(yield* errnoOf(sys.stat("/mnt/f")), "ENOENT")
        assert.strictEqual(yield* get(sys, "f"), "kept")
        assert.strictEqual(yield* read(sys, fd), "kept")
        assert.strictEqual(yield* errnoOf(sys.getcwd()), "ENOENT")
        yield* sys.chdir("..")
        assert.strictEqual((yield* sys.stat(".")).ino, (yield* sys.stat("..")).ino)
      })
    ))

  it.effect("what was removed stays where it is mounted, and cannot be mounted elsewhere", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.unshare(Flags.CLONE_NEWNS)
        for (const name of ["/tmp/gone", "/tmp/here", "/tmp/there"]) yield* sys.mkdir(name)
        yield* sys.mount("/tmp/gone", "/tmp/here", undefined, Flags.MS_BIND)
        yield* sys.rmdir("/tmp/gone")
        for (const how of [Flags.MS_BIND, Flags.MS_MOVE]) {
          assert.strictEqual(yield* errnoOf(sys.mount("/tmp/here", "/tmp/there", undefined, how)), "ENOENT")
        }
        yield* sys.umount("/tmp/here")
      })
    ))

  it.effect("becomes read-only once nobody uses a file without a name", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* mounted(sys, "")
        yield* put(sys, "/mnt/file", "text")
        yield* sys.link("/mnt/file", "/mnt/other")
        const fd = yield* sys.open("/mnt/file", 0)
        yield* sys.mkdir("/mnt/d")
        const remount = errnoOf(sys.mount("", "/mnt", undefined, Flags.MS_REMOUNT | Flags.MS_RDONLY))
        const remountBack = sys.mount("", "/mnt", undefined, Flags.MS_REMOUNT)
        yield* sys.unlink("/mnt/file")
        assert.strictEqual(yield* remount, "success")
        yield* remountBack
        yield* sys.rename("/mnt/other", "/mnt/third")
        yield* put(sys, "/mnt/fourth", "over it")
        yield* sys.rename("/mnt/fourth", "/mnt/third")
        assert.strictEqual(yield* remount, "EBUSY")
        yield* sys.close(fd)
        const directory = yield* sys.open("/mnt/d", 0)
        yield* sys.rmdir("/mnt/d")
        assert.strictEqual(yield* remount, "EBUSY")
        yield* sys.close(directory)
        assert.strictEqual(yield* remount, "success")
      })
    ))

  it.effect("an open device and a FIFO keep a mount busy as a file does, until they are closed", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* mounted(sys, "")
        yield* sys.mknod("/mnt/null", S_IFCHR | 0o666, makedev(1, 3))
        yield* sys.mkfifo("/mnt/fifo")
        for (const name of ["null", "fifo"]) {
          const fd = yield* sys.open(`/mnt/${name}`, 2)
          const copy = yield* sys.dup(fd)
          yield* sys.close(fd)
          assert.strictEqual(yield* errnoOf(sys.umount("/mnt")), "EBUSY")
          yield* sys.close(copy)
        }
        yield* sys.umount("/mnt")
      })
    ))
})

describe("mounts that share", () => {
  const shared = (sys: SystemCalls) =>
    Effect.zipRight(sys.mkdir("/a/d"), sys.mount("", "/", undefined, Flags.MS_SHARED | Flags.MS_REC)).pipe(
      (rest) => Effect.zipRight(sys.mkdir("/a"), rest)
    )
  const isMounted = (sys: SystemCalls, path: string) =>
    Effect.map(get(sys, "/proc/self/mounts"), (text) => text.includes(` ${path} `))

  it.effect("are told of what other namespaces mount and unmount, and those that follow tell nobody", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* shared(sys)
        const inOther = (path: string, flags: number) =>
          Effect.flatMap(
            sys.spawn(
              Effect.flatMap(Sys, (own) =>
                Effect.zipRight(
                  flags === 0 ? Effect.void : own.mount("", "/", undefined, flags | Flags.MS_REC),
                  Effect.as(own.mount("x", path, "tmpfs"), 0)
                )),
              { mountNamespace: true }
            ),
            (pid) => sys.wait(pid)
          )
        yield* inOther("/a/d", 0)
        assert.isTrue(yield* isMounted(sys, "/a/d"))
        yield* sys.umount("/a/d")
        assert.isFalse(yield* isMounted(sys, "/a/d"))
        yield* inOther("/a/d", Flags.MS_SLAVE)
        assert.isFalse(yield* isMounted(sys, "/a/d"))
      })
    ))

  it.effect("do not go where another stands upon them, and what is in use elsewhere keeps them", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* shared(sys)
        yield* sys.mkdir("/b")
        yield* sys.mount("/a", "/b", undefined, Flags.MS_BIND)
        yield* sys.mount("x", "/a/d", "tmpfs")
        const fd = yield* sys.open("/b/d", 0)
        assert.strictEqual(yield* errnoOf(sys.umount("/a/d")), "EBUSY")
        yield* sys.close(fd)
        yield* sys.mount("", "/b/d", undefined, Flags.MS_PRIVATE)
        yield* sys.mkdir("/b/d/e")
        yield* sys.mount("y", "/b/d/e", "tmpfs")
        yield* sys.umount("/a/d")
        assert.isFalse(yield* isMounted(sys, "/a/d"))
        assert.isTrue(yield* isMounted(sys, "/b/d/e"))
      })
    ))

  it.effect("a tree has at most as many as mount-max says, however they multiply", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* shared(sys)
        yield* put(sys, "/proc/sys/fs/mount-max", "200")
        const double = Effect.forever(sys.mount("/", "/a/d", undefined, Flags.MS_BIND | Flags.MS_REC))
        assert.strictEqual(yield* errnoOf(double), "ENOSPC")
        const count = (yield* get(sys, "/proc/self/mounts")).split("\n").length - 1
        assert.isTrue(count > 50 && count <= 200)
        const single = Effect.forever(sys.mount("x", "/b", "tmpfs"))
        yield* sys.mkdir("/b")
        yield* sys.mount("", "/", undefined, Flags.MS_PRIVATE | Flags.MS_REC)
        assert.strictEqual(yield* errnoOf(single), "ENOSPC")
        yield* sys.umount("/b")
        assert.strictEqual(yield* errnoOf(sys.mount("x", "/b", "tmpfs")), "success")
      })
    ))

  it.effect("stand upon each other as high as anybody likes", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/a")
        yield* sys.mount("x", "/a", "tmpfs", 0, "nr_inodes=10")
        for (let height = 0; height < 12_000; height++) yield* sys.mount("/a", "/a", undefined, Flags.MS_BIND)
        yield* sys.unshare(Flags.CLONE_NEWNS)
        yield* sys.umount("/a", Flags.MNT_DETACH)
      })
    ))
})

describe("mount namespaces", () => {
  it.effect("what one namespace mounts no other sees, and a process's mounts end with it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const before = yield* get(sys, "/proc/mounts")
        const child = yield* sys.spawn(
          Effect.gen(function*() {
            const own = yield* Sys
            yield* own.mount("", "/mnt", "tmpfs")
            yield* put(own, "/mnt/mine", "")
            yield* own.umount("/dev/pts")
            const grandchild = yield* own.spawn(Effect.flatMap(Sys, (sys) => Effect.as(sys.stat("/mnt/mine"), 0)))
            assert.deepInclude(yield* own.wait(grandchild), { status: { _tag: "Exited", code: 0 } })
            assert.include(yield* get(own, `/proc/${yield* own.getpid()}/mounts`), "/mnt tmpfs")
            return 0
          }),
          { mountNamespace: true }
        )
        assert.deepInclude(yield* sys.wait(child), { status: { _tag: "Exited", code: 0 } })
        assert.strictEqual(yield* get(sys, "/proc/mounts"), before)
        assert.strictEqual(yield* errnoOf(sys.stat("/mnt/mine")), "ENOENT")
        yield* sys.rmdir("/mnt")
      })
    ))

  it.effect("what is open stays in the tree of mounts that was left, and keeps nothing in the new one busy", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.unshare(Flags.CLONE_NEWNS)
        yield* mounted(sys, "")
        yield* put(sys, "/mnt/file", "old")
        const fd = yield* sys.open("/mnt/file", 0)
        assert.strictEqual(yield* errnoOf(sys.umount("/mnt")), "EBUSY")
        yield* sys.unshare(Flags.CLONE_NEWNS)
        yield* sys.umount("/mnt")
        assert.strictEqual(yield* errnoOf(sys.stat("/mnt/file")), "ENOENT")
        assert.strictEqual(yield* read(sys, fd), "old")
      })
    ))

  it.effect("a directory that is mounted upon elsewhere can be removed, and the mount goes with it", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.mkdir("/tmp/d")
        const [go, wait] = yield* sys.pipe()
        const child = yield* sys.spawn(
          Effect.gen(function*() {
            const own = yield* Sys
            yield* own.mount("", "/tmp/d", "tmpfs")
            yield* write(own, wait, "mounted")
            yield* own.sigsuspend(0n).pipe(Effect.ignore)
            return (yield* get(own, "/proc/mounts")).includes("/tmp/d") ? 1 : 0
          }),
          { mountNamespace: true }
        )
        yield* read(sys, go)
        yield* sys.rmdir("/tmp/d")
        const mounts = yield* get(sys, `/proc/${child}/mounts`)
        assert.notInclude(mounts, "/tmp/d")
        yield* sys.kill(child, 9)
      })
    ))

  it.effect("pivot_root moves every process that stood in the old root", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* sys.unshare(Flags.CLONE_NEWNS)
        yield* mounted(sys, "")
        yield* sys.mkdir("/mnt/old")
        yield* sys.mkdir("/mnt/proc")
        yield* put(sys, "/mnt/here", "new")
        yield* sys.chdir("/")
        yield* sys.pivotRoot("/mnt", "/mnt/old")
        assert.strictEqual(yield* get(sys, "/here"), "new")
        assert.strictEqual(yield* get(sys, "here"), "new")
        assert.isTrue((yield* get(sys, "/old/etc/passwd")).startsWith("root:"))
        yield* sys.mount("proc", "/proc", "proc")
        assert.include(yield* get(sys, "/proc/mounts"), " /old tmpfs ")
        yield* sys.umount("/old", Flags.MNT_DETACH)
        assert.strictEqual(yield* errnoOf(sys.stat("/old/etc")), "ENOENT")
      })
    ))
})
