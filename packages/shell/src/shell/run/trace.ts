/**
 * `set -x`: each command on standard error before it runs.
 */
import * as Bytes from "@effix/kernel/Bytes"
import { prompt } from "../expand/prompt.js"
import * as Quote from "../expand/quote.js"
import * as Values from "../expand/values.js"
import type { Run, Shell } from "../state/Shell.js"
import { writeAll } from "./report.js"

/** Prints one line of the trace: `text` is shown as it is. */
export function* traceText(shell: Shell, text: string): Run<void> {
  shell.options.xtrace = false
  const ps4 = Values.parameter(shell, "PS4") ?? "+ "
  const prefix = ps4 === "+ " ? ps4 : yield* prompt(shell, ps4)
  shell.options.xtrace = true
  // The deeper what runs lies in substitutions and `eval`, the more often its first character stands there.
  const [first = ""] = prefix
  const given = Values.parameter(shell, "BASH_XTRACEFD") ?? ""
  yield* writeAll(
    shell,
    /^\d+$/.test(given) ? Number(given) : 2,
    Bytes.encode(`${first.repeat(shell.depth)}${prefix}${text}\n`)
  )
}

export const traceCommand = (shell: Shell, argv: ReadonlyArray<string>): Run<void> =>
  traceText(shell, argv.map(Quote.trace).join(" "))
