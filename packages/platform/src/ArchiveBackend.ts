/**
 * Archives as file systems: tar, plain or compressed by gzip, read from bytes and written from any directory.
 *
 * Reads what GNU tar, bsdtar, Go and Docker write: POSIX and GNU headers, long names, hard links, devices, sparse files,
 * extended attributes, times to the nanosecond. Contents are views of the archive's bytes, so mounting costs one look at the
 * headers. What is mounted is read-only; an overlay over it can be written to.
 *
 * An archive from a stranger does no harm. A name that leads up (`..`) or through a file, a link to what is not there, a size
 * beyond the end, a header whose sum is wrong: each is a typed error, and nothing is mounted. Slashes at the beginning
 * of a name do not count. Of two entries of the same name the later one counts.
 *
 * @example
 * ```ts
 * import { Kernel, TreeBackend } from "@effix/kernel"
 * import { ArchiveBackend } from "@effix/platform"
 * import { Effect } from "effect"
 *
 * const main = Effect.gen(function*() {
 *   const tree = yield* TreeBackend.make({ "/etc/motd": "welcome", "/bin/run": { content: "#!/bin/sh\n", mode: 0o755 } })
 *   const bytes = yield* ArchiveBackend.pack(tree, { gzip: true })
 *
 *   const kernel = yield* Kernel.Kernel
 *   yield* kernel.mount("/image", yield* ArchiveBackend.make(bytes))
 *   console.log(new TextDecoder().decode(yield* kernel.readFile("/image/etc/motd"))) // welcome
 *   console.log((yield* Effect.flip(kernel.writeFile("/image/new", "")))._tag) // EROFS
 * })
 * await Effect.runPromise(Effect.provide(main, Kernel.layer))
 * ```
 *
 * @see tar(5)
 */
import * as ReadOnlyBackend from "@effix/kernel/backend/ReadOnlyBackend"
import * as TreeBackend from "@effix/kernel/backend/TreeBackend"
import type * as Errno from "@effix/kernel/Errno"
import { type Backend, VfsBackend } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { ArchiveError } from "./archive/ArchiveError.js"
import * as Gzip from "./archive/gzip.js"
import { read } from "./archive/read.js"
import { concat, write } from "./archive/write.js"

export { ArchiveError, type Reason } from "./archive/ArchiveError.js"

export interface Options {
  /** Bytes to which a compressed archive may grow. Default: 4 GiB. */
  readonly bytesMax?: number
}

/** The files of an archive, to be mounted or looked through. Compressed or not is seen from its first bytes. */
export const tree = (
  bytes: Uint8Array,
  { bytesMax = 4 * 1024 ** 3 }: Options = {}
): Effect.Effect<ReadonlyArray<readonly [path: string, node: TreeBackend.TreeNode]>, ArchiveError> =>
  Effect.flatMap(Gzip.isGzip(bytes) ? Gzip.decompress(bytes, bytesMax) : Effect.succeed(bytes), (plain) => {
    const entries = read(plain)
    return entries instanceof ArchiveError ? Effect.fail(entries) : Effect.succeed(entries)
  })

/** An archive as a read-only file system. The bytes must not be changed as long as it is in use. */
export const make = (
  bytes: Uint8Array,
  options?: Options
): Effect.Effect<Backend, ArchiveError | TreeBackend.TreeError> =>
  Effect.map(
    Effect.flatMap(tree(bytes, options), (entries) => TreeBackend.make(entries, { type: "tar", bytesMax: 0 })),
    ReadOnlyBackend.make
  )

/**
 * An archive as the root of a kernel. It is read-only; a kernel boots over it as far as what it makes is there.
 *
 * @category layers
 */
export const layer = (
  bytes: Uint8Array,
  options?: Options
): Layer.Layer<VfsBackend, ArchiveError | TreeBackend.TreeError> => Layer.effect(VfsBackend, make(bytes, options))

export interface PackOptions {
  /** Where to begin, as a path in the backend that leads through no links. Default: its root. */
  readonly from?: string
  readonly gzip?: boolean
}

/** An archive of a directory of any backend, piece by piece. */
export const packStream = (
  backend: Backend,
  { from = "/", gzip = false }: PackOptions = {}
): Stream.Stream<Uint8Array, ArchiveError | Errno.Any> => {
  const plain = Stream.unwrap(Effect.map(find(backend, from), (directory) => write(backend, directory)))
  return gzip ? Gzip.compress(plain) : plain
}

/** An archive of a directory of any backend. */
export const pack = (backend: Backend, options?: PackOptions): Effect.Effect<Uint8Array, ArchiveError | Errno.Any> =>
  Effect.map(Stream.runCollect(packStream(backend, options)), concat)

const find = (backend: Backend, path: string) =>
  Effect.gen(function*() {
    let inode = backend.root
    for (const name of path.split("/")) if (name !== "") inode = yield* backend.lookup(inode, name)
    return inode
  })
