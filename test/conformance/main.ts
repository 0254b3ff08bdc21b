/**
 * A campaign from the command line: `npm run conformance -- --seed 7 --programs 100000`.
 */
import { Kernel } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { parseArgs } from "node:util"
import { campaign } from "./campaign.js"
import { report } from "./compare.js"
import { Linux } from "./linux.js"
import { source } from "./program.js"

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    programs: { type: "string", default: "2500" },
    from: { type: "string", default: "0" },
    /** On an ext4, in place of a tmpfs. */
    disk: { type: "boolean", default: false },
    failures: { type: "string", default: "1" }
  }
})

const linux = Linux.start(values.disk)
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
  failuresMax: Number(values.failures),
  onFailure: ({ index, small }) =>
    console.log(`\nseed ${values.seed}, program ${index}\n${report(small)}\n[\n${source(small.program)}\n]`)
})
const seconds = (Date.now() - begun) / 1000
console.log(`${programs} programs, ${calls} calls, ${failures.length} differences, ${seconds.toFixed(1)} s`)
await effix.dispose()
await linux.close()
process.exit(failures.length === 0 ? 0 : 1)
