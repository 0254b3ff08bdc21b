/**
 * A memory backend in which the bytes of a file may lie elsewhere until it is written to.
 *
 * Then all of them are copied, aside, and take the place of the source in one step: whoever reads meanwhile reads the
 * source, and if the copy does not fit, nothing has changed. The inode is the same before and after, so what was opened
 * earlier sees what is written later.
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Errno from "../../Errno.js"
import type { NewInode } from "../../Inode.js"
import * as Step from "../../internal/step.js"
import type {
  Allocation,
  Backend,
  Changes,
  ContentError,
  CreateError,
  LinkError,
  StatFs,
  StorageError
} from "../../VfsBackend.js"
import { type MemoryDirectory, MemoryFile, type MemoryInode } from "../memory/MemoryInode.js"
import type { MemoryStore } from "../memory/MemoryStore.js"
import { SourcedFile } from "./Source.js"

const CHUNK = 65_536

type Sourced = SourcedFile & { readonly source: NonNullable<SourcedFile["source"]> }

const isSourced = (inode: MemoryInode): inode is Sourced => inode instanceof SourcedFile && inode.source !== undefined

export class CopyOnWrite implements Backend<MemoryInode> {
  readonly root: MemoryDirectory

  constructor(readonly type: string, protected readonly memory: MemoryStore) {
    this.root = memory.root
  }

  get coherent(): boolean {
    return true
  }

  read(inode: MemoryInode, offset: number, into: Uint8Array): Effect.Effect<number, StorageError> {
    if (!isSourced(inode)) return this.memory.read(inode, offset, into)
    return inode.source.measure === undefined
      ? this.readSource(inode, offset, into)
      : Step.andThen(this.measured(inode), () => this.readNow(inode, offset, into))
  }

  private readNow(inode: MemoryInode, offset: number, into: Uint8Array): Effect.Effect<number, StorageError> {
    return isSourced(inode) ? this.readSource(inode, offset, into) : this.memory.read(inode, offset, into)
  }

  private readSource(inode: Sourced, offset: number, into: Uint8Array): Effect.Effect<number, StorageError> {
    const count = Math.min(into.length, inode.size - offset)
    if (count <= 0) return Exit.succeed(0)
    return inode.source.read(offset, count === into.length ? into : into.subarray(0, count))
  }

  /** Makes the size of a file known that is not until somebody asks. */
  private measured(inode: Sourced): Effect.Effect<void, StorageError> {
    const measuring = inode.source.measure?.() ?? Exit.succeed(inode.size)
    return Step.andThen(measuring, (size) => {
      if (inode.source !== undefined) inode.size = size
      return Exit.void
    })
  }

  refresh(inode: MemoryInode): Effect.Effect<void, StorageError> {
    return isSourced(inode) && inode.source.measure !== undefined ? this.measured(inode) : Exit.void
  }

  write(inode: MemoryInode, offset: number, from: Uint8Array, now: bigint): Effect.Effect<number, ContentError> {
    if (inode instanceof SourcedFile) {
      inode.written = true
      if (inode.source !== undefined) {
        return Step.andThen(this.copyUp(inode, Infinity, now), () => this.memory.write(inode, offset, from, now))
      }
    }
    return this.memory.write(inode, offset, from, now)
  }

  truncate(inode: MemoryInode, size: number, now: bigint): Effect.Effect<void, ContentError> {
    if (inode instanceof SourcedFile) {
      inode.written = true
      if (inode.source !== undefined) {
        return Step.andThen(this.copyUp(inode, size, now), () => this.memory.truncate(inode, size, now))
      }
    }
    return this.memory.truncate(inode, size, now)
  }

  allocate(inode: MemoryInode, how: Allocation, offset: number, length: number): Effect.Effect<void, ContentError> {
    if (inode instanceof SourcedFile) {
      inode.written = true
      if (inode.source !== undefined) {
        return Step.andThen(
          this.copyUp(inode, Infinity, inode.ctime),
          () => this.memory.allocate(inode, how, offset, length)
        )
      }
    }
    return this.memory.allocate(inode, how, offset, length)
  }

  /** Copies what lies before `limit`; nothing where the file has its bytes already. */
  protected copyUp(inode: SourcedFile, limit: number, now: bigint): Effect.Effect<void, ContentError> {
    return Step.run(this.copyUpSteps(inode, limit, now))
  }

  private *copyUpSteps(inode: SourcedFile, limit: number, now: bigint) {
    if (isSourced(inode)) yield* this.measured(inode)
    const { source } = inode
    if (source === undefined) return
    const end = Math.min(limit, inode.size)
    const copy = new MemoryFile(0, { mode: inode.mode, uid: inode.uid, gid: inode.gid, rdev: 0, now })
    const chunk = new Uint8Array(Math.min(CHUNK, end))
    let used = false
    try {
      for (let at = 0; at < end;) {
        const data: number | undefined = source.seek === undefined ? at : yield* source.seek(at, false)
        if (data === undefined || data >= end) break
        // From one page border to the next, so that a hole stays one.
        const wanted = chunk.subarray(0, Math.min(CHUNK - data % CHUNK, end - data))
        const count: number = yield* source.read(data, wanted)
        if (count === 0) break
        if (source.seek !== undefined || wanted.subarray(0, count).some((byte) => byte !== 0)) {
          const stored: number = yield* this.memory.write(copy, data, wanted.subarray(0, count), now)
          if (stored < count) return yield* Errno.fail("ENOSPC", { remedy: "raise memoryBytesMax" })
        }
        at = data + count
      }
      // Another one may have been faster.
      if (inode.source === source) {
        inode.contents = copy.contents
        inode.source = undefined
        used = true
      }
    } finally {
      if (!used) this.memory.truncate(copy, 0, now)
    }
    if (used) yield* this.letGo(inode, source)
  }

  private letGo(inode: SourcedFile, source: SourcedFile["source"]): Effect.Effect<void> {
    if (!inode.held) return Exit.void
    inode.held = false
    return source?.letGo?.() ?? Exit.void
  }

  seekData(inode: MemoryInode, offset: number, hole: boolean): Effect.Effect<number | undefined, StorageError> {
    if (!isSourced(inode)) return this.memory.seekData(inode, offset, hole)
    if (inode.source.seek !== undefined) return inode.source.seek(offset, hole)
    return Exit.succeed(hole ? undefined : offset)
  }

  /** An open file has a size that can be relied upon. */
  retain(inode: MemoryInode): Effect.Effect<void, StorageError> {
    if (!isSourced(inode)) return Exit.void
    const { source } = inode
    const ready = source.measure === undefined ? Exit.void : this.measured(inode)
    if (source.hold === undefined || inode.held) return ready
    inode.held = true
    return Step.andThen(ready, () => source.hold?.() ?? Exit.void)
  }

  release(inode: MemoryInode): Effect.Effect<void> {
    const released = this.memory.release(inode)
    if (!isSourced(inode)) return released
    const { source } = inode
    const file: SourcedFile = inode
    if (inode.nlink === 0) file.source = undefined
    return Step.both(released, this.letGo(file, source))
  }

  change(inode: MemoryInode, changes: Changes) {
    return this.memory.change(inode, changes)
  }

  lookup(directory: MemoryInode, name: string): ReturnType<Backend<MemoryInode>["lookup"]> {
    return this.memory.lookup(directory, name)
  }

  create(directory: MemoryInode, name: string, made: NewInode): Effect.Effect<MemoryInode, CreateError> {
    return this.memory.create(directory, name, made)
  }

  createUnnamed(made: NewInode) {
    return this.memory.createUnnamed(made)
  }

  link(inode: MemoryInode, directory: MemoryInode, name: string, now: bigint): Effect.Effect<void, LinkError> {
    return this.memory.link(inode, directory, name, now)
  }

  unlink(
    directory: MemoryInode,
    name: string,
    inode: MemoryInode,
    now: bigint
  ): ReturnType<Backend<MemoryInode>["unlink"]> {
    return this.memory.unlink(directory, name, inode, now)
  }

  rmdir(
    directory: MemoryInode,
    name: string,
    inode: MemoryInode,
    now: bigint
  ): ReturnType<Backend<MemoryInode>["rmdir"]> {
    return this.memory.rmdir(directory, name, inode, now)
  }

  rename(
    from: MemoryInode,
    name: string,
    inode: MemoryInode,
    to: MemoryInode,
    newName: string,
    replaced: MemoryInode | undefined,
    exchange: boolean,
    now: bigint
  ): ReturnType<Backend<MemoryInode>["rename"]> {
    return this.memory.rename(from, name, inode, to, newName, replaced, exchange, now)
  }

  readlink(inode: MemoryInode, pid: number) {
    return this.memory.readlink(inode, pid)
  }

  list(directory: MemoryInode, cursor: number, limit: number): ReturnType<Backend<MemoryInode>["list"]> {
    return this.memory.list(directory, cursor, limit)
  }

  getAttribute(inode: MemoryInode, name: string): ReturnType<MemoryStore["getAttribute"]> {
    return this.memory.getAttribute(inode, name)
  }

  listAttributes(inode: MemoryInode): ReturnType<MemoryStore["listAttributes"]> {
    return this.memory.listAttributes(inode)
  }

  setAttribute(
    inode: MemoryInode,
    name: string,
    value: Uint8Array | undefined
  ): ReturnType<MemoryStore["setAttribute"]> {
    return this.memory.setAttribute(inode, name, value)
  }

  statfs(): Effect.Effect<StatFs, StorageError> {
    return this.memory.statfs()
  }
}
