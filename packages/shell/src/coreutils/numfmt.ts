/**
 * Writes numbers with the letters that people read, and reads them back.
 *
 * @see numfmt(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import * as Ranges from "../Ranges.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { choose } from "../Words.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [NUMBER]...",
  does: "Reformat NUMBER(s), or the numbers from standard input if none are specified.",
  short: "d:z",
  long: {
    debug: "debug",
    "delimiter=": "d",
    "field=": "field",
    "format=": "format",
    "from-unit=": "from-unit",
    "from=": "from",
    grouping: "grouping",
    "header=?": "header",
    "invalid=": "invalid",
    "padding=": "padding",
    "round=": "round",
    "suffix=": "suffix",
    "to-unit=": "to-unit",
    "to=": "to",
    "zero-terminated": "z"
  }
}

const scales = { none: "none", auto: "auto", si: "si", iec: "iec", "iec-i": "iec-i" } as const
const toScales = { none: "none", si: "si", iec: "iec", "iec-i": "iec-i" } as const
const rounds = {
  up: "up",
  down: "down",
  "from-zero": "from-zero",
  "towards-zero": "towards-zero",
  nearest: "nearest"
} as const
const invalids = { abort: "abort", fail: "fail", warn: "warn", ignore: "ignore" } as const
const letters = "KMGTPEZY"
const DIGITS_MAX = 27

interface Format {
  readonly before: string
  readonly after: string
  readonly width: number
  readonly left: boolean
  readonly zeros: boolean
  readonly precision: number | undefined
}

interface Asked {
  readonly from: keyof typeof scales
  readonly to: keyof typeof toScales
  readonly fromUnit: number
  readonly toUnit: number
  readonly round: keyof typeof rounds
  readonly invalid: keyof typeof invalids
  readonly suffix: string
  readonly format: Format
  /** Whether a number is as wide as it was before. */
  readonly keepsWidth: boolean
  readonly fields: ReadonlyArray<Ranges.Range> | "all"
  readonly delimiter: string | undefined
}

/** A number, or what is wrong with it. */
type Parsed = { readonly value: number; readonly precision: number } | { readonly wrong: string }

const parse = (text: string, { from }: Asked): Parsed => {
  const match = /^(-?)(\d*)(?:\.(\d*))?/.exec(text)!
  const [whole, sign, digits, fraction] = match
  if (text.startsWith("..")) return { wrong: `invalid suffix in input: ${Quote.value(text)}` }
  if (digits === "" && (fraction ?? "") === "") return { wrong: `invalid number: ${Quote.value(text)}` }
  if (whole.includes(".") && fraction === "") return { wrong: `invalid number: ${Quote.value(text)}` }
  if (digits!.replace(/^0+/, "").length > DIGITS_MAX) {
    return { wrong: `value too large to be converted: ${Quote.value(text)}` }
  }
  const missing = { wrong: `missing 'i' suffix in input: ${Quote.value(text)} (e.g Ki/Mi/Gi)` }
  let value = Number(`${sign}${digits}.${fraction ?? "0"}`)
  const precision = fraction?.length ?? 0
  const rest = text.slice(whole.length).replace(/^[ \t]+/, "")
  if (rest === "") {
    return from === "iec-i" ? missing : { value, precision }
  }
  const power = letters.indexOf(rest[0]!) + 1
  if (power === 0) return { wrong: `invalid suffix in input: ${Quote.value(text)}` }
  if (from === "none") {
    return { wrong: `rejecting suffix in input: ${Quote.value(text)} (consider using --from)` }
  }
  let base = from === "si" || from === "auto" ? 1000 : 1024
  let used = 1
  if (from === "auto" && rest[1] === "i") {
    base = 1024
    used = 2
  } else if (from === "iec-i") {
    if (rest[1] !== "i") return missing
    used = 2
  }
  if (rest.length > used) {
    return { wrong: `invalid suffix in input ${Quote.value(text)}: ${Quote.value(rest.slice(used))}` }
  }
  value *= base ** power
  return { value, precision: 0 }
}

const rounded = (value: number, round: Asked["round"]): number => {
  switch (round) {
    case "up":
      return Math.ceil(value)
    case "down":
      return Math.floor(value)
    case "from-zero":
      return value < 0 ? Math.floor(value) : Math.ceil(value)
    case "towards-zero":
      return Math.trunc(value)
    case "nearest":
      return value < 0 ? Math.ceil(value - 0.5) : Math.floor(value + 0.5)
  }
}

/** Rounds at a decimal place. What a binary fraction adds far behind it is no reason to round up. */
const roundedAt = (value: number, places: number, round: Asked["round"]): number => {
  const moved = Number(`${value}e${places}`)
  const exact = Number.isNaN(moved) ? value * 10 ** places : moved
  return rounded(exact, round) / 10 ** places
}

const fixed = (value: number, places: number): string =>
  Math.abs(value) >= 1e21 ? BigInt(value).toString() : value.toFixed(places)

const format = (value: number, precision: number, { format, round, to }: Asked): string => {
  if (to === "none") {
    const places = format.precision ?? precision
    return fixed(roundedAt(value, places, round), places)
  }
  const base = to === "si" ? 1000 : 1024
  let power = 0
  let scaled = value
  while (Math.abs(scaled) >= base) {
    scaled /= base
    power++
  }
  const places = format.precision === undefined
    ? (Math.abs(scaled) < 10 ? 1 : 0)
    : Math.min(power * 3, format.precision)
  scaled = roundedAt(scaled, places, round)
  if (Math.abs(scaled) >= base) {
    scaled /= base
    power++
  }
  const shown = format.precision ?? (scaled !== 0 && Math.abs(scaled) < 10 && power > 0 ? 1 : 0)
  const letter = power === 0 ? "" : letters[power - 1]! + (to === "iec-i" ? "i" : "")
  return scaled.toFixed(shown) + letter
}

function* formatOf(run: Utility.Run, text: string | undefined, padding: number): Steps<Format> {
  const plain = {
    before: "",
    after: "",
    width: Math.abs(padding),
    left: padding < 0,
    zeros: false,
    precision: undefined
  }
  if (text === undefined) return plain
  const shown = Quote.value(text)
  const at = text.replace(/%%/g, "\0\0").indexOf("%")
  if (at < 0) return yield* run.die(`format ${shown} has no % directive`)
  const match = /^%([ 0']*)(-?\d+)?(\.(-?\d*))?(.?)/s.exec(text.slice(at))!
  const [whole, flags, width, dot, precision, letter] = match
  if (precision?.startsWith("-") === true || (dot !== undefined && /[ +]/.test(letter!))) {
    return yield* run.die(`invalid precision in format ${shown}`)
  }
  if (letter === "") return yield* run.die(`format ${shown} ends in %`)
  if (letter !== "f") return yield* run.die(`invalid format ${shown}, directive must be %[0]['][-][N][.][N]f`)
  const after = text.slice(at + whole.length)
  if (after.replace(/%%/g, "").includes("%")) return yield* run.die(`format ${shown} has too many % directives`)
  const wide = Number(width ?? "0")
  return {
    before: text.slice(0, at),
    after,
    width: wide === 0 ? plain.width : Math.abs(wide),
    left: wide === 0 ? plain.left : wide < 0,
    zeros: flags!.includes("0") && wide > 0,
    precision: dot === undefined ? undefined : Number(precision === "" ? "0" : precision)
  }
}

class Formatter {
  constructor(private readonly run: Utility.Run, private readonly asked: Asked) {}

  private isWanted(field: number): boolean {
    const { fields } = this.asked
    return fields === "all" || fields.some(({ from, to }) => field >= from && field <= to)
  }

  /** A line with its fields written anew; what stands between them stays. */
  *line(line: string, end: string): Steps<void> {
    const { delimiter } = this.asked
    const { out } = this.run
    let at = 0
    for (let field = 1;; field++) {
      let to = at
      if (delimiter === undefined) {
        while (to < line.length && /\s/.test(line[to]!)) to++
        while (to < line.length && !/\s/.test(line[to]!)) to++
      } else {
        to = line.indexOf(delimiter, at)
        if (to < 0) to = line.length
      }
      if (field === 1 || to < line.length || to > at) {
        const text = line.slice(at, to)
        out.text(this.isWanted(field) ? yield* this.field(text, field) : text)
      }
      if (to >= line.length) break
      out.text(delimiter ?? " ")
      at = to + (delimiter?.length ?? 1)
    }
    out.text(end)
  }

  private *field(text: string, field: number): Steps<string> {
    const { asked, run } = this
    const { suffix } = asked
    const bare = suffix !== "" && text.endsWith(suffix) && text !== suffix ? text.slice(0, -suffix.length) : text
    const input = bare.replace(/^[ \t]+/, "")
    const keeps = asked.keepsWidth && (input !== bare || field > 1)
    const number = parse(input, asked)
    let wrong: string | undefined
    if ("wrong" in number) ({ wrong } = number)
    else {
      const value = number.value * asked.fromUnit / asked.toUnit
      if (asked.to === "none" && Math.abs(value) > 1e18) {
        wrong = `value too large to be printed: '${general(value)}' (consider using --to)`
      } else if (Math.abs(value) >= 1e27) {
        wrong = `value too large to be printed: '${general(value)}' (cannot handle values > 999Y)`
      } else return this.padded(format(value, number.precision, asked) + suffix, keeps ? bare.length : undefined)
    }
    if (asked.invalid !== "ignore") {
      if (asked.invalid === "abort") return yield* run.die(wrong, 2)
      if (asked.invalid === "fail") run.status = 2
      yield* run.warn(wrong)
    }
    return text
  }

  private padded(text: string, before: number | undefined): string {
    const { format } = this.asked
    const width = before ?? format.width
    const filled = format.left
      ? text.padEnd(width)
      : format.zeros
      ? text.replace(/^-?/, "$&" + "0".repeat(Math.max(0, width - text.length)))
      : text.padStart(width)
    return format.before + filled + format.after
  }
}

const general = (value: number): string => {
  const [mantissa, exponent] = value.toExponential(5).split("e")
  return `${mantissa!.replace(/\.?0+$/, "")}e${exponent!.replace(/(?<=[+-])(\d)$/, "0$1")}`
}

function* unitOf(run: Utility.Run, text: string | undefined): Steps<number> {
  if (text === undefined) return 1
  const match = /^(\d*)([KMGTPEZY]i?)?$/.exec(text)
  const power = letters.indexOf(match?.[2]?.[0] ?? " ") + 1
  const count = match === null || text === "" ? 0 : Number(match[1] === "" ? 1 : match[1])
  const value = count * (match?.[2]?.endsWith("i") === true ? 1024 : 1000) ** power
  return value > 0 && value < 2 ** 64 ? value : yield* run.die(`invalid unit size: ${Quote.value(text)}`)
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const last = (wanted: string): string | undefined => Options.last(options, wanted)?.value
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const from = yield* choose(run, "--from", scales, last("from") ?? "none")
  const to = yield* choose(run, "--to", toScales, last("to") ?? "none")
  const round = yield* choose(run, "--round", rounds, last("round") ?? "from-zero")
  const invalid = yield* choose(run, "--invalid", invalids, last("invalid") ?? "abort")
  const fromUnit = yield* unitOf(run, last("from-unit"))
  const toUnit = yield* unitOf(run, last("to-unit"))
  const padding = last("padding")
  if (padding !== undefined && (!/^[-+]?\d+$/.test(padding) || Number(padding) === 0)) {
    return yield* run.die(`invalid padding value ${Quote.value(padding)}`)
  }
  if (options.filter(({ key }) => key === "field").length > 1) return yield* run.die("multiple field specifications")
  const list = last("field")
  const ranges = list === undefined || list === "-" ? undefined : Ranges.parse(list)
  if (ranges !== undefined && "problem" in ranges) {
    return yield* run.misuse(
      ranges.problem === "zero"
        ? "fields are numbered from 1"
        : ranges.problem === "decreasing"
        ? "invalid decreasing range"
        : `invalid field value ${Quote.value(ranges.item.replace(/^[\d-]*/, ""))}`
    )
  }
  const delimiter = last("d")
  if (delimiter !== undefined && delimiter.length > 1) {
    return yield* run.die("the delimiter must be a single character")
  }
  const text = last("format")
  if (text !== undefined && has("grouping")) return yield* run.die("--grouping cannot be combined with --format")
  if (has("grouping") && to !== "none") return yield* run.die("grouping cannot be combined with --to")
  const headers = Options.last(options, "header")
  const header = headers === undefined ? 0 : headers.hasValue ? Number(headers.value) : 1
  if (!Number.isInteger(header) || (headers !== undefined && header < 1)) {
    return yield* run.die(`invalid header value ${Quote.value(headers?.value ?? "")}`)
  }
  const how = yield* formatOf(run, text, Number(padding ?? 0))
  if (has("debug")) {
    const plain = from === "none" && to === "none" && fromUnit === 1 && toUnit === 1
    if (plain && !has("grouping") && padding === undefined && text === undefined) {
      yield* run.warn("no conversion option specified")
    }
    if (has("grouping")) yield* run.warn("grouping has no effect in this locale")
    if (header > 0 && operands.length > 0) yield* run.warn("--header ignored with command-line input")
  }
  const end = has("z") ? "\0" : "\n"
  const formatter = new Formatter(run, {
    from,
    to,
    fromUnit,
    toUnit,
    round,
    invalid,
    suffix: last("suffix") ?? "",
    format: how,
    keepsWidth: how.width === 0 && delimiter === undefined,
    fields: list === "-" ? "all" : ranges ?? [{ from: 1, to: 1 }],
    // With an empty one, the whole line is a field.
    delimiter: delimiter === "" ? "\0" : delimiter
  })
  for (const operand of operands) yield* formatter.line(operand, end)
  if (operands.length > 0) return
  const lines = new LineReader(run.sys, 0, end.charCodeAt(0))
  let number = 0
  do {
    while (lines.next()) {
      const line = Bytes.decode(lines.line())
      if (number++ < header) run.out.text(line + end)
      else yield* formatter.line(line, lines.terminated ? end : "")
    }
    yield* run.out.ready()
  } while (yield* lines.fill())
})
