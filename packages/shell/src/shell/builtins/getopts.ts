/**
 * `getopts`.
 *
 * @see getopts(1p)
 */
import * as Values from "../expand/values.js"
import { report } from "../run/report.js"
import { AssignmentFailed } from "../state/Control.js"
import { type Builtin, tellUsage } from "./Builtin.js"

export const getopts: Builtin = function*(shell, argv, context) {
  try {
    return yield* next(shell, argv, context)
  } catch (error) {
    if (!(error instanceof AssignmentFailed)) throw error
    yield* report(shell, error.message!)
    return 2
  }
}

const next: Builtin = function*(shell, argv) {
  const rest = argv[1] === "--" ? argv.slice(2) : argv.slice(1)
  const [given, name, ...own] = rest
  if (given === undefined || name === undefined) {
    return yield* tellUsage(shell, "getopts")
  }
  if (!Values.isName(name)) {
    yield* report(shell, `getopts: \`${name}': not a valid identifier`)
    return 1
  }
  const quiet = given.startsWith(":")
  const accepted = quiet ? given.slice(1) : given
  const args = own.length > 0 ? own : shell.positional
  const complains = !quiet && shell.variables.value("OPTERR") !== "0"
  let index = Number(shell.variables.value("OPTIND") ?? "1") || 1
  const set = (letter: string): void => shell.variables.set(name, letter)
  const finish = (): number => {
    shell.variables.set("OPTIND", String(index))
    shell.optionOffset = 0
    shell.variables.unset("OPTARG")
    set("?")
    return 1
  }
  const argument = args[index - 1]
  if (shell.optionOffset === 0) {
    if (argument === undefined || argument === "-" || !argument.startsWith("-")) return finish()
    if (argument === "--") {
      index++
      return finish()
    }
    shell.optionOffset = 1
  }
  const letter = argument?.[shell.optionOffset]
  if (argument === undefined || letter === undefined) {
    shell.optionOffset = 0
    return finish()
  }
  const known = letter === ":" ? -1 : accepted.indexOf(letter)
  const takes = known >= 0 && accepted[known + 1] === ":"
  const last = shell.optionOffset + 1 >= argument.length
  const advance = (): void => {
    if (last) {
      index++
      shell.optionOffset = 0
    } else shell.optionOffset++
  }
  if (known < 0) {
    advance()
    set("?")
    if (quiet) shell.variables.set("OPTARG", letter)
    else {
      shell.variables.unset("OPTARG")
      if (complains) yield* report(shell, `illegal option -- ${letter}`)
    }
  } else if (!takes) {
    advance()
    set(letter)
    shell.variables.unset("OPTARG")
  } else {
    const inside = last ? args[index] : argument.slice(shell.optionOffset + 1)
    index += last ? 2 : 1
    shell.optionOffset = 0
    if (inside === undefined) {
      index = args.length + 1
      set(quiet ? ":" : "?")
      if (quiet) shell.variables.set("OPTARG", letter)
      else {
        shell.variables.unset("OPTARG")
        if (complains) yield* report(shell, `option requires an argument -- ${letter}`)
      }
    } else {
      set(letter)
      shell.variables.set("OPTARG", inside)
    }
  }
  const offset = shell.optionOffset
  shell.variables.set("OPTIND", String(index))
  shell.optionOffset = offset
  return 0
}
