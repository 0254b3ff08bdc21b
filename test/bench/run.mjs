/**
 * Measures everything and prints one table.
 *
 * `npm start -- --quick` is done in a minute, and rough: fewer columns, and code that the compiler has hardly seen;
 * `--rows PATTERN` takes some rows, `--subjects A,B` some columns; `--write` puts the table into `docs/benchmarks.md`;
 * `--profile` leaves a CPU profile of each cell of effix in `dist`.
 */
import { spawnSync } from "node:child_process"
import { existsSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { linux, prepare } from "./build.mjs"
import { median } from "./Meter.mjs"
import { report } from "./report.mjs"
import { rows, subjects } from "./rows.mjs"

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rows: { type: "string", default: "" },
    subjects: { type: "string" },
    rounds: { type: "string" },
    write: { type: "boolean", default: false },
    profile: { type: "boolean", default: false }
  }
})
const rounds = Number(options.rounds ?? (options.quick ? 1 : 5))
/** A cell that takes longer is left out: its subject grows where others do not. */
const TIMEOUT = options.quick ? 15_000 : 120_000

await prepare()
if (options.quick) process.env.BENCH_QUICK = "1"

const here = new URL(".", import.meta.url).pathname
const asked = new RegExp(options.rows, "i")
const chosen = rows.filter((row) => (asked.test(row.name) || asked.test(row.id)) && !(options.quick && row.slow))
const columns = options.subjects?.split(",") ?? (options.quick ? ["limit", "effix", "secure-exec"] : subjects)

const cellsOf = async (subject, group) => {
  const module = `${here}subjects/${subject}/${group}.mjs`
  if (!existsSync(module) || (subject === "linux" && !existsSync(linux))) return {}
  return import(module)
}

const measureOnce = (subject, { group, id }) => {
  const profile = options.profile && subject === "effix"
    ? ["--cpu-prof", `--cpu-prof-dir=${here}dist`, `--cpu-prof-name=${id}.cpuprofile`]
    : []
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["--expose-gc", ...profile, `${here}cell.mjs`, subject, group, id],
    { encoding: "utf8", timeout: TIMEOUT, killSignal: "SIGKILL" }
  )
  const last = stdout.trim().split("\n").pop()
  if (status === 0 && last !== "") return JSON.parse(last)
  process.stderr.write(`${subject} ${id}: ${status === null ? "took too long" : stderr}\n`)
  return undefined
}

for (const row of chosen) {
  row.measured = {}
  const there = []
  for (const subject of columns) if (row.id in await cellsOf(subject, row.group)) there.push(subject)
  const found = Object.fromEntries(there.map((subject) => [subject, []]))
  const times = row.slow || row.group === "memory" ? Math.min(rounds, 3) : rounds
  // One round of all subjects after the other: whatever disturbs the machine disturbs them alike.
  for (let round = 0; round < times; round++) {
    for (const subject of there) {
      if (found[subject] === undefined) continue
      const value = measureOnce(subject, row)
      if (value === undefined) found[subject] = undefined
      else found[subject].push(value)
    }
  }
  for (const subject of there) if (found[subject]?.length > 0) row.measured[subject] = median(found[subject])
  process.stderr.write(`${row.name}: ${JSON.stringify(row.measured)}\n`)
}

const text = report(chosen, columns, { quick: options.quick, rounds })
console.log(text)
if (options.write) {
  const page = `${here}../../docs/benchmarks.md`
  writeFileSync(page, text)
  spawnSync("npx", ["dprint", "fmt", page], { cwd: `${here}../..`, stdio: "inherit" })
}
