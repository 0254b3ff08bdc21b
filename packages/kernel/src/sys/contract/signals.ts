/**
 * What a process does about signals.
 *
 * @see signal(7)
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"
import type { SignalAction, SignalInfo } from "../../ProcessTable.js"
import type { SignalSet } from "../../SignalSet.js"
import type { Sys } from "../../Sys.js"

/** What sigaction(2) sets; left-out fields are empty. */
export interface SignalActionOptions {
  /** Runs on the process's own fiber, with the process's `Sys`. */
  readonly disposition: "default" | "ignore" | ((info: SignalInfo) => Effect.Effect<unknown, never, Sys>)
  readonly mask?: SignalSet
  readonly flags?: number
}

export interface SignalCalls {
  /** Sets what this process does about a signal, and answers what it did before. @see sigaction(2) */
  readonly sigaction: (signal: number, action?: SignalActionOptions) => Effect.Effect<SignalAction, Errno<"EINVAL">>
  /** `how`: SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK. Answers the mask as it was. @see sigprocmask(2) */
  readonly sigprocmask: (how: number, set: SignalSet) => Effect.Effect<SignalSet, Errno<"EINVAL">>
  readonly sigpending: () => Effect.Effect<SignalSet>
  /** Waits, under another mask, for a handler to run. @see sigsuspend(2) */
  readonly sigsuspend: (mask: SignalSet) => Effect.Effect<never, Errno<"EINTR">>
  /** Waits for a handler to run. @see pause(2) */
  readonly pause: () => Effect.Effect<never, Errno<"EINTR">>
  /** Takes one pending signal of `set` without running a handler; `timeout` in milliseconds. @see sigtimedwait(2) */
  readonly sigtimedwait: (set: SignalSet, timeout?: number) => Effect.Effect<SignalInfo, Errno<"EAGAIN" | "EINTR">>
  /**
   * A descriptor from which pending signals of `mask` are read, which the caller should have blocked; `fd` is -1, or one
   * that gets another mask. Reading answers records of 128 bytes (see `SignalfdInfo`). `flags`: SFD_NONBLOCK, SFD_CLOEXEC.
   * @see signalfd(2)
   */
  readonly signalfd: (
    fd: number,
    mask: SignalSet,
    flags?: number
  ) => Effect.Effect<number, Errno<"EBADF" | "EINVAL" | "EMFILE" | "ENFILE">>
}
