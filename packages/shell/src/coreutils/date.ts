/**
 * Prints the time of day.
 *
 * @see date(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as DateFormat from "../DateFormat.js"
import * as DateText from "../DateText.js"
import { LineReader } from "../LineReader.js"
import * as Quote from "../Quote.js"
import { type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { choose } from "../Words.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [+FORMAT]",
  does: "Display date and time in the given FORMAT.",
  short: "d:f:I::Rr:s:u",
  long: {
    "date=": "d",
    "file=": "f",
    "iso-8601=?": "I",
    "reference=": "r",
    "rfc-email": "R",
    "rfc-822": "R",
    "rfc-3339=": "rfc-3339",
    "set=": "s",
    utc: "u",
    universal: "u"
  }
}

const iso = {
  hours: "%Y-%m-%dT%H%:z",
  minutes: "%Y-%m-%dT%H:%M%:z",
  date: "%Y-%m-%d",
  seconds: "%Y-%m-%dT%H:%M:%S%:z",
  ns: "%Y-%m-%dT%H:%M:%S,%N%:z"
}
const rfc3339 = { date: "%Y-%m-%d", seconds: "%Y-%m-%d %H:%M:%S%:z", ns: "%Y-%m-%d %H:%M:%S.%N%:z" }

function* times(
  run: Utility.Run,
  path: string,
  now: bigint,
  print: (at: bigint) => void
): Steps<Errno.Any | undefined> {
  const fd = yield* run.open(path)
  if (fd === undefined) return undefined
  const lines = new LineReader(run.sys, fd)
  do {
    while (lines.next()) {
      const text = Bytes.decode(lines.line())
      const at = DateText.parse(text, now)
      if (at === undefined) yield* run.fail(`invalid date ${Quote.value(text)}`)
      else print(at)
    }
  } while (yield* lines.fill())
  yield* run.close(fd)
  return lines.error
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const now = yield* run.sys.clockGettime("realtime")
  let at: bigint | undefined = now
  let format: string | undefined
  let file: string | undefined
  let sources = 0
  for (const { hasValue, key, value } of options) {
    if (key === "d" || key === "f" || key === "r") sources++
    if (key === "I") format = hasValue ? yield* choose(run, "--iso-8601", iso, value) : iso.date
    else if (key === "rfc-3339") format = yield* choose(run, "--rfc-3339", rfc3339, value)
    else if (key === "R") format = "%a, %d %b %Y %H:%M:%S %z"
    else if (key === "f") file = value
    else if (key === "s") return yield* run.die("cannot set date: Operation not permitted")
    else if (key === "d") {
      at = DateText.parse(value, now)
      if (at === undefined) return yield* run.die(`invalid date ${Quote.value(value)}`)
    } else if (key === "r") {
      const stat = yield* run.stat(value)
      if (Errno.isErrno(stat)) return yield* run.die(`${Quote.name(value)}: ${Errno.text(stat._tag)}`)
      at = stat.mtime
    }
  }
  if (sources > 1) return yield* run.misuse("the options to specify dates for printing are mutually exclusive")
  const [operand, extra] = operands
  if (extra !== undefined) return yield* run.extraOperand(extra)
  if (operand !== undefined) {
    if (!operand.startsWith("+")) return yield* run.die(`invalid date ${Quote.value(operand)}`)
    if (format !== undefined) return yield* run.die("multiple output formats specified")
    format = operand.slice(1)
  }
  const pattern = format ?? "%a %b %e %H:%M:%S %Z %Y"
  const print = (time: bigint): void => run.out.line(DateFormat.format(pattern, time))
  if (file === undefined) print(at!)
  else {
    const error = yield* times(run, file, now, print)
    if (error !== undefined) yield* run.failPath(file, error)
  }
})
