/** The page that says which calls start again: what the plays of `restarts.ts` come to. */
import type { Play } from "./program.js"
import { disturbances, playOf, type Waiting, waits } from "./restarts.js"

/** The ways that have a column of their own. */
const columns: ReadonlyArray<readonly [title: string, disturbance: string]> = [
  ["handler", "a handler"],
  ["handler with SA_RESTART", "a handler with SA_RESTART"],
  ["stop and SIGCONT", "a stop"],
  ["ignored signal", "an ignored signal"]
]

const head = `# Calls that wait, and signals

What a call does that waits when a signal comes, before it has what it waits for. _Goes on_: it waits as before, or starts again,
and nobody notices. _EINTR_: it fails, and has taken nothing. _Answers_: with what it has achieved so far. Each cell, and 14 more ways
in which signals come between, is compared with Linux by \`test/conformance/restarts.test.ts\`, which also keeps this page
(\`EFFIX_WRITE=1 npm test -- restarts\` writes it). See signal(7).
`

/** Whether the call did wait: on a machine that is busy, what it waits for may be there before it asks. */
export const waited = (lines: ReadonlyArray<string>): boolean => lines.includes("= 1 blocks")

/** What became of the call, from the lines that follow the signal. */
const outcome = (play: Play, lines: ReadonlyArray<string>): string => {
  if (!waited(lines)) throw new Error(`does not wait: ${lines.join("; ")}`)
  const next = lines[play.findIndex(([, [call]]) => call === "signal") + 1]!
  return next === "+ 1 !EINTR" ? "EINTR" : next.startsWith("+ 1 ") ? "answers" : "goes on"
}

const row = (cells: ReadonlyArray<string>, widths: ReadonlyArray<number>, filler = " "): string =>
  `| ${cells.map((cell, i) => cell.padEnd(widths[i]!, filler)).join(" | ")} |`

/** The page, for whoever plays a play. */
export const page = async (
  played: (play: Play, waiting: Waiting) => Promise<ReadonlyArray<string>>
): Promise<string> => {
  const rows: Array<ReadonlyArray<string>> = [["waiting in", ...columns.map(([title]) => title)]]
  for (const [name, waiting] of waits) {
    const cells = [name]
    for (const [, disturbance] of columns) {
      const play = playOf(waiting, disturbances.get(disturbance)!)
      cells.push(outcome(play, await played(play, waiting)))
    }
    rows.push(cells)
  }
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((cells) => cells[i]!.length)))
  const rule = row(widths.map(() => ""), widths, "-")
  const [titles, ...rest] = rows.map((cells) => row(cells, widths))
  return [head, titles, rule, ...rest, ""].join("\n")
}
