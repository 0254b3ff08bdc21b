/**
 * Reading and writing, through handles that outlive the names of a file.
 */
import type { File } from "@effect/platform/FileSystem"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { asked } from "./errors.js"
import type { Handle, HostInode } from "./HostInode.js"
import { run, type Steps } from "./steps.js"
import { isRegular, type Tree } from "./Tree.js"

const close = ({ scope }: Handle): Effect.Effect<void> => Effect.ignore(Scope.close(scope, Exit.void))

/** Opens a file, and makes sure that it is the one that was looked at. */
function* openAs(tree: Tree, inode: HostInode, writable: boolean): Steps<Handle, Errno.Any> {
  // Opening anything else could wait for ever, or do something.
  if (!isRegular(inode)) return yield* Errno.fail("EINVAL")
  const path = yield* tree.itself(inode)
  const [file, scope] = yield* tree.host.open(path, writable ? "r+" : "r")
  const handle = { file, scope, writable }
  const stat = yield* Effect.onError(tree.host.fstat(file), () => close(handle))
  if (!inode.is(stat)) {
    yield* close(handle)
    return yield* Errno.fail("ESTALE")
  }
  inode.update(stat)
  return handle
}

const open = (tree: Tree, inode: HostInode, writable: boolean): Effect.Effect<Handle, Errno.Any> =>
  tree.looking(() => openAs(tree, inode, writable))

/** One after the other on the handle of a file. */
const inTurn = <A, E>(inode: HostInode, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.uninterruptible(inode.turn.withPermits(1)(effect))

/** Keeps a file reachable for as long as the kernel has it open. */
export const retain = (tree: Tree, inode: HostInode): Effect.Effect<void, Errno.Any> =>
  !isRegular(inode) ? Exit.void : inTurn(
    inode,
    Effect.suspend(() => {
      if (inode.handle !== undefined) return Exit.void
      // For writing if that is possible at all: when it is written to, its name may be gone.
      const opened = tree.options.readOnly
        ? open(tree, inode, false)
        : Effect.catchIf(
          open(tree, inode, true),
          ({ _tag }) => _tag === "EACCES" || _tag === "EPERM" || _tag === "EROFS" || _tag === "EIO",
          () => open(tree, inode, false)
        )
      return Effect.map(opened, (handle) => {
        inode.handle = handle
      })
    })
  )

/** Lets go of a file, unless it was opened again meanwhile. */
export const release = (inode: HostInode): Effect.Effect<void> =>
  inode.handle === undefined && isRegular(inode) === false ? Exit.void : inTurn(
    inode,
    Effect.suspend(() => {
      const { handle } = inode
      if (handle === undefined || inode.references > 0) return Exit.void
      inode.handle = undefined
      return close(handle)
    })
  )

/** Uses the handle that is kept, or one for this once. */
const withFile = <A>(
  tree: Tree,
  inode: HostInode,
  writable: boolean,
  use: (file: File) => Effect.Effect<A, Errno.Any>
): Effect.Effect<A, Errno.Any> =>
  inTurn(
    inode,
    Effect.suspend(() => {
      const { handle } = inode
      if (handle !== undefined && (handle.writable || !writable)) return use(handle.file)
      return Effect.acquireUseRelease(open(tree, inode, writable), ({ file }) => use(file), close)
    })
  )

export const read = (
  tree: Tree,
  inode: HostInode,
  offset: number,
  into: Uint8Array
): Effect.Effect<number, Errno.Any> =>
  withFile(tree, inode, false, (file) => {
    let filled = 0
    const step: Effect.Effect<number, Errno.Any> = Effect.suspend(() =>
      Effect.flatMap(asked(file.read(filled === 0 ? into : into.subarray(filled))), (size) => {
        const count = Number(size)
        filled += count
        // A host may give less than there is. It has given all when it gives nothing, or when the known end is reached.
        const done = count === 0 || filled === into.length || offset + filled === inode.size
        return done ? Exit.succeed(filled) : step
      })
    )
    return Effect.zipRight(file.seek(offset, "start"), step)
  })

export const write = (
  tree: Tree,
  inode: HostInode,
  offset: number,
  from: Uint8Array,
  now: bigint
): Effect.Effect<number, Errno.Any> =>
  withFile(tree, inode, true, (file) => {
    let written = 0
    const step: Effect.Effect<number, Errno.Any> = Effect.suspend(() =>
      Effect.matchEffect(asked(file.write(from.subarray(written))), {
        // What an error cut short was stored all the same.
        onFailure: (error) => written > 0 ? Exit.succeed(written) : Errno.fail(error._tag),
        onSuccess: (size) => {
          written += Number(size)
          return written === from.length || size === 0n ? Exit.succeed(written) : step
        }
      })
    )
    return Effect.tap(Effect.zipRight(file.seek(offset, "start"), step), (count) =>
      Effect.sync(() => {
        inode.size = Math.max(inode.size, offset + count)
        inode.mtime = inode.ctime = now
      }))
  })

export const truncate = (tree: Tree, inode: HostInode, size: number): Effect.Effect<void, Errno.Any> =>
  withFile(tree, inode, true, (file) =>
    Effect.map(asked(file.truncate(size)), () => {
      inode.size = size
    }))

export const sync = (tree: Tree, inode: HostInode): Effect.Effect<void, Errno.Any> =>
  isRegular(inode) ? withFile(tree, inode, !tree.options.readOnly, (file) => asked(file.sync)) : Exit.void

/** Brings attributes up to date: through the handle, as the name may be gone or be another's. */
export const refresh = (tree: Tree, inode: HostInode): Effect.Effect<void, Errno.Any> => {
  const { handle } = inode
  if (handle === undefined) {
    if (inode.lost) return Exit.void
    return tree.looking(function*(): Steps<void, Errno.Any> {
      yield* tree.itself(inode)
    })
  }
  return run(function*(): Steps<void, Errno.Any> {
    inode.update(yield* tree.host.fstat(handle.file))
  }())
}
