/**
 * An inotify instance: a queue of events that is read as a file is.
 *
 * @see inotify(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { IN_IGNORED, IN_Q_OVERFLOW } from "../abi/InotifyFlags.js"
import { O_RDONLY } from "../abi/OpenFlags.js"
import { POLLIN, POLLRDNORM } from "../abi/PollEvents.js"
import * as Bytes from "../Bytes.js"
import type { ReadError } from "../Description.js"
import * as Errno from "../Errno.js"
import { AnonymousDescription } from "../event/AnonymousDescription.js"
import type { Inode } from "../Inode.js"
import { whenReady } from "../signals/whenReady.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Hearing, Mark } from "./Mark.js"

/** Bytes of `struct inotify_event` before the name. */
const HEAD = 16

interface Event {
  readonly wd: number
  readonly mask: number
  readonly cookie: number
  readonly name: string
  /** Bytes that it takes when it is read; a name is padded with NULs. */
  readonly size: number
}

const sizeOf = (name: string): number =>
  name === "" ? HEAD : HEAD + Math.ceil((Bytes.byteLength(name) + 1) / HEAD) * HEAD

const overflow: Event = { wd: -1, mask: IN_Q_OVERFLOW, cookie: 0, name: "", size: HEAD }

export class Instance extends AnonymousDescription implements Hearing {
  /** The watches by number, and the number of each watched inode. */
  readonly marks = new Map<number, Mark>()
  readonly marked = new Map<Inode, Mark>()
  private lastWatch = 0
  private events: Array<Event> = []
  /** The first event that has not been read. */
  private first = 0
  private overflown = false
  private readonly arrived = WaitQueue.make()

  constructor(
    flags: number,
    inode: Inode,
    private readonly eventsMax: number,
    private readonly ended: (mark: Mark) => void,
    private readonly closed: (self: Instance) => void
  ) {
    super(O_RDONLY | flags, inode)
  }

  get label(): string {
    return "anon_inode:inotify"
  }

  /** Numbers are not given out twice. */
  nextWatch(): number {
    return ++this.lastWatch
  }

  add(mark: Mark): void {
    this.marks.set(mark.wd, mark)
    this.marked.set(mark.inode, mark)
  }

  forget(mark: Mark): void {
    this.marks.delete(mark.wd)
    this.marked.delete(mark.inode)
    this.ended(mark)
  }

  private get queued(): number {
    return this.events.length - this.first
  }

  push(wd: number, mask: number, cookie: number, name: string): void {
    if (this.queued >= this.eventsMax) {
      if (this.overflown) return
      this.overflown = true
      this.events.push(overflow)
    } else {
      const last = this.queued === 0 ? undefined : this.events[this.events.length - 1]
      // Twice the same in a row is once; the end of a watch is never the same.
      const again = last !== undefined && last.mask === mask && last.wd === wd && last.name === name &&
        mask !== IN_IGNORED
      if (again) return
      this.events.push({ wd, mask, cookie, name, size: sizeOf(name) })
    }
    WaitQueue.wake(this.arrived)
  }

  /** As many events as fit; `undefined` when there are none. */
  private take(into: Uint8Array): WaitQueue.Attempt<number, Errno.Errno<"EINVAL">> {
    if (this.queued === 0) return undefined
    let at = 0
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength)
    for (; this.queued > 0; this.first++) {
      const { cookie, mask, name, size, wd } = this.events[this.first]!
      if (at + size > into.length) break
      view.setInt32(at, wd, true)
      view.setUint32(at + 4, mask, true)
      view.setUint32(at + 8, cookie, true)
      view.setUint32(at + 12, size - HEAD, true)
      if (size > HEAD) {
        into.fill(0, at + HEAD, at + size)
        into.set(Bytes.encode(name), at + HEAD)
      }
      at += size
      if (mask === IN_Q_OVERFLOW) this.overflown = false
    }
    if (at === 0) return Errno.fail("EINVAL", { syscall: "read" })
    this.forgetRead()
    return Exit.succeed(at)
  }

  private forgetRead(): void {
    if (this.queued === 0) this.events = []
    else if (this.first < 1024 || this.first * 2 < this.events.length) return
    else this.events = this.events.slice(this.first)
    this.first = 0
  }

  override read(into: Uint8Array): Effect.Effect<number, ReadError> {
    const answer = this.take(into)
    if (answer !== undefined) return answer
    return this.nonBlocking ? Errno.fail("EAGAIN") : WaitQueue.sleep([this.arrived], () => {
      const taken = this.take(into)
      // Whoever read part of the queue leaves the rest to the next.
      if (taken !== undefined && this.queued > 0) WaitQueue.wake(this.arrived)
      return taken
    })
  }

  override poll(): number {
    return this.queued > 0 ? POLLIN | POLLRDNORM : 0
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    return [this.arrived]
  }

  override startAsync(tell: (code: number) => void): () => void {
    return whenReady(this, tell)
  }

  override available(): Exit.Exit<number> {
    let bytes = 0
    for (let at = this.first; at < this.events.length; at++) bytes += this.events[at]!.size
    return Exit.succeed(bytes)
  }

  override release(): Effect.Effect<void> {
    for (const mark of this.marks.values()) this.ended(mark)
    this.marks.clear()
    this.closed(this)
    return Exit.void
  }
}
