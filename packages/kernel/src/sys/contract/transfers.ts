/**
 * Calls that read into several buffers, write from several, and move bytes from one descriptor to another.
 */
import type * as Effect from "effect/Effect"
import type { CopyError, SendfileError, SpliceError, TeeError, VmspliceError } from "../transfers.js"
import type { ReadvError, Vector, WritevError } from "../vectors.js"

export type { CopyError, SendfileError, SpliceError, TeeError, VmspliceError } from "../transfers.js"
export type { ReadvError, Vector, WritevError } from "../vectors.js"

export interface TransferCalls {
  /** Fills the buffers one after the other, at most IOV_MAX of them. @see readv(2) */
  readonly readv: (fd: number, vector: Vector) => Effect.Effect<number, ReadvError>
  /** @see writev(2) */
  readonly writev: (fd: number, vector: Vector) => Effect.Effect<number, WritevError>
  /** @see preadv(2) */
  readonly preadv: (fd: number, vector: Vector, offset: number) => Effect.Effect<number, ReadvError>
  /** @see pwritev(2) */
  readonly pwritev: (fd: number, vector: Vector, offset: number) => Effect.Effect<number, WritevError>
  /** An offset of -1 reads where the description stands; `flags`: RWF_NOWAIT and its siblings. @see preadv2(2) */
  readonly preadv2: (fd: number, vector: Vector, offset: number, flags: number) => Effect.Effect<number, ReadvError>
  /** `flags`: RWF_APPEND and its siblings. @see pwritev2(2) */
  readonly pwritev2: (fd: number, vector: Vector, offset: number, flags: number) => Effect.Effect<number, WritevError>
  /** Without an offset, where the description stands, which moves. @see copy_file_range(2) */
  readonly copyFileRange: (
    fdIn: number,
    offsetIn: number | undefined,
    fdOut: number,
    offsetOut: number | undefined,
    length: number,
    flags?: number
  ) => Effect.Effect<number, CopyError>
  /** @see sendfile(2) */
  readonly sendfile: (
    fdOut: number,
    fdIn: number,
    offset: number | undefined,
    count: number
  ) => Effect.Effect<number, SendfileError>
  /** One of the two is a pipe. `flags`: SPLICE_F_NONBLOCK and its siblings. @see splice(2) */
  readonly splice: (
    fdIn: number,
    offsetIn: number | undefined,
    fdOut: number,
    offsetOut: number | undefined,
    length: number,
    flags?: number
  ) => Effect.Effect<number, SpliceError>
  /**
   * Between a pipe and buffers: into the writing end, where each begins a page, and out of the reading one. Bytes are
   * copied. @see vmsplice(2)
   */
  readonly vmsplice: (fd: number, vector: Vector, flags?: number) => Effect.Effect<number, VmspliceError>
  /** From pipe to pipe, and they stay in the first. @see tee(2) */
  readonly tee: (fdIn: number, fdOut: number, length: number, flags?: number) => Effect.Effect<number, TeeError>
}
