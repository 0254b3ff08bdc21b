/**
 * The backend itself: which operation is whose, and which errnos it may answer.
 */
import type * as Errno from "@effix/kernel/Errno"
import type { NewInode } from "@effix/kernel/Inode"
import type { Backend, Changes, StatFs } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { change } from "./attributes.js"
import * as Contents from "./contents.js"
import * as Errors from "./errors.js"
import { asked, only } from "./errors.js"
import type { HostInode } from "./HostInode.js"
import { list } from "./listing.js"
import * as Names from "./names.js"
import type { Steps } from "./steps.js"
import type { Tree } from "./Tree.js"

export class HostBackend implements Backend<HostInode> {
  readonly type = "host"
  readonly coherent = false
  readonly root: HostInode

  constructor(private readonly tree: Tree) {
    this.root = tree.root
  }

  lookup(directory: HostInode, name: string) {
    return only(Errors.lookups, this.tree.looking(() => this.tree.find(directory, name)))
  }

  create(directory: HostInode, name: string, made: NewInode) {
    return only(Errors.creations, this.tree.changing(() => Names.create(this.tree, directory, name, made)))
  }

  link(inode: HostInode, directory: HostInode, name: string) {
    return only(Errors.creations, this.tree.changing(() => Names.link(this.tree, inode, directory, name)))
  }

  unlink(directory: HostInode, name: string, inode: HostInode) {
    return only(Errors.removals, this.tree.changing(() => Names.unlink(this.tree, directory, name, inode)))
  }

  rmdir(directory: HostInode, name: string, inode: HostInode) {
    return only(Errors.removals, this.tree.changing(() => Names.rmdir(this.tree, directory, name, inode)))
  }

  rename(
    from: HostInode,
    name: string,
    inode: HostInode,
    to: HostInode,
    newName: string,
    replaced: HostInode | undefined,
    exchange: boolean
  ) {
    const move = { from, name, inode, to, newName, replaced, exchange }
    return only(Errors.renames, this.tree.changing(() => Names.rename(this.tree, move)))
  }

  readlink(inode: HostInode) {
    const { tree } = this
    return only(
      Errors.lookups,
      tree.looking(function*(): Steps<string, Errno.Any> {
        return yield* asked(tree.host.fs.readLink(yield* tree.itself(inode)))
      })
    )
  }

  list(directory: HostInode, cursor: number, limit: number) {
    return only(Errors.storage, this.tree.looking(() => list(this.tree, directory, cursor, limit)))
  }

  read(inode: HostInode, offset: number, into: Uint8Array) {
    return only(Errors.storage, Contents.read(this.tree, inode, offset, into))
  }

  write(inode: HostInode, offset: number, from: Uint8Array, now: bigint) {
    return only(Errors.contents, Contents.write(this.tree, inode, offset, from, now))
  }

  truncate(inode: HostInode, size: number) {
    return only(Errors.contents, Contents.truncate(this.tree, inode, size))
  }

  change(inode: HostInode, changes: Changes) {
    return only(Errors.changes, this.tree.changing(() => change(this.tree, inode, changes)))
  }

  refresh(inode: HostInode) {
    return only(Errors.storage, Contents.refresh(this.tree, inode))
  }

  statfs() {
    const { tree } = this
    return only(
      Errors.storage,
      tree.looking(function*(): Steps<StatFs, Errno.Any> {
        return yield* tree.host.statfs(yield* tree.itself(tree.root))
      })
    )
  }

  sync(inode: HostInode) {
    return only([...Errors.storage, "ENOSPC"], Contents.sync(this.tree, inode))
  }

  watch(directory: HostInode, told: (name: string) => void) {
    const { tree } = this
    return only(
      Errors.storage,
      Effect.flatMap(
        tree.looking(() => tree.itself(directory)),
        (path) => Stream.runForEach(tree.host.changes(path), (changed) => Effect.sync(() => told(tree.nameIn(changed))))
      )
    )
  }

  retain(inode: HostInode) {
    return only(Errors.storage, Contents.retain(this.tree, inode))
  }

  release(inode: HostInode) {
    return Contents.release(inode)
  }
}
