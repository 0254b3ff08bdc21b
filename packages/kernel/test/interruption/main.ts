/**
 * Rows of the table at length: `npm run interruptions -- --schedules 1000` for each of them. `--rows pattern` takes some,
 * `--from 1000` leaves out the first schedules, and `--seed 17 --rows name` is one run alone.
 */
import * as Simulation from "@effix/testing/Simulation"
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import { check, LIMITS, run } from "./table/cell.js"
import { rows } from "./table/rows.js"

const { values } = parseArgs({
  options: {
    schedules: { type: "string", default: "180" },
    from: { type: "string", default: "0" },
    rows: { type: "string", default: "" },
    seed: { type: "string" },
    failures: { type: "string", default: "1" }
  }
})

function* seedsFrom(first: number, end: number): Generator<number> {
  for (let seed = first; seed < end; seed++) yield seed
}

const pattern = new RegExp(values.rows)
const end = Number(values.schedules)
let failures = 0
let runs = 0
for (const row of rows.filter(({ name }) => pattern.test(name))) {
  const begun = Date.now()
  const [first, last] = values.seed === undefined
    ? [Number(values.from), end]
    : [Number(values.seed), Number(values.seed) + 1]
  const found: Array<string> = []
  for (let from = first; from < last && found.length < Number(values.failures);) {
    const failed = await Effect.runPromise(
      Effect.flip(Simulation.forAll(seedsFrom(from, last), run(row), check(row), LIMITS)).pipe(
        Effect.orElseSucceed(() => undefined)
      )
    )
    runs += (failed?.seed ?? last - 1) - from + 1
    if (failed === undefined) break
    found.push(failed.message.split("\n    at ")[0]!)
    from = failed.seed + 1
  }
  failures += found.length
  const seconds = ((Date.now() - begun) / 1000).toFixed(1)
  console.log(`${found.length === 0 ? "ok  " : "FAIL"} ${row.name}, ${seconds} s`)
  for (const each of found) console.log(each)
}
console.log(`${runs} runs, ${failures} failures`)
process.exitCode = failures === 0 ? 0 : 1
