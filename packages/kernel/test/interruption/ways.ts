/** Every way in which a call is disturbed, and every state of the process that makes it. */
import { SIGHUP, SIGKILL, SIGTERM } from "../../src/abi/Signals.js"
import type { WaitStatus } from "../../src/abi/WaitStatus.js"

export const ways = [
  "nothing",
  "interruption of a thread",
  "a lost race",
  "a timeout",
  "SIGKILL",
  "SIGTERM",
  "a handler",
  "a handler with SA_RESTART",
  "SIGSTOP and SIGCONT",
  "SIGSTOP and SIGKILL",
  "exit in another thread",
  "exec in another thread",
  "the end of the parent",
  "the end of the parent, with a signal for it",
  "a hang-up",
  "the end of the session's leader",
  "the end of the host's scope",
  "the end of all"
] as const

export type Way = typeof ways[number]

export const states = [
  "running",
  "stopped in the call",
  "a handler runs during the call",
  "called by a handler",
  "in a thread",
  "traced",
  "an orphan",
  "just started",
  "after exec",
  "with a zombie"
] as const

export type State = typeof states[number]

/** What another thread ends its process with. */
export const EXIT_CODE = 7

/** Whether the parent may end before the process itself does. */
export const endsParent = (way: Way): boolean => needsParent(way) || way === "the end of all"

const killed = (signal: number): WaitStatus => ({ _tag: "Signaled", signal, coreDumped: false })

export const HUNG_UP: WaitStatus = killed(SIGHUP)

/** How a process may end that is disturbed like this in good time; none: by itself. */
export const endsOf = (way: Way, state: State): ReadonlyArray<WaitStatus> => {
  switch (way) {
    case "SIGKILL":
    case "SIGSTOP and SIGKILL":
    case "the end of the host's scope":
      return [killed(SIGKILL)]
    case "the end of all":
      // Its parent may end before it does.
      return state === "stopped in the call" ? [killed(SIGKILL), killed(SIGHUP)] : [killed(SIGKILL)]
    case "SIGTERM":
      return [killed(SIGTERM)]
    case "the end of the parent":
      // A group that is stopped when nobody is left to continue it is hung up.
      return state === "stopped in the call" ? [killed(SIGHUP)] : []
    case "the end of the parent, with a signal for it":
      return state === "stopped in the call" ? [killed(SIGHUP), killed(SIGTERM)] : [killed(SIGTERM)]
    case "a hang-up":
    case "the end of the session's leader":
      return [killed(SIGHUP)]
    case "exit in another thread":
    case "exec in another thread":
      return [{ _tag: "Exited", code: EXIT_CODE }]
    default:
      return []
  }
}

/** Whether the call alone is cut short, and not its process. */
export const cuts = (way: Way): boolean =>
  way === "interruption of a thread" || way === "a lost race" || way === "a timeout"

/** Whether there has to be a parent that lives. */
export const needsParent = (way: Way): boolean =>
  way.startsWith("the end of the parent") || way === "a hang-up" || way === "the end of the session's leader"
