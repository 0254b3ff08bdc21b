/**
 * Who may use a terminal: the foreground group of the session that it controls.
 *
 * @see credentials(7)
 */
import { SIGTTIN, SIGTTOU } from "../abi/Signals.js"
import type * as Errno from "../Errno.js"
import type { Process, Terminal } from "../ProcessTable.js"
import { isOrphaned, type Signals } from "../Signals.js"
import * as WaitQueue from "../WaitQueue.js"
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"

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

/**
 * Signals the caller's group; the wait that follows attends to it. `false` when nothing came of it, so that waiting
 * would be for ever: the caller is no process that could be stopped.
 */
export const sendToBackground = (signals: Signals["Type"], caller: Process, signal: number): boolean => {
  signals.sendGroup(caller.group, signal)
  return caller.task !== undefined && caller.task.attention !== 0
}

const nowhere: ReadonlyArray<WaitQueue.WaitQueue> = []

/** Does `change` once the caller is no longer in the background; `refusal` is for one that nobody would wake. */
export const whenAllowed = <A, E, R>(
  signals: Signals["Type"],
  terminal: Terminal,
  caller: Process,
  change: () => Exit.Exit<A, E>,
  refusal: Exit.Exit<never, R>
): Effect.Effect<A, E | R | Errno.Errno<"EINTR">> => {
  switch (standing(signals, terminal, caller, SIGTTOU)) {
    case "foreground":
      return change()
    case "refused":
      return refusal
    case "background":
      return WaitQueue.sleep(nowhere, (): WaitQueue.Attempt<A, E | R> => {
        const stands = standing(signals, terminal, caller, SIGTTOU)
        if (stands === "foreground") return change()
        return stands === "background" && sendToBackground(signals, caller, SIGTTOU) ? undefined : refusal
      })
  }
}
