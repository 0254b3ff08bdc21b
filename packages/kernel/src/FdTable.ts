/**
 * The descriptors of one process: small numbers that stand for open file descriptions.
 *
 * A value and not a service: every process has one. All of it is synchronous; what closing a file may have to wait
 * for is handed back as the effect of releasing its description.
 *
 * @see dup(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Description from "./Description.js"
import * as Errno from "./Errno.js"

/**
 * What has to be told of every descriptor that is closed: a process's record locks on a file go with any of them, and
 * what F_NOTIFY tells of a directory with any of that description.
 */
export interface TableLocks {
  readonly closed: (description: Description.Description) => void
}

export class FdTable {
  private slots: Array<Description.Description | undefined> = []
  /** Descriptors with FD_CLOEXEC; made when the first is set. */
  private closeOnExec: Set<number> | undefined = undefined
  /** Every descriptor below this is in use. */
  private lowest = 0
  /** Set once the process has had a record lock. */
  locks: TableLocks | undefined = undefined
  /** Set once it has asked for F_NOTIFY. */
  notices: TableLocks | undefined = undefined

  constructor(
    /** RLIMIT_NOFILE: descriptors are below this. */
    public limit: number,
    /** The descriptions that are open in the whole kernel. */
    readonly descriptions: Description.OpenDescriptions
  ) {}

  get(fd: number): Description.Description | undefined {
    return this.slots[fd]
  }

  /** Puts `description` at the lowest free descriptor that is not below `from`. */
  insert(
    description: Description.Description,
    closeOnExec: boolean,
    from = 0
  ): Exit.Exit<number, Errno.Errno<"EMFILE">> {
    const fd = this.free(from)
    if (fd >= this.limit) return Errno.fail("EMFILE")
    this.place(fd, description, closeOnExec)
    return Exit.succeed(fd)
  }

  /** The lowest free descriptor that is not below `from`, whatever the limit says. */
  free(from = 0): number {
    const { slots } = this
    let fd = Math.max(this.lowest, from)
    while (slots[fd] !== undefined) fd++
    return fd
  }

  /** Puts `description` at `fd`, and answers the effect of releasing what was there. */
  replace(fd: number, description: Description.Description, closeOnExec: boolean): Effect.Effect<void> {
    const before = this.slots[fd]
    this.place(fd, description, closeOnExec)
    if (before === undefined) return Exit.void
    this.locks?.closed(before)
    this.notices?.closed(before)
    return Description.drop(before)
  }

  /** Puts `description` at a descriptor that is free. */
  place(fd: number, description: Description.Description, closeOnExec: boolean): void {
    if (description.references++ === 0) {
      description.counted = this.descriptions
      this.descriptions.open++
    }
    // No holes: they would turn the array into a dictionary.
    while (this.slots.length < fd) this.slots.push(undefined)
    this.slots[fd] = description
    if (fd === this.lowest) this.lowest = fd + 1
    if (closeOnExec) (this.closeOnExec ??= new Set()).add(fd)
    else this.closeOnExec?.delete(fd)
  }

  /** Takes `fd` out of the table; the caller drops the description. */
  remove(fd: number): Description.Description | undefined {
    const description = this.slots[fd]
    if (description === undefined) return undefined
    this.slots[fd] = undefined
    if (fd < this.lowest) this.lowest = fd
    this.closeOnExec?.delete(fd)
    this.locks?.closed(description)
    this.notices?.closed(description)
    return description
  }

  isCloseOnExec(fd: number): boolean {
    return this.closeOnExec !== undefined && this.closeOnExec.has(fd)
  }

  setCloseOnExec(fd: number, closes: boolean): void {
    if (closes) (this.closeOnExec ??= new Set()).add(fd)
    else this.closeOnExec?.delete(fd)
  }

  /** The open descriptors, lowest first. */
  *entries(): Generator<readonly [fd: number, description: Description.Description]> {
    for (let fd = 0; fd < this.slots.length; fd++) {
      const description = this.slots[fd]
      if (description !== undefined) yield [fd, description]
    }
  }

  /** A table for a child: the same descriptors over the same descriptions. */
  copy(): FdTable {
    const copy = new FdTable(this.limit, this.descriptions)
    copy.slots = this.slots.slice()
    for (const description of copy.slots) if (description !== undefined) description.references++
    copy.lowest = this.lowest
    if (this.closeOnExec !== undefined) copy.closeOnExec = new Set(this.closeOnExec)
    return copy
  }

  /** Closes what exec(2) closes. */
  closeForExec(): Effect.Effect<void> {
    if (this.closeOnExec === undefined || this.closeOnExec.size === 0) return Exit.void
    return this.closeEach([...this.closeOnExec].sort((a, b) => a - b))
  }

  /** Closes every descriptor from `first` on. @see closefrom(3) */
  closeFrom(first: number): Effect.Effect<void> {
    return this.closeEach(Array.from({ length: Math.max(0, this.slots.length - first) }, (_, i) => first + i))
  }

  /** Closes those from `first` to `last`, both of them. */
  closeRange(first: number, last: number): Effect.Effect<void> {
    const fds: Array<number> = []
    for (let fd = first; fd < this.slots.length && fd <= last; fd++) if (this.slots[fd] !== undefined) fds.push(fd)
    return this.closeEach(fds)
  }

  closeAll(): Effect.Effect<void> {
    return this.closeEach(this.slots.keys())
  }

  /** Ready when every release was; otherwise the effect of the rest. All descriptors are gone at once either way. */
  private closeEach(fds: Iterable<number>): Effect.Effect<void> {
    let late: Effect.Effect<void> = Exit.void
    for (const fd of fds) {
      const description = this.remove(fd)
      if (description === undefined) continue
      const released = Description.drop(description)
      if (released !== Exit.void) late = late === Exit.void ? released : Effect.zipRight(late, released)
    }
    return late
  }
}
