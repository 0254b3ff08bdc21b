/**
 * 10,000 processes alive, 100,000 in a row, 1,000 sessions with terminals, twice, and 10,000 connections of each kind with
 * 200,000 messages, five times: `npm run load`. It has to end by itself: a timer or a listener that is left would keep it.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Kernel from "../../src/Kernel.js"
import { Programs } from "../../src/Programs.js"
import { load, reads } from "./load.js"
import { loadSockets } from "./sockets.js"

const drivers = Layer.scopedDiscard(
  Effect.orDie(Effect.flatMap(Programs, ({ register }) => register("reads", () => reads)))
)
const begun = Date.now()
const left = await Effect.runPromise(
  Effect.provide(load({ alive: 10_000, inARow: 100_000, sessions: 1000 }), Kernel.layerWith({ drivers }))
)
const config = { openFilesMax: 20_100 }
const sockets = await Effect.runPromise(
  Effect.provide(loadSockets({ connections: 10_000, messages: 200_000, rounds: 5 }), Kernel.layerWith({ config }))
)
const resources = process.getActiveResourcesInfo().filter((each) => !/^(TTY|Pipe|File)/.test(each))
console.log(JSON.stringify({ ...left, network: sockets, resources, seconds: (Date.now() - begun) / 1000 }))
const flat = (bytes: number | undefined): boolean => (bytes ?? 0) < 2_000_000
process.exitCode = left.processes === 1 && sockets.sockets === 0 && flat(left.bytes) && flat(sockets.bytes) ? 0 : 1
