/**
 * 10,000 processes alive, 100,000 in a row, 1,000 sessions with terminals, twice: `npm run load`. It has to end by itself:
 * a timer or a listener that is left would keep it.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Kernel from "../../src/Kernel.js"
import { Programs } from "../../src/Programs.js"
import { load, reads } from "./load.js"

const drivers = Layer.scopedDiscard(
  Effect.orDie(Effect.flatMap(Programs, ({ register }) => register("reads", () => reads)))
)
const begun = Date.now()
const left = await Effect.runPromise(
  Effect.provide(load({ alive: 10_000, inARow: 100_000, sessions: 1000 }), Kernel.layerWith({ drivers }))
)
const resources = process.getActiveResourcesInfo().filter((each) => !/^(TTY|Pipe|File)/.test(each))
console.log(JSON.stringify({ ...left, resources, seconds: (Date.now() - begun) / 1000 }))
process.exitCode = left.processes === 1 && (left.bytes ?? 0) < 2_000_000 ? 0 : 1
