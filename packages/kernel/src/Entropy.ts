/**
 * Where `/dev/urandom` and getrandom(2) get their bytes: the host's cryptographic source, unless told otherwise.
 *
 * @see random(4)
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { fillRandom } from "./internal/host.js"

/** @category tags */
export class Entropy extends Context.Reference<Entropy>()("@effix/kernel/Entropy", {
  defaultValue: () => ({ fill: fillRandom as (into: Uint8Array) => void })
}) {}

/**
 * The same bytes in every run: for tests, never for keys.
 *
 * @category layers
 */
export const layerSeeded = (seed: number): Layer.Layer<never> =>
  Layer.sync(Entropy, () => {
    let state = seed >>> 0
    return {
      fill: (into) => {
        for (let i = 0; i < into.length; i++) {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
          into[i] = state >>> 24
        }
      }
    }
  })
