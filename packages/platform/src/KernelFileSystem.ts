/**
 * `@effect/platform`'s `FileSystem`, provided by a kernel: what asks for a `FileSystem` works on the kernel's files.
 *
 * Errors have the reasons that `@effect/platform-node` gives them, and the errno as their cause. `watch` names files as node
 * does: below the watched directory, or by the last name of the watched file.
 *
 * @example
 * ```ts
 * import { FileSystem } from "@effect/platform"
 * import { Kernel } from "@effix/kernel"
 * import { KernelFileSystem } from "@effix/platform"
 * import { Effect, Layer } from "effect"
 *
 * const program = Effect.gen(function*() {
 *   const fs = yield* FileSystem.FileSystem
 *   yield* fs.makeDirectory("/srv/notes", { recursive: true })
 *   yield* fs.writeFileString("/srv/notes/today", "water the plants")
 *   console.log(yield* fs.readDirectory("/srv/notes")) // [ "today" ]
 *   console.log(yield* fs.readFileString("/srv/notes/today")) // water the plants
 * })
 *
 * await Effect.runPromise(Effect.provide(program, Layer.provide(KernelFileSystem.layer, Kernel.layer)))
 * ```
 */
import * as FileSystem from "@effect/platform/FileSystem"
import { R_OK, W_OK } from "@effix/kernel/abi/FileMode"
import * as OpenFlags from "@effix/kernel/abi/OpenFlags"
import { drop } from "@effix/kernel/Description"
import * as Errno from "@effix/kernel/Errno"
import type { Processes } from "@effix/kernel/Processes"
import type { Vfs } from "@effix/kernel/Vfs"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Caller from "./kernelFiles/Caller.js"
import { attempt } from "./kernelFiles/errors.js"
import { fromStat } from "./kernelFiles/info.js"
import { KernelFile } from "./kernelFiles/KernelFile.js"
import * as Temporary from "./kernelFiles/temporary.js"
import * as Trees from "./kernelFiles/trees.js"
import { watch } from "./kernelFiles/watch.js"

export interface Options {
  /** A name of `/etc/passwd`, or a number: whose permissions count. Default: root. */
  readonly user?: string | number
}

const { O_APPEND, O_CREAT, O_EXCL, O_PATH, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = OpenFlags

const flags: Record<FileSystem.OpenFlag, number> = {
  "r": O_RDONLY,
  "r+": O_RDWR,
  "w": O_WRONLY | O_CREAT | O_TRUNC,
  "wx": O_WRONLY | O_CREAT | O_EXCL,
  "w+": O_RDWR | O_CREAT | O_TRUNC,
  "wx+": O_RDWR | O_CREAT | O_EXCL,
  "a": O_WRONLY | O_CREAT | O_APPEND,
  "ax": O_WRONLY | O_CREAT | O_EXCL | O_APPEND,
  "a+": O_RDWR | O_CREAT | O_APPEND,
  "ax+": O_RDWR | O_CREAT | O_EXCL | O_APPEND
}

/** A time as `FileSystem` takes it: a date, or seconds since the epoch. */
const nanoseconds = (time: Date | number): bigint =>
  typeof time === "number" ? BigInt(Math.round(time * 1e9)) : BigInt(time.getTime()) * 1_000_000n

const fromCaller = (caller: Caller.Caller): FileSystem.FileSystem => {
  const { process, vfs } = caller
  const { cwd } = process
  const here = Exit.succeed(cwd)
  const target = (path: string) => vfs.find(process, cwd, path, true)
  const open = (method: string, path: string, { flag = "r", mode }: FileSystem.OpenFileOptions = {}) =>
    Effect.acquireRelease(
      attempt(method, path, () => Caller.open(caller, path, flags[flag], mode)),
      (file) => Effect.suspend(() => drop(file))
    )
  return FileSystem.make({
    access: (path, { readable = false, writable = false } = {}) =>
      attempt(
        "access",
        path,
        () =>
          Effect.flatMap(
            target(path),
            (found) => vfs.access(process, found, (readable ? R_OK : 0) | (writable ? W_OK : 0))
          )
      ),
    chmod: (path, mode) =>
      attempt("chmod", path, () => Effect.flatMap(target(path), (found) => vfs.chmod(process, found, mode))),
    chown: (path, uid, gid) =>
      attempt("chown", path, () => Effect.flatMap(target(path), (found) => vfs.chown(process, found, uid, gid))),
    copy: (from, to, options = {}) => attempt("copy", from, () => Trees.copy(caller, from, to, options)),
    copyFile: (from, to) => attempt("copyFile", from, () => Trees.copyFile(caller, from, to)),
    link: (from, to) => attempt("link", from, () => vfs.link(process, cwd, from, here, to, false)),
    makeDirectory: (path, { mode = 0o777, recursive = false } = {}) =>
      attempt(
        "makeDirectory",
        path,
        () => recursive ? Trees.makeDirectories(caller, path, mode) : vfs.mkdir(process, cwd, path, mode)
      ),
    makeTempDirectory: (options) => Temporary.makeDirectory(caller, "makeTempDirectory", options),
    makeTempDirectoryScoped: (options) =>
      Effect.acquireRelease(
        Temporary.makeDirectory(caller, "makeTempDirectoryScoped", options),
        (path) => Temporary.remove(caller, path)
      ),
    makeTempFile: (options) => Effect.map(Temporary.makeFile(caller, "makeTempFile", options), ({ file }) => file),
    makeTempFileScoped: (options) =>
      Effect.acquireRelease(
        Temporary.makeFile(caller, "makeTempFileScoped", options),
        ({ directory }) => Temporary.remove(caller, directory)
      ).pipe(Effect.map(({ file }) => file)),
    open: (path, options) => Effect.map(open("open", path, options), (file) => new KernelFile(caller, file)),
    readDirectory: (path, { recursive = false } = {}) =>
      attempt("readDirectory", path, () => Trees.names(caller, path, recursive)),
    readFile: (path) =>
      attempt("readFile", path, () => Caller.using(caller, path, O_RDONLY, 0, (file) => Caller.readAll(caller, file))),
    readLink: (path) => attempt("readLink", path, () => vfs.readlink(process, cwd, path)),
    realPath: (path) =>
      attempt(
        "realPath",
        path,
        () =>
          Caller.using(caller, path, O_PATH, 0, ({ location }): Effect.Effect<string, Errno.Any> => {
            const found = location === undefined ? undefined : vfs.pathOf(process.root, location)
            return found === undefined ? Errno.fail("ENOENT", { syscall: "realpath", path }) : Effect.succeed(found)
          })
      ),
    remove: (path, options = {}) => attempt("remove", path, () => Trees.remove(caller, path, options)),
    rename: (from, to) => attempt("rename", from, () => vfs.rename(process, cwd, from, here, to, 0)),
    stat: (path) => attempt("stat", path, () => Effect.map(vfs.stat(process, cwd, path, true), fromStat)),
    symlink: (from, to) => attempt("symlink", to, () => vfs.symlink(process, cwd, from, to)),
    truncate: (path, length = 0) =>
      attempt(
        "truncate",
        path,
        () => Effect.flatMap(target(path), (found) => vfs.truncate(process, found, Number(length)))
      ),
    utimes: (path, atime, mtime) =>
      attempt(
        "utimes",
        path,
        () =>
          Effect.flatMap(target(path), (found) => vfs.utimens(process, found, nanoseconds(atime), nanoseconds(mtime)))
      ),
    watch: (path, options) => watch(caller, path, options),
    writeFile: (path, data, { flag = "w", mode = 0o666 } = {}) =>
      attempt(
        "writeFile",
        path,
        () => Caller.using(caller, path, flags[flag], mode, (file) => Caller.writeAll(caller, file, data))
      )
  })
}

/** The files of the kernel, as a user of the kernel may use them. EINVAL when there is no such user. */
export const make = (
  options: Options = {}
): Effect.Effect<FileSystem.FileSystem, Errno.Errno<"EINVAL">, Vfs | Processes> =>
  Effect.map(Caller.make(options.user ?? 0), fromCaller)

/**
 * The files of the kernel, as root may use them.
 *
 * @category layers
 */
export const layer: Layer.Layer<FileSystem.FileSystem, never, Vfs | Processes> = Layer.effect(
  FileSystem.FileSystem,
  Effect.orDie(make())
)

/**
 * The files of the kernel, as another user may use them.
 *
 * @category layers
 */
export const layerWith = (
  options: Options
): Layer.Layer<FileSystem.FileSystem, Errno.Errno<"EINVAL">, Vfs | Processes> =>
  Layer.effect(FileSystem.FileSystem, make(options))
