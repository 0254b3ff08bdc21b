/** What holds for every call: how it ended fits what was done to it. */
import type * as Exit from "effect/Exit"
import type { Seen } from "./disturbances.js"
import { cuts, endsOf, endsParent, HUNG_UP } from "./ways.js"

export interface Manner {
  /**
   * What signal(7) says of the call. One that `restarts` does so for SA_RESTART alone; one that `fails` ends with EINTR
   * after every handler; one that `waits` is not cut short; one that `ends` waits for a signal.
   */
  readonly signals?: "restarts" | "fails" | "waits" | "ends"
  /** Whether being stopped and continued ends it as well. */
  readonly stops?: boolean
  /** Whether it answers with what it had achieved when it was cut short, if that is anything. */
  readonly partial?: boolean
  /** Whether it may stop its process itself: job control. */
  readonly stopsItself?: boolean
  /** Whether it never returns: what its process runs then ends with 0 as well. */
  readonly replaces?: boolean
  /** Whether its process has a terminal, which hangs up when its parent ends. */
  readonly onTerminal?: boolean
  /** Errnos that it may answer besides. */
  readonly errnos?: ReadonlyArray<string>
}

const errnoOf = ({ answer }: Seen<unknown>): string | undefined =>
  answer?._tag === "Failure" && answer.cause._tag === "Fail" ? answer.cause.error._tag : undefined

/** Whether EINTR may be the answer. */
const mayFail = ({ state, way }: Seen<unknown>, { signals = "restarts", stops = false }: Manner): boolean => {
  if (signals === "waits") return false
  const stopped = way.startsWith("SIGSTOP") || state === "stopped in the call"
  const handled = way === "a handler with SA_RESTART" || state === "a handler runs during the call"
  return way === "a handler" || (stops && (stopped || handled)) || (signals !== "restarts" && handled)
}

/** What a call answers that slept when it was disturbed, before it was given anything; `undefined`: more than one thing. */
const exactly = ({ state, way }: Seen<unknown>, manner: Manner): "EINTR" | "success" | undefined => {
  const { partial = false, signals = "restarts", stops = false } = manner
  if (state === "a handler runs during the call" || (stops && state === "stopped in the call")) return undefined
  switch (way) {
    case "a handler":
      return signals === "waits" || signals === "ends" ? "success" : partial ? undefined : "EINTR"
    case "a handler with SA_RESTART":
      return signals === "fails" ? "EINTR" : "success"
    case "SIGSTOP and SIGCONT":
      return stops ? "EINTR" : "success"
    case "nothing":
    case "the end of the parent":
      return "success"
    default:
      return undefined
  }
}

/** Whether two answers of a wait say the same. */
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

const isErrno = (error: unknown, tag: string): boolean =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === tag

const interrupted = (exit: Exit.Exit<unknown, unknown> | undefined): boolean =>
  exit?._tag === "Failure" && exit.cause._tag !== "Fail" && exit.cause._tag !== "Die"

export const fits = (seen: Seen<unknown>, manner: Manner = {}): void => {
  const { answer, caught, state, status, told, traced, way } = seen
  const fail = (why: string): never => {
    throw new Error(`${way}, ${state}: ${why}: ${answer ?? "no answer"}, ${JSON.stringify(status)}`)
  }
  if (answer?._tag === "Failure" && answer.cause._tag === "Die") fail("a defect")
  if (status === undefined) return fail("no status")
  const ends = [...endsOf(way, state), ...(manner.onTerminal === true && endsParent(way) ? [HUNG_UP] : [])]
  const byItself = status._tag === "Exited" && status.code === 0
  if (!byItself && !ends.some((end) => same(status, end))) fail("a wrong end")
  // Who is stopped ends itself only when it goes on, and then the call may go on first.
  const late = (state === "stopped in the call" || manner.stopsItself === true) && way.endsWith("in another thread")
  if (byItself && caught && ends.length > 0 && !late) fail("not ended")
  if (byItself && answer === undefined && manner.replaces !== true) fail("no answer")
  if (byItself && interrupted(answer) && !cuts(way)) fail("interrupted by nobody")
  const errno = errnoOf(seen)
  const { errnos = [] } = manner
  const known = errno === undefined || errnos.includes(errno) || (errno === "EINTR" && mayFail(seen, manner))
  if (!known && (byItself || errno === "EINTR")) fail("an errno out of place")
  const wanted = caught && byItself && answer !== undefined ? exactly(seen, manner) : undefined
  if (wanted === "EINTR" && errno !== "EINTR") fail("not cut short")
  if (wanted === "success" && answer?._tag !== "Success") fail("cut short")
  if (byItself && seen.begun !== seen.finished) fail(`${seen.begun} handlers begun, ${seen.finished} finished`)
  if (way.startsWith("a handler") && byItself && seen.begun !== 1 && (caught || seen.begun > 1)) {
    fail(`handled ${seen.begun} times`)
  }
  // What its parent was told, in order.
  const last = told.at(-1)
  if (seen.parentLived && !same(last, status)) fail(`the parent was told ${JSON.stringify(told)}`)
  const stopped = way.startsWith("SIGSTOP") || state === "stopped in the call" || manner.stopsItself === true
  if (!stopped && told.length > 1) fail(`the parent was told ${JSON.stringify(told)}`)
  if (told.slice(0, -1).some(({ _tag }) => _tag === "Exited" || _tag === "Signaled")) fail("ended twice")
  // Whoever traces it saw the same answer.
  if (state === "traced" && byItself && errno !== undefined) {
    const told = traced.some(({ exit }) =>
      exit._tag === "Failure" && exit.cause._tag === "Fail" && isErrno(exit.cause.error, errno)
    )
    if (!told) fail("the tracer saw another answer")
  }
}
