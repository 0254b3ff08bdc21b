/**
 * The contract of `VfsBackend`, as tests: what a file system must do so that a kernel can mount it.
 *
 * Whoever writes a backend hands a way to make an empty one to {@link suite}. Methods that a backend leaves out are not
 * asked for. A backend may answer at once or later. One that cannot be changed comes with {@link sample} in it, and is handed
 * to {@link readOnlySuite}.
 *
 * @example
 * ```ts no-run
 * import * as MemoryBackend from "@effix/kernel/backend/MemoryBackend"
 * import { BackendConformance } from "@effix/testing"
 * import { describe, it } from "@effect/vitest"
 *
 * BackendConformance.suite("my backend", () => MemoryBackend.make({ bytesMax: 1e9, inodesMax: 1e5, now: 0n }), { describe, it })
 * ```
 */
import type { Backend } from "@effix/kernel/VfsBackend"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { attributes } from "./conformance/attributes.js"
import type { Case, Options } from "./conformance/Case.js"
import { contents } from "./conformance/contents.js"
import { listing } from "./conformance/listing.js"
import { mounted } from "./conformance/mounted.js"
import { names } from "./conformance/names.js"
import { readOnly } from "./conformance/readOnly.js"
import { renaming } from "./conformance/renaming.js"

export type { Case, Options } from "./conformance/Case.js"
export { sample } from "./conformance/readOnly.js"

/** A new backend, empty or with the sample in it: a value, or an effect that is given a scope to clean up in. */
export type Make = () => Backend | Effect.Effect<Backend, unknown, Scope.Scope>

/** A part of the contract that a backend does not keep. */
export class Violation extends Data.TaggedError("Violation")<{ readonly case: string; readonly reason: string }> {
  override get message(): string {
    return `${this.case}: ${this.reason}`
  }
}

/** Everything that is asked of a backend that starts empty. */
export const cases: ReadonlyArray<Case> = [...names, ...contents, ...listing, ...renaming, ...attributes, ...mounted]

/** Everything that is asked of one that has {@link sample} in it and cannot be changed. */
export const readOnlyCases: ReadonlyArray<Case> = readOnly

/** Runs one case over a backend of its own. */
export const run = (each: Case, make: Make, options: Options = {}): Effect.Effect<void, Violation> =>
  Effect.suspend(() => {
    const made = make()
    return Effect.isEffect(made) ? made : Effect.succeed(made)
  }).pipe(
    Effect.flatMap((backend) => each.body(backend, options)),
    Effect.scoped,
    Effect.catchAllCause((cause) => Effect.fail(new Violation({ case: each.name, reason: reasonOf(cause) })))
  )

const reasonOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return error instanceof Error ? error.message : String(error)
}

/** Every part of the contract that the backend does not keep: none, one hopes. */
export const check = (make: Make, options?: Options): Effect.Effect<ReadonlyArray<Violation>> =>
  checkCases(cases, make, options)

/** The same of a backend that cannot be changed. */
export const checkReadOnly = (make: Make, options?: Options): Effect.Effect<ReadonlyArray<Violation>> =>
  checkCases(readOnlyCases, make, options)

const checkCases = (asked: ReadonlyArray<Case>, make: Make, options: Options | undefined) =>
  Effect.map(
    Effect.forEach(asked, (each) => Effect.flip(Effect.as(run(each, make, options), undefined)).pipe(Effect.option)),
    (found) => found.flatMap((each) => each._tag === "Some" ? [each.value] : [])
  )

/** What a test runner offers: Vitest's functions, or those of `node:test`. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, body: () => Promise<void>) => unknown
}

/** Declares one test for each part of the contract. */
export const suite = (name: string, make: Make, runner: Runner, options?: Options): void =>
  declare(cases, name, make, runner, options)

/** The same for a backend that has {@link sample} in it and cannot be changed. */
export const readOnlySuite = (name: string, make: Make, runner: Runner, options?: Options): void =>
  declare(readOnlyCases, name, make, runner, options)

const declare = (
  asked: ReadonlyArray<Case>,
  name: string,
  make: Make,
  runner: Runner,
  options: Options | undefined
): void => {
  runner.describe(name, () => {
    for (const each of asked) runner.it(each.name, () => Effect.runPromise(run(each, make, options)))
  })
}
