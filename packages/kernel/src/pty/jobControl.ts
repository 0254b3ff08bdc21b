/**
 * Who may use a terminal: the foreground group of the session that it controls.
 *
 * @see credentials(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SIGTTIN, SIGTTOU } from "../abi/Signals.js"
import * as Errno from "../Errno.js"
import type { Process, Terminal } from "../ProcessTable.js"
import { isOrphaned, type Signals } from "../Signals.js"
import * as WaitQueue from "../WaitQueue.js"

export type Standing = "foreground" | "background" | "refused"

export const isLeader = (caller: Process): boolean => caller.pid === caller.session.id

/** Where the caller stands, asked before a read (SIGTTIN) or a change (SIGTTOU) of `terminal`. */
export const standing = (
  signals: Signals["Type"],
  terminal: Terminal,
  caller: Process,
  signal: typeof SIGTTIN | typeof SIGTTOU
): Standing => {
  const { foreground } = terminal
  if (foreground === undefined || caller.group === foreground || caller.session.terminal !== terminal) {
    return "foreground"
  }
  if (signals.isIgnoredOrBlocked(caller, signal)) return signal === SIGTTIN ? "refused" : "foreground"
  return isOrphaned(caller.group) ? "refused" : "background"
}

/** What an attempt answers that wants its call to start again, because it may be in the background by now. */
export const AGAIN = -1

/** Whether a call that would go to sleep now is stopped or runs a handler first, and so starts again. */
export const wantsAttention = (caller: Process): boolean => caller.task !== undefined && caller.task.attention !== 0

const nowhere: ReadonlyArray<WaitQueue.WaitQueue> = []

/**
 * Signals the caller's group and has the caller attend to it: it stops until it is continued, or runs its handler.
 * Then the call that was made from the background starts again. One that nobody could stop answers EIO.
 */
export const sendToBackground = (
  signals: Signals["Type"],
  caller: Process,
  signal: number
): Effect.Effect<void, Errno.Errno<"EINTR" | "EIO">> =>
  Effect.suspend((): Effect.Effect<void, Errno.Errno<"EINTR" | "EIO">> => {
    signals.sendGroup(caller.group, signal)
    if (!wantsAttention(caller)) return Errno.fail("EIO")
    // It wakes for nothing but what it has to attend to; if that is done already, a SIGCONT came before it slept.
    return WaitQueue.sleep(nowhere, () => wantsAttention(caller) ? undefined : Exit.void)
  })

/** Does `change` once the caller is no longer in the background; `refusal` is for one that could never be. */
export const whenAllowed = <A, E, R>(
  signals: Signals["Type"],
  terminal: Terminal,
  caller: Process,
  change: () => Exit.Exit<A, E>,
  refusal: Exit.Exit<never, R>
): Effect.Effect<A, E | R | Errno.Errno<"EINTR" | "EIO">> => {
  switch (standing(signals, terminal, caller, SIGTTOU)) {
    case "foreground":
      return change()
    case "refused":
      return refusal
    case "background":
      return Effect.flatMap(
        sendToBackground(signals, caller, SIGTTOU),
        () => whenAllowed(signals, terminal, caller, change, refusal)
      )
  }
}
