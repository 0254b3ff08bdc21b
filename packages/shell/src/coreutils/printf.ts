/**
 * Formats its arguments.
 *
 * @see printf(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Escapes from "../Escapes.js"
import * as LongDouble from "../LongDouble.js"
import * as NumberFormat from "../NumberFormat.js"
import * as Quote from "../Quote.js"
import { type Steps, stop } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "FORMAT [ARGUMENT]...",
  does: "Print ARGUMENT(s) according to FORMAT, which is used again while there are arguments left."
}

type Piece =
  | { readonly literal: string; readonly cut: boolean }
  | NumberFormat.Conversion & {
    readonly starWidth: boolean
    readonly starPrecision: boolean
  }

const conversion = /^%([-+ #0']*)(\*|-?\d*)(?:\.(\*|-?\d*))?(?:hh|ll|[hlLjtz])?(.?)/s

/** Takes a format apart; a text is what is wrong with it, after the pieces in front of it. */
const compile = (format: string): { readonly pieces: ReadonlyArray<Piece>; readonly wrong?: string } => {
  const pieces: Array<Piece> = []
  let literal = ""
  const flush = (cut: boolean): void => {
    if (literal !== "" || cut) pieces.push({ literal, cut })
    literal = ""
  }
  for (let at = 0; at < format.length;) {
    const char = format[at]!
    if (char === "\\") {
      const escape = Escapes.read(format, at, "three")
      if (escape.wrong !== undefined) return { pieces, wrong: escape.wrong }
      if (escape.text === undefined) {
        flush(true)
        return { pieces }
      }
      literal += escape.text
      at = escape.next
    } else if (char === "%" && format[at + 1] === "%") {
      literal += "%"
      at += 2
    } else if (char === "%") {
      flush(false)
      const match = conversion.exec(format.slice(at))!
      const [whole, flags, width, precision, letter] = match
      if (!"diouxXeEfFgGaAcsbq".includes(letter!) || letter === "" || ("bq".includes(letter!) && whole.length > 2)) {
        return {
          pieces,
          wrong: `${format.slice(at, at + Math.max(whole.length, 1))}: invalid conversion specification`
        }
      }
      pieces.push({
        flags: flags! + (width!.startsWith("-") ? "-" : ""),
        width: width === "*" ? 0 : Math.abs(Number(width)),
        precision: precision === undefined || precision === "*" || precision.startsWith("-")
          ? undefined
          : Number(precision),
        letter: letter!,
        starWidth: width === "*",
        starPrecision: precision === "*"
      })
      at += whole.length
    } else {
      literal += char
      at++
    }
  }
  flush(false)
  return { pieces }
}

class Arguments {
  at = 0
  constructor(readonly list: ReadonlyArray<string>) {}

  next(): string | undefined {
    return this.list[this.at++]
  }
}

const integerPattern = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)/

function* checkEnd(run: Utility.Run, text: string, used: number): Steps<void> {
  if (used === 0 && text !== "") yield* run.fail(`${Quote.value(text)}: expected a numeric value`)
  else if (used < text.length) yield* run.fail(`${Quote.value(text)}: value not completely converted`)
}

/** `'a` and `"a` are the number of that character. */
function* character(run: Utility.Run, text: string): Steps<bigint | undefined> {
  if (!/^['"]./su.test(text)) return undefined
  const bytes = Bytes.encode(text.slice(1))
  if (bytes.length > 1) {
    yield* run.warn(
      `warning: ${Bytes.decode(bytes.subarray(1))}: character(s) following character constant have been ignored`
    )
  }
  return BigInt(bytes[0]!)
}

function* toInteger(run: Utility.Run, text: string | undefined, signed: boolean): Steps<bigint> {
  if (text === undefined) return 0n
  const code = yield* character(run, text)
  if (code !== undefined) return code
  const match = integerPattern.exec(text)
  yield* checkEnd(run, text, match?.[0].length ?? 0)
  if (match === null) return 0n
  const digits = match[2]!
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits)
  const value = match[1] === "-" ? -magnitude : magnitude
  const [least, most] = signed ? [-(2n ** 63n), 2n ** 63n - 1n] : [-(2n ** 64n) + 1n, 2n ** 64n - 1n]
  if (value >= least && value <= most) return value
  yield* run.fail(`${Quote.value(text)}: Numerical result out of range`)
  return signed ? (value < 0n ? least : most) : most
}

function* toFloat(run: Utility.Run, text: string | undefined): Steps<LongDouble.LongDouble> {
  if (text === undefined) return LongDouble.fromInteger(0n)
  const code = yield* character(run, text)
  if (code !== undefined) return LongDouble.fromInteger(code)
  const { length, value } = LongDouble.parse(text)
  yield* checkEnd(run, text, length)
  return value
}

/** Text as one character per byte, so that widths count bytes. */
const byteString = (text: string): string => {
  let result = ""
  for (const byte of Bytes.encode(text)) result += String.fromCharCode(byte)
  return result
}

const putByteString = (run: Utility.Run, text: string): void => {
  for (let i = 0; i < text.length; i++) run.out.byte(text.charCodeAt(i))
}

/** Prints one conversion; `true` ends the output. */
function* convert(run: Utility.Run, piece: NumberFormat.Conversion, arg: string | undefined): Steps<boolean> {
  switch (piece.letter) {
    case "s":
      putByteString(run, NumberFormat.string(piece, byteString(arg ?? "")))
      return false
    case "c":
      putByteString(
        run,
        NumberFormat.string({ ...piece, precision: undefined }, byteString(arg ?? "").slice(0, 1) || "\0")
      )
      return false
    case "q":
      run.out.text(Quote.shell(arg ?? ""))
      return false
    case "b": {
      const { cut, text } = Escapes.expand(arg ?? "")
      putByteString(run, NumberFormat.string(piece, byteString(text)))
      return cut
    }
    case "d":
    case "i":
    case "o":
    case "u":
    case "x":
    case "X":
      run.out.text(
        NumberFormat.integer(piece, yield* toInteger(run, arg, piece.letter === "d" || piece.letter === "i"))
      )
      return false
    default:
      run.out.text(NumberFormat.float(piece, yield* toFloat(run, arg)))
      return false
  }
}

function* star(run: Utility.Run, args: Arguments): Steps<number> {
  return Number(yield* toInteger(run, args.next(), true))
}

/** Prints the format once; `true` ends the output. */
function* once(run: Utility.Run, pieces: ReadonlyArray<Piece>, args: Arguments): Steps<boolean> {
  for (const piece of pieces) {
    if ("literal" in piece) {
      run.out.text(piece.literal)
      if (piece.cut) return true
      continue
    }
    let { flags, precision, width } = piece
    if (piece.starWidth) {
      width = yield* star(run, args)
      if (width < 0) flags += "-"
      width = Math.abs(width)
    }
    if (piece.starPrecision) {
      precision = yield* star(run, args)
      if (precision < 0) precision = undefined
    }
    if (yield* convert(run, { flags, width, precision, letter: piece.letter }, args.next())) return true
  }
  return false
}

export const main = Utility.make({ ...utility, permute: false }, function*(run, { operands }) {
  const [format, ...list] = operands
  if (format === undefined) return yield* run.missingOperand()
  const { pieces, wrong } = compile(format)
  const args = new Arguments(list)
  while (true) {
    const before = args.at
    if (yield* once(run, pieces, args)) return
    if (wrong !== undefined) return yield* stop(1, wrong)
    if (args.at >= list.length) return
    if (args.at === before) {
      yield* run.warn(`warning: ignoring excess arguments, starting with ${Quote.value(list[args.at]!)}`)
      return
    }
  }
})
