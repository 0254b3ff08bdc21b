/**
 * `history`.
 *
 * @see bash(1) HISTORY
 */
import { print } from "../run/report.js"
import type { Builtin } from "./Builtin.js"

export const history: Builtin = function*(shell, argv) {
  if (argv[1] === "-c") {
    shell.history.length = 0
    return 0
  }
  const from = argv[1] === undefined ? 0 : Math.max(0, shell.history.length - Number(argv[1]))
  const lines = shell.history.slice(from).map((line, index) => `${String(from + index + 1).padStart(5)}  ${line}\n`)
  return yield* print(shell, "history", lines.join(""))
}
