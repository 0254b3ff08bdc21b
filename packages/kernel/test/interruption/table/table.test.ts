import { describe, it } from "@effect/vitest"
import * as Simulation from "@effix/testing/Simulation"
import { schedules, TIMEOUT } from "../schedules.js"
import { ways } from "../ways.js"
import { check, LIMITS, run } from "./cell.js"
import type { Row } from "./row.js"
import { rows } from "./rows.js"

/** What signals leave alone has less that could go wrong. */
const schedulesOf = ({ signals }: Row): number => schedules(ways.length * (signals === "waits" ? 1 : 2))

/** Every way, and each row in other states. */
const seedsOf = (row: Row, at: number): ReadonlyArray<number> => {
  const count = schedulesOf(row)
  return Array.from({ length: count }, (_, seed) => at * count + seed)
}

describe("a call that waits, whatever comes between", () => {
  for (const [at, row] of rows.entries()) {
    it.effect(row.name, () => Simulation.forAll(seedsOf(row, at), run(row), check(row), LIMITS), TIMEOUT)
  }
})
