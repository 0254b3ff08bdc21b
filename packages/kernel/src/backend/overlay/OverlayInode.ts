/**
 * The inodes of an overlay that stand for something below it.
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Inode, NewInode } from "../../Inode.js"
import * as Step from "../../internal/step.js"
import type { StorageError } from "../../VfsBackend.js"
import { MemoryDirectory, MemoryInode } from "../memory/MemoryInode.js"
import { type Source, SourcedFile } from "../source/Source.js"
import type { Layered } from "./Layers.js"

/** An entry that was listed and that nobody has looked at. */
export class Ghost extends MemoryInode {
  constructor(ino: number, type: number) {
    super(ino, { mode: type, uid: 0, gid: 0, rdev: 0, now: 0n })
  }
}

export class OverlayFile extends SourcedFile {
  /** Whether its extended attributes are still those of `origin`. */
  attributesBelow = true

  constructor(ino: number, made: NewInode, readonly origin: Layered) {
    super(ino, made)
  }

  override get hasAttributes(): boolean {
    return this.attributesBelow || super.hasAttributes
  }
}

export class OverlayDirectory extends MemoryDirectory {
  attributesBelow = true
  /** Names of the layers below that are gone or hidden here. */
  hidden: Set<string> | undefined = undefined
  /** Names that were put here; every other one comes from below. */
  fresh: Set<string> | undefined = undefined
  /** Whether every name from below is among the entries, if only as a ghost. */
  loaded = false
  /** The name that was looked for below last, and not found. */
  missed: string | undefined = undefined

  constructor(
    ino: number,
    made: NewInode,
    /** The directories that are merged here, the upper ones first; none when nothing from below is left to be found. */
    public lowers: ReadonlyArray<Layered>
  ) {
    super(ino, made)
  }
}

/** The attributes of a file below, as far as they are its own and not those of its place. */
export const madeLike = ({ ctime, gid, mode, rdev, uid }: Inode): NewInode => ({ mode, uid, gid, rdev, now: ctime })

/** Takes over attributes. */
export const dress = (inode: MemoryInode, like: Inode): void => {
  inode.mode = like.mode
  inode.uid = like.uid
  inode.gid = like.gid
  inode.nlink = like.nlink
  inode.size = like.size
  inode.atime = like.atime
  inode.mtime = like.mtime
  inode.ctime = like.ctime
}

/** A file of a layer below, as the source of one above it. */
export class LayerSource implements Source {
  readonly measure?: () => Effect.Effect<number, StorageError>
  readonly seek?: (offset: number, hole: boolean) => Effect.Effect<number | undefined, StorageError>

  constructor(private readonly at: Layered) {
    const { backend, inode } = at
    if (backend.seekData !== undefined) this.seek = (offset, hole) => backend.seekData!(inode, offset, hole)
    if (backend.coherent && backend.refresh !== undefined) {
      this.measure = () => Step.andThen(backend.refresh!(inode), () => Exit.succeed(inode.size))
    }
  }

  get blocks(): number {
    return this.at.inode.blocks
  }

  read(offset: number, into: Uint8Array): Effect.Effect<number, StorageError> {
    return this.at.backend.read(this.at.inode, offset, into)
  }

  hold(): Effect.Effect<void, StorageError> {
    const { backend, inode } = this.at
    return inode.references++ > 0 ? Exit.void : backend.retain?.(inode) ?? Exit.void
  }

  letGo(): Effect.Effect<void> {
    const { backend, inode } = this.at
    return --inode.references > 0 ? Exit.void : backend.release?.(inode) ?? Exit.void
  }
}
