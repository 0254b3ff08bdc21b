/**
 * What the two ends of a pseudo-terminal have in common as open files.
 *
 * @see pty(7)
 */
import { Description } from "../Description.js"
import type { Inode } from "../Inode.js"
import type { Pair } from "./pair.js"

export abstract class TerminalDescription extends Description {
  /** Whether this is the end that stands in for the hardware. */
  abstract readonly isMaster: boolean

  constructor(readonly pair: Pair, readonly inode: Inode, readonly label: string, flags: number) {
    super(flags)
  }

  override get terminal(): Pair {
    return this.pair
  }
}
