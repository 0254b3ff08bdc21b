/**
 * Making, linking, removing and moving names.
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import type { NewInode } from "@effix/kernel/Inode"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { asked } from "./errors.js"
import type { HostInode } from "./HostInode.js"
import type { Steps } from "./steps.js"
import type { Tree } from "./Tree.js"

/** The host is never lent a program that runs as somebody else: the kernel's users are not its users. */
const bitsOf = (mode: number): number => mode & (FileMode.isDirectory(mode) ? 0o1777 : 0o0777)

function* make(tree: Tree, path: string, made: NewInode): Steps<void, Errno.Any> {
  const { fs } = tree.host
  switch (made.mode & FileMode.S_IFMT) {
    case FileMode.S_IFREG: {
      const [, scope] = yield* tree.host.open(path, "wx", bitsOf(made.mode))
      yield* Effect.ignore(Scope.close(scope, Exit.void))
      return
    }
    case FileMode.S_IFDIR:
      yield* asked(fs.makeDirectory(path, { mode: bitsOf(made.mode) }))
      return
    case FileMode.S_IFLNK:
      if (!tree.sayable(made.target ?? "") && /[\ud800-\udfff]/.test(made.target ?? "")) {
        return yield* Errno.fail("EPERM")
      }
      yield* asked(fs.symlink(made.target ?? "", path))
      return
    default:
      // The host has devices, FIFOs and sockets of its own, and nobody there to talk to ours.
      return yield* Errno.fail("EPERM")
  }
}

/** Makes up for the umask of this program, and for who it runs as where that is allowed. */
function* complete(tree: Tree, path: string, inode: HostInode, made: NewInode): Steps<void, Errno.Any> {
  const { host, options } = tree
  if (FileMode.isSymlink(inode.mode) && !host.changesLinks) return
  if (options.owner === undefined && (inode.uid !== made.uid || inode.gid !== made.gid)) {
    // Not allowed to everybody: then the file belongs to whom it can.
    yield* Effect.ignore(host.setOwner(path, made.uid, made.gid))
  }
  if (!FileMode.isSymlink(inode.mode) && (inode.mode & 0o1777) !== bitsOf(made.mode)) {
    yield* asked(host.fs.chmod(path, (inode.mode & FileMode.S_ISGID) | bitsOf(made.mode)))
  }
}

export function* create(tree: Tree, directory: HostInode, name: string, made: NewInode): Steps<HostInode, Errno.Any> {
  yield* tree.changeable
  if (!tree.sayable(name)) return yield* Errno.fail("EPERM")
  const path = yield* tree.entry(directory, name)
  yield* make(tree, path, made)
  const inode = yield* tree.find(directory, name)
  yield* complete(tree, path, inode, made)
  yield* tree.renew(inode, directory)
  return inode
}

export function* link(tree: Tree, inode: HostInode, directory: HostInode, name: string): Steps<void, Errno.Any> {
  yield* tree.changeable
  if (!tree.sayable(name)) return yield* Errno.fail("EPERM")
  const from = yield* tree.itself(inode)
  const to = yield* tree.entry(directory, name)
  yield* asked(tree.host.fs.link(from, to))
  yield* tree.renew(inode, directory)
}

/** A name is gone: one link less, and none that is known if it was the one. */
const removed = (inode: HostInode, directory: HostInode, name: string, links: number): void => {
  inode.nlink = Math.max(0, inode.nlink - links)
  inode.leave(directory, name)
}

export function* unlink(tree: Tree, directory: HostInode, name: string, inode: HostInode): Steps<void, Errno.Any> {
  yield* tree.changeable
  yield* asked(tree.host.fs.remove(yield* tree.entryOf(directory, name, inode)))
  removed(inode, directory, name, 1)
  yield* tree.renew(directory)
}

export function* rmdir(tree: Tree, directory: HostInode, name: string, inode: HostInode): Steps<void, Errno.Any> {
  yield* tree.changeable
  yield* tree.host.removeDirectory(yield* tree.entryOf(directory, name, inode))
  removed(inode, directory, name, inode.nlink)
  yield* tree.renew(directory)
}

export interface Move {
  readonly from: HostInode
  readonly name: string
  readonly inode: HostInode
  readonly to: HostInode
  readonly newName: string
  readonly replaced: HostInode | undefined
  readonly exchange: boolean
}

export function* rename(
  tree: Tree,
  { exchange, from, inode, name, newName, replaced, to }: Move
): Steps<void, Errno.Any> {
  yield* tree.changeable
  // Two names that change places in one step: the platform has no call for it, and less would lose files.
  if (exchange) return yield* Errno.fail("EINVAL")
  if (!tree.sayable(newName)) return yield* Errno.fail("EPERM")
  const path = yield* tree.entryOf(from, name, inode)
  const newPath = replaced === undefined
    ? yield* tree.entry(to, newName)
    : yield* tree.entryOf(to, newName, replaced)
  if (replaced === undefined) {
    // Somebody else put it there: it must not be lost.
    const there = yield* Effect.option(tree.host.lstat(newPath))
    if (there._tag === "Some") return yield* Errno.fail("EEXIST")
  }
  yield* asked(tree.host.fs.rename(path, newPath))
  if (replaced !== undefined) {
    removed(replaced, to, newName, FileMode.isDirectory(replaced.mode) ? replaced.nlink : 1)
  }
  inode.place(to, newName)
  yield* tree.renew(inode, from, to)
}
