import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { O_CREAT, O_RDONLY, O_RDWR, O_WRONLY } from "../src/abi/OpenFlags.js"
import * as Bytes from "../src/Bytes.js"
import * as Kernel from "../src/Kernel.js"
import { type Program, Sys } from "../src/Sys.js"
import { errnoOf } from "./support/run.js"

/** Runs a program in a kernel of its own and answers what it wrote. */
const output = (program: Program, options: Kernel.SpawnHostOptions = {}) =>
  Effect.scoped(Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const handle = yield* kernel.spawn(program, options)
    const chunks: Array<string> = []
    yield* Effect.tap(handle.wait, (status) =>
      Effect.sync(() => assert.deepStrictEqual(status, { _tag: "Exited", code: 0 })))
    yield* Stream.runForEach(handle.stdout, (bytes) =>
      Effect.sync(() => chunks.push(Bytes.decode(bytes))))
    return chunks.join("")
  })).pipe(Effect.provide(Kernel.layer))

const readAll = (path: string) =>
  Effect.gen(function*() {
    const sys = yield* Sys
    const fd = yield* sys.open(path, O_RDONLY)
    const into = new Uint8Array(4096)
    const count = yield* sys.read(fd, into)
    yield* sys.close(fd)
    return Bytes.decode(into.subarray(0, count))
  })

const print = (text: string) => Effect.flatMap(Sys, (sys) => Effect.as(sys.write(1, Bytes.encode(text)), 0))

describe("/proc", () => {
  it.effect("self is whoever looks", () =>
    Effect.gen(function*() {
      const text = yield* output(Effect.gen(function*() {
        const sys = yield* Sys
        const own = (yield* sys.readlink("/proc/self")) === `${yield* sys.getpid()}`
        const child = yield* sys.spawn(Effect.flatMap(Sys, (sys) =>
          Effect.flatMap(sys.readlink("/proc/self"), (target) =>
            Effect.map(sys.getpid(), (pid) =>
              target === `${pid}` ? 0 : 1))))
        const waited = yield* sys.wait(child)
        return yield* print(`${own} ${JSON.stringify(waited?.status)}`)
      }))
      assert.strictEqual(text, "true {\"_tag\":\"Exited\",\"code\":0}")
    }))

  it.effect("stat has 52 fields, with the ids where ps looks for them", () =>
    Effect.gen(function*() {
      const text = yield* output(Effect.flatMap(readAll("/proc/self/stat"), print))
      const fields = text.trim().split(" ")
      assert.strictEqual(fields.length, 52)
      assert.deepStrictEqual(fields.slice(1, 6), ["(program)", "R", "1", fields[0]!, fields[0]!])
    }))

  it.effect("a link in fd leads to the very file, even when its name is gone", () =>
    Effect.gen(function*() {
      const text = yield* output(Effect.gen(function*() {
        const sys = yield* Sys
        const fd = yield* sys.open("/tmp/gone", O_CREAT | O_RDWR)
        yield* sys.write(fd, Bytes.encode("still here"))
        yield* sys.unlink("/tmp/gone")
        const link = yield* sys.readlink(`/proc/self/fd/${fd}`)
        return yield* print(`${link}: ${yield* readAll(`/dev/fd/${fd}`)}`)
      }))
      assert.strictEqual(text, "/tmp/gone (deleted): still here")
    }))

  it.effect("writing to /dev/stdout writes to descriptor 1", () =>
    Effect.gen(function*() {
      const text = yield* output(Effect.gen(function*() {
        const sys = yield* Sys
        const fd = yield* sys.open("/dev/stdout", O_WRONLY)
        yield* sys.write(fd, Bytes.encode("through the link"))
        return 0
      }))
      assert.strictEqual(text, "through the link")
    }))

  it.effect("another user's descriptors and environment are closed to one", () =>
    Effect.gen(function*() {
      const text = yield* output(
        Effect.gen(function*() {
          const sys = yield* Sys
          const errors = [
            yield* errnoOf(sys.open("/proc/1/fd", O_RDONLY)),
            yield* errnoOf(sys.open("/proc/1/environ", O_RDONLY))
          ]
          return yield* print(errors.join(" "))
        }),
        { user: 1000 }
      )
      assert.strictEqual(text, "EACCES EACCES")
    }))

  it.effect("mounts lists what is mounted, and nothing in it can be changed", () =>
    Effect.gen(function*() {
      const text = yield* output(Effect.gen(function*() {
        const sys = yield* Sys
        const refused = [
          yield* errnoOf(sys.mkdir("/proc/x")),
          yield* errnoOf(sys.unlink("/proc/version"))
        ]
        return yield* print(`${yield* readAll("/proc/mounts")}${refused.join(" ")}`)
      }))
      assert.strictEqual(
        text,
        "tmpfs / tmpfs rw,relatime 0 0\n" +
          "devtmpfs /dev tmpfs rw,nosuid,relatime 0 0\n" +
          "devpts /dev/pts devpts rw,nosuid,noexec,relatime 0 0\n" +
          "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n" +
          "ENOENT EPERM"
      )
    }))
})
