/**
 * Runs the ```` ```sh ```` blocks of the README, one after the other, as a newcomer would: in a clean copy of the project,
 * without anything that was installed or built. A block marked `sh no-run` is passed over. The first failure ends it.
 */
import { execFileSync, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { codeBlocks, mismatch } from "./code-blocks.js"

const blocks = codeBlocks("README.md").filter((block) => block.language === "sh" && !block.tags.includes("no-run"))

const copy = fs.mkdtempSync(path.join(os.tmpdir(), "effix-readme-"))
const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
for (const file of execFileSync("git", listing, { encoding: "utf8" }).split("\0")) {
  if (file === "" || !fs.existsSync(file)) continue
  fs.mkdirSync(path.join(copy, path.dirname(file)), { recursive: true })
  fs.copyFileSync(file, path.join(copy, file))
}

const problemOf = (block: typeof blocks[number]) => {
  const { status, stdout } = spawnSync("bash", ["-euo", "pipefail", "-c", block.code], {
    cwd: copy,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"]
  })
  return status === 0 ? mismatch(block, stdout) : `it ended with ${status}, having printed\n${stdout}`
}

try {
  for (const block of blocks) {
    const problem = problemOf(block)
    if (problem === undefined) continue
    console.error(`README.md:${block.line}: ${problem}`)
    process.exitCode = 1
    break
  }
} finally {
  fs.rmSync(copy, { recursive: true, force: true })
}
console.log(`${blocks.length} shell blocks of the README`)
