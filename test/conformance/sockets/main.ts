/**
 * A campaign of socket programs from the command line: `npm run conformance:sockets -- --seed 7 --programs 20000`.
 */
import { Kernel } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { parseArgs } from "node:util"
import { campaign } from "./campaign.js"
import { Linux } from "./linux.js"

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    programs: { type: "string", default: "2500" },
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
const { calls, failures, programs } = await campaign({ linux, effix }, {
  seed: Number(values.seed),
  from: Number(values.from),
  programs: Number(values.programs),
  failuresMax: Number(values.failures)
})
for (const failure of failures) console.log(`\n${failure}`)
console.log(`${programs} programs, ${calls} calls, ${failures.length} differences`)
await effix.dispose()
await linux.close()
process.exit(failures.length === 0 ? 0 : 1)
