/**
 * Every errno that the manual pages list for these calls: reached on Linux and on Effix, or impossible with a reason.
 */
import { type Errno, Kernel } from "@effix/kernel"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { compare } from "./campaign.js"
import { named, report } from "./compare.js"
import { directed } from "./directed.js"
import { everywhere, impossible, manual } from "./impossible.js"
import { Linux } from "./linux.js"
import { type Call, isWellFormed, type Program } from "./program.js"

const cases = Object.entries(directed).flatMap(([call, programs]) =>
  Object.entries(programs).map(([errno, program]): readonly [string, string, Program] => [call, errno, program])
)

describe("the errnos of the manual pages", () => {
  let linux: Linux | string = "not started"
  const effix = ManagedRuntime.make(Kernel.layer)

  beforeAll(() => {
    linux = Linux.start()
  })

  afterAll(async () => {
    await effix.dispose()
    if (typeof linux !== "string") await linux.close()
  })

  it.each(cases)("%s answers %s", async (call, errno, program) => {
    assert.isTrue(isWellFormed(program))
    assert.strictEqual(program.at(-1)?.[0], call)
  })

  it("are answered by Linux and by Effix, by the last call of each program", { timeout: 60_000 }, async (context) => {
    if (typeof linux === "string") return context.skip(linux)
    const wrong: Array<string> = []
    for (const [call, errno, program] of cases) {
      const lines = named(await linux.run(program))
      const found = await compare({ linux, effix }, program)
      if (found !== undefined) wrong.push(`${call} ${errno}\n${report(found)}`)
      else if (lines[program.length - 1] !== `!${errno}`) wrong.push(`${call} ${errno}: ${lines[program.length - 1]}`)
    }
    assert.strictEqual(wrong.join("\n\n"), "")
  })

  it("are all reached, or impossible for a reason", () => {
    const missing = manual.flatMap(([calls, errnos]) => {
      const reached = (errno: Errno.Code, call: Call) =>
        directed[call]?.[errno] !== undefined || impossible[call]?.[errno] !== undefined
      return (errnos.split(" ") as ReadonlyArray<Errno.Code>)
        .filter((errno) => everywhere[errno] === undefined && !calls.some((call) => reached(errno, call)))
        .map((errno) => `${calls[0]}: ${errno}`)
    })
    assert.deepStrictEqual(missing, [])
  })

  it("are not called impossible where they are reached", () => {
    const both = manual.flatMap(([calls]) =>
      Object.keys(impossible[calls[0]!] ?? {}).filter((errno) =>
        calls.some((call) => directed[call]?.[errno as Errno.Code] !== undefined)
      ).map((errno) => `${calls[0]}: ${errno}`)
    )
    assert.deepStrictEqual(both, [])
  })
})
