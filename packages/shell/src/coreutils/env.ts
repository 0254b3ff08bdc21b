/**
 * Runs a program in a changed environment.
 *
 * @see env(1)
 */
import * as Errno from "@effix/kernel/Errno"
import * as Launch from "../Launch.js"
import * as Quote from "../Quote.js"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]",
  does: "Set each NAME to VALUE in the environment and run COMMAND, or print the environment.",
  short: "+iu:0C:S:v",
  long: { "ignore-environment": "i", null: "0", "unset=": "u", "chdir=": "C", "split-string=": "S", debug: "v" },
  failure: 125,
  permute: false,
  modernize: (args) => {
    const at = args.findIndex((arg) => arg === "-S" || arg.startsWith("-S") || arg.startsWith("--split-string="))
    if (at < 0 || args.slice(0, at).some((arg) => !arg.startsWith("-"))) return args
    const joined = args[at] === "-S"
    const text = joined ? args[at + 1] ?? "" : args[at]!.replace(/^-S|^--split-string=/, "")
    return [...args.slice(0, at), ...words(text), ...args.slice(at + (joined ? 2 : 1))]
  }
}

/** The words of `-S`: separated by blanks, with simple quotes. */
const words = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
      (_, double?: string, single?: string) => double === undefined ? single ?? "" : double.replace(/\\(.)/g, "$1")
    )
  )

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let env: Record<string, string> = { ...(yield* run.sys.environ()) }
  let end = "\n"
  let directory: string | undefined
  for (const { key, value } of options) {
    if (key === "i") env = {}
    else if (key === "0") end = "\0"
    else if (key === "C") directory = value
    else if (key === "u") {
      if (value === "" || value.includes("=")) {
        return yield* run.die(`cannot unset ${Quote.value(value)}: Invalid argument`)
      }
      delete env[value]
    }
  }
  let at = 0
  if (operands[at] === "-") {
    env = {}
    at++
  }
  for (; at < operands.length && operands[at]!.includes("="); at++) {
    const equals = operands[at]!.indexOf("=")
    env[operands[at]!.slice(0, equals)] = operands[at]!.slice(equals + 1)
  }
  const argv = operands.slice(at)
  if (argv.length === 0) {
    if (directory !== undefined) return yield* run.misuse("must specify command with --chdir (-C)")
    for (const [name, value] of Object.entries(env)) run.out.text(`${name}=${value}${end}`)
    return
  }
  if (end === "\0") return yield* run.misuse("cannot specify --null (-0) with command")
  if (directory !== undefined) {
    const error = yield* attempt(run.sys.chdir(directory))
    if (Errno.isErrno(error)) {
      return yield* run.die(`cannot change directory to ${Quote.quoted(directory)}: ${Errno.text(error._tag)}`)
    }
  }
  const error = yield* Launch.exec(run.sys, { argv, env })
  yield* run.warn(`${Quote.quoted(argv[0]!)}: ${Errno.text(error._tag)}`)
  if (error._tag === "ENOENT" && /\s/.test(argv[0]!)) {
    yield* run.warn("use -[v]S to pass options in shebang lines")
  }
  return Launch.notStarted(error)
})
