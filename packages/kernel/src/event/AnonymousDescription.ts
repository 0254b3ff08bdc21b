/**
 * A descriptor without a file: it has no positions, but takes a move to one as if it had.
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SEEK_HOLE } from "../abi/Fcntl.js"
import { Description, type SeekError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"

export abstract class AnonymousDescription extends Description {
  constructor(flags: number, readonly inode: Inode) {
    super(flags)
  }

  override seek(_offset: number, whence: number): Effect.Effect<number, SeekError> {
    return whence >= 0 && whence <= SEEK_HOLE ? Exit.succeed(0) : Errno.fail("EINVAL")
  }
}
