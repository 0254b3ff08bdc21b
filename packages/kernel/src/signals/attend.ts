/**
 * What a process does, on its own fiber, when its attention is asked for: stop until continued, run handlers.
 *
 * @see signal(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as SignalFlags from "../abi/SignalFlags.js"
import type { Process, SignalAction, SignalState } from "../ProcessTable.js"
import * as SignalSet from "../SignalSet.js"
import * as WaitQueue from "../WaitQueue.js"
import * as Pending from "./pending.js"

type ActionOf = (target: Process, signal: number) => SignalAction
type Reconsider = (target: Process) => void

/** Sleeps while the process is stopped. Signals do not wake it; SIGCONT and SIGKILL do. */
const whileStopped = (self: Process): Effect.Effect<void> =>
  Effect.orDie(WaitQueue.waitUntil(
    [self.continued ??= WaitQueue.make()],
    () => self.state === "stopped" ? undefined : Exit.void,
    { interruptible: false }
  ))

/**
 * Delivers one pending signal and, before its handler runs, every other that its mask leaves deliverable. Linux
 * stacks the frames, so of several pending handlers the one that was set up last runs first.
 *
 * Nothing comes between taking the signal and setting up what gives the mask back. A thread that is interrupted after
 * that, but before its handler has begun, leaves the signal to the others.
 */
const deliver = (
  self: Process,
  actionOf: ActionOf,
  reconsider: Reconsider
): Effect.Effect<SignalAction | undefined> =>
  Effect.uninterruptibleMask((restore) => {
    const { signals, task } = self
    const signal = Pending.nextDeliverable(signals)
    const action = actionOf(self, signal)
    const { disposition } = action
    if (signal === 0 || typeof disposition !== "function") return Exit.succeed(undefined)
    const info = Pending.take(signals, signal)
    const end = begin(signals, action.mask | (noDefer(action) ? SignalSet.empty : SignalSet.bit(signal)))
    // Mask and flags stay.
    if ((action.flags & SignalFlags.SA_RESETHAND) !== 0) {
      signals.actions?.set(signal, { ...action, disposition: "default" })
    }
    let begun = false
    const handle = () => {
      reconsider(self)
      begun = true
      return disposition(info)
    }
    const handled = Effect.suspend(() =>
      Pending.nextDeliverable(signals) === 0
        ? handle()
        : Effect.zipRight(deliver(self, actionOf, reconsider), Effect.suspend(handle))
    )
    return Effect.flatMap(Effect.exit(restore(handled)), (exit) => {
      const answer = Exit.as(exit, action)
      // The mask of an image that exec has replaced is nobody's any more.
      if (self.task !== task) return answer
      end()
      if (!begun) {
        if ((action.flags & SignalFlags.SA_RESETHAND) !== 0) signals.actions?.set(signal, action)
        Pending.putBack(signals, info)
      }
      reconsider(self)
      return answer
    })
  })

/**
 * Blocks signals for as long as a handler runs; the answered function gives back the mask that was. Threads share the
 * mask, so the handler that began last is not always the first to end.
 */
const begin = (signals: SignalState, added: SignalSet.SignalSet): () => void => {
  const frames = signals.frames ??= []
  const frame = { saved: signals.suspended ?? signals.blocked, added: added & ~SignalSet.unstoppable }
  frames.push(frame)
  signals.suspended = undefined
  signals.blocked |= frame.added
  return () => {
    const at = frames.indexOf(frame)
    frames.splice(at, 1)
    const later = frames[at]
    if (later === undefined) {
      signals.blocked = frame.saved
      return
    }
    later.saved = frame.saved
    const stillAdded = frames.slice(at).reduce((set, each) => set | each.added, frame.saved)
    signals.blocked &= ~frame.added | stillAdded
  }
}

const noDefer = (action: SignalAction): boolean => (action.flags & SignalFlags.SA_NODEFER) !== 0

/** Answers whether a call that was sleeping goes on. */
export const attend = (
  self: Process,
  restartable: boolean,
  actionOf: ActionOf,
  reconsider: Reconsider
): Effect.Effect<boolean> => {
  const { task } = self
  const round = (goesOn: boolean, first: boolean): Effect.Effect<boolean> =>
    Effect.suspend(() => {
      if (task === undefined || task !== self.task || task.attention < 0) return Effect.interrupt
      if (self.state === "stopped") return Effect.zipRight(whileStopped(self), round(goesOn, first))
      if (Pending.nextDeliverable(self.signals) === 0) {
        reconsider(self)
        return Exit.succeed(goesOn)
      }
      return Effect.flatMap(deliver(self, actionOf, reconsider), (action) =>
        // The first handler decides: by then the interrupted call has been set up to restart or to fail.
        round(first && action !== undefined ? restartable && restarts(action) : goesOn, first && action === undefined))
    })
  return round(true, true)
}

const restarts = (action: SignalAction): boolean => (action.flags & SignalFlags.SA_RESTART) !== 0
