/**
 * Every check but the tests, one after the other, with the time each took. All of them run, also after one has failed.
 * With names as arguments only those run: `npm run verify -- lint check`.
 */
import { spawnSync } from "node:child_process"

const checks = [
  "lint:format",
  "lint",
  "lint:barrels",
  "lint:directions",
  "lint:manual",
  "lint:unused",
  "lint:locks",
  // Checks the types as well.
  "check:effect",
  "test:types",
  "test:examples",
  "build",
  "size",
  "test:packed",
  "test:readme"
]

const asked = process.argv.slice(2)
const rows: Array<string> = []
for (const name of asked.length > 0 ? asked : checks) {
  console.log(`\n── ${name}`)
  const start = performance.now()
  const { status } = spawnSync("npm", ["run", "--silent", name], { stdio: ["ignore", "inherit", "inherit"] })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  rows.push(`${status === 0 ? "ok    " : "FAILED"} ${seconds.padStart(6)} s  ${name}`)
  if (status !== 0) process.exitCode = 1
}
console.log(`\n${rows.join("\n")}`)
