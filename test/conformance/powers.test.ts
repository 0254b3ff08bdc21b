/**
 * Users and capabilities: programs that change who they are and drop powers, then try what is left, are answered as by
 * Linux. `EFFIX_SEED` chooses other programs, `EFFIX_PROGRAMS` how many.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { cannotCompile, compile } from "./linux.js"
import { programOf, run } from "./powers.js"
import { Random } from "./random.js"

const seed = Number(process.env.EFFIX_SEED ?? 1)
const count = Number(process.env.EFFIX_PROGRAMS ?? 200)

/** What Linux answers to each program, and what its user 0 may do; or why it cannot be asked. */
const linux = (
  make: (powers: number) => ReadonlyArray<string>
): { readonly powers: number; readonly answers: ReadonlyArray<ReadonlyArray<string>> } | string => {
  const reason = cannotCompile()
  if (reason !== undefined) return reason
  const directory = mkdtempSync(join(tmpdir(), "effix-powers-"))
  try {
    const helper = compile(directory, "powers", ["powers.c"])
    const ask = (input: string) => spawnSync(helper, [directory], { input, encoding: "utf8", maxBuffer: 1 << 28 })
    const trial = ask("")
    if (trial.status !== 0) return `needs the right to mount (${trial.stderr.trim()})`
    const powers = Number.parseInt(trial.stdout, 16)
    const { stdout } = ask(make(powers).map((each) => `${each}\n`).join(""))
    const answers = stdout.slice(stdout.indexOf("\n") + 1).split("%%\n").slice(0, -1)
    return { powers, answers: answers.map((each) => each.split("\n").filter((line) => line !== "")) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

describe("users and capabilities", () => {
  it(`answer as on Linux in ${count} programs of seed ${seed}`, { timeout: 600_000 }, async (context) => {
    let programs: ReadonlyArray<string> = []
    const asked = linux((powers) =>
      programs = Array.from({ length: count }, (_, i) => programOf(new Random(seed * 1_000_003 + i), powers))
    )
    if (typeof asked === "string") return context.skip(asked)
    assert.strictEqual(asked.answers.length, count)
    for (const [i, program] of programs.entries()) {
      assert.deepStrictEqual(
        await run(program, asked.powers),
        asked.answers[i],
        `program ${i} of seed ${seed}: ${program}`
      )
    }
  })
})
