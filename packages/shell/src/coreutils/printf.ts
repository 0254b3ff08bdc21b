/**
 * Formats its arguments.
 *
 * @see printf(1)
 */
import * as Printf from "../Printf.js"
import * as Quote from "../Quote.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "FORMAT [ARGUMENT]...",
  does: "Print ARGUMENT(s) according to FORMAT, which is used again while there are arguments left."
}

const dialect: Printf.Dialect = {
  letters: "q",
  bare: "bq",
  ofShell: false,
  unknown: (whole) => `${whole.replace(/\(.*/s, "(")}: invalid conversion specification`,
  *notNumber(run, text, used): Steps<void> {
    const what = used === 0 ? "expected a numeric value" : "value not completely converted"
    yield* run.fail(`${Quote.value(text)}: ${what}`)
  },
  *outOfRange(run, text): Steps<void> {
    yield* run.fail(`${Quote.value(text)}: Numerical result out of range`)
  },
  *afterCharacter(run, rest): Steps<void> {
    yield* run.warn(`warning: ${rest}: character(s) following character constant have been ignored`)
  },
  *excess(run, first): Steps<void> {
    yield* run.warn(`warning: ignoring excess arguments, starting with ${Quote.value(first)}`)
  },
  *convert(run, _, argument): Steps<void> {
    run.out.text(Quote.shell(argument ?? ""))
  }
}

export const main = Utility.make({ ...utility, permute: false }, function*(run, { operands }) {
  const [format, ...list] = operands
  if (format === undefined) return yield* run.missingOperand()
  return yield* Printf.print(run, dialect, format, list)
})
