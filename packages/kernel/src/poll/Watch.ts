/**
 * What one epoll wants to know of one descriptor.
 *
 * @see epoll_ctl(2)
 */
import * as EpollFlags from "../abi/EpollFlags.js"
import type { Description } from "../Description.js"
import type { Process } from "../ProcessTable.js"
import type { Epoll } from "./Epoll.js"

const { EPOLLET, EPOLLEXCLUSIVE, EPOLLIN, EPOLLONESHOT, EPOLLOUT, EPOLLWAKEUP } = EpollFlags

/** What says how to tell, and not of what. */
const MANNERS = EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE

export class Watch {
  /** Its neighbours in the list of what may be ready. */
  previous: Watch | undefined = undefined
  next: Watch | undefined = undefined
  listed = false
  /** Another one of the same number, which stood for another description when that was added. */
  sameNumber: Watch | undefined = undefined
  /** Ends the watching. */
  stop: () => void = () => {}

  constructor(
    readonly epoll: Epoll,
    readonly description: Description,
    readonly fd: number,
    /** What is asked for, and in which manner. */
    public events: number,
    public data: bigint | number
  ) {}

  /** The events that hold now, of those asked for. */
  poll(caller: Process | undefined): number {
    return this.description.poll(caller) & this.events & ~MANNERS
  }

  get exclusive(): boolean {
    return (this.events & EPOLLEXCLUSIVE) !== 0
  }

  /** It was told. Answers whether it is to be told again as long as it holds. */
  wasTold(): boolean {
    if ((this.events & EPOLLONESHOT) === 0) return (this.events & EPOLLET) === 0
    // Not before it is asked for anew.
    this.events &= MANNERS
    return false
  }

  /**
   * Something may have become ready. Answers whether nobody else has to be told: this one alone was to be, and somebody
   * waits for it.
   */
  told(events: number): boolean {
    if ((this.events & ~MANNERS) === 0 || (events !== 0 && (events & this.events) === 0)) return false
    const waited = this.epoll.mayBeReady(this)
    if (!this.exclusive || !waited) return false
    const direction = events & (EPOLLIN | EPOLLOUT)
    return direction === 0 || (direction !== (EPOLLIN | EPOLLOUT) && (direction & this.events) !== 0)
  }
}

/** What may be ready, longest first: whoever is told goes to the end, so that all have their turn. */
export class ReadyList {
  first: Watch | undefined = undefined
  private last: Watch | undefined = undefined
  length = 0

  append(watch: Watch): void {
    const { last } = this
    watch.listed = true
    watch.previous = last
    if (last === undefined) this.first = watch
    else last.next = watch
    this.last = watch
    this.length++
  }

  remove(watch: Watch): void {
    if (!watch.listed) return
    const { next, previous } = watch
    if (previous === undefined) this.first = next
    else previous.next = next
    if (next === undefined) this.last = previous
    else next.previous = previous
    watch.previous = watch.next = undefined
    watch.listed = false
    this.length--
  }
}
