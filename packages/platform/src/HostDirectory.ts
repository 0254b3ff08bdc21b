/**
 * A directory of the host as a file system of the kernel, through whatever `FileSystem` of `@effect/platform` there is.
 *
 * Nothing leads out of the directory. A symbolic link of the host is a symbolic link of the kernel: the kernel walks it
 * in its own tree, so `/etc/passwd` and `../..` name the kernel's files, not the host's. No path is given to the host
 * that goes through a link, and what a path leads to is compared with what was found there. Guests cannot change a path
 * while it is being walked; another program of the host that does finds its file answered with ESTALE. What no path can
 * rule out is such a program that puts a link in the place of a directory in the very instant between that look and a
 * change in there: keep those out who would.
 *
 * Others may change the directory at any time, and are seen at once; who watches files there, with inotify or with
 * `Vfs.watch`, hears of it as far as `FileSystem.watch` tells. A file that is open stays readable and writable
 * whatever becomes of its name.
 *
 * What `FileSystem` cannot say is not there: devices, FIFOs and sockets cannot be made (EPERM), nor files without a name
 * and extended attributes (EOPNOTSUPP), and two names cannot change places (EINVAL). Set-user-id bits are refused (EPERM):
 * the kernel's users are not the host's. Without {@link HostCalls}, times are milliseconds, links have no owner and no
 * times, and a directory that somebody fills while it is being removed goes with what was put there. Names that are not
 * UTF-8 are not shown. Ids are those of the host; a new file belongs to its guest where this program may give it away,
 * and otherwise to this program's user.
 *
 * @example
 * ```ts
 * import { NodeContext } from "@effect/platform-node"
 * import { FileSystem } from "@effect/platform"
 * import { Kernel } from "@effix/kernel"
 * import { HostDirectory } from "@effix/platform"
 * import { Effect } from "effect"
 *
 * const main = Effect.gen(function*() {
 *   const fs = yield* FileSystem.FileSystem
 *   const directory = yield* fs.makeTempDirectoryScoped()
 *   yield* fs.writeFileString(`${directory}/greeting`, "hello from the host")
 *
 *   const kernel = yield* Kernel.Kernel
 *   yield* kernel.mount("/host", yield* HostDirectory.make(directory, { readOnly: true }), { readOnly: true })
 *   console.log(new TextDecoder().decode(yield* kernel.readFile("/host/greeting"))) // hello from the host
 * })
 *
 * await Effect.runPromise(Effect.scoped(main).pipe(Effect.provide(Kernel.layer), Effect.provide(NodeContext.layer)))
 * ```
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import { type Backend, VfsBackend } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { asked } from "./host/errors.js"
import { Host } from "./host/Host.js"
import { HostBackend } from "./host/HostBackend.js"
import { Tree } from "./host/Tree.js"
import type { HostCalls } from "./HostCalls.js"

export interface Options {
  /** Whether the host's files are only ever opened to be read; every change answers EROFS. Default: `false`. */
  readonly readOnly?: boolean
  /** The user and group to whom every file seems to belong. Default: those of the host. */
  readonly owner?: { readonly uid: number; readonly gid: number }
  /** What the host can be asked beyond `FileSystem`. */
  readonly calls?: HostCalls
}

/** A host directory to mount. Fails with ENOENT, ENOTDIR, EACCES, as opening it would. */
export const make = (
  root: string,
  options: Options = {}
): Effect.Effect<Backend, Errno.Any, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function*() {
    const path = yield* Path.Path
    const host = new Host(yield* FileSystem.FileSystem, options.calls)
    const real = yield* asked(host.fs.realPath(path.resolve(root)))
    const stat = yield* host.lstat(real)
    if (!FileMode.isDirectory(stat.mode)) return yield* Errno.fail("ENOTDIR")
    const { owner, readOnly = false } = options
    return new HostBackend(new Tree(host, path, real, stat, { readOnly, owner }))
  }).pipe(Effect.mapError((error) => Errno.within<Errno.Code>(error, { syscall: "mount", path: root })))

/**
 * A host directory as the root of a kernel.
 *
 * @category layers
 */
export const layer = (
  root: string,
  options?: Options
): Layer.Layer<VfsBackend, Errno.Any, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(VfsBackend, make(root, options))
