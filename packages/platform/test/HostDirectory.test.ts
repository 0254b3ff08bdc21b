import { describe, expect, it } from "@effect/vitest"
import * as O from "@effix/kernel/abi/OpenFlags"
import { drop } from "@effix/kernel/Description"
import * as Processes from "@effix/kernel/Processes"
import * as Vfs from "@effix/kernel/Vfs"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { calls } from "../src/node/NodeHostCalls.js"
import { codeOf, onHost } from "./support/hostTree.js"

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const bytes = (content: string) => new TextEncoder().encode(content)

const kinds = [
  ["through FileSystem alone", {}],
  ["with what node can do besides", { calls }]
] as const

describe.each(kinds)("A host directory, %s", (_, how) => {
  it.effect("shows files, directories and links for what they are", () =>
    onHost(how, ({ files, root }) =>
      Effect.gen(function*() {
        fs.mkdirSync(path.join(root, "d"))
        fs.writeFileSync(path.join(root, "d/f"), "content", { mode: 0o640 })
        fs.utimesSync(path.join(root, "d/f"), 1000, 2000)
        fs.symlinkSync("d/f", path.join(root, "l"))
        expect((yield* files.readDirectory("/host")).sort()).toEqual(["d", "l"])
        expect(yield* files.readFileString("/host/l")).toBe("content")
        expect(yield* files.readLink("/host/l")).toBe("d/f")
        const info = yield* files.stat("/host/d/f")
        const host = fs.statSync(path.join(root, "d/f"))
        expect(info).toMatchObject({ type: "File", size: 7n, mode: 0o100640 })
        expect(info.ino).toMatchObject({ value: host.ino })
        expect(info.mtime).toMatchObject({ value: host.mtime })
      })))

  it.effect("writes, appends, truncates and replaces", () =>
    onHost(how, ({ files, root }) =>
      Effect.gen(function*() {
        const onDisk = () => fs.readFileSync(path.join(root, "f"), "utf8")
        yield* files.writeFileString("/host/f", "one\n")
        expect(onDisk()).toBe("one\n")
        yield* files.writeFileString("/host/f", "two\n", { flag: "a" })
        expect(onDisk()).toBe("one\ntwo\n")
        yield* files.truncate("/host/f", 3)
        expect(onDisk()).toBe("one")
        yield* files.writeFileString("/host/g", "new")
        yield* files.rename("/host/g", "/host/f")
        expect(onDisk()).toBe("new")
        expect(fs.existsSync(path.join(root, "g"))).toBe(false)
      })))

  it.effect("makes modes, owners and times as they were asked for", () =>
    onHost(how, ({ files, root }) =>
      Effect.gen(function*() {
        yield* files.writeFileString("/host/f", "", { mode: 0o666 })
        yield* files.chmod("/host/f", 0o604)
        yield* files.utimes("/host/f", 1000, 2000)
        yield* files.makeDirectory("/host/d", { mode: 0o751 })
        const stat = fs.statSync(path.join(root, "f"))
        expect(stat.mode & 0o777).toBe(0o604)
        expect(stat.mtimeMs).toBe(2_000_000)
        expect(fs.statSync(path.join(root, "d")).mode & 0o777).toBe(0o751)
      })))

  it.effect("removes files, and only empty directories", () =>
    onHost(how, ({ files, root }) =>
      Effect.gen(function*() {
        const vfs = yield* Vfs.Vfs
        const { init } = yield* Processes.Processes
        fs.mkdirSync(path.join(root, "d"))
        fs.writeFileSync(path.join(root, "d/f"), "")
        const rmdir = Effect.suspend(() => vfs.rmdir(init, vfs.root, "/host/d"))
        expect((yield* Effect.flip(rmdir))._tag).toBe("ENOTEMPTY")
        yield* files.remove("/host/d/f")
        yield* rmdir
        expect(fs.readdirSync(root)).toEqual([])
      })))

  it.effect("sees at once what others change", () =>
    onHost(how, ({ files, root }) =>
      Effect.gen(function*() {
        expect(yield* files.exists("/host/f")).toBe(false)
        fs.writeFileSync(path.join(root, "f"), "1")
        expect(yield* files.readFileString("/host/f")).toBe("1")
        fs.renameSync(path.join(root, "f"), path.join(root, "g"))
        expect(yield* files.exists("/host/f")).toBe(false)
        fs.writeFileSync(path.join(root, "g"), "longer")
        expect((yield* files.stat("/host/g")).size).toBe(6n)
        fs.unlinkSync(path.join(root, "g"))
        fs.mkdirSync(path.join(root, "g"))
        expect((yield* files.stat("/host/g")).type).toBe("Directory")
      })))

  it.effect("keeps an open file readable and writable when its name is gone", () =>
    onHost(how, ({ files, root }) =>
      Effect.scoped(Effect.gen(function*() {
        yield* files.writeFileString("/host/f", "before")
        const file = yield* files.open("/host/f", { flag: "r+" })
        fs.unlinkSync(path.join(root, "f"))
        fs.writeFileSync(path.join(root, "f"), "another file")
        const into = new Uint8Array(10)
        expect(yield* file.read(into)).toBe(6n)
        yield* file.write(bytes("!"))
        yield* file.seek(0, "start")
        expect(yield* file.read(into)).toBe(7n)
        expect(text(into.subarray(0, 7))).toBe("before!")
        expect((yield* file.stat).nlink).toMatchObject({ value: 0 })
        expect(yield* files.readFileString("/host/f")).toBe("another file")
      }))))

  it.effect("keeps an open file when the guest removes or replaces it", () =>
    onHost(how, ({ files }) =>
      Effect.scoped(Effect.gen(function*() {
        yield* files.writeFileString("/host/a", "a")
        yield* files.writeFileString("/host/b", "b")
        const a = yield* files.open("/host/a")
        const b = yield* files.open("/host/b")
        yield* files.rename("/host/a", "/host/b")
        yield* files.remove("/host/b")
        expect(text(yield* Effect.flatten(a.readAlloc(9)))).toBe("a")
        expect(text(yield* Effect.flatten(b.readAlloc(9)))).toBe("b")
      }))))

  it.effect("answers with the errno of the host", () =>
    onHost(how, ({ files, root }) =>
      Effect.gen(function*() {
        const vfs = yield* Vfs.Vfs
        const { init } = yield* Processes.Processes
        fs.writeFileSync(path.join(root, "f"), "")
        fs.mkdirSync(path.join(root, "d"))
        fs.symlinkSync("loop", path.join(root, "loop"))
        expect(yield* codeOf(files.readFile("/host/none"))).toBe("ENOENT")
        expect(yield* codeOf(files.readFile("/host/f/x"))).toBe("ENOTDIR")
        expect(yield* codeOf(files.readFile("/host/loop"))).toBe("ELOOP")
        expect(yield* codeOf(files.writeFileString("/host/f", "", { flag: "wx" }))).toBe("EEXIST")
        expect(yield* codeOf(files.writeFileString("/host/d", ""))).toBe("EISDIR")
        expect(yield* codeOf(files.rename("/host/d", "/host/d/sub"))).toBe("EINVAL")
        expect(yield* codeOf(files.link("/host/f", "/tmp/f"))).toBe("EXDEV")
        const fifo = Effect.suspend(() => vfs.mknod(init, vfs.root, "/host/fifo", 0o010644, 0))
        expect((yield* Effect.flip(fifo))._tag).toBe("EPERM")
        const unnamed = Effect.suspend(() => vfs.open(init, vfs.root, "/host", O.O_TMPFILE | O.O_RDWR, 0o600))
        expect((yield* Effect.flip(unnamed))._tag).toBe("EOPNOTSUPP")
        expect(yield* codeOf(files.chmod("/host/f", 0o4755))).toBe("EPERM")
      })))

  it.effect("changes nothing when it is mounted to be read", () =>
    onHost({ ...how, readOnly: true }, ({ files, root }) =>
      Effect.gen(function*() {
        fs.writeFileSync(path.join(root, "f"), "as it was")
        expect(yield* files.readFileString("/host/f")).toBe("as it was")
        expect(yield* codeOf(files.writeFileString("/host/f", ""))).toBe("EROFS")
        expect(yield* codeOf(files.writeFileString("/host/g", ""))).toBe("EROFS")
        expect(yield* codeOf(files.remove("/host/f"))).toBe("EROFS")
        expect(yield* codeOf(files.chmod("/host/f", 0o777))).toBe("EROFS")
        expect(fs.readFileSync(path.join(root, "f"), "utf8")).toBe("as it was")
      })))

  it.effect("lists each entry once, whatever is added and removed meanwhile", () =>
    onHost(how, ({ root }) =>
      Effect.gen(function*() {
        const vfs = yield* Vfs.Vfs
        const { init } = yield* Processes.Processes
        for (let i = 0; i < 50; i++) fs.writeFileSync(path.join(root, `f${i}`), "")
        const directory = yield* Effect.suspend(() => vfs.open(init, vfs.root, "/host", O.O_RDONLY, 0))
        directory.references++
        const seen: Array<string> = []
        for (let round = 0;; round++) {
          const entries = yield* directory.list(7)
          if (entries.length === 0) break
          for (const { name } of entries) seen.push(name)
          fs.rmSync(path.join(root, `f${round}`), { force: true })
          fs.writeFileSync(path.join(root, `new${round}`), "")
        }
        yield* drop(directory)
        expect(new Set(seen).size).toBe(seen.length)
        // What was there all the time must have been seen.
        for (let i = 20; i < 50; i++) expect(seen).toContain(`f${i}`)
      })))

  it.effect("knows one file by all its names", () =>
    onHost(how, ({ files, root }) =>
      Effect.gen(function*() {
        yield* files.writeFileString("/host/a", "shared")
        yield* files.link("/host/a", "/host/b")
        const [a, b] = [yield* files.stat("/host/a"), yield* files.stat("/host/b")]
        expect(a.ino).toEqual(b.ino)
        expect(a.nlink).toMatchObject({ value: 2 })
        fs.unlinkSync(path.join(root, "b"))
        expect(yield* files.readFileString("/host/a")).toBe("shared")
      })))
})
