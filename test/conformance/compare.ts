/**
 * Where two transcripts of one program part, but for what `docs/deviations.md` lists.
 */
import { ErrnoTable } from "@effix/kernel"
import { type Program, show } from "./program.js"

const nameOf = new Map<number, string>(Object.entries(ErrnoTable.errnoTable).map(([name, [number]]) => [number, name]))

/** What the helper says, with names of errnos instead of numbers. */
export const named = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.map((line) => /^!\d+$/.test(line) ? `!${nameOf.get(Number(line.slice(1))) ?? line}` : line)

export interface Difference {
  /** The line where they part: that of a step, or behind the last step one of the tree. */
  readonly at: number
  readonly program: Program
  readonly linux: ReadonlyArray<string>
  readonly effix: ReadonlyArray<string>
}

/** The first line that differs. */
export const difference = (
  program: Program,
  linux: ReadonlyArray<string>,
  effix: ReadonlyArray<string>
): Difference | undefined => {
  for (let at = 0; at < Math.max(linux.length, effix.length); at++) {
    if (linux[at] !== effix[at]) return { at, program, linux, effix }
  }
  return undefined
}

/** Both transcripts beside the program. */
export const report = ({ at, effix, linux, program }: Difference): string =>
  Array.from({ length: Math.max(linux.length, effix.length) }, (_, i) => {
    const step = program[i]
    const said = linux[i] === effix[i] ? `  ${linux[i]}` : `  Linux: ${linux[i]}\n  Effix: ${effix[i]}`
    return `${i === at ? ">" : " "} ${step === undefined ? "" : show(step)}\n${said}`
  }).join("\n")
