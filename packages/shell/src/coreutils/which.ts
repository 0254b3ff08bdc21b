/**
 * Finds programs along PATH.
 *
 * @see which(1)
 */
import * as Launch from "../Launch.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = { usage: "[-as] PROGRAM...", does: "Print the path of each PROGRAM.", short: "as" }

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const { PATH } = yield* run.sys.environ()
  let missing = operands.length === 0
  for (const name of operands) {
    let found = false
    for (const path of Launch.candidates(name, PATH)) {
      if (!(yield* Launch.isExecutable(run.sys, path))) continue
      found = true
      if (!has("s")) run.out.line(path)
      if (!has("a")) break
    }
    if (!found) missing = true
  }
  return missing ? 1 : 0
})

/** @see printenv(1) */
export const printenv = Utility.make(
  {
    usage: "[OPTION]... [VARIABLE]...",
    does: "Print the values of environment VARIABLE(s).",
    short: "0",
    long: { null: "0" },
    failure: 2,
    permute: false
  },
  function*(run, { operands, options }) {
    const env = yield* run.sys.environ()
    const end = options.length > 0 ? "\0" : "\n"
    let missing = false
    for (const name of operands.length === 0 ? Object.keys(env) : operands) {
      const value = Object.hasOwn(env, name) ? env[name] : undefined
      if (value === undefined || name.includes("=")) missing = true
      else run.out.text((operands.length === 0 ? `${name}=` : "") + value + end)
    }
    return missing ? 1 : 0
  }
)
