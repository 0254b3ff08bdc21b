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
import { type Play, report } from "./actors/program.js"
import { compared, disturbances, playOf, waits } from "./actors/restarts.js"
import { page, waited } from "./actors/restartsPage.js"
import { Linux } from "./linux.js"

/** How often a play is played once more that went another way. */
const AGAIN = 4

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
    const played = (play: Play) => effix.runPromise(Effect.orDie(direct(play)))
    const written = await page(async (play) => {
      let lines = await played(play)
      for (let again = 0; !waited(lines) && again < AGAIN; again++) lines = await played(play)
      return lines
    })
    if (process.env.EFFIX_WRITE === "1") writeFileSync(pageFile, written)
    assert.strictEqual(readFileSync(pageFile, "utf8"), written)
  })

  for (const [name, waiting] of waits) {
    if (!chosen.test(name)) continue
    it(name, { timeout: 60_000 }, async (context) => {
      if (typeof linux === "string") return context.skip(linux)
      const machine = linux
      const differing: Array<string> = []
      for (const [disturbed, disturbance] of disturbances) {
        const play = playOf(waiting, disturbance)
        const differs = async () => {
          const asked = onLinux(machine, play)
          const told = await effix.runPromise(Effect.orDie(direct(play)))
          const answered = await asked
          return compared(waiting, answered) === compared(waiting, told) ? undefined : report(play, answered, told)
        }
        // These plays are about milliseconds, which a busy machine takes from one kernel and not from the other.
        let found = await differs()
        for (let again = 0; found !== undefined && again < AGAIN; again++) found = await differs()
        if (found !== undefined) differing.push(`${disturbed}\n${found}`)
      }
      assert.strictEqual(differing.join("\n\n"), "")
    })
  }
})
