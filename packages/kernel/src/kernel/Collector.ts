/**
 * Where the host collects what a program writes: a description that takes everything at once.
 *
 * To the program it is the writing end of a pipe that is never full.
 */
import * as Exit from "effect/Exit"
import { O_WRONLY } from "../abi/OpenFlags.js"
import { POLLOUT } from "../abi/PollEvents.js"
import { Description } from "../Description.js"
import type { Inode } from "../Inode.js"
import { concat } from "./accounts.js"

export class Collector extends Description {
  private chunks: Array<Uint8Array> = []
  private length = 0

  constructor(readonly inode: Inode, private readonly took: (bytes: Uint8Array) => void) {
    super(O_WRONLY)
    // The host holds it as well: programs that outlive the call may go on writing.
    this.references = 1
  }

  get label(): string {
    return `pipe:[${this.inode.ino}]`
  }

  override write(from: Uint8Array): Exit.Exit<number> {
    const last = this.chunks[this.chunks.length - 1]
    const room = last === undefined ? 0 : last.length - this.length
    if (from.length <= room) {
      last!.set(from, this.length)
      this.length += from.length
    } else {
      // Small writes share a block; a large one is a block of its own.
      if (last !== undefined) this.chunks[this.chunks.length - 1] = last.subarray(0, this.length)
      const block = from.length >= BLOCK ? from.slice() : new Uint8Array(BLOCK)
      if (block.length !== from.length) block.set(from)
      this.chunks.push(block)
      this.length = from.length
    }
    this.took(from)
    return Exit.succeed(from.length)
  }

  override poll(): number {
    return POLLOUT
  }

  override reopen(): Exit.Exit<Description> {
    return Exit.succeed(this)
  }

  /** All that was written so far. */
  bytes(): Uint8Array {
    const last = this.chunks[this.chunks.length - 1]
    if (last === undefined) return new Uint8Array(0)
    return concat([...this.chunks.slice(0, -1), last.subarray(0, this.length)]).slice()
  }
}

const BLOCK = 4096
