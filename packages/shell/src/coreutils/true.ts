/**
 * Does nothing, successfully.
 *
 * @see true(1)
 */
import type { Main } from "@effix/kernel/Programs"
import * as Effect from "effect/Effect"

const success = Effect.succeed(0)

export const main: Main = () => success
