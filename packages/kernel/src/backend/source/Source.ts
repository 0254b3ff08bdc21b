/**
 * Where the bytes of a file come from until somebody writes to it.
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { StorageError } from "../../VfsBackend.js"
import { MemoryFile } from "../memory/MemoryInode.js"

export interface Source {
  /**
   * Finds out how long it is; left out where the inode has known that from the beginning. Asked before anything that
   * depends on it, and cheap when it is asked again.
   */
  measure?(): Effect.Effect<number, StorageError>
  /** Fills `into` from `offset` on; the caller asks for no more than there is. */
  read(offset: number, into: Uint8Array): Effect.Effect<number, StorageError>
  /** The next data or hole at or after `offset`, as `Backend.seekData` says; left out where there are no holes. */
  seek?(offset: number, hole: boolean): Effect.Effect<number | undefined, StorageError>
  /** Blocks of 512 bytes that it takes where it lies. */
  readonly blocks: number
  /** Keeps it reachable, and lets it go: called in turns. */
  hold?(): Effect.Effect<void, StorageError>
  letGo?(): Effect.Effect<void>
}

/** A regular file whose bytes lie elsewhere, as long as `source` is there. */
export class SourcedFile extends MemoryFile {
  source: Source | undefined = undefined
  /** Whether `source` is held. */
  held = false
  /** Whether somebody has given it bytes or a length of its own. */
  written = false

  override get blocks(): number {
    return this.source === undefined ? super.blocks : this.source.blocks
  }
}

const blocksOf = (bytes: number): number => Math.ceil(bytes / 4096) * 8

/** Bytes that are there. They are not copied, so they have to stay as they are. */
export class BytesSource implements Source {
  readonly blocks: number

  constructor(private readonly bytes: Uint8Array) {
    this.blocks = blocksOf(bytes.length)
  }

  read(offset: number, into: Uint8Array): Exit.Exit<number> {
    const count = Math.max(0, Math.min(into.length, this.bytes.length - offset))
    into.set(this.bytes.subarray(offset, offset + count))
    return Exit.succeed(count)
  }
}

/** A stretch of a sparse file. */
export interface Extent {
  readonly offset: number
  readonly bytes: Uint8Array
}

/** Bytes here and there, in order, with holes between them. */
export class SparseSource implements Source {
  readonly blocks: number

  constructor(private readonly extents: ReadonlyArray<Extent>, private readonly size: number) {
    this.blocks = extents.reduce((sum, { bytes }) => sum + blocksOf(bytes.length), 0)
  }

  read(offset: number, into: Uint8Array): Exit.Exit<number> {
    const count = Math.max(0, Math.min(into.length, this.size - offset))
    into.fill(0, 0, count)
    for (const extent of this.extents) {
      const from = Math.max(offset, extent.offset)
      const to = Math.min(offset + count, extent.offset + extent.bytes.length)
      if (from < to) into.set(extent.bytes.subarray(from - extent.offset, to - extent.offset), from - offset)
    }
    return Exit.succeed(count)
  }

  seek(offset: number, hole: boolean): Exit.Exit<number | undefined> {
    let at = offset
    for (const { bytes, offset: start } of this.extents) {
      if (bytes.length === 0 || at >= start + bytes.length) continue
      if (!hole) return Exit.succeed(Math.max(at, start))
      if (at < start) return Exit.succeed(at)
      at = start + bytes.length
    }
    return Exit.succeed(hole && at < this.size ? at : undefined)
  }
}
