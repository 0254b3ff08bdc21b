/**
 * Whole trees: listing, copying and removing them.
 */
import type { CopyOptions, RemoveOptions } from "@effect/platform/FileSystem"
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as OpenFlags from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import type { DirectoryEntry } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import { type Caller, using } from "./Caller.js"

/** Entries that are asked for at a time. */
const BATCH = 1024
/** Bytes that are copied at a time. */
const BLOCK = 262_144

const stat = ({ process, vfs }: Caller, path: string, follow: boolean): Effect.Effect<Stat, Errno.Any> =>
  Effect.suspend(() => vfs.stat(process, process.cwd, path, follow))

/** The entries of a directory, without `.` and `..`. */
const entries = (caller: Caller, path: string): Effect.Effect<ReadonlyArray<DirectoryEntry>, Errno.Any> =>
  using(caller, path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, (directory) =>
    Effect.gen(function*() {
      const all: Array<DirectoryEntry> = []
      for (;;) {
        const some = yield* directory.list(BATCH)
        if (some.length === 0) return all
        for (const entry of some) if (entry.name !== "." && entry.name !== "..") all.push(entry)
      }
    }))

/** The names in a directory; with those below it, by their paths from there. */
export const names = (caller: Caller, path: string, recursive: boolean): Effect.Effect<Array<string>, Errno.Any> =>
  Effect.gen(function*() {
    const all: Array<string> = []
    for (const { name, type } of yield* entries(caller, path)) {
      all.push(name)
      if (!recursive) continue
      const below = `${path}/${name}`
      const isDirectory = type === 0
        ? FileMode.isDirectory((yield* stat(caller, below, false)).mode)
        : type === FileMode.S_IFDIR
      if (isDirectory) { for (const each of yield* names(caller, below, true)) all.push(`${name}/${each}`) }
    }
    return all
  })

/** Copies the contents of a file over another. */
export const copyFile = (caller: Caller, from: string, to: string, mode?: number): Effect.Effect<void, Errno.Any> =>
  using(caller, from, OpenFlags.O_RDONLY, 0, (source) => {
    if (FileMode.isDirectory(source.inode.mode)) return Errno.fail("EISDIR", { syscall: "copyfile", path: from })
    const flags = OpenFlags.O_WRONLY | OpenFlags.O_CREAT
    return using(caller, to, flags, mode ?? source.inode.mode & 0o777, (target) =>
      Effect.gen(function*() {
        if (target.inode === source.inode) {
          return yield* Errno.fail("EINVAL", { syscall: "copyfile", path: from, target: to })
        }
        // Not with O_TRUNC: a file that is copied onto itself would be gone.
        yield* target.truncate(0, caller.process)
        const block = new Uint8Array(BLOCK)
        for (;;) {
          const count = yield* source.read(block, caller.process)
          if (count === 0) {
            return
          }
          for (let at = 0; at < count;) at += yield* target.write(block.subarray(at, count), caller.process)
        }
      }))
  })

const exists = (caller: Caller, path: string): Effect.Effect<boolean, Errno.Any> =>
  stat(caller, path, false).pipe(
    Effect.as(true),
    Effect.catchTag("ENOENT", () => Effect.succeed(false))
  )

/** Whether `path` is `above` or lies below it, as far as their texts tell. */
const isWithin = (path: string, above: string): boolean => `${path}/`.startsWith(`${above}/`)

/** Copies a file, a link as a link, or a directory with all that it holds. What is there stays, unless told otherwise. */
export const copy = (
  caller: Caller,
  from: string,
  to: string,
  options: CopyOptions
): Effect.Effect<void, Errno.Any> =>
  Effect.gen(function*() {
    const { process, vfs } = caller
    const source = yield* stat(caller, from, false)
    if (FileMode.isDirectory(source.mode)) {
      if (isWithin(to, from)) return yield* Errno.fail("EINVAL", { syscall: "cp", path: from, target: to })
      yield* Effect.catchTag(
        Effect.suspend(() => vfs.mkdir(process, process.cwd, to, source.mode & 0o777)),
        "EEXIST",
        (error) => Effect.filterOrFail(stat(caller, to, true), ({ mode }) => FileMode.isDirectory(mode), () => error)
      )
      for (const { name } of yield* entries(caller, from)) {
        yield* copy(caller, `${from}/${name}`, `${to}/${name}`, options)
      }
    } else {
      const there = yield* exists(caller, to)
      if (there && options.overwrite !== true) {
        return
      }
      if (FileMode.isSymlink(source.mode)) {
        const target = yield* Effect.suspend(() => vfs.readlink(process, process.cwd, from))
        if (there) yield* Effect.suspend(() => vfs.unlink(process, process.cwd, to))
        yield* Effect.suspend(() => vfs.symlink(process, process.cwd, target, to))
      } else if (FileMode.isRegular(source.mode)) {
        yield* copyFile(caller, from, to)
      } else return yield* Errno.fail("EINVAL", { syscall: "cp", path: from, remedy: "neither a file nor a directory" })
    }
    if (options.preserveTimestamps === true && !FileMode.isSymlink(source.mode)) {
      const target = yield* vfs.find(process, process.cwd, to, false)
      yield* vfs.utimens(process, target, source.atime, source.mtime)
    }
  })

/** Removes a file, or a directory with all that it holds. */
export const remove = (caller: Caller, path: string, options: RemoveOptions): Effect.Effect<void, Errno.Any> =>
  Effect.gen(function*() {
    const { process, vfs } = caller
    const { mode } = yield* stat(caller, path, false)
    if (!FileMode.isDirectory(mode)) return yield* Effect.suspend(() => vfs.unlink(process, process.cwd, path))
    if (options.recursive !== true) return yield* Errno.fail("EISDIR", { syscall: "rm", path })
    for (const { name } of yield* entries(caller, path)) yield* remove(caller, `${path}/${name}`, options)
    yield* Effect.suspend(() => vfs.rmdir(process, process.cwd, path))
  }).pipe(Effect.catchIf((error) => options.force === true && error._tag === "ENOENT", () => Effect.void))

/** Makes a directory, and those above it. */
export const makeDirectories = (caller: Caller, path: string, mode: number): Effect.Effect<void, Errno.Any> =>
  Effect.gen(function*() {
    const { process, vfs } = caller
    let at = path.startsWith("/") ? "" : "."
    const names = path.split("/").filter((each) => each !== "")
    for (const [index, name] of names.entries()) {
      at += `/${name}`
      const made = yield* Effect.either(Effect.suspend(() => vfs.mkdir(process, process.cwd, at, mode)))
      if (made._tag === "Right") continue
      if (made.left._tag !== "EEXIST") return yield* Effect.fail(made.left)
      if (FileMode.isDirectory((yield* stat(caller, at, true)).mode)) continue
      return yield* Errno.fail(index < names.length - 1 ? "ENOTDIR" : "EEXIST", { syscall: "mkdir", path })
    }
  })
