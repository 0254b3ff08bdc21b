/**
 * Does nothing, unsuccessfully.
 *
 * @see false(1)
 */
import type { Main } from "@effix/kernel/Programs"
import * as Effect from "effect/Effect"

const failure = Effect.succeed(1)

export const main: Main = () => failure
