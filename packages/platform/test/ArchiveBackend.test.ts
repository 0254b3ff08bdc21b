/** Archives as file systems: what tar writes is read, what is written tar reads, and what is hostile does no harm. */
import { describe, expect, it } from "@effect/vitest"
import * as FileMode from "@effix/kernel/abi/FileMode"
import { O_CREAT, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as OverlayBackend from "@effix/kernel/backend/OverlayBackend"
import * as TreeBackend from "@effix/kernel/backend/TreeBackend"
import * as Bytes from "@effix/kernel/Bytes"
import type { Any } from "@effix/kernel/Errno"
import type { Inode } from "@effix/kernel/Inode"
import * as Kernel from "@effix/kernel/Kernel"
import { Sys } from "@effix/kernel/Sys"
import type { Backend } from "@effix/kernel/VfsBackend"
import { BackendConformance } from "@effix/testing"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Header from "../src/archive/header.js"
import * as Pax from "../src/archive/pax.js"
import * as ArchiveBackend from "../src/ArchiveBackend.js"

const { S_IFDIR, S_IFLNK, S_IFREG } = FileMode

const hash = (bytes: Uint8Array) => createHash("sha1").update(bytes).digest("hex")

/** Everything in a backend, a line for each name. */
const listing = (
  backend: Backend,
  directory: Inode = backend.root,
  at = ""
): Effect.Effect<ReadonlyArray<string>, Any> =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    for (const { name } of yield* backend.list(directory, 0, 10_000)) {
      const inode = yield* backend.lookup(directory, name)
      const type = inode.mode & FileMode.S_IFMT
      let inside = ""
      if (type === S_IFLNK) inside = yield* backend.readlink(inode, 1)
      if (type === S_IFREG) {
        const bytes = new Uint8Array(inode.size)
        yield* backend.read(inode, 0, bytes)
        inside = `${bytes.length}:${hash(bytes)}`
      }
      const { gid, mtime, nlink, rdev, uid } = inode
      const links = type === S_IFDIR ? "" : nlink
      lines.push(`${at}/${name} ${inode.mode.toString(8)} ${uid}:${gid} ${links} ${rdev} ${mtime} ${inside}`)
      if (type === S_IFDIR) lines.push(...(yield* listing(backend, inode, `${at}/${name}`)))
    }
    return lines.sort()
  })

/** The same of a directory of this machine. */
const hostListing = (top: string, at = ""): ReadonlyArray<string> =>
  fs.readdirSync(top + at).flatMap((name) => {
    const file = `${top}${at}/${name}`
    const stat = fs.lstatSync(file, { bigint: true })
    const mode = Number(stat.mode)
    const type = mode & FileMode.S_IFMT
    const bytes = type === S_IFREG ? fs.readFileSync(file) : Buffer.alloc(0)
    const inside = type === S_IFLNK
      ? fs.readlinkSync(file)
      : type === S_IFREG
      ? `${bytes.length}:${hash(bytes)}`
      : ""
    const links = type === S_IFDIR ? "" : stat.nlink
    const line = `${at}/${name} ${
      mode.toString(8)
    } ${stat.uid}:${stat.gid} ${links} ${stat.rdev} ${stat.mtimeNs} ${inside}`
    return type === S_IFDIR ? [line, ...hostListing(top, `${at}/${name}`)] : [line]
  }).sort()

const temporary = <A, E>(use: (directory: string) => Effect.Effect<A, E>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "effix-archive-"))),
    use,
    (directory) => Effect.sync(() => fs.rmSync(directory, { recursive: true }))
  )

const isGnu = spawnSync("tar", ["--version"]).stdout?.toString().includes("GNU tar") ?? false
const tar = (...args: ReadonlyArray<string>): Uint8Array => {
  const { status, stderr, stdout } = spawnSync("tar", args, { maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(stderr.toString())
  return new Uint8Array(stdout)
}

const rich: TreeBackend.Tree = {
  "/": { directory: true, mode: 0o755, mtime: 1_700_000_000_000_000_000n },
  "/empty": "",
  "/file": { content: "hello\n", mode: 0o640, uid: 1000, gid: 100, mtime: 1_600_000_000_123_456_789n },
  "/setuid": { content: "x".repeat(1025), mode: 0o4711, mtime: 5_000_000_000n },
  "/again": { link: "/file" },
  "/link": { symlink: "file", mtime: 7_000_000_000n },
  [`/${"d".repeat(120)}/${"f".repeat(200)}`]: { content: "long", mtime: 4_100_000_000n },
  "/longlink": { symlink: "../".repeat(60) + "end", mtime: 1_000_000_000n },
  "/ünï\ncode caf\udce9": { content: "odd", mtime: 2_000_000_000n },
  "/sparse": {
    content: {
      size: 3_000_000,
      extents: [{ offset: 65_536, bytes: Bytes.encode("data") }, {
        offset: 2_000_000,
        bytes: new Uint8Array(5000).fill(3)
      }]
    },
    mtime: 3_000_000_000n
  },
  "/pipe": { fifo: true, mtime: 4_000_000_000n },
  "/dir/sub": { directory: true, mode: 0o1777, mtime: 6_000_000_000n },
  "/dir/sub/zero": { device: "char", major: 1, minor: 5, mode: 0o666, mtime: 8_000_000_000n },
  "/big": { content: new Uint8Array(200_000).map((_, i) => i), uid: 3_000_000, mtime: 11_000_000_000n },
  "/dir/attributes": { content: "a", attributes: { "user.comment": "one=two\n" }, mtime: 10_000_000_000n }
}

const packed = (options: ArchiveBackend.PackOptions) => () =>
  Effect.flatMap(
    Effect.flatMap(TreeBackend.make(BackendConformance.sample), (tree) => ArchiveBackend.pack(tree, options)),
    (bytes) => ArchiveBackend.make(bytes)
  )
BackendConformance.readOnlySuite("an archive", packed({}), { describe, it })
BackendConformance.readOnlySuite("a compressed archive", packed({ gzip: true }), { describe, it })

describe("An archive", () => {
  it.effect("gives back what was packed", () =>
    Effect.gen(function*() {
      const tree = yield* TreeBackend.make(rich)
      for (const gzip of [false, true]) {
        const bytes = yield* ArchiveBackend.pack(tree, { gzip })
        const backend = yield* ArchiveBackend.make(bytes)
        expect(yield* listing(backend)).toEqual(yield* listing(tree))
        const file = yield* backend.lookup(yield* backend.lookup(backend.root, "dir"), "attributes")
        expect(Bytes.decode(yield* backend.getAttribute!(file, "user.comment"))).toBe("one=two\n")
        const sparse = yield* backend.lookup(backend.root, "sparse")
        expect(yield* backend.seekData!(sparse, 0, false)).toBe(65_536)
        expect(bytes.length).toBeLessThan(300_000)
      }
      const part = yield* ArchiveBackend.make(yield* ArchiveBackend.pack(tree, { from: "/dir/sub" }))
      expect((yield* part.list(part.root, 0, 9)).map(({ name }) => name)).toEqual(["zero"])
    }))

  it.effect("is read-only below a kernel, and a layer below an overlay", () =>
    Effect.gen(function*() {
      const archive = yield* ArchiveBackend.make(yield* ArchiveBackend.pack(yield* TreeBackend.make({ "/a/b": "one" })))
      const kernel = yield* Kernel.Kernel
      yield* kernel.mount("/ro", archive)
      yield* kernel.mount("/rw", yield* OverlayBackend.make({ lower: archive }))
      expect((yield* Effect.flip(kernel.writeFile("/ro/a/b", "two")))._tag).toBe("EROFS")
      yield* kernel.writeFile("/rw/a/b", "two")
      expect(Bytes.decode(yield* kernel.readFile("/rw/a/b"))).toBe("two")
      expect(Bytes.decode(yield* kernel.readFile("/ro/a/b"))).toBe("one")
    }).pipe(Effect.provide(Kernel.layer)))

  it.effect("answers every change of its names and attributes with EROFS, and is afterwards what it was", () =>
    Effect.gen(function*() {
      const tree = yield* TreeBackend.make({ "/d/f": "one", "/d/g": "two" })
      const archive = yield* ArchiveBackend.make(yield* ArchiveBackend.pack(tree))
      const before = yield* listing(archive)
      const kernel = yield* Kernel.Kernel
      yield* kernel.mount("/ro", archive)
      const answers: Array<string> = []
      const changes = Effect.gen(function*() {
        const sys = yield* Sys
        const all: ReadonlyArray<Effect.Effect<unknown, Any>> = [
          sys.open("/ro/new", O_CREAT | O_WRONLY, 0o644),
          sys.mkdir("/ro/d/new"),
          sys.symlink("f", "/ro/d/new"),
          sys.link("/ro/d/f", "/ro/d/new"),
          sys.mkfifo("/ro/d/new"),
          sys.rename("/ro/d/f", "/ro/d/new"),
          sys.rename("/ro/d/f", "/ro/d/g"),
          sys.unlink("/ro/d/f"),
          sys.rmdir("/ro/d"),
          sys.chmod("/ro/d/f", 0o600),
          sys.chown("/ro/d/f", 1, 1),
          sys.truncate("/ro/d/f", 0)
        ]
        for (const change of all) {
          answers.push(yield* Effect.match(change, { onFailure: ({ _tag }) => _tag, onSuccess: () => "done" }))
        }
        return 0
      })
      yield* Effect.scoped(Effect.flatMap(kernel.spawn(changes), ({ wait }) => wait))
      expect(answers).toEqual(Array.from({ length: 12 }, () => "EROFS"))
      expect(yield* listing(archive)).toEqual(before)
    }).pipe(Effect.provide(Kernel.layer)))
})

describe.skipIf(!isGnu)("An archive, beside GNU tar", () => {
  for (const format of ["gnu", "pax", "ustar", "v7", "oldgnu"]) {
    it.effect(`reads what tar writes in its ${format} format`, () =>
      temporary((directory) =>
        Effect.gen(function*() {
          const name = (format === "v7" || format === "ustar") ? "n".repeat(90) : "n".repeat(150)
          fs.mkdirSync(`${directory}/d/${name}`, { recursive: true })
          fs.writeFileSync(`${directory}/d/${name}/f`, "content", { mode: 0o600 })
          fs.writeFileSync(`${directory}/caf\u00e9 \n`, "x".repeat(700))
          fs.linkSync(`${directory}/caf\u00e9 \n`, `${directory}/hard`)
          fs.symlinkSync(`d/${name}`.slice(0, 99), `${directory}/soft`)
          fs.writeFileSync(`${directory}/suid`, "", { mode: 0o644 })
          fs.chmodSync(`${directory}/suid`, 0o4755)
          if (format !== "v7") spawnSync("mkfifo", [`${directory}/fifo`])
          const sparse = format === "v7" || format === "ustar" ? [] : ["-S"]
          if (sparse.length > 0) {
            const fd = fs.openSync(`${directory}/holes`, "w")
            for (let i = 1; i < 40; i++) fs.writeSync(fd, "data", i * 100_000)
            fs.ftruncateSync(fd, 4_100_000)
            fs.closeSync(fd)
          }
          if (format !== "pax") {
            for (const each of fs.readdirSync(directory, { recursive: true, encoding: "utf8" })) {
              fs.lutimesSync(`${directory}/${each}`, 1_000_000_000, 1_000_000_000)
            }
          }
          const bytes = tar("-C", directory, "--numeric-owner", ...sparse, `--format=${format}`, "-cf", "-", ".")
          expect(yield* listing(yield* ArchiveBackend.make(bytes))).toEqual(hostListing(directory))
          const zipped = tar("-C", directory, ...sparse, `--format=${format}`, "-czf", "-", ".")
          expect(yield* listing(yield* ArchiveBackend.make(zipped))).toEqual(hostListing(directory))
        })
      ))
  }

  for (const version of ["0.0", "0.1", "1.0"]) {
    it.effect(`reads sparse files of version ${version}`, () =>
      temporary((directory) =>
        Effect.gen(function*() {
          const fd = fs.openSync(`${directory}/holes`, "w")
          for (let i = 1; i < 9; i++) fs.writeSync(fd, `data ${i}`, i * 1_000_000)
          fs.closeSync(fd)
          const bytes = tar("-C", directory, "--format=pax", `--sparse-version=${version}`, "-Scf", "-", ".")
          expect(bytes.length).toBeLessThan(100_000)
          expect(yield* listing(yield* ArchiveBackend.make(bytes))).toEqual(hostListing(directory))
        })
      ))
  }

  it.effect("writes what tar extracts to the same, and lists without complaint", () =>
    temporary((directory) =>
      Effect.gen(function*() {
        const isRoot = process.getuid?.() === 0
        // A name that is not UTF-8 cannot be read with node.
        const tree = yield* TreeBackend.make(Object.entries(rich).filter(([name]) => !name.includes("\udce9")))
        fs.writeFileSync(`${directory}/a.tar`, yield* ArchiveBackend.pack(tree))
        fs.mkdirSync(`${directory}/out`)
        const { stderr } = spawnSync("tar", ["-tvf", `${directory}/a.tar`])
        expect(stderr.toString()).toBe("")
        tar(
          "-C",
          `${directory}/out`,
          "--same-owner",
          "-xpf",
          `${directory}/a.tar`,
          ...(isRoot ? [] : ["--exclude=zero"])
        )
        const wanted = (yield* listing(tree)).filter((line) => isRoot || !line.startsWith("/dir/sub/zero"))
        const owners = (lines: ReadonlyArray<string>) =>
          isRoot ? lines : lines.map((line) => line.replace(/ \d+:\d+ /, " "))
        expect(owners(hostListing(`${directory}/out`))).toEqual(owners(wanted))
      })
    ))
})

describe("A hostile archive", () => {
  const entry = (header: Partial<Header.Header>, data = "") => {
    const bytes = Bytes.encode(data)
    const block = Header.format({
      name: "f",
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: bytes.length,
      mtime: 0,
      flag: "0",
      linkname: "",
      major: 0,
      minor: 0,
      ...header
    })
    return Buffer.concat([block, bytes, new Uint8Array((512 - bytes.length % 512) % 512)])
  }
  const archive = (...entries: ReadonlyArray<Uint8Array>) =>
    new Uint8Array(Buffer.concat([...entries, new Uint8Array(1024)]))
  const wrong = (bytes: Uint8Array) =>
    Effect.map(
      Effect.flip(ArchiveBackend.make(bytes)),
      (error) => error._tag === "ArchiveError" ? error.reason : error._tag
    )

  it.effect("answers a typed error, and mounts nothing", () =>
    Effect.gen(function*() {
      expect(yield* wrong(archive(entry({ name: "../etc/passwd" })))).toBe("bad name")
      expect(yield* wrong(archive(entry({ name: "a/../../b" })))).toBe("bad name")
      expect(yield* wrong(archive(entry({ name: "h", flag: "1", linkname: "../../etc/shadow" })))).toBe(
        "missing link target"
      )
      expect(yield* wrong(archive(entry({ name: "h", flag: "1", linkname: "/etc/shadow" })))).toBe(
        "missing link target"
      )
      expect(yield* wrong(archive(entry({ name: "l", flag: "2", linkname: "/etc" }), entry({ name: "l/passwd" }, "x"))))
        .toBe("ENOTDIR")
      expect(yield* wrong(archive(entry({ name: "f" }, "x"), entry({ name: "f/g" }, "x")))).toBe("ENOTDIR")
      expect(yield* wrong(archive(entry({ size: 0o77777777777 })))).toBe("truncated")
      expect(yield* wrong(archive(entry({ size: 2 ** 52 })))).toBe("truncated")
      expect(yield* wrong(entry({}, "x".repeat(600)).subarray(0, 700))).toBe("truncated")
      expect(yield* wrong(entry({}).subarray(0, 100))).toBe("truncated")
      expect(yield* wrong(new Uint8Array(0))).toBe("truncated")
      expect(yield* wrong(new Uint8Array(4096).fill(65))).toBe("bad checksum")
      expect(yield* wrong(archive(entry({ flag: "M" })))).toBe("multi-volume")
      expect(yield* wrong(archive(entry({ flag: "x" }, "999 path=x\n"), entry({})))).toBe("bad header")
      expect(yield* wrong(archive(entry({ flag: "x" }, "19 size=-5000000000\n"), entry({})))).toBe("bad header")
      expect(yield* wrong(Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3))).toBe("bad compression")
      const record = new TextDecoder().decode(Pax.record("GNU.sparse.map", Bytes.encode("0,99999999999")))
      expect(yield* wrong(archive(entry({ flag: "x" }, record), entry({}, "x")))).toBe("bad header")
    }))

  it.effect("cannot grow beyond what it is allowed", () =>
    Effect.gen(function*() {
      const bomb = yield* ArchiveBackend.pack(
        yield* TreeBackend.make({ "/zeros": new Uint8Array(5_000_000).fill(1) }),
        { gzip: true }
      )
      expect(bomb.length).toBeLessThan(50_000)
      const error = yield* Effect.flip(ArchiveBackend.make(bomb, { bytesMax: 1_000_000 }))
      expect(error).toMatchObject({ _tag: "ArchiveError", reason: "bad compression" })
    }))

  it.effect("stays below its root with absolute names, and the later of two entries counts", () =>
    Effect.gen(function*() {
      const backend = yield* ArchiveBackend.make(archive(
        entry({ name: "/etc/passwd" }, "one"),
        entry({ name: "hard", flag: "1", linkname: "etc/passwd" }),
        entry({ name: "./etc/passwd" }, "another"),
        entry({ name: "out", flag: "2", linkname: "../../../etc" })
      ))
      const etc = yield* backend.lookup(backend.root, "etc")
      expect((yield* backend.lookup(etc, "passwd")).size).toBe(7)
      expect((yield* backend.lookup(backend.root, "hard")).size).toBe(3)
      const kernel = yield* Kernel.Kernel
      yield* kernel.mount("/a", backend)
      // A link leads where it leads in the kernel, which is not the host.
      expect(Bytes.decode(yield* kernel.readFile("/a/out/hostname"))).toBe("effix\n")
    }).pipe(Effect.provide(Kernel.layer)))

  it.effect("of random bytes, or with some of them changed, never does more than fail", () =>
    Effect.gen(function*() {
      const good = yield* ArchiveBackend.pack(yield* TreeBackend.make(rich))
      let state = 12345
      const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32
      for (let i = 0; i < 60; i++) {
        const bytes = good.slice(0, random() < 0.3 ? Math.floor(random() * good.length) : good.length)
        for (let n = 0; n < 4; n++) {
          const at = Math.floor(random() * Math.min(bytes.length, 20_000))
          bytes[at] = Math.floor(random() * 256)
          // With its sum put right, the change itself is looked at.
          const start = at - at % 512
          if (start + 512 <= bytes.length && random() < 0.7) {
            const block = bytes.subarray(start, start + 512)
            const sum = block.reduce((total, byte, j) => total + (j >= 148 && j < 156 ? 32 : byte), 0)
            block.set(Bytes.encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148)
          }
        }
        const exit = yield* Effect.exit(Effect.flatMap(ArchiveBackend.make(bytes), (backend) => listing(backend)))
        if (exit._tag === "Failure") expect(exit.cause._tag, `round ${i}: ${exit.cause}`).toBe("Fail")
      }
    }))
})
