/**
 * Memory that processes map: random programs of mmap(2), munmap(2) and mremap(2), under limits, as on Linux.
 *
 * `EFFIX_SEED` chooses other programs, `EFFIX_PROGRAMS` how many.
 */
import { Kernel, Mman } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { Helper } from "./Helper.js"
import { cannotCompile, compile } from "./linux.js"
import { run } from "./memory/effix.js"
import { generate, line, type Program, show, type Step } from "./memory/program.js"
import { Random } from "./random.js"

const seed = Number(process.env.EFFIX_SEED ?? 1)
const programs = Number(process.env.EFFIX_PROGRAMS ?? 300)

const start = (): Helper | string => {
  const reason = cannotCompile()
  if (reason !== undefined) return reason
  const directory = mkdtempSync(join(tmpdir(), "effix-memory-"))
  return new Helper(compile(directory, "memory", ["memory.c"]), [], directory)
}

/** Linux refuses MAP_FIXED when it has cut in two what lay there: what that comes to later is its own business. */
const isHalfDone = ([call, ...args]: Step, answer: string): boolean =>
  call === "mmap" && (Number(args[3]) & Mman.MAP_FIXED) !== 0 && answer.startsWith("!12")

/** Neighbours of one kind are told as one: Linux has two where pages were moved. */
const merged = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const all: Array<string> = []
  for (const each of lines) {
    const [start, end, kind] = /^(\w+)-(\w+)( .*)$/.exec(each)?.slice(1) ?? []
    const [first, last, before] = /^(\w+)-(\w+)( .*)$/.exec(all.at(-1) ?? "")?.slice(1) ?? []
    if (kind !== undefined && last === start && before === kind) all[all.length - 1] = `${first}-${end}${kind}`
    else all.push(each)
  }
  return all
}

describe("memory on Linux and on Effix", () => {
  let linux: Helper | string = "not started"
  const effix = ManagedRuntime.make(Kernel.layer)

  beforeAll(() => {
    linux = start()
  })

  afterAll(async () => {
    await effix.dispose()
    if (typeof linux !== "string") await linux.close()
  })

  const both = async (helper: Helper, program: Program) => {
    const asked = helper.ask([...program.map(line), "%%", ""].join("\n"))
    return [merged(await asked), await effix.runPromise(run(program))] as const
  }

  const differ = ([one, other]: readonly [ReadonlyArray<string>, ReadonlyArray<string>]): boolean =>
    one.join("\n") !== other.join("\n")

  it(
    `is mapped alike in ${programs} programs of seed ${seed}`,
    { timeout: 60_000 + programs * 20 },
    async (context) => {
      if (typeof linux === "string") return context.skip(linux)
      for (let index = 0; index < programs; index++) {
        let program = generate(new Random(seed * 1_000_003 + index))
        let told = await both(linux, program)
        const cut = program.findIndex((step, i) => isHalfDone(step, told[0][i]!))
        if (cut !== -1) {
          program = program.slice(0, cut)
          told = await both(linux, program)
        }
        if (!differ(told)) continue
        // Up to the first answer that differs.
        const at = told[0].findIndex((each, i) => each !== told[1][i])
        program = program.slice(0, at + 1)
        told = await both(linux, program)
        const lines = Array.from({ length: Math.max(...told.map((each) => each.length)) }, (_, i) => {
          const [one, other] = told.map((each) => each[i])
          const step = program[i] === undefined ? "" : show(program[i])
          return one === other ? `  ${step} ${one}` : `> ${step} Linux: ${one}, Effix: ${other}`
        })
        assert.fail(`program ${index}\n${lines.join("\n")}`)
      }
    }
  )
})
