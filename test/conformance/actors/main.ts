/**
 * A campaign of plays from the command line: `npm run conformance:actors -- --theme locks --seed 7 --plays 20000`. With
 * `--free` all actors go at once, each play under as many schedules as `--schedules` says.
 */
import { Kernel } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { parseArgs } from "node:util"
import { Linux } from "../linux.js"
import { campaign } from "./campaign.js"
import { freeCampaign } from "./free/campaign.js"
import { type FreeTheme, freeThemes } from "./free/generate.js"
import { type Theme, themes } from "./generate.js"

const { values } = parseArgs({
  options: {
    theme: { type: "string" },
    seed: { type: "string", default: "1" },
    plays: { type: "string", default: "1000" },
    from: { type: "string", default: "0" },
    failures: { type: "string", default: "1" },
    free: { type: "boolean", default: false },
    schedules: { type: "string", default: "20" }
  }
})

const linux = Linux.start(false, "actors")
if (typeof linux === "string") {
  console.error(`cannot ask Linux: ${linux}`)
  process.exit(2)
}
const asked = {
  seed: Number(values.seed),
  from: Number(values.from),
  plays: Number(values.plays),
  failuresMax: Number(values.failures)
}
const effix = ManagedRuntime.make(Kernel.layer)
let differences = 0

/** Differences of one theme, and what else is to be told. */
const run = async (theme: string): Promise<readonly [failures: ReadonlyArray<string>, more: string]> => {
  if (!values.free) return [await campaign({ linux, effix }, theme as Theme, asked), ""]
  const schedules = Number(values.schedules)
  const { failures, outcomes, rare } = await freeCampaign(linux, theme as FreeTheme, { ...asked, schedules })
  const seldom = rare === 0 ? "" : ` (${rare} of them on Linux only when let go)`
  return [failures, `under ${schedules} schedules each, ${outcomes} outcomes${seldom}, `]
}

for (const theme of values.theme?.split(",") ?? (values.free ? freeThemes : themes)) {
  const begun = Date.now()
  const [found, more] = await run(theme)
  for (const each of found) console.log(`\n${each}`)
  differences += found.length
  const took = ((Date.now() - begun) / 1000).toFixed(1)
  console.log(`${theme}: ${asked.plays} plays, ${more}${found.length} differences, ${took} s`)
}
await effix.dispose()
await linux.close()
process.exit(differences === 0 ? 0 : 1)
