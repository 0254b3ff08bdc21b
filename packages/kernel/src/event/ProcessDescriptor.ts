/**
 * What pidfd_open(2) opens: a process, which no other can take the place of, as one can that of a number.
 *
 * @see pidfd_open(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_RDWR } from "../abi/OpenFlags.js"
import { POLLHUP, POLLIN, POLLRDNORM } from "../abi/PollEvents.js"
import { Description } from "../Description.js"
import { Inode } from "../Inode.js"
import type { Process } from "../ProcessTable.js"
import * as WaitQueue from "../WaitQueue.js"

class ProcessInode extends Inode {}

/** Below this there are the numbers of others that have no file system. */
const INO_BASE = 2 ** 32

/** One inode for each process, however often it is opened. */
const inodes = new WeakMap<Process, Inode>()

const inodeOf = (process: Process): Inode => {
  const known = inodes.get(process)
  if (known !== undefined) return known
  const made = new ProcessInode(INO_BASE + process.pid, { mode: 0o700, uid: 0, gid: 0, rdev: 0, now: 0n })
  inodes.set(process, made)
  return made
}

export class ProcessDescriptor extends Description {
  readonly inode: Inode

  constructor(flags: number, readonly process: Process) {
    super(O_RDWR | flags)
    this.inode = inodeOf(process)
  }

  get label(): string {
    return "anon_inode:[pidfd]"
  }

  /** Ready to be read from when it has ended, and hung up when somebody has waited for it. */
  override poll(): number {
    switch (this.process.state) {
      case "zombie":
        return POLLIN | POLLRDNORM
      case "dead":
        return POLLIN | POLLRDNORM | POLLHUP
      default:
        return 0
    }
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    return [this.process.ended ??= WaitQueue.make()]
  }

  override info(): string {
    const { pid, state } = this.process
    const shown = state === "dead" ? -1 : pid
    return `Pid:\t${shown}\nNSpid:\t${shown}\n`
  }

  override reopen(flags: number): Effect.Effect<Description> {
    return Exit.succeed(new ProcessDescriptor(flags, this.process))
  }
}
