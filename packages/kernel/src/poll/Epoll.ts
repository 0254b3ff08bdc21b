/**
 * What epoll_create1(2) opens: a set of descriptors, and the list of those that may be ready.
 *
 * A watched descriptor puts itself on the list when it changes, so waiting looks at the list and never at the set.
 * What is on it is asked once more before anybody is told: it may have been ready and not be any more.
 *
 * @see epoll(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_RDWR } from "../abi/OpenFlags.js"
import { POLLIN, POLLRDNORM } from "../abi/PollEvents.js"
import type { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import { AnonymousDescription } from "../event/AnonymousDescription.js"
import type { Inode } from "../Inode.js"
import type { Process } from "../ProcessTable.js"
import type { EpollEvent } from "../Sys.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Crowds } from "./Crowds.js"
import { ReadyList, Watch } from "./Watch.js"

export class Epoll extends AnonymousDescription {
  /** By number; there are several of one number when it stands for another description than it did. */
  private readonly watches = new Map<number, Watch>()
  private readonly ready = new ReadyList()
  /** Those who sleep in epoll_wait(2): of several, Linux wakes the last. */
  readonly arrived = WaitQueue.make(true)
  private readonly watched = WaitQueue.make()
  private readonly queues = [this.watched]
  /** The epolls that watch this one. */
  readonly above = new Set<Epoll>()

  constructor(
    inode: Inode,
    private readonly crowds: Crowds,
    /** Counts one watch more or less, and answers whether there may be that many. */
    private readonly count: (difference: number) => boolean
  ) {
    super(O_RDWR, inode)
  }

  get label(): string {
    return "anon_inode:[eventpoll]"
  }

  find(fd: number, description: Description): Watch | undefined {
    let watch = this.watches.get(fd)
    while (watch !== undefined && watch.description !== description) watch = watch.sameNumber
    return watch
  }

  /** The epolls that this one watches. */
  *below(): Generator<Epoll> {
    for (const { description } of this.all()) if (description instanceof Epoll) yield description
  }

  private *all(): Generator<Watch> {
    for (const first of this.watches.values()) {
      for (let watch: Watch | undefined = first; watch !== undefined; watch = watch.sameNumber) yield watch
    }
  }

  /** `false` when there would be too many. */
  add(fd: number, description: Description, events: number, data: bigint | number, caller: Process): boolean {
    if (!this.count(1)) return false
    const watch = new Watch(this, description, fd, events, data)
    watch.sameNumber = this.watches.get(fd)
    this.watches.set(fd, watch)
    const queues = description.pollQueuesFor(caller)
    const stop = watch.exclusive
      ? this.crowds.join(queues, watch)
      : WaitQueue.watch(queues, (each) => watch.told(each))
    const forget = (): void => this.remove(watch)
    const closing = description.closing ??= new Set()
    closing.add(forget)
    if (description instanceof Epoll) description.above.add(this)
    watch.stop = () => {
      stop()
      closing.delete(forget)
      if (description instanceof Epoll) description.above.delete(this)
    }
    this.look(watch, caller)
    return true
  }

  modify(watch: Watch, events: number, data: bigint | number, caller: Process): void {
    watch.events = events
    watch.data = data
    this.look(watch, caller)
  }

  /** Lists what is ready already. */
  private look(watch: Watch, caller: Process): void {
    if (!watch.listed && watch.poll(caller) !== 0) this.mayBeReady(watch)
  }

  remove(watch: Watch): void {
    watch.stop()
    this.ready.remove(watch)
    const first = this.watches.get(watch.fd)
    if (first === watch) {
      if (watch.sameNumber === undefined) this.watches.delete(watch.fd)
      else this.watches.set(watch.fd, watch.sameNumber)
    } else {
      let before = first
      while (before !== undefined && before.sameNumber !== watch) before = before.sameNumber
      if (before !== undefined) before.sameNumber = watch.sameNumber
    }
    this.count(-1)
  }

  /** Answers whether somebody waits here. */
  mayBeReady(watch: Watch): boolean {
    if (!watch.listed) this.ready.append(watch)
    const waited = this.arrived.first !== undefined
    WaitQueue.wake(this.arrived)
    WaitQueue.tell(this.watched, POLLIN)
    return waited
  }

  /** At most `most` of what is ready; `undefined` when nothing is. */
  harvest(most: number, caller: Process): ReadonlyArray<EpollEvent> | undefined {
    const { ready } = this
    if (ready.first === undefined) return undefined
    const found: Array<EpollEvent> = []
    // What is told of a level is asked again the next time; it comes up behind all that is on the list now.
    for (let left = ready.length; left > 0 && found.length < most; left--) {
      const watch = ready.first
      ready.remove(watch)
      const events = watch.poll(caller)
      if (events === 0) continue
      found.push({ events, data: watch.data })
      if (watch.wasTold()) ready.append(watch)
    }
    if (ready.length > 0) WaitQueue.wake(this.arrived)
    return found.length === 0 ? undefined : found
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    return this.queues
  }

  override poll(caller?: Process): number {
    const { ready } = this
    for (let watch = ready.first; watch !== undefined; watch = ready.first) {
      if (watch.poll(caller) !== 0) return POLLIN | POLLRDNORM
      ready.remove(watch)
    }
    return 0
  }

  override available(): Exit.Exit<never, Errno.Errno<"EINVAL">> {
    return Errno.fail("EINVAL")
  }

  override info(): string {
    return Array.from(this.all(), ({ data, description: { inode, offset }, events, fd }) => {
      const all = BigInt.asUintN(64, BigInt(data)).toString(16)
      return `tfd: ${`${fd}`.padStart(8)} events: ${(events >>> 0).toString(16).padStart(8)} data: ${
        all.padStart(16)
      }  pos:${offset} ino:${inode.ino.toString(16)} sdev:0\n`
    }).join("")
  }

  override release(): Effect.Effect<void> {
    for (const watch of Array.from(this.all())) this.remove(watch)
    return Exit.void
  }
}
