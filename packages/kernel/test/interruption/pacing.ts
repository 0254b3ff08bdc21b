/** How long things take in a run, as its seed chooses. */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** Goes on a few steps of others later: at a point that the seed chooses. */
export const aWhile = (most = 12): Effect.Effect<void> =>
  Effect.flatMap(Random.nextIntBetween(0, most), (turns) => Effect.repeatN(Effect.yieldNow(), turns))

/** As short as time can be: unlike a yield, it lets time pass for the others. */
export const moment: Effect.Effect<void> = Effect.sleep("10 micros")

/** Waits, from outside, until something is so. */
export const until = (isSo: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => isSo() ? Effect.void : Effect.zipRight(moment, until(isSo)))

/** Some milliseconds, or a few turns within the same one. */
export const sometime: Effect.Effect<void> = Effect.flatMap(
  Random.nextIntBetween(0, 4),
  (milliseconds) => Effect.zipRight(milliseconds === 0 ? Effect.void : Effect.sleep(milliseconds), aWhile())
)
