/**
 * A descriptor of a pipe or FIFO: the reading end, the writing end, or both.
 *
 * @see pipe(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileMode from "../abi/FileMode.js"
import { PIPE_BUF } from "../abi/Limits.js"
import { O_DIRECT, O_NOATIME } from "../abi/OpenFlags.js"
import * as PollEvents from "../abi/PollEvents.js"
import type { CoarseClock } from "../CoarseClock.js"
import { Description, type ReadError, type WriteError } from "../Description.js"
import * as Errno from "../Errno.js"
import { Inode } from "../Inode.js"
import type { Process } from "../ProcessTable.js"
import { accessed } from "../vfs/accessed.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Pieces, Piecewise } from "./Pieces.js"
import type { AsyncList, Pipe } from "./Pipe.js"

/** The inode of a pipe without a name. */
export class PipeInode extends Inode {}

/** What both ends share besides the pipe: the time, and how to tell a writer that nobody reads. */
export interface PipeContext {
  readonly now: CoarseClock
  readonly brokenPipe: (writer: Process) => void
}

export class PipeEnd extends Description {
  /** Writers that had come and gone before this end was opened: only a later one can hang up on it. */
  writersBefore = 0
  private wasSpliced = false

  constructor(
    flags: number,
    readonly pipe: Pipe,
    readonly inode: Inode,
    private readonly context: PipeContext
  ) {
    super(flags)
  }

  get label(): string {
    return `pipe:[${this.inode.ino}]`
  }

  override read(into: Piecewise): Effect.Effect<number, ReadError> {
    const { pipe } = this
    const answer = pipe.tryRead(into)
    if (answer !== undefined) return this.wasRead(answer)
    if (this.nonBlocking) {
      pipe.signalWriters()
      return Errno.fail("EAGAIN")
    }
    const { ring } = pipe
    return WaitQueue.sleep([pipe.canRead], () => {
      const read = this.wasRead(pipe.tryRead(into))
      if (read === undefined) ring.offer(into)
      else if (pipe.held > 0) pipe.tellReaders()
      return read
    }, ring.withdrawal(into))
  }

  override readPieces(into: Pieces): Effect.Effect<number, ReadError> {
    return this.read(into)
  }

  /** A FIFO has times as a file has; those of a pipe without a name stand still. */
  private wasRead<A extends WaitQueue.Attempt<number>>(answer: A): A {
    const { location } = this
    if (location === undefined || answer?._tag !== "Success" || answer.value === 0) return answer
    if ((this.flags & O_NOATIME) === 0) accessed(this.context.now, location.mount, this.inode)
    return answer
  }

  private wasWritten(count: number): Exit.Exit<number> {
    if (this.location !== undefined) this.inode.mtime = this.inode.ctime = this.context.now()
    return Exit.succeed(count)
  }

  override write(from: Piecewise, caller: Process): Effect.Effect<number, WriteError> {
    const { pipe } = this
    // Writing nothing succeeds even where nobody could read it.
    if (from.length === 0) return Exit.succeed(0)
    if (pipe.readers === 0) return this.broken(caller)
    // Whoever waits with a write already comes first.
    const waits = WaitQueue.contended(pipe.canWrite)
    const done = waits && !this.nonBlocking ? 0 : pipe.fill(from, 0, this.packets)
    if (done === from.length) return this.wasWritten(done)
    if (this.nonBlocking) {
      pipe.tellReaders()
      return done > 0 ? this.wasWritten(done) : Errno.fail("EAGAIN")
    }
    return this.writeRest(from, done, caller)
  }

  override writePieces(from: Pieces, caller: Process): Effect.Effect<number, WriteError> {
    return this.write(from, caller)
  }

  /** Goes on with a write that found too little room. */
  private writeRest(from: Piecewise, begun: number, caller: Process): Effect.Effect<number, WriteError> {
    return Effect.suspend(() => {
      const { pipe } = this
      let done = begun
      // Of a write that goes in whole or not at all, nothing may be in before its writer knows of it.
      const more = () => {
        if (from.length > PIPE_BUF && !this.packets) done = pipe.fill(from, done, this.packets)
      }
      const left = () => pipe.ring.reclaim(more)
      const attempt = (): WaitQueue.Attempt<number, Errno.Errno<"EPIPE">> => {
        if (pipe.readers === 0) {
          const broken = this.broken(caller)
          return done > 0 ? this.wasWritten(done) : broken
        }
        // A write of up to PIPE_BUF bytes takes one buffer, so it goes in whole or not at all.
        if (done < from.length) done = pipe.fill(from, done, this.packets)
        return done === from.length ? this.wasWritten(done) : pipe.ring.lend(more)
      }
      return WaitQueue.sleep([pipe.canWrite], attempt, {
        left,
        aside: left,
        fair: begun === 0,
        partial: () => done > 0 ? this.wasWritten(done) : undefined
      })
    })
  }

  /** O_DIRECT makes a packet of each write. */
  private get packets(): boolean {
    return (this.flags & O_DIRECT) !== 0
  }

  override get nowait(): boolean {
    return this.location === undefined && !this.wasSpliced
  }

  override spliced(): void {
    this.wasSpliced = true
  }

  override get spliceReads(): boolean {
    return false
  }

  private broken(caller: Process): Exit.Exit<never, Errno.Errno<"EPIPE">> {
    this.context.brokenPipe(caller)
    return Errno.fail("EPIPE")
  }

  override poll(): number {
    const { pipe } = this
    let events = 0
    if (this.readable) {
      if (pipe.held > 0) events |= PollEvents.POLLIN | PollEvents.POLLRDNORM
      if (pipe.writers === 0 && pipe.writerOpens !== this.writersBefore) events |= PollEvents.POLLHUP
    }
    if (this.writable) {
      if (!pipe.full) events |= PollEvents.POLLOUT | PollEvents.POLLWRNORM
      if (pipe.readers === 0) events |= PollEvents.POLLERR
    }
    return events
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    const { pipe, readable, writable } = this
    if (readable && writable) return [pipe.readersWatch, pipe.writersWatch]
    return [readable ? pipe.readersWatch : pipe.writersWatch]
  }

  override startAsync(tell: (code: number) => void): () => void {
    const { pipe, readable, writable } = this
    if (readable) pipe.asyncReaders = [tell, ...pipe.asyncReaders ?? []]
    if (writable) pipe.asyncWriters = [tell, ...pipe.asyncWriters ?? []]
    return () => {
      pipe.asyncReaders = without(pipe.asyncReaders, tell)
      pipe.asyncWriters = without(pipe.asyncWriters, tell)
    }
  }

  override available(): Exit.Exit<number> {
    return Exit.succeed(this.pipe.held)
  }

  override reopen(flags: number): Effect.Effect<Description> {
    return Effect.sync(() => open(this.pipe, this.inode, flags, this.context))
  }

  override release(): Effect.Effect<void> {
    this.uncount()
    return Exit.void
  }

  /** The pipe has one end less. */
  uncount(): void {
    const { pipe } = this
    if (this.readable) pipe.readers--
    if (this.writable) pipe.writers--
    pipe.left()
  }
}

const without = (list: AsyncList | undefined, one: AsyncList[number]): AsyncList | undefined => {
  const left = list?.filter((each) => each !== one)
  return left?.length === 0 ? undefined : left
}

/** Another end of `pipe`, counted as open. */
export const open = (pipe: Pipe, inode: Inode, flags: number, context: PipeContext): PipeEnd => {
  const end = new PipeEnd(flags, pipe, inode, context)
  if (!end.writable && pipe.writers === 0) end.writersBefore = pipe.writerOpens
  if (end.readable) {
    pipe.readers++
    pipe.readerOpens++
  }
  if (end.writable) {
    pipe.writers++
    pipe.writerOpens++
  }
  return end
}

/** The mode of a pipe's inode. */
export const pipeMode = FileMode.S_IFIFO | 0o600
