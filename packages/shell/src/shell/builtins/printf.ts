/**
 * `printf`, which with `-v` writes into a variable.
 *
 * @see printf(1p)
 */
import { main } from "../../coreutils/printf.js"
import * as Values from "../expand/values.js"
import { type Builtin, complain } from "./Builtin.js"
import { captured, utility } from "./utility.js"

const program = utility(main)

export const printf: Builtin = function*(shell, argv, context) {
  if (argv.length === 1) return yield* complain(shell, "printf", "usage: printf [-v var] format [arguments]", 2)
  if (argv[1] !== "-v") return yield* program(shell, argv, context)
  const name = argv[2]
  if (name === undefined || argv.length < 4) {
    return yield* complain(shell, "printf", "usage: printf [-v var] format [arguments]", 2)
  }
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[(.*)\])?$/.exec(name)
  if (match === null) return yield* complain(shell, "printf", `\`${name}': not a valid identifier`, 2)
  const [status, text] = yield* captured(shell.sys, main, ["printf", ...argv.slice(3)])
  Values.guarded(() => {
    const [, variable = "", key] = match
    if (key === undefined) shell.variables.set(variable, text)
    else shell.variables.setElement(variable, shell.variables.isAssociative(variable) ? key : Number(key), text)
  })
  return status
}
