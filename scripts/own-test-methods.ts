/**
 * Gives each test file `it.effect` and its siblings as they were.
 *
 * `layer(...)` of @effect/vitest puts methods that run in its own layer onto the one `it` that there is. A worker keeps its
 * modules from one file to the next, so the tests of the next file would find themselves in a machine of the one before.
 */
import { it } from "@effect/vitest"

const kept = Symbol.for("effix/test-methods")
const store = globalThis as { [kept]?: Pick<typeof it, "effect" | "live" | "scoped" | "scopedLive"> }

const { effect, live, scoped, scopedLive } = it
store[kept] ??= { effect, live, scoped, scopedLive }
Object.assign(it, store[kept])
