/**
 * A campaign from the command line: `npm run conformance:events -- --seed 7 --programs 20000`.
 */
import { Kernel } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { parseArgs } from "node:util"
import { campaign } from "./campaign.js"
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
const effix = ManagedRuntime.make(Kernel.layer)
const begun = Date.now()
const { calls, failures, programs } = await campaign({ linux, effix }, {
  seed: Number(values.seed),
  from: Number(values.from),
  programs: Number(values.programs),
  failuresMax: Number(values.failures)
})
for (const each of failures) console.log(`\n${each}`)
const seconds = (Date.now() - begun) / 1000
console.log(`${programs} programs, ${calls} calls, ${failures.length} differences, ${seconds.toFixed(1)} s`)
await effix.dispose()
await linux.close()
process.exit(failures.length === 0 ? 0 : 1)
