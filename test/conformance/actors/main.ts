/**
 * A campaign of plays from the command line: `npm run conformance:actors -- --theme locks --seed 7 --plays 20000`.
 */
import { Kernel } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { parseArgs } from "node:util"
import { Linux } from "../linux.js"
import { campaign } from "./campaign.js"
import { type Theme, themes } from "./generate.js"

const { values } = parseArgs({
  options: {
    theme: { type: "string", default: themes.join(",") },
    seed: { type: "string", default: "1" },
    plays: { type: "string", default: "1000" },
    from: { type: "string", default: "0" },
    failures: { type: "string", default: "1" }
  }
})

const linux = Linux.start(false, "actors")
if (typeof linux === "string") {
  console.error(`cannot ask Linux: ${linux}`)
  process.exit(2)
}
const effix = ManagedRuntime.make(Kernel.layer)
let differences = 0
for (const theme of values.theme.split(",")) {
  const begun = Date.now()
  const plays = Number(values.plays)
  const found = await campaign({ linux, effix }, theme as Theme, {
    seed: Number(values.seed),
    from: Number(values.from),
    plays,
    failuresMax: Number(values.failures)
  })
  for (const each of found) console.log(`\n${each}`)
  differences += found.length
  console.log(`${theme}: ${plays} plays, ${found.length} differences, ${((Date.now() - begun) / 1000).toFixed(1)} s`)
}
await effix.dispose()
await linux.close()
process.exit(differences === 0 ? 0 : 1)
