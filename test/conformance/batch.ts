/**
 * Asks the Linux of this machine about many programs at once: a helper that reads programs, a line each, says one line of
 * its own first, and answers each program with lines and "%%".
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { cannotCompile, compile } from "./linux.js"

export interface Answers {
  /** What was asked. */
  readonly programs: ReadonlyArray<string>
  /** The first line of the helper. */
  readonly greeting: string
  /** The lines for each program. */
  readonly answers: ReadonlyArray<ReadonlyArray<string>>
}

/** `make` makes the programs, given the first line; a string says why there is no answer. */
export const ask = (name: string, make: (greeting: string) => ReadonlyArray<string>): Answers | string => {
  const reason = cannotCompile()
  if (reason !== undefined) return reason
  const directory = mkdtempSync(join(tmpdir(), `effix-${name}-`))
  try {
    const helper = compile(directory, name, [`${name}.c`])
    const run = (input: string) => spawnSync(helper, [directory], { input, encoding: "utf8", maxBuffer: 1 << 30 })
    const trial = run("")
    if (trial.status !== 0) return `needs the right to mount (${trial.stderr.trim()})`
    const greeting = trial.stdout.trim()
    const programs = make(greeting)
    const { stdout } = run(programs.map((each) => `${each}\n`).join(""))
    const answers = stdout.slice(stdout.indexOf("\n") + 1).split("%%\n").slice(0, -1)
    return { programs, greeting, answers: answers.map((each) => each.split("\n").filter((line) => line !== "")) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
