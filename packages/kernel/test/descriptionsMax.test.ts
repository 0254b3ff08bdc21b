/** How many files a whole kernel may have open. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { O_CREAT, O_PATH, O_RDONLY, O_WRONLY } from "../src/abi/OpenFlags.js"
import { AF_UNIX, SOCK_STREAM } from "../src/abi/Socket.js"
import type { SystemCalls } from "../src/Sys.js"
import { errnoOf, inChild, inProcess, read } from "./support/run.js"

const numbers = (sys: SystemCalls) =>
  Effect.gen(function*() {
    const fd = yield* sys.open("/proc/sys/fs/file-nr", O_RDONLY)
    const text = yield* read(sys, fd)
    yield* sys.close(fd)
    return text.trim().split("\t").map(Number)
  })

/** Opens files until only `left` more may be opened, and is an ordinary user from then on. */
const crowd = (sys: SystemCalls, left: number) =>
  Effect.gen(function*() {
    const [open, , most] = yield* numbers(sys)
    // The file that told the numbers was one of them.
    for (let count = open! - 1; count < most! - left; count++) yield* sys.open("/etc/passwd", O_RDONLY)
    yield* sys.setuid(1000)
  })

const config = { descriptionsMax: 20 }

describe("open descriptions", () => {
  it.effect("are counted once, however many descriptors lead to them, until the last is closed", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [before, free, most] = yield* numbers(sys)
        expect([free, most]).toEqual([0, 20])
        const fd = yield* sys.open("/etc/passwd", O_RDONLY)
        const again = yield* sys.dup(fd)
        expect(yield* numbers(sys)).toEqual([before! + 1, 0, 20])
        yield* sys.close(fd)
        expect(yield* numbers(sys)).toEqual([before! + 1, 0, 20])
        yield* sys.close(again)
        expect(yield* numbers(sys)).toEqual([before, 0, 20])
        yield* sys.pipe()
        expect((yield* numbers(sys))[0]).toBe(before! + 2)
      }), { config }))

  it.effect("of a process that ends are given back", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [before] = yield* numbers(sys)
        yield* sys.spawn(inChild((own) => Effect.zipRight(own.pipe(), own.socketpair(AF_UNIX, SOCK_STREAM))))
        yield* sys.wait()
        expect((yield* numbers(sys))[0]).toBe(before)
      }), { config }))

  it.effect("in flight through a socket are still open", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const [left, right] = yield* sys.socketpair(AF_UNIX, SOCK_STREAM)
        const fd = yield* sys.open("/etc/passwd", O_RDONLY)
        const [before] = yield* numbers(sys)
        yield* sys.sendmsg(left, { data: new Uint8Array(1), control: [{ _tag: "Rights", fds: [fd] }] })
        yield* sys.close(fd)
        expect((yield* numbers(sys))[0]).toBe(before)
        yield* sys.close(left)
        yield* sys.close(right)
        expect((yield* numbers(sys))[0]).toBe(before! - 3)
      }), { config }))

  it.effect("that are too many are ENFILE, and nothing is made", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        const listener = yield* sys.socket(AF_UNIX, SOCK_STREAM)
        yield* sys.bind(listener, { family: "unix", path: "/tmp/listener" })
        yield* sys.listen(listener, 1)
        yield* crowd(sys, 0)
        const opened = yield* Effect.flip(sys.open("/tmp/new", O_WRONLY | O_CREAT, 0o644))
        expect(opened._tag).toBe("ENFILE")
        expect(opened.message).toContain("descriptionsMax (20)")
        expect(yield* errnoOf(sys.stat("/tmp/new"))).toBe("ENOENT")
        const calls: Record<string, Effect.Effect<unknown, { readonly _tag: string }>> = {
          path: sys.open("/etc", O_PATH),
          pipe: sys.pipe(),
          socket: sys.socket(AF_UNIX, SOCK_STREAM),
          socketpair: sys.socketpair(AF_UNIX, SOCK_STREAM),
          accept: sys.accept(listener),
          epoll: sys.epollCreate(),
          eventfd: sys.eventfd(0),
          timerfd: sys.timerfdCreate("monotonic"),
          signalfd: sys.signalfd(-1, 0n),
          inotify: sys.inotifyInit(),
          pidfd: sys.pidfdOpen(1),
          memfd: sys.memfdCreate("none"),
          spawned: sys.pidfdSpawn("/bin/none")
        }
        for (const [name, call] of Object.entries(calls)) {
          expect([name, yield* errnoOf(call)]).toEqual([name, "ENFILE"])
        }
        // Another descriptor of what is open is no new description.
        yield* sys.dup(0)
        yield* sys.close(listener)
        yield* sys.close(yield* sys.eventfd(0))
      }), { config }))

  it.effect("must leave room for both ends of a pipe", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        yield* crowd(sys, 1)
        expect(yield* errnoOf(sys.pipe())).toBe("ENFILE")
        expect(yield* errnoOf(sys.socketpair(AF_UNIX, SOCK_STREAM))).toBe("ENFILE")
        yield* sys.open("/etc/passwd", O_RDONLY)
        expect(yield* errnoOf(sys.open("/etc/passwd", O_RDONLY))).toBe("ENFILE")
      }), { config }))

  it.effect("are not denied to whoever administers the machine", () =>
    inProcess((sys) =>
      Effect.gen(function*() {
        for (let count = 0; count < 30; count++) yield* sys.open("/etc/passwd", O_RDONLY)
        expect((yield* numbers(sys))[0]).toBeGreaterThan(30)
      }), { config }))
})
