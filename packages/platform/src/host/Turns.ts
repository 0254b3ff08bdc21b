/**
 * Who may look at the names of the host, and who may change them.
 *
 * Looking takes several calls: is this directory still the one that was found, and what is that name in it? A guest
 * that could put a symbolic link in place between two of them would be led out of the mount. So what the guests
 * change waits for those who look, and those who look wait for what is being changed. Whoever came first goes first.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

interface Waiting {
  readonly alone: boolean
  readonly go: () => void
}

export class Turns {
  private looking = 0
  private changing = false
  private readonly waiting: Array<Waiting> = []

  /** Takes a turn, alone or among others that only look. What takes it must give it back. */
  take(alone: boolean): Effect.Effect<void> {
    if (this.waiting.length === 0 && this.enter(alone)) return Exit.void
    // Not interruptible: the operation that waits here would not know whether it has its turn.
    return Effect.uninterruptible(Effect.async<void>((resume) => {
      this.waiting.push({ alone, go: () => resume(Effect.void) })
    }))
  }

  give(alone: boolean): void {
    if (alone) this.changing = false
    else this.looking--
    for (let next = this.waiting[0]; next !== undefined && this.enter(next.alone); next = this.waiting[0]) {
      this.waiting.shift()
      next.go()
    }
  }

  private enter(alone: boolean): boolean {
    if (this.changing || (alone && this.looking > 0)) return false
    if (alone) this.changing = true
    else this.looking++
    return true
  }
}

const turns = new WeakMap<object, Turns>()

/** One for all directories that are reached through the same service: they may lie in each other. */
export const turnsOf = (service: object): Turns => {
  const known = turns.get(service) ?? new Turns()
  turns.set(service, known)
  return known
}
