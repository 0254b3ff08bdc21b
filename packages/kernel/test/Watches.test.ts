/** inotify, beyond what is compared with Linux: limits, readiness, and what it costs when nobody watches. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { EPOLL_CTL_ADD, EPOLLET, EPOLLIN } from "../src/abi/EpollFlags.js"
import * as Flags from "../src/abi/InotifyFlags.js"
import { O_CREAT, O_RDWR } from "../src/abi/OpenFlags.js"
import { POLLIN } from "../src/abi/PollEvents.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import * as Bytes from "../src/Bytes.js"
import type { SystemCalls } from "../src/Sys.js"
import * as Machine from "./interruption/machine.js"
import { errnoOf, idle, inProcess, program, under } from "./interruption/run.js"

const names = new Map<number, string>(
  Object.entries(Flags).filter(([, value]) => typeof value === "number" && (value & (value - 1)) === 0).map((
    [name, value]
  ) => [value >>> 0, name.slice(3)])
)

/** The events that can be read, such as `1 CREATE|ISDIR x`. */
const events = (sys: SystemCalls, fd: number, size = 65_536) =>
  Effect.gen(function*() {
    const into = new Uint8Array(size)
    const count = yield* sys.read(fd, into)
    const view = new DataView(into.buffer)
    const found: Array<string> = []
    for (let at = 0; at < count;) {
      const mask = view.getUint32(at + 4, true)
      const length = view.getUint32(at + 12, true)
      const bits = Array.from(names).filter(([bit]) => (mask & bit) !== 0).map(([, name]) => name)
      const name = Bytes.decode(into.subarray(at + 16, at + 16 + length)).replace(/\0+$/, "")
      found.push(`${view.getInt32(at, true)} ${bits.sort().join("|")} ${name}`.trim())
      at += 16 + length
    }
    return found
  })

const touch = (sys: SystemCalls, path: string) =>
  Effect.flatMap(sys.open(path, O_CREAT | O_RDWR), (fd) => sys.close(fd))

describe("inotify", () => {
  it.effect("tells a directory's watch of names, and a file's of what happens to it", () =>
    under(2, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* sys.inotifyInit(Flags.IN_NONBLOCK)
          yield* sys.mkdir("/d")
          yield* sys.inotifyAddWatch(fd, "/d", Flags.IN_ALL_EVENTS)
          yield* touch(sys, "/d/one")
          yield* sys.rename("/d/one", "/d/two")
          yield* sys.unlink("/d/two")
          yield* sys.rmdir("/d")
          expect(yield* events(sys, fd)).toEqual([
            "1 CREATE one",
            "1 OPEN one",
            "1 CLOSE_WRITE one",
            "1 MOVED_FROM one",
            "1 MOVED_TO two",
            "1 DELETE two",
            "1 DELETE_SELF",
            "1 IGNORED"
          ])
          expect(yield* errnoOf(events(sys, fd))).toBe("EAGAIN")
        }))))

  it.effect("says that events were lost, once, and goes on", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* sys.inotifyInit()
          yield* sys.inotifyAddWatch(fd, "/", Flags.IN_CREATE)
          for (const name of ["a", "b", "c", "d", "e"]) yield* touch(sys, `/${name}`)
          expect(yield* events(sys, fd)).toEqual(["1 CREATE a", "1 CREATE b", "1 CREATE c", "-1 Q_OVERFLOW"])
          yield* touch(sys, "/f")
          expect(yield* events(sys, fd)).toEqual(["1 CREATE f"])
        })), { limits: { inotifyEventsMax: 3 } }))

  it.effect("limits the instances and the watches of a user", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* sys.inotifyInit()
          yield* sys.mkdir("/d")
          yield* sys.inotifyAddWatch(fd, "/", Flags.IN_CREATE)
          expect(yield* errnoOf(sys.inotifyAddWatch(fd, "/d", Flags.IN_CREATE))).toBe("ENOSPC")
          const second = yield* sys.inotifyInit()
          expect(yield* errnoOf(sys.inotifyInit())).toBe("EMFILE")
          yield* sys.close(fd)
          yield* sys.inotifyAddWatch(second, "/d", Flags.IN_CREATE)
          yield* sys.inotifyInit()
        })), { limits: { inotifyInstancesMax: 2, inotifyWatchesMax: 1 } }))

  it.effect("is ready when there are events, wakes who reads, and tells how many bytes wait", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* sys.inotifyInit()
          yield* sys.inotifyAddWatch(fd, "/", Flags.IN_CREATE)
          expect(yield* sys.poll([{ fd, events: POLLIN }], 0)).toEqual([0])
          yield* sys.spawn(program((own) => Effect.zipRight(own.nanosleep(1000), touch(own, "/a name of 21 bytes.."))))
          expect(yield* sys.poll([{ fd, events: POLLIN }], -1)).toEqual([POLLIN])
          expect(yield* sys.fionread(fd)).toBe(48)
          expect(yield* errnoOf(sys.read(fd, new Uint8Array(47)))).toBe("EINVAL")
          expect(yield* events(sys, fd, 48)).toEqual(["1 CREATE a name of 21 bytes.."])
          yield* sys.spawn(program((own) => Effect.zipRight(own.nanosleep(1000), touch(own, "/b"))))
          expect(yield* events(sys, fd)).toEqual(["1 CREATE b"])
        }))))

  it.effect("wakes an epoll: at its edge for each event, and for as long as there are some otherwise", () =>
    under(10, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const fd = yield* sys.inotifyInit(Flags.IN_NONBLOCK)
          yield* sys.inotifyAddWatch(fd, "/", Flags.IN_CREATE)
          const level = yield* sys.epollCreate()
          const edge = yield* sys.epollCreate()
          yield* sys.epollCtl(level, EPOLL_CTL_ADD, fd, { events: EPOLLIN })
          yield* sys.epollCtl(edge, EPOLL_CTL_ADD, fd, { events: EPOLLIN | EPOLLET })
          expect(yield* sys.epollWait(level, 1, 0)).toEqual([])
          yield* sys.spawn(program((own) => Effect.zipRight(own.nanosleep(1000), touch(own, "/a"))))
          const ready = [{ events: EPOLLIN, data: fd }]
          expect(yield* sys.epollWait(level, 1, -1)).toEqual(ready)
          expect(yield* sys.epollWait(level, 1, 0)).toEqual(ready)
          expect(yield* sys.epollWait(edge, 1, 0)).toEqual(ready)
          expect(yield* sys.epollWait(edge, 1, 0)).toEqual([])
          yield* touch(sys, "/b")
          expect(yield* sys.epollWait(edge, 1, 0)).toEqual(ready)
          expect(yield* events(sys, fd)).toEqual(["1 CREATE a", "1 CREATE b"])
          expect(yield* sys.epollWait(level, 1, 0)).toEqual([])
        }))))

  it.effect("tells of a FIFO that it is opened and closed, and nothing of what goes through it", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          yield* sys.mkfifo("/fifo")
          const fd = yield* sys.inotifyInit()
          yield* sys.inotifyAddWatch(fd, "/", Flags.IN_ALL_EVENTS)
          const fifo = yield* sys.open("/fifo", O_RDWR)
          yield* sys.write(fifo, new Uint8Array(3))
          yield* sys.read(fifo, new Uint8Array(3))
          yield* sys.close(fifo)
          expect(yield* events(sys, fd)).toEqual(["1 OPEN fifo", "1 CLOSE_WRITE fifo"])
        }))))

  it.effect("tells of the end of a file system", () =>
    under(1, (machine) =>
      inProcess(machine, (sys) =>
        Effect.gen(function*() {
          const { init, rooms: { vfs } } = machine
          yield* sys.mkdir("/mnt")
          yield* vfs.mount(init, "/mnt", MemoryBackend.make({ bytesMax: 1e6, inodesMax: 9, now: 0n }))
          const fd = yield* sys.inotifyInit()
          yield* touch(sys, "/mnt/file")
          yield* sys.inotifyAddWatch(fd, "/mnt/file", Flags.IN_OPEN)
          yield* vfs.unmount(init, "/mnt")
          expect(yield* events(sys, fd)).toEqual(["1 UNMOUNT", "1 IGNORED"])
        }))))

  it.effect("is over with its process: then nothing is looked at any more", () =>
    under(2, (machine) =>
      Effect.gen(function*() {
        const watcher = machine.start(program((sys) =>
          Effect.gen(function*() {
            const fd = yield* sys.inotifyInit()
            yield* touch(sys, "/file")
            yield* sys.inotifyAddWatch(fd, "/file", Flags.IN_ALL_EVENTS)
            yield* sys.unlink("/file")
            yield* touch(sys, "/other")
            yield* sys.inotifyAddWatch(fd, "/other", Flags.IN_ALL_EVENTS)
            yield* sys.inotifyAddWatch(fd, "/", Flags.IN_ALL_EVENTS)
            yield* sys.nanosleep(1e6)
          })
        ))
        yield* idle
        yield* Machine.awaitEnd(watcher)
        const { init, rooms: { vfs, watches } } = machine
        expect(watches.notifier.active).toBe(0)
        const { inode } = yield* vfs.find(init, vfs.root, "/other", true)
        expect(inode.references).toBe(0)
      })))
})
