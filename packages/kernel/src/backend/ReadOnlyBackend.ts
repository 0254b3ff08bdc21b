/**
 * Any file system, but nobody can change it: every change answers EROFS, whoever asks.
 *
 * A mount with `readOnly` does the same for one place of the tree; this is for what is handed to others, such as the lower
 * layer of overlays.
 *
 * @example
 * ```ts
 * import { Kernel, ReadOnlyBackend, TreeBackend } from "@effix/kernel"
 * import { Effect } from "effect"
 *
 * const main = Effect.gen(function*() {
 *   const kernel = yield* Kernel.Kernel
 *   yield* kernel.mount("/data", ReadOnlyBackend.make(yield* TreeBackend.make({ "/a": "1" })))
 *   console.log((yield* Effect.flip(kernel.writeFile("/data/a", "2")))._tag) // EROFS
 * })
 * Effect.runPromise(Effect.provide(main, Kernel.layer))
 * ```
 *
 * @see mount(2)
 */
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import type { Backend } from "../VfsBackend.js"

const refuse = () => Errno.fail("EROFS")

/** A backend that shows what `backend` has, and refuses every change. */
export const make = <I extends Inode>(backend: Backend<I>): Backend<I> => ({
  type: backend.type,
  get coherent() {
    return backend.coherent
  },
  readOnly: true,
  root: backend.root,
  lookup: (directory, name) => backend.lookup(directory, name),
  readlink: (inode, pid) => backend.readlink(inode, pid),
  list: (directory, cursor, limit) => backend.list(directory, cursor, limit),
  read: (inode, offset, into) => backend.read(inode, offset, into),
  statfs: () => backend.statfs(),
  ...(backend.refresh === undefined ? {} : { refresh: (inode: I) => backend.refresh!(inode) }),
  ...(backend.seekData === undefined
    ? {}
    : { seekData: (inode: I, offset: number, hole: boolean) => backend.seekData!(inode, offset, hole) }),
  ...(backend.getAttribute === undefined
    ? {}
    : { getAttribute: (inode: I, name: string) => backend.getAttribute!(inode, name) }),
  ...(backend.listAttributes === undefined ? {} : { listAttributes: (inode: I) => backend.listAttributes!(inode) }),
  ...(backend.sync === undefined
    ? {}
    : { sync: (inode: I, dataOnly: boolean) => backend.sync!(inode, dataOnly) }),
  ...(backend.retain === undefined ? {} : { retain: (inode: I) => backend.retain!(inode) }),
  ...(backend.release === undefined ? {} : { release: (inode: I) => backend.release!(inode) }),
  ...(backend.follow === undefined ? {} : { follow: (inode: I, pid: number) => backend.follow!(inode, pid) }),
  ...(backend.watch === undefined
    ? {}
    : { watch: (directory: I, told: (name: string) => void) => backend.watch!(directory, told) }),
  create: refuse,
  createUnnamed: refuse,
  link: refuse,
  unlink: refuse,
  rmdir: refuse,
  rename: refuse,
  write: refuse,
  truncate: refuse,
  change: refuse,
  allocate: refuse,
  setAttribute: refuse
})
