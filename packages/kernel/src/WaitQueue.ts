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
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Errno from "./Errno.js"

/** What an attempt answers; `undefined` means "not now: sleep and ask again". */
export type Attempt<A, E = never> = Exit.Exit<A, E> | undefined

/** What a call that signals cut short answers. */
export type Interrupted = Errno.Errno<"EINTR">

/** Somebody in a queue. */
interface Listener {
  /** Called when its queue is woken; `true` means that this wake-up is used up. */
  wokenBy(link: Link): boolean
}

class Link {
  prev: Link | undefined = undefined
  next: Link | undefined = undefined
  linked = false

  constructor(readonly queue: WaitQueue, readonly listener: Listener) {}

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
}

export const make = (): WaitQueue => new WaitQueue()

/** Whether somebody came first: sleeps here, or was woken here and has not run yet. A fair call then queues up. */
export const contended = (self: WaitQueue): boolean => self.first !== undefined || self.woken > 0

const append = (link: Link): void => {
  const { queue } = link
  link.linked = true
  link.prev = queue.last
  if (queue.last === undefined) queue.first = link
  else queue.last.next = link
  queue.last = link
}

const prepend = (link: Link): void => {
  const { queue } = link
  link.linked = true
  link.next = queue.first
  if (queue.first === undefined) queue.last = link
  else queue.first.prev = link
  queue.first = link
}

/** Wakes the first waiter, and tells every watcher that stands before it. */
export const wake = (self: WaitQueue): void => {
  for (let link = self.first; link !== undefined;) {
    const { next } = link
    if (link.listener.wokenBy(link)) return
    link = next
  }
}

/** Wakes everybody, in the order in which they came. */
export const wakeAll = (self: WaitQueue): void => {
  for (let link = self.first; link !== undefined;) {
    const { next } = link
    link.listener.wokenBy(link)
    link = next
  }
}

class Watcher implements Listener {
  private readonly links: Array<Link> = []

  constructor(queues: Iterable<WaitQueue>, private readonly notify: () => void) {
    for (const queue of queues) {
      const link = new Link(queue, this)
      this.links.push(link)
      prepend(link)
    }
  }

  wokenBy(): boolean {
    this.notify()
    return false
  }

  readonly stop = (): void => {
    for (const link of this.links) link.unlink()
  }
}

/**
 * Calls `notify`, in the same step, each time one of `queues` is woken, until the answered function is called.
 * Watchers come before all waiters and take no wake-up away from them.
 */
export const watch = (queues: Iterable<WaitQueue>, notify: () => void): () => void => new Watcher(queues, notify).stop

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

export interface WaitOptions<A, E> {
  /** Whether the call starts again after a handler that was set with SA_RESTART. Default: `true`. @see signal(7) */
  readonly restartable?: boolean
  /** Whether signals and stops cut the wait short; the end of the process always does. Default: `true`. */
  readonly interruptible?: boolean
  /** Whether a call that comes second stays second, even if it could go on at once. Default: `false`. */
  readonly fair?: boolean
  /** What a call that a handler cuts short has achieved so far; without it, it fails with EINTR. */
  readonly partial?: () => Attempt<A, E>
  /** Called once, however the wait ends. */
  readonly left?: () => void
}

/** One blocking call, from the moment it may have to sleep. */
class Waiter<A, E> implements Listener {
  private readonly links: ReadonlyArray<Link>
  /** Among the sleepers of its process: from going to sleep until it runs again, so that the kernel can evict it. */
  private readonly link: Link | undefined
  private resume: ((effect: Effect.Effect<A, E | Errno.Errno<"EINTR">>) => void) | undefined = undefined
  /** The queue that woke it, until it has run. */
  private baton: WaitQueue | undefined = undefined
  private wasWoken = false
  private gone = false

  constructor(
    queues: ReadonlyArray<WaitQueue>,
    private readonly attempt: () => Attempt<A, E>,
    private readonly options: WaitOptions<A, E>,
    private readonly sleeper: Sleeper["Type"] | undefined
  ) {
    this.links = queues.map((queue) => new Link(queue, this))
    this.link = sleeper === undefined ? undefined : new Link(sleeper.sleeping, this)
  }

  /**
   * Goes to sleep, unless there is no need to. The last look and the going to sleep are one step: before it the
   * fiber may have yielded, and what it looked at before is stale.
   */
  readonly parked: Effect.Effect<A, E | Errno.Errno<"EINTR">> = Effect.async((resume) => {
    const behind = this.options.fair === true && !this.wasWoken && this.links.some((link) => contended(link.queue))
    const next = this.next(behind)
    if (next !== undefined) return resume(next)
    this.resume = resume
    // A waiter that was woken for nothing keeps its place.
    for (const link of this.links) this.wasWoken ? prepend(link) : append(link)
    if (this.link !== undefined) append(this.link)
  })

  wokenBy(link: Link): boolean {
    const { resume } = this
    if (resume === undefined) return false
    this.resume = undefined
    for (const each of this.links) each.unlink()
    if (link !== this.link) {
      this.baton = link.queue
      link.queue.woken++
    }
    resume(this.running)
    return true
  }

  /** What the waiter's fiber does first when it runs again. */
  private readonly running = Effect.suspend(() => {
    this.link?.unlink()
    this.wasWoken = true
    const next = this.next(false)
    this.dropBaton()
    return next ?? this.parked
  })

  /** How the call goes on: its answer, its end, what its process must attend to first, or `undefined` for sleep. */
  private next(behind: boolean): Effect.Effect<A, E | Errno.Errno<"EINTR">> | undefined {
    const { sleeper } = this
    const attention = sleeper === undefined ? 0 : sleeper.attention
    if (attention < 0) return this.leave(Effect.interrupt)
    // The condition is asked before the signal, as wait_event_interruptible does.
    const answer = behind ? undefined : this.attempt()
    if (answer !== undefined) {
      this.dropBaton()
      return this.leave(answer)
    }
    return sleeper === undefined || attention === 0 || this.options.interruptible === false
      ? undefined
      : this.attending(sleeper)
  }

  private attending(sleeper: Sleeper["Type"]): Effect.Effect<A, E | Errno.Errno<"EINTR">> {
    this.passBaton()
    const { partial, restartable } = this.options
    return Effect.flatMap(
      Effect.onInterrupt(sleeper.attend(restartable !== false), () => Effect.sync(() => this.abandon())),
      (goesOn) => goesOn ? this.parked : this.leave(partial?.() ?? Errno.fail("EINTR"))
    )
  }

  /** Leaves every queue without going on. */
  abandon(): void {
    this.link?.unlink()
    for (const link of this.links) link.unlink()
    this.resume = undefined
    this.passBaton()
    this.leave(undefined)
  }

  /** Leaves, and ends the fiber that waits: its process is no more. */
  evict(): void {
    const { resume } = this
    this.abandon()
    resume?.(Effect.interrupt)
  }

  private leave<T>(answer: T): T {
    if (!this.gone) {
      this.gone = true
      this.passBaton()
      this.options.left?.()
    }
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
    wake(baton)
  }
}

const noOptions: WaitOptions<never, never> = {}

/**
 * Sleeps on `queues` until `attempt`, asked again after each wake-up, answers. For a call that has asked once already
 * and got "not now".
 */
export const sleep = <A, E>(
  queues: ReadonlyArray<WaitQueue>,
  attempt: () => Attempt<A, E>,
  options: WaitOptions<A, E> = noOptions
): Effect.Effect<A, E | Errno.Errno<"EINTR">> =>
  Effect.withFiberRuntime((fiber) => {
    const sleeper: Sleeper["Type"] | undefined = fiber.currentContext.unsafeMap.get(Sleeper.key)
    const waiter = new Waiter(queues, attempt, options, sleeper)
    // The kernel takes a process's own fiber out of its queues itself; any other may be raced or timed out at will.
    return sleeper !== undefined && sleeper.fiber === fiber
      ? waiter.parked
      : Effect.onInterrupt(waiter.parked, () => Effect.sync(() => waiter.abandon()))
  })

/** Attempts, and sleeps on `queues` as often as it must until the attempt answers. */
export const waitUntil = <A, E>(
  queues: ReadonlyArray<WaitQueue>,
  attempt: () => Attempt<A, E>,
  options?: WaitOptions<A, E>
): Effect.Effect<A, E | Errno.Errno<"EINTR">> =>
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
    if (link.listener instanceof Waiter) link.listener.evict()
  }
}
