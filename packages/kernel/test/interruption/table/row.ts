/** A row of the table: a call that may have to wait, what it waits for, and what must be true of it in the end. */
import * as Effect from "effect/Effect"
import { POLLIN, POLLOUT } from "../../../src/abi/PollEvents.js"
import { type Description, drop } from "../../../src/Description.js"
import type { Any } from "../../../src/Errno.js"
import type { Process } from "../../../src/ProcessTable.js"
import type { SystemCalls } from "../../../src/Sys.js"
import type * as WaitQueue from "../../../src/WaitQueue.js"
import type { Seen, State, Way } from "../disturbances.js"
import type { Manner } from "../fits.js"
import type * as Machine from "../machine.js"

export type Call = (sys: SystemCalls) => Effect.Effect<unknown, Any>

/** The first descriptor that a call is given. */
export const FIRST = 3

export interface World {
  readonly machine: Machine.Machine
  readonly init: Process
  /** Whether nothing is given before the call was disturbed: then nothing else may end it. */
  readonly late: boolean
  /** Chooses among what a row does in more than one way. */
  readonly seed: number
}

/** Who has got something in the end. */
export interface Result {
  readonly seen: Seen<unknown>
  /** How the other one ended; `undefined` when there was none. */
  readonly heirTook: boolean | undefined
  readonly everythingEnded: boolean
}

/** What is around one such call. */
export interface Situation {
  /** What it is made on, from descriptor {@link FIRST} on; the row holds it until the end. */
  readonly fds?: ReadonlyArray<Description>
  readonly call: Call
  /** What somebody else waits for, who is not disturbed; by default the same. */
  readonly heir?: Call
  /** Gives one of them what it waits for. */
  readonly grant?: Effect.Effect<unknown>
  /**
   * Whether there is something to be had. It is given only where there is nothing, and until all have ended: so whoever
   * was not told of what there is would wait for ever.
   */
  readonly there?: () => boolean
  /** How much of what was given is still there. */
  readonly left?: () => number
  /** What must be true besides. */
  readonly check?: (result: Result) => void
  readonly prepare?: (victim: Process, parent: Process | undefined) => void
  readonly afterwards?: Call
  readonly end?: Effect.Effect<unknown>
  /** Where nobody may be left. */
  readonly queues?: () => ReadonlyArray<WaitQueue.WaitQueue | undefined>
  /** The terminal of the process. */
  readonly master?: Description
}

export interface Row extends Manner {
  readonly name: string
  readonly calls: ReadonlyArray<keyof SystemCalls>
  readonly signals: NonNullable<Manner["signals"]>
  /** Whether nobody else can wait for the same. */
  readonly alone?: boolean
  /** Whether what is given may be gone before anybody sees it, so that it is given until all have ended. */
  readonly repeats?: boolean
  readonly options?: () => Machine.Options
  /** What is not done to it, with the reason beside it. */
  readonly without?: ReadonlyArray<Way | State>
  readonly set: (world: World) => Situation | Effect.Effect<Situation, Any>
}

/** Keeps a description open until the row is over. */
export const hold = <A extends Description>(description: A): A => {
  description.references++
  return description
}

export const letGo = (...descriptions: ReadonlyArray<Description>): Effect.Effect<void> =>
  Effect.forEach(descriptions, (each) => each.references > 0 ? drop(each) : Effect.void, { discard: true })

export const does = (act: () => unknown): Effect.Effect<void> =>
  Effect.sync(() => {
    act()
  })

export const isReadable = (description: Description): boolean => (description.poll() & POLLIN) !== 0
export const isWritable = (description: Description): boolean => (description.poll() & POLLOUT) !== 0

export const bytes = (length: number, value = 1): Uint8Array => new Uint8Array(length).fill(value)

/** How many things the victim took, at least and at most. */
export const takenBy = ({ answer, status }: Seen<unknown>): readonly [number, number] => {
  if (answer?._tag === "Success") return [1, 1]
  const refused = answer?._tag === "Failure" && answer.cause._tag === "Fail" && status?._tag === "Exited"
  return refused ? [0, 0] : [0, 1]
}

export const complain = (why: string): never => {
  throw new Error(why)
}
