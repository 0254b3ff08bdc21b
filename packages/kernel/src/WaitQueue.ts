/**
 * The one place where the kernel suspends a fiber: `sleep` and `wakeup` of a teaching kernel, wait queues of Linux.
 *
 * Every blocking call is the same sentence: *attempt; if it would block, sleep on these queues and attempt again*.
 * The attempt runs on the waiter's own fiber, so a waiter that is interrupted, killed or hit by a signal has
 * consumed nothing and holds nothing, and there is no gap between a failed attempt and going to sleep in which a
 * wake-up could be lost.
 *
 * Where one waiter can go on, one is woken. A woken waiter that leaves without going on (it was interrupted before
 * it ran, or a signal came) passes the wake-up to the next. Whoever only watches (poll, epoll) is told of every
 * wake-up and takes none away from those who wait.
 *
 * @see wait_event(9)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Errno from "./Errno.js"
import { endNow, park, runningFiber } from "./internal/compat.js"

/** What an attempt answers; `undefined` means "not now: sleep and ask again". */
export type Attempt<A, E = never> = Exit.Exit<A, E> | undefined

/** What a call that signals cut short answers. */
export type Interrupted = Errno.Errno<"EINTR">

/** Somebody in a queue. */
interface Sleeping {
  /** Called when its queue is woken; `true` means that this wake-up is used up. */
  wokenBy(link: Link): boolean
  /** Takes it out of every queue and ends its fiber. */
  evict(): void
}

class Link {
  prev: Link | undefined = undefined
  next: Link | undefined = undefined
  linked = false
  /** Its place among those who came to this queue; 0 before it has come. */
  ticket = 0

  constructor(readonly queue: WaitQueue, readonly sleeping: Sleeping) {}

  unlink(): void {
    if (!this.linked) return
    this.linked = false
    const { next, prev, queue } = this
    if (prev === undefined) queue.first = next
    else prev.next = next
    if (next === undefined) queue.last = prev
    else next.prev = prev
    this.prev = this.next = undefined
  }
}

/** A list of sleepers. Leaving it costs the same however long it is. */
export class WaitQueue {
  /** @internal */
  first: Link | undefined = undefined
  /** @internal */
  last: Link | undefined = undefined
  /** Waiters that were woken through this queue and have not run yet. @internal */
  woken = 0
  /** How many have come. @internal */
  tickets = 0
  /** @internal */
  watchers: Set<(events: number) => void> | undefined = undefined

  constructor(
    /** Whether whoever came last is woken first. @internal */
    readonly newestFirst: boolean
  ) {}
}

export const make = (newestFirst = false): WaitQueue => new WaitQueue(newestFirst)

/** Whether somebody came first: sleeps here, or was woken here and has not run yet. A fair call then queues up. */
export const contended = (self: WaitQueue): boolean => self.first !== undefined || self.woken > 0

/** Puts `link` behind everybody who came before it. */
const enqueue = (link: Link): void => {
  const { queue } = link
  if (link.ticket === 0) link.ticket = ++queue.tickets
  // Nearly always last, as it has just come, or first, as it was woken; several that were woken come back in order.
  const { first } = queue
  let before = first === undefined || first.ticket > link.ticket || queue.newestFirst ? undefined : queue.last
  while (before !== undefined && before.ticket > link.ticket) before = before.prev
  const after = before === undefined ? first : before.next
  link.linked = true
  link.prev = before
  link.next = after
  if (before === undefined) queue.first = link
  else before.next = link
  if (after === undefined) queue.last = link
  else after.prev = link
}

/**
 * Tells every watcher, the newest first, and wakes nobody. `events` are those of poll(2) that may have become true; 0 is
 * any of them, and what a wake-up tells.
 */
export const tell = ({ watchers }: WaitQueue, events = 0): void => {
  if (watchers === undefined) return
  if (watchers.size === 1) { for (const notify of watchers) notify(events) }
  else for (const notify of Array.from(watchers).reverse()) notify(events)
}

/** Tells every watcher of `events`, and wakes the first waiter. */
export const wake = (self: WaitQueue, events = 0): void => {
  tell(self, events)
  pass(self)
}

/** Wakes the first waiter and tells no watcher: nothing is new, but somebody has left something for the next. */
export const pass = (self: WaitQueue): void => {
  for (let link = self.first; link !== undefined;) {
    const { next } = link
    if (link.sleeping.wokenBy(link)) return
    link = next
  }
}

/** Tells every watcher of `events`, and wakes everybody, in the order in which they came. */
export const wakeAll = (self: WaitQueue, events = 0): void => {
  tell(self, events)
  for (let link = self.first; link !== undefined;) {
    const { next } = link
    link.sleeping.wokenBy(link)
    link = next
  }
}

/**
 * Calls `notify`, in the same step, each time one of `queues` is woken, until the answered function is called.
 * Watchers come before all waiters and take no wake-up away from them; nobody queues up behind one.
 */
export const watch = (queues: Iterable<WaitQueue>, notify: (events: number) => void): () => void => {
  const watched = Array.from(queues)
  const told = (events: number): void => notify(events)
  for (const queue of watched) (queue.watchers ??= new Set()).add(told)
  return () => {
    for (const queue of watched) {
      queue.watchers?.delete(told)
      if (queue.watchers?.size === 0) queue.watchers = undefined
    }
  }
}

type Resume<A, E> = (effect: Effect.Effect<A, E | Interrupted>) => void

/** What a sleeper must know of the process that it sleeps for. */
export interface SleeperShape {
  /** The process's own fiber: nothing but the kernel interrupts it, and it calls {@link evictAll} before. */
  readonly fiber: Fiber.RuntimeFiber<unknown, unknown> | undefined
  /** Not 0 when a signal or a stop wants to be attended to; negative when the process has ended. */
  readonly attention: number
  /** The waiters of this process; a signal wakes the first. */
  readonly sleeping: WaitQueue
  /**
   * Attends to what is pending: stops until continued, runs handlers. Answers whether a call that was sleeping
   * goes on (`true`) or fails with EINTR; interrupts the fiber of a process that has ended.
   */
  readonly attend: (restartable: boolean) => Effect.Effect<boolean>
}

/**
 * The process on whose behalf a fiber runs. It is found through the fiber's context, and only by a call that really
 * has to sleep.
 *
 * @category tags
 */
export class Sleeper extends Context.Tag("@effix/kernel/Sleeper")<Sleeper, SleeperShape>() {}

/** What a wait does when it is over, and when it is left for a while. */
export interface Ends {
  /** Called once, however the wait ends, and whether or not it was entered. */
  readonly left: () => void
  /** Called when it leaves its place to attend to a signal or a stop; if it goes on, it comes anew. */
  readonly aside: () => void
}

export interface WaitOptions<A, E> extends Partial<Ends> {
  /** Whether the call starts again after a handler that was set with SA_RESTART. Default: `true`. @see signal(7) */
  readonly restartable?: boolean
  /** Whether signals and stops cut the wait short; the end of the process always does. Default: `true`. */
  readonly interruptible?: boolean
  /** Whether a call that comes second stays second, even if it could go on at once. Default: `false`. */
  readonly fair?: boolean
  /**
   * What a call has achieved so far when a handler or a stop comes between: it ends with that, SA_RESTART or not.
   * Otherwise it goes on or fails with EINTR. @see signal(7)
   */
  readonly partial?: () => Attempt<A, E>
  /** Asked when a handler or a stop came between: whether the call begins anew, whatever the handler said. */
  readonly renews?: () => boolean
  /**
   * Called once, in the step in which it goes to sleep for the first time. What `left` has to undo is done here and not
   * before the call to `sleep`: between the two, the fiber may be interrupted.
   */
  readonly entered?: () => void
}

/**
 * One blocking call, from the moment it may have to sleep. As an effect it is what its fiber does first when it was
 * woken.
 */
class Waiter<A, E> extends Effectable.Class<A, E | Interrupted> implements Sleeping {
  /** Its place in the queue that it waits for, or in the first of several. */
  private readonly first: Link | undefined
  private readonly others: ReadonlyArray<Link>
  /** Among the sleepers of its process, until the wait ends, so that the kernel can evict it at any moment. */
  private readonly link: Link | undefined
  private resume: Resume<A, E> | undefined = undefined
  /** The queue that woke it, until it has run. */
  private baton: WaitQueue | undefined = undefined
  private entered = false
  private gone = false

  constructor(
    queues: ReadonlyArray<WaitQueue>,
    private readonly attempt: () => Attempt<A, E>,
    private readonly options: WaitOptions<A, E>,
    private readonly sleeper: Sleeper["Type"] | undefined,
    /** The fiber that waits, if nobody but the kernel interrupts it. */
    private readonly own: SleeperShape["fiber"] = undefined
  ) {
    super()
    this.first = queues.length === 0 ? undefined : new Link(queues[0]!, this)
    this.others = queues.length <= 1 ? alone : queues.slice(1).map((queue) => new Link(queue, this))
    this.link = sleeper === undefined ? undefined : new Link(sleeper.sleeping, this)
  }

  /**
   * Goes to sleep, unless there is no need to. The last look and the going to sleep are one step: before it the
   * fiber may have yielded, and what it looked at before is stale.
   */
  park(resume: Resume<A, E>): void {
    const next = this.next(this.options.fair === true && this.isBehind)
    if (next !== undefined) return resume(next)
    this.resume = resume
    this.queueUp()
    if (this.entered) return
    this.entered = true
    this.options.entered?.()
  }

  get parked(): Effect.Effect<A, E | Interrupted> {
    return park((resume) => this.park(resume))
  }

  private get isBehind(): boolean {
    return (this.first !== undefined && isBehind(this.first)) || this.others.some(isBehind)
  }

  private unlink(): void {
    this.first?.unlink()
    for (const link of this.others) link.unlink()
  }

  /** A waiter that was woken for nothing keeps its place. */
  private queueUp(): void {
    if (this.first?.linked === false) enqueue(this.first)
    for (const link of this.others) if (!link.linked) enqueue(link)
    if (this.link?.linked === false) enqueue(this.link)
    this.dropBaton()
  }

  wokenBy(link: Link): boolean {
    const { resume } = this
    // Awake already: it looks for signals before it sleeps. In any other queue it has but kept its place meanwhile.
    if (resume === undefined && link === this.link) return false
    this.resume = undefined
    this.unlink()
    if (link !== this.link) {
      this.baton = link.queue
      link.queue.woken++
    }
    resume?.(this)
    return true
  }

  commit(): Effect.Effect<A, E | Interrupted> {
    const next = this.next(false)
    if (next !== undefined) return next
    // In this step: whoever comes before it sleeps again must find it in its place.
    this.queueUp()
    return this.parked
  }

  /** How the call goes on: its answer, its end, what its process must attend to first, or `undefined` for sleep. */
  private next(behind: boolean): Effect.Effect<A, E | Interrupted> | undefined {
    const { sleeper } = this
    if (sleeper !== undefined && sleeper.attention < 0) return this.leave(Effect.interrupt)
    // The condition is asked before the signal, as wait_event_interruptible does.
    const answer = behind ? undefined : this.attempt()
    if (answer !== undefined) {
      this.dropBaton()
      return this.leave(answer)
    }
    // Read after the attempt, which may have signalled its own process.
    return sleeper === undefined || sleeper.attention === 0 || this.options.interruptible === false
      ? undefined
      : this.attending(sleeper)
  }

  /** Leaves its place for as long as a handler runs or the process is stopped. */
  private attending(sleeper: Sleeper["Type"]): Effect.Effect<A, E | Interrupted> {
    this.unlink()
    if (this.first !== undefined) this.first.ticket = 0
    for (const link of this.others) link.ticket = 0
    this.passBaton()
    this.options.aside?.()
    return Effect.flatMap(
      // A defect of a handler ends the wait as well.
      Effect.onError(sleeper.attend(this.options.restartable !== false), () => Effect.sync(() => this.abandon())),
      (goesOn) => {
        const partial = this.options.partial?.()
        if (partial !== undefined) return this.leave(partial)
        const renewed = this.options.renews?.() === true
        return goesOn || renewed ? this.parked : this.leave(Errno.fail("EINTR"))
      }
    )
  }

  /** Leaves every queue without going on. */
  abandon(): void {
    this.resume = undefined
    this.leave(undefined)
  }

  /** Leaves, and ends the fiber that waits: its process is no more. */
  evict(): void {
    const { own, resume } = this
    this.abandon()
    if (resume === undefined || own !== undefined && endNow(own)) return
    resume(Effect.interrupt)
  }

  private leave<T>(answer: T): T {
    if (this.gone) return answer
    this.gone = true
    this.unlink()
    this.link?.unlink()
    this.passBaton()
    // It may be the one that was woken for a signal, and not have attended to it.
    if (this.sleeper !== undefined && this.sleeper.attention > 0) wake(this.sleeper.sleeping)
    this.options.left?.()
    return answer
  }

  private dropBaton(): void {
    if (this.baton === undefined) return
    this.baton.woken--
    this.baton = undefined
  }

  private passBaton(): void {
    const { baton } = this
    if (baton === undefined) return
    this.dropBaton()
    pass(baton)
  }
}

/** Whether somebody came before one that comes now. */
const isBehind = (link: Link): boolean => link.ticket === 0 && contended(link.queue)

const alone: ReadonlyArray<Link> = []

const noOptions: WaitOptions<never, never> = {}

/**
 * Sleeps on `queues` until `attempt`, asked again after each wake-up, answers. For a call that has asked once already
 * and got "not now".
 */
export const sleep = <A, E>(
  queues: ReadonlyArray<WaitQueue>,
  attempt: () => Attempt<A, E>,
  options: WaitOptions<A, E> = noOptions
): Effect.Effect<A, E | Interrupted> =>
  park((resume) => {
    const fiber = runningFiber()
    const sleeper: Sleeper["Type"] | undefined = fiber?.currentContext.unsafeMap.get(Sleeper.key)
    const own = sleeper?.fiber === fiber ? fiber : undefined
    const waiter = new Waiter(queues, attempt, options, sleeper, own)
    // The kernel takes a process's own fiber out of its queues itself; any other may be raced or timed out at will.
    if (own !== undefined) waiter.park(resume)
    else resume(Effect.onInterrupt(waiter.parked, () => Effect.sync(() => waiter.abandon())))
  })

/** Attempts, and sleeps on `queues` as often as it must until the attempt answers. */
export const waitUntil = <A, E>(
  queues: ReadonlyArray<WaitQueue>,
  attempt: () => Attempt<A, E>,
  options?: WaitOptions<A, E>
): Effect.Effect<A, E | Interrupted> =>
  Effect.suspend(() =>
    (options?.fair === true && queues.some(contended) ? undefined : attempt()) ?? sleep(queues, attempt, options)
  )

/**
 * Sleeps whatever signals come and whoever interrupts, in the order of arrival: for what must be finished once it was
 * begun.
 */
export const uninterruptibly = <A>(queues: ReadonlyArray<WaitQueue>, attempt: () => Attempt<A>): Effect.Effect<A> =>
  Effect.uninterruptible(Effect.orDie(
    Effect.suspend(() => new Waiter(queues, attempt, { interruptible: false, fair: true }, undefined).parked)
  ))

/** Takes every waiter of a process out of its queues and ends it. */
export const evictAll = (sleeping: WaitQueue): void => {
  for (let link = sleeping.first; link !== undefined; link = sleeping.first) {
    link.unlink()
    link.sleeping.evict()
  }
}
