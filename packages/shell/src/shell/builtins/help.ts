/**
 * `help`: what the builtins are for.
 *
 * @see bash(1) SHELL BUILTIN COMMANDS
 */
import * as Pattern from "../../Pattern.js"
import { print } from "../run/report.js"
import type { Run, Shell } from "../state/Shell.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"
import { builtins } from "./table.js"
import { purpose, synopsis } from "./usage.js"

/** The builtins that a word means: one of that name, or all that it begins or matches. */
const meant = (word: string): ReadonlyArray<string> => {
  if (builtins.has(word)) return [word]
  const matches = Pattern.compile(Pattern.isMagic(word) ? word : `${Pattern.escape(word)}*`)
  return [...builtins.keys()].filter(matches).sort()
}

const page = (name: string, letters: ReadonlyArray<string>): string => {
  const usage = synopsis(name) ?? name
  if (letters.includes("d")) return `${name} - ${purpose(name)}\n`
  if (letters.includes("s")) return `${name}: ${usage}\n`
  return letters.includes("m")
    ? `NAME\n    ${name} - ${purpose(name)}\n\nSYNOPSIS\n    ${usage}\n\n`
    : `${name}: ${usage}\n    ${purpose(name)}\n`
}

function* overview(shell: Shell): Run<number> {
  const lines = [...builtins.keys()].sort().map((name) => ` ${synopsis(name) ?? name}\n`)
  return yield* print(shell, "help", `Builtins. \`help NAME' tells what one is for.\n\n${lines.join("")}`)
}

export const help: Builtin = function*(shell, argv) {
  const given = flags(argv, "dms")
  if (typeof given === "string") return yield* misuse(shell, "help", given)
  const { letters, rest } = given
  if (rest.length === 0) return yield* overview(shell)
  const names = rest.flatMap(meant)
  if (names.length === 0) {
    return yield* complain(
      shell,
      "help",
      `no help topics match \`${rest[rest.length - 1]}'; \`help' lists what there is`
    )
  }
  return yield* print(shell, "help", names.map((name) => page(name, letters)).join(""))
}
