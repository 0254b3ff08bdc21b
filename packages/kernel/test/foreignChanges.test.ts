/** What others do in the files of a backend, and who watches hears of it. */
import { assert, describe, it } from "@effect/vitest"
import { settled } from "@effix/testing/TestKernel"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import {
  IN_ALL_EVENTS,
  IN_ATTRIB,
  IN_CREATE,
  IN_DELETE,
  IN_IGNORED,
  IN_MODIFY,
  IN_NONBLOCK
} from "../src/abi/InotifyFlags.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import * as Bytes from "../src/Bytes.js"
import type { Inode } from "../src/Inode.js"
import * as Kernel from "../src/Kernel.js"
import * as Processes from "../src/Processes.js"
import { Sys, type SystemCalls } from "../src/Sys.js"
import * as Vfs from "../src/Vfs.js"
import type { Backend } from "../src/VfsBackend.js"

const REGULAR = 0o100644
const DIRECTORY = 0o040755
const made = (mode: number) => ({ mode, uid: 0, gid: 0, rdev: 0, now: 1n })

/** Files that others change behind the kernel's back, and a host that says so. */
const shared = () => {
  const backend = MemoryBackend.make({ bytesMax: 1e6, inodesMax: 100, now: 0n }) as Backend
  const listeners = new Map<Inode, (name: string) => void>()
  let time = 2n
  const told = (directory: Inode, name: string) => Effect.sync(() => listeners.get(directory)?.(name))
  Object.defineProperty(backend, "coherent", { value: false })
  backend.watch = (directory, listener) =>
    Effect.async<never>(() => {
      listeners.set(directory, listener)
      return Effect.sync(() => void listeners.delete(directory))
    })
  return {
    backend,
    listeners,
    told,
    create: (name: string, mode = REGULAR, directory = backend.root) =>
      Effect.zipLeft(Effect.suspend(() => backend.create(directory, name, made(mode))), told(directory, name)),
    write: (inode: Inode, name: string, text: string, directory = backend.root) =>
      Effect.zipRight(
        Effect.suspend(() => backend.write(inode, 0, Bytes.encode(text), time++)),
        told(directory, name)
      ),
    chmod: (inode: Inode, name: string, mode: number) =>
      Effect.zipRight(Effect.suspend(() => backend.change(inode, { mode, ctime: time++ })), told(backend.root, name)),
    unlink: (inode: Inode, name: string) =>
      Effect.zipRight(Effect.suspend(() => backend.unlink(backend.root, name, inode, time++)), told(backend.root, name))
  }
}

/** The events of an instance, as mask and name. */
const heard = (sys: SystemCalls, fd: number) =>
  Effect.gen(function*() {
    yield* settled
    const into = new Uint8Array(4096)
    const length = yield* Effect.orElseSucceed(sys.read(fd, into), () => 0)
    const view = new DataView(into.buffer)
    const events: Array<readonly [mask: number, name: string]> = []
    for (let at = 0; at < length;) {
      const size = view.getUint32(at + 12, true)
      const name = Bytes.decode(into.subarray(at + 16, at + 16 + size)).replace(/\0+$/, "")
      events.push([view.getUint32(at + 4, true), name])
      at += 16 + size
    }
    return events
  })

/** Runs a process over such files at /mnt. */
const on = (
  body: (sys: SystemCalls, files: ReturnType<typeof shared>) => Effect.Effect<void, unknown>,
  files = shared()
) =>
  Effect.scoped(Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    yield* kernel.mount("/mnt", files.backend)
    let failed: unknown = "the process did not run"
    const handle = yield* kernel.spawn(Effect.flatMap(Sys, (sys) =>
      Effect.matchCause(body(sys, files), {
        onFailure: (cause) => {
          failed = cause
          return 1
        },
        onSuccess: () => {
          failed = undefined
          return 0
        }
      })))
    yield* handle.wait
    assert.isUndefined(failed)
  })).pipe(Effect.provide(Kernel.layer))

describe("who watches a directory that others change", () => {
  it.effect("hears what they make, write, change and take away", () =>
    on((sys, files) =>
      Effect.gen(function*() {
        const old = yield* files.create("old")
        const fd = yield* sys.inotifyInit(IN_NONBLOCK)
        yield* sys.inotifyAddWatch(fd, "/mnt", IN_ALL_EVENTS)
        yield* settled
        const inode = yield* files.create("new")
        assert.deepStrictEqual(yield* heard(sys, fd), [[IN_CREATE, "new"]])
        yield* files.write(inode, "new", "text")
        yield* settled
        yield* files.chmod(old, "old", 0o600)
        yield* settled
        yield* files.unlink(old, "old")
        assert.deepStrictEqual(yield* heard(sys, fd), [[IN_MODIFY, "new"], [IN_ATTRIB, "old"], [IN_DELETE, "old"]])
        yield* files.told(files.backend.root, "new")
        assert.deepStrictEqual(yield* heard(sys, fd), [])
      })
    ))

  it.effect("hears once what this kernel does, though the host tells that too", () =>
    on((sys, files) =>
      Effect.gen(function*() {
        const fd = yield* sys.inotifyInit(IN_NONBLOCK)
        yield* sys.inotifyAddWatch(fd, "/mnt", IN_CREATE | IN_MODIFY | IN_DELETE)
        yield* settled
        const own = yield* sys.open("/mnt/own", 0o101, 0o644)
        yield* files.told(files.backend.root, "own")
        yield* settled
        yield* sys.write(own, Bytes.encode("text"))
        yield* files.told(files.backend.root, "own")
        yield* settled
        yield* files.told(files.backend.root, "own")
        yield* settled
        yield* sys.unlink("/mnt/own")
        yield* files.told(files.backend.root, "own")
        assert.deepStrictEqual(yield* heard(sys, fd), [[IN_CREATE, "own"], [IN_MODIFY, "own"], [IN_DELETE, "own"]])
      })
    ))

  it.effect("hears of a file that it watches itself, and of another that was put in its place", () =>
    on((sys, files) =>
      Effect.gen(function*() {
        const inode = yield* files.create("file")
        const fd = yield* sys.inotifyInit(IN_NONBLOCK)
        yield* sys.inotifyAddWatch(fd, "/mnt/file", IN_MODIFY)
        yield* sys.inotifyAddWatch(fd, "/mnt", IN_CREATE | IN_DELETE)
        yield* settled
        yield* files.write(inode, "file", "text")
        assert.deepStrictEqual(yield* heard(sys, fd), [[IN_MODIFY, ""]])
        yield* files.backend.unlink(files.backend.root, "file", inode, 9n)
        yield* files.create("file")
        assert.deepStrictEqual(yield* heard(sys, fd), [[IN_IGNORED, ""], [IN_DELETE, "file"], [IN_CREATE, "file"]])
      })
    ))

  it.effect("keeps the backend listening for as long as anybody watches, and no longer", () => {
    const files = shared()
    return on((sys) =>
      Effect.gen(function*() {
        const fd = yield* sys.inotifyInit(IN_NONBLOCK)
        const watch = yield* sys.inotifyAddWatch(fd, "/mnt", IN_ALL_EVENTS)
        const other = yield* sys.inotifyInit(IN_NONBLOCK)
        yield* sys.inotifyAddWatch(other, "/mnt", IN_CREATE)
        yield* settled
        assert.strictEqual(files.listeners.size, 1)
        yield* sys.inotifyRmWatch(fd, watch)
        yield* settled
        assert.strictEqual(files.listeners.size, 1)
        yield* sys.close(other)
        yield* settled
        assert.strictEqual(files.listeners.size, 0)
      }), files)
  })
})

it.effect("A stream of what happens below a path tells what others do, in directories that they make too", () => {
  const files = shared()
  return Effect.scoped(Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    yield* kernel.mount("/mnt", files.backend)
    const vfs = yield* Vfs.Vfs
    const { init } = yield* Processes.Processes
    const changes = yield* Effect.fork(
      Stream.runCollect(Stream.take(vfs.watch(init, vfs.root, "/mnt", { recursive: true }), 4))
    )
    yield* settled
    const directory = yield* files.create("d", DIRECTORY)
    yield* settled
    const inode = yield* files.create("f", REGULAR, directory)
    yield* settled
    yield* files.write(inode, "f", "text", directory)
    yield* settled
    yield* files.create("g")
    const told = Chunk.toReadonlyArray(yield* Fiber.join(changes))
    assert.deepStrictEqual(told, [
      { _tag: "Created", path: "/mnt/d", directory: true },
      { _tag: "Created", path: "/mnt/d/f", directory: false },
      { _tag: "Modified", path: "/mnt/d/f", directory: false },
      { _tag: "Created", path: "/mnt/g", directory: false }
    ])
    yield* settled
    assert.strictEqual(files.listeners.size, 0)
  })).pipe(Effect.provide(Kernel.layer))
})
