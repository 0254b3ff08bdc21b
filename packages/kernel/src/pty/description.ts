/**
 * What the two ends of a pseudo-terminal have in common as open files.
 *
 * @see pty(7)
 */
import { O_CLOEXEC, O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC } from "../abi/OpenFlags.js"
import { Description } from "../Description.js"
import type { Inode } from "../Inode.js"
import type { Pair } from "./pair.js"

/** Flags that only mattered to open(2). */
const spent = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC

export abstract class TerminalDescription extends Description {
  /** Whether this is the end that stands in for the hardware. */
  abstract readonly isMaster: boolean

  constructor(readonly pair: Pair, readonly inode: Inode, readonly label: string, flags: number) {
    super(flags & ~spent)
  }

  override get terminal(): Pair {
    return this.pair
  }
}
