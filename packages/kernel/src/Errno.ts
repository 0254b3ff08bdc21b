/**
 * The kernel's only error: one class at run time, one type per errno.
 *
 * `Errno<"ENOENT" | "EACCES">` in a signature *is* the ERRORS section of the man page, and
 * `Effect.catchTag("ENOENT", …)` takes that errno out again. An errno carries its number, the system call, the
 * path or descriptor, and for a refusal the rule that refused. It captures no stack: it is an answer, not a bug.
 *
 * @see errno(3)
 */
import type { YieldableError } from "effect/Cause"
import * as Data from "effect/Data"
import * as Exit from "effect/Exit"
import { errnoTable } from "./abi/ErrnoTable.js"

/** The name of an errno, such as `"ENOENT"`. */
export type Code = keyof typeof errnoTable

/** What failed. Every field is optional, so that a hot path can leave all of it out. */
export interface Details {
  /** The system call that answers, such as `"open"`. */
  readonly syscall?: string
  readonly path?: string
  /** The second path of a call that takes two. */
  readonly target?: string
  readonly fd?: number
  /** The id of the policy rule that refused. */
  readonly rule?: string
  /** What would help: one clause, such as `"raise openFilesMax"`. */
  readonly remedy?: string
}

/** Distributes over a union of codes, so that `catchTag` can split it again. */
export type Errno<C extends Code> = C extends Code ? ErrnoError<C> : never

/** Any errno at all. */
export type Any = Errno<Code>

export interface ErrnoError<out C extends Code = Code> extends YieldableError {}

export class ErrnoError<out C extends Code = Code> {
  readonly _tag: C
  readonly details: Details | undefined

  constructor(code: C, details?: Details) {
    this._tag = code
    this.details = details
  }

  /** The number of this errno on Linux. */
  get errno(): number {
    return errnoTable[this._tag][0]
  }

  get name(): string {
    return this._tag
  }

  /** `ENOENT: No such file or directory, open '/x'`, with the remedy where one is known. */
  get message(): string {
    const { fd, path, remedy, rule, syscall, target } = this.details ?? {}
    const call = syscall === undefined ? "" : `, ${syscall}`
    const from = path === undefined ? (fd === undefined ? "" : ` (fd ${fd})`) : ` '${path}'`
    const to = target === undefined ? "" : ` -> '${target}'`
    const refusal = rule === undefined ? "" : ` [rule ${rule}]`
    return `${this._tag}: ${errnoTable[this._tag][1]}${call}${from}${to}${refusal}${
      remedy === undefined ? "" : `; ${remedy}`
    }`
  }

  get stack(): string {
    return this.message
  }
}

// An Error and a yieldable Effect by prototype alone: running `Error`'s constructor costs forty times the rest of
// this class, and all that it would add is the stack that an errno does without.
Object.setPrototypeOf(ErrnoError.prototype, Data.Error.prototype)

export const isErrno = (u: unknown): u is Any => u instanceof ErrnoError

/** The text of strerror(3). */
export const text = (code: Code): string => errnoTable[code][1]

const withoutDetails = new Map<Code, Exit.Exit<never, Any>>()

/**
 * Fails with an errno. Without details it is the same `Exit` every time, so compare errors by `_tag`, never by
 * identity.
 *
 * @example
 * ```ts
 * import { Errno } from "@effix/kernel"
 * import { Effect } from "effect"
 *
 * const open: Effect.Effect<number, Errno.Errno<"ENOENT" | "EACCES">> = Errno.fail("ENOENT", { path: "/x" })
 * const orNothing = Effect.catchTag(open, "ENOENT", () => Effect.succeed(-1))
 * console.log(Effect.runSync(Effect.orDie(orNothing))) // -1
 * ```
 */
export const fail = <const C extends Code>(code: C, details?: Details): Exit.Exit<never, Errno<C>> => {
  if (details !== undefined) return Exit.fail(make(code, details))
  const known = withoutDetails.get(code)
  if (known !== undefined) return known as Exit.Exit<never, Errno<C>>
  const exit = Exit.fail(make(code))
  withoutDetails.set(code, exit)
  return exit
}

/** An errno as a value; most callers want {@link fail}. */
export const make = <const C extends Code>(code: C, details?: Details): Errno<C> =>
  new ErrnoError(code, details) as Errno<C>

/** The same failure with more said about it: what a system call adds to the errno of a room. */
export const within = <C extends Code>(error: Errno<C>, details: Details): Errno<C> =>
  make<Code>(error._tag, error.details === undefined ? details : { ...details, ...error.details }) as Errno<C>
