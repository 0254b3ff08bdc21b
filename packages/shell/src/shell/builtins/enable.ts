/**
 * `enable`: which builtins run in place of the programs of their names.
 *
 * @see bash(1) SHELL BUILTIN COMMANDS
 */
import { print } from "../run/report.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"
import { specialBuiltins } from "./names.js"
import { builtins } from "./table.js"

export const enable: Builtin = function*(shell, argv) {
  const given = flags(argv, "adf:nps")
  if (typeof given === "string") return yield* misuse(shell, "enable", given)
  const { letters, rest } = given
  if (letters.includes("d") || letters.includes("f")) {
    return yield* complain(
      shell,
      "enable",
      "builtins cannot be loaded from files; all there are are listed by enable -a"
    )
  }
  const off = letters.includes("n")
  if (rest.length === 0 || letters.includes("p")) {
    const names = [...builtins.keys()].sort().filter((name) =>
      (!letters.includes("s") || specialBuiltins.has(name)) &&
      (letters.includes("a") || shell.disabled.has(name) === off)
    )
    const lines = names.map((name) => `enable ${shell.disabled.has(name) ? "-n " : ""}${name}\n`)
    return yield* print(shell, "enable", lines.join(""))
  }
  let status = 0
  const disabled = new Set(shell.disabled)
  for (const name of rest) {
    if (!builtins.has(name)) status = yield* complain(shell, "enable", `${name}: not a shell builtin`)
    else if (off) disabled.add(name)
    else disabled.delete(name)
  }
  shell.disabled = disabled
  return status
}
