/**
 * After a signal every call that waits goes on, begins anew or fails with EINTR, as on Linux. @see signal(7)
 *
 * `EFFIX_WAITS` chooses calls by name.
 */
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { onLinux } from "./actors/campaign.js"
import { direct } from "./actors/direct.js"
import { report } from "./actors/program.js"
import { compared, disturbances, playOf, waits } from "./actors/restarts.js"
import { page } from "./actors/restartsPage.js"
import { Linux } from "./linux.js"

const chosen = new RegExp(process.env.EFFIX_WAITS ?? "")

const pageFile = fileURLToPath(new URL("../../docs/interrupted-calls.md", import.meta.url))

/** Ports and names are a machine's: those plays go one after the other. */
describe.sequential("calls that wait, and signals", () => {
  let linux: Linux | string = "not started"
  const effix = ManagedRuntime.make(Kernel.layer)

  beforeAll(() => {
    linux = Linux.start(false, "actors")
  })

  afterAll(async () => {
    await effix.dispose()
    if (typeof linux !== "string") await linux.close()
  })

  it("the page about them says what they do", { timeout: 60_000 }, async () => {
    const written = await page((play) => effix.runPromise(Effect.orDie(direct(play))))
    if (process.env.EFFIX_WRITE === "1") writeFileSync(pageFile, written)
    assert.strictEqual(readFileSync(pageFile, "utf8"), written)
  })

  for (const [name, waiting] of waits) {
    if (!chosen.test(name)) continue
    it(name, { timeout: 60_000 }, async (context) => {
      if (typeof linux === "string") return context.skip(linux)
      const differing: Array<string> = []
      for (const [disturbed, disturbance] of disturbances) {
        const play = playOf(waiting, disturbance)
        const asked = onLinux(linux, play)
        const told = await effix.runPromise(Effect.orDie(direct(play)))
        const answered = await asked
        if (compared(waiting, answered) !== compared(waiting, told)) {
          differing.push(`${disturbed}\n${report(play, answered, told)}`)
        }
      }
      assert.strictEqual(differing.join("\n\n"), "")
    })
  }
})
