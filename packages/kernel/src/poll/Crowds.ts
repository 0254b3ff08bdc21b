/**
 * EPOLLEXCLUSIVE: of the epolls that watch something in this way, those are told that come before the first that
 * somebody waits at, and that one.
 *
 * @see epoll_ctl(2)
 */
import * as WaitQueue from "../WaitQueue.js"
import type { Watch } from "./Watch.js"

interface Crowd {
  readonly watches: Set<Watch>
  readonly stop: () => void
}

const gather = (queue: WaitQueue.WaitQueue): Crowd => {
  const watches = new Set<Watch>()
  const stop = WaitQueue.watch([queue], (events) => {
    // A change of everything, such as a hang-up, is everybody's.
    for (const watch of watches) if (watch.told(events) && events !== 0) return
  })
  return { watches, stop }
}

export class Crowds {
  private readonly byQueue = new WeakMap<WaitQueue.WaitQueue, Crowd>()

  /** Watches in the order of arrival; the answered function leaves. */
  join(queues: ReadonlyArray<WaitQueue.WaitQueue>, watch: Watch): () => void {
    for (const queue of queues) {
      const crowd = this.byQueue.get(queue) ?? gather(queue)
      this.byQueue.set(queue, crowd)
      crowd.watches.add(watch)
    }
    return () => {
      for (const queue of queues) this.leave(queue, watch)
    }
  }

  private leave(queue: WaitQueue.WaitQueue, watch: Watch): void {
    const crowd = this.byQueue.get(queue)
    crowd?.watches.delete(watch)
    if (crowd === undefined || crowd.watches.size > 0) return
    crowd.stop()
    this.byQueue.delete(queue)
  }
}
