/**
 * Processes, groups, sessions and signals: random programs go on Effix as on Linux, step by step.
 *
 * `EFFIX_SEED` chooses other programs, `EFFIX_PROGRAMS` how many. What may differ stands in
 * `docs/deviations-processes.md`.
 */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { campaign, compare, report } from "./campaign.js"
import { Effix } from "./effix.js"
import { Linux } from "./linux.js"
import { type Program, programOf } from "./program.js"

const seed = Number(process.env.EFFIX_SEED ?? 1)
const programs = Number(process.env.EFFIX_PROGRAMS ?? 400)

/** What random programs have found: each showed a difference once. */
const found: Readonly<Record<string, Program>> = {
  "who waits for a group does not notice that its last member leaves it": [[0, "fork", 1], [0, "wait", 0, 0], [
    1,
    "setsid"
  ], [1, "exit", 1]],
  "a stop signal that stops nobody cuts sigtimedwait short": [[0, "fork", 1], [0, "sigtimedwait", 0, 0], [
    1,
    "sigqueue",
    1000,
    20,
    3
  ]],
  "a zombie is no child to who does not ask for the end": [[0, "fork", 1], [1, "exit", 1], [0, "waitid", 1, 1001, 8]],
  "a handler's end begins the wait anew": [[0, "fork", 1], [1, "fork", 2], [1, "waitid", 2, 0, 12], [
    2,
    "setpgid",
    0,
    1002
  ], [2, "kill", 1001, 22]],
  "the signal at a parent's end needs the parent's right to send it": [[0, "fork", 1], [1, "pdeathsig", 3], [
    0,
    "setresuid",
    1000,
    1000,
    1000
  ], [0, "exit", 7]],
  "exec forgets the flags of what is ignored": [
    [0, "fork", 1],
    [1, "sigaction", 10, 1, 2147483648, 0],
    [1, "exec"],
    [1, "sigaction", 10, 2, 0, 0]
  ],
  "nobody makes nicer who could do more than he can": [
    [0, "fork", 1],
    [1, "setresuid", 1001, 1001, 0],
    [1, "fork", 2],
    [2, "exec"],
    [1, "fork", 3],
    [2, "setpriority", 0, 1003, 1]
  ],
  "who waits for a group notices at a signal that its last member has left": [
    [0, "fork", 1],
    [0, "sigaction", 10, 2, 0, 0],
    [0, "wait", -1000, 0],
    [1, "setpgid", 1001, 0],
    [1, "kill", 1000, 10]
  ],
  "a handler that runs while sigsuspend begins anew does not end it": [
    [0, "fork", 1],
    [0, "sigaction", 17, 2, 0, 0],
    [0, "sigsuspend", 8590540800],
    [1, "sigqueue", 1000, 17, 78],
    [1, "kill", 1000, 21]
  ],
  "sigtimedwait takes what would stop the process, but not SIGSTOP": [
    [0, "fork", 1],
    [1, "sigtimedwait", 3145728, 0],
    [
      0,
      "sigqueue",
      1001,
      22,
      38
    ],
    [1, "sigtimedwait", 262144, 0],
    [0, "kill", 1001, 19]
  ]
}

describe("processes on Linux and on Effix", () => {
  let linux: Linux | string = "not started"
  const effix = new Effix()

  beforeAll(() => {
    linux = Linux.start()
  })

  afterAll(async () => {
    effix.close()
    if (typeof linux !== "string") await linux.close()
  })

  it(`go alike in ${programs} programs of seed ${seed}`, { timeout: 60_000 + programs * 50 }, async (context) => {
    if (typeof linux === "string") return context.skip(linux)
    const both = { linux, effix }
    const { failures } = await campaign(both, { seed, programs })
    assert.strictEqual((await Promise.all(failures.map((each) => report(both, each, seed)))).join("\n\n"), "")
  })

  for (const [name, program] of Object.entries(found)) {
    it(name, async (context) => {
      if (typeof linux === "string") return context.skip(linux)
      assert.isUndefined(await compare({ linux, effix }, program))
    })
  }

  it("the generator makes the same program of the same seed", () => {
    assert.deepStrictEqual(programOf(7, 3), programOf(7, 3))
    assert.notDeepEqual(programOf(7, 3), programOf(7, 4))
  })
})
