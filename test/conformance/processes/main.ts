/**
 * A campaign from the command line: `npm run conformance:processes -- --seed 7 --programs 20000`.
 */
import { parseArgs } from "node:util"
import { campaign, report } from "./campaign.js"
import { Effix } from "./effix.js"
import { Linux } from "./linux.js"

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    programs: { type: "string", default: "2000" },
    from: { type: "string", default: "0" },
    failures: { type: "string", default: "1" }
  }
})

const linux = Linux.start()
if (typeof linux === "string") {
  console.error(`cannot ask Linux: ${linux}`)
  process.exit(2)
}
const both = { linux, effix: new Effix() }
const begun = Date.now()
const seed = Number(values.seed)
const { failures, programs, steps } = await campaign(both, {
  seed,
  from: Number(values.from),
  programs: Number(values.programs),
  failuresMax: Number(values.failures)
})
for (const failure of failures) console.log(`\n${await report(both, failure, seed)}`)
const seconds = (Date.now() - begun) / 1000
console.log(`${programs} programs, ${steps} steps, ${failures.length} differences, ${seconds.toFixed(1)} s`)
both.effix.close()
await linux.close()
process.exit(failures.length === 0 ? 0 : 1)
