import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { runningFiber } from "../../internal/compat.js"
import type { SignalAction } from "../../ProcessTable.js"
import * as SignalSet from "../../SignalSet.js"
import { type SignalActionOptions, Sys, type SystemCalls } from "../../Sys.js"
import type { SignalCalls } from "../contract/signals.js"
import * as Events from "../events.js"
import * as Signals from "../signals.js"
import { PidfdSys } from "./PidfdSys.js"

/** A handler runs with the `Sys` of the image that set it. */
const actionOf = (
  sys: SystemCalls,
  { disposition, flags = 0, mask = SignalSet.empty }: SignalActionOptions
): SignalAction => ({
  disposition: typeof disposition === "function"
    ? (info) => provided(sys, disposition(info))
    : disposition,
  mask,
  flags
})

/** Mostly the fiber sees that `Sys` already: to provide it anew would take as long as all the rest of a signal. */
const provided = (sys: SystemCalls, handler: Effect.Effect<unknown, never, Sys>): Effect.Effect<unknown> =>
  runningFiber()?.currentContext.unsafeMap.get(Sys.key) === sys
    ? handler as Effect.Effect<unknown>
    : Effect.provideService(handler, Sys, sys)

export abstract class SignalSys extends PidfdSys implements SignalCalls {
  sigaction(signal: number, options?: SignalActionOptions) {
    return this.callThenAttend(() =>
      Signals.sigaction(
        this.rooms,
        this.self,
        signal,
        options === undefined ? undefined : actionOf(this.whole, options)
      )
    )
  }

  sigprocmask(how: number, set: SignalSet.SignalSet) {
    return this.callThenAttend(() => Signals.sigprocmask(this.rooms, this.self, how, set))
  }

  sigpending() {
    return this.call(() => Exit.succeed(this.self.signals.pending & this.self.signals.blocked))
  }

  sigsuspend(mask: SignalSet.SignalSet) {
    return this.call(() => Signals.sigsuspend(this.rooms, this.self, mask))
  }

  pause() {
    return this.call(() => Signals.pause())
  }

  sigtimedwait(set: SignalSet.SignalSet, timeout = -1) {
    return this.call(() => Signals.sigtimedwait(this.rooms, this.self, set, timeout))
  }

  signalfd(fd: number, mask: SignalSet.SignalSet, flags = 0) {
    return this.call(() => Events.signalfd(this.rooms, this.self, fd, mask, flags))
  }
}
