/**
 * `printf`, which with `-v` writes into a variable, and with `%n`, `%(FORMAT)T`, `%q` and `%Q` does what no utility can
 * or does otherwise.
 *
 * @see bash(1) SHELL BUILTIN COMMANDS
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as DateFormat from "../../DateFormat.js"
import * as NumberFormat from "../../NumberFormat.js"
import * as Printf from "../../Printf.js"
import type { Steps } from "../../Steps.js"
import * as Utility from "../../Utility.js"
import * as Quote from "../expand/quote.js"
import { prefix, writeAll } from "../run/report.js"
import type { Shell } from "../state/Shell.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"
import { assignTo, isTarget } from "./target.js"
import { synopsis } from "./usage.js"
import { capturing } from "./utility.js"

const usage = `printf: usage: ${synopsis("printf")}\n`

class Dialect implements Printf.Dialect {
  readonly letters = "nqQT"
  readonly bare = ""
  readonly ofShell = true

  constructor(private readonly shell: Shell) {}

  unknown(_: string, letter: string): string {
    return letter === "" ? "`%': missing format character" : `\`${letter}': invalid format character`
  }

  *notNumber(run: Utility.Run, text: string): Steps<void> {
    // No text at all, or nothing but a quote, counts as 0.
    if (text !== "" && text !== "'" && text !== "\"") yield* run.fail(`${text}: invalid number`)
  }

  *outOfRange(run: Utility.Run, text: string): Steps<void> {
    yield* run.warn(`warning: ${text}: Numerical result out of range`)
  }

  *afterCharacter(): Steps<void> {}

  *excess(): Steps<void> {}

  *convert(run: Utility.Run, conversion: Printf.Conversion, argument = ""): Steps<void> {
    const put = (text: string, precision?: number): void =>
      Printf.putByteString(run, NumberFormat.string({ ...conversion, precision }, Printf.byteString(text)))
    switch (conversion.letter) {
      case "n":
        // All of it is in one piece still: it is written when the command ends.
        if (isTarget(argument)) return yield* assignTo(this.shell, argument, String(run.out.length))
        return yield* run.fail(`\`${argument}': not a valid identifier`)
      case "q":
        return put(Quote.backslashed(argument), conversion.precision)
      case "Q":
        return put(Quote.backslashed(argument.slice(0, conversion.precision)))
      default:
        return put(DateFormat.format(conversion.inner || "%T", yield* this.moment(run, argument)), conversion.precision)
    }
  }

  /** What -1, no argument and -2 stand for: now, and when the shell began. */
  private *moment(run: Utility.Run, argument: string): Steps<bigint> {
    const now = yield* run.sys.clockGettime("realtime")
    const given = argument === "" ? -1 : Number(argument)
    if (given === -1) return now
    if (given === -2) return this.shell.began
    if (Number.isSafeInteger(given)) return BigInt(given) * 1_000_000_000n
    yield* this.notNumber(run, argument)
    return 0n
  }
}

export const printf: Builtin = function*(shell, argv) {
  const given = flags(argv, "v:")
  if (typeof given === "string" || given.rest.length === 0) {
    if (typeof given === "string") return yield* misuse(shell, "printf", given)
    yield* writeAll(shell, 2, Bytes.encode(usage))
    return 2
  }
  const target = given.values.get("v")
  if (target !== undefined && !isTarget(target)) {
    return yield* complain(shell, "printf", `\`${target}': not a valid identifier`, 2)
  }
  const captured = target === undefined ? undefined : capturing(shell.sys)
  const run = new Utility.Run(captured?.sys ?? shell.sys, `${prefix(shell)}printf`, { usage, does: "" })
  const status = yield* Utility.carriedOut(run, function*() {
    const [format = "", ...list] = given.rest
    yield* Printf.print(run, new Dialect(shell), format, list)
    yield* run.out.flush()
    return run.status
  })
  if (captured !== undefined) yield* assignTo(shell, target!, captured.text())
  return status
}
