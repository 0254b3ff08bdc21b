/**
 * The format of `printf`, which the utility and the shell's builtin read alike but for a few letters and for how they
 * complain.
 *
 * @see printf(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Escapes from "./Escapes.js"
import * as LongDouble from "./LongDouble.js"
import * as NumberFormat from "./NumberFormat.js"
import { type Steps, stop } from "./Steps.js"
import type * as Utility from "./Utility.js"

/** One conversion, and what stood between parentheses before its letter. */
export interface Conversion extends NumberFormat.Conversion {
  readonly inner: string
}

/** What differs between the utility and the builtin. */
export interface Dialect {
  /** Letters that are known besides those of printf(3). */
  readonly letters: string
  /** Letters that take neither flags nor width nor precision. */
  readonly bare: string
  /** Whether a format is the shell's, in which `\c` ends nothing, and a backslash goes before a quote or a `?`. */
  readonly ofShell: boolean
  /** What is wrong with a conversion that is not known; `whole` is as much of it as was read. */
  readonly unknown: (whole: string, letter: string) => string
  /** A text of which the first `used` characters are a number, and not all of them. */
  readonly notNumber: (run: Utility.Run, text: string, used: number) => Steps<void>
  readonly outOfRange: (run: Utility.Run, text: string) => Steps<void>
  /** What follows the one character of `'a`. */
  readonly afterCharacter: (run: Utility.Run, rest: string) => Steps<void>
  /** Arguments that are left, with a format that takes none. */
  readonly excess: (run: Utility.Run, first: string) => Steps<void>
  /** Prints a conversion of {@link letters}. */
  readonly convert: (run: Utility.Run, conversion: Conversion, argument: string | undefined) => Steps<void>
}

type Piece =
  | { readonly literal: string; readonly cut: boolean }
  | Conversion & {
    readonly starWidth: boolean
    readonly starPrecision: boolean
  }

const conversion = /^%([-+ #0']*)(\*|-?\d*)(?:\.(\*|-?\d*))?(?:hh|ll|[hlLjtz])?(?:(?:\(([^)]*)\))(?=T))?(.?)/s

/** Takes a format apart; a text is what is wrong with it, after the pieces in front of it. */
const compile = (
  format: string,
  dialect: Dialect
): { readonly pieces: ReadonlyArray<Piece>; readonly wrong?: string } => {
  const pieces: Array<Piece> = []
  let literal = ""
  const flush = (cut: boolean): void => {
    if (literal !== "" || cut) pieces.push({ literal, cut })
    literal = ""
  }
  for (let at = 0; at < format.length;) {
    const char = format[at]!
    if (char === "\\") {
      if (dialect.ofShell && /["'?c]/.test(format[at + 1] ?? "")) {
        literal += format[at + 1] === "c" ? "\\c" : format[at + 1]!
        at += 2
        continue
      }
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
      const [whole, flags, width, precision, inner = "", letter] = match
      const known = "diouxXeEfFgGaAcsb".includes(letter!) || dialect.letters.includes(letter!)
      if (letter === "" || !known || (dialect.bare.includes(letter!) && whole.length > 2)) {
        return { pieces, wrong: dialect.unknown(whole, letter!) }
      }
      pieces.push({
        flags: flags! + (width!.startsWith("-") ? "-" : ""),
        width: width === "*" ? 0 : Math.abs(Number(width)),
        precision: precision === undefined || precision === "*" || precision.startsWith("-")
          ? undefined
          : Number(precision),
        letter: letter!,
        inner,
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

function* checkEnd(run: Utility.Run, dialect: Dialect, text: string, used: number): Steps<void> {
  if (used < text.length) yield* dialect.notNumber(run, text, used)
}

/** `'a` and `"a` are the number of that character. */
function* character(run: Utility.Run, dialect: Dialect, text: string): Steps<bigint | undefined> {
  if (!/^['"]./su.test(text)) return undefined
  const bytes = Bytes.encode(text.slice(1))
  if (bytes.length > 1) yield* dialect.afterCharacter(run, Bytes.decode(bytes.subarray(1)))
  return BigInt(bytes[0]!)
}

function* toInteger(
  run: Utility.Run,
  dialect: Dialect,
  text: string | undefined,
  signed: boolean
): Steps<bigint> {
  if (text === undefined) return 0n
  const code = yield* character(run, dialect, text)
  if (code !== undefined) return code
  const match = integerPattern.exec(text)
  yield* checkEnd(run, dialect, text, match?.[0].length ?? 0)
  if (match === null) return 0n
  const digits = match[2]!
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits)
  const value = match[1] === "-" ? -magnitude : magnitude
  const [least, most] = signed ? [-(2n ** 63n), 2n ** 63n - 1n] : [-(2n ** 64n) + 1n, 2n ** 64n - 1n]
  if (value >= least && value <= most) return value
  yield* dialect.outOfRange(run, text)
  return signed ? (value < 0n ? least : most) : most
}

function* toFloat(run: Utility.Run, dialect: Dialect, text: string | undefined): Steps<LongDouble.LongDouble> {
  if (text === undefined) return LongDouble.fromInteger(0n)
  const code = yield* character(run, dialect, text)
  if (code !== undefined) return LongDouble.fromInteger(code)
  const { length, value } = LongDouble.parse(text)
  yield* checkEnd(run, dialect, text, length)
  return value
}

/** Text as one character per byte, so that widths count bytes. */
export const byteString = (text: string): string => {
  let result = ""
  for (const byte of Bytes.encode(text)) result += String.fromCharCode(byte)
  return result
}

export const putByteString = (run: Utility.Run, text: string): void => {
  for (let i = 0; i < text.length; i++) run.out.byte(text.charCodeAt(i))
}

/** Prints one conversion; `true` ends the output. */
function* convert(
  run: Utility.Run,
  dialect: Dialect,
  piece: Conversion,
  arg: string | undefined
): Steps<boolean> {
  if (dialect.letters.includes(piece.letter)) {
    yield* dialect.convert(run, piece, arg)
    return false
  }
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
        NumberFormat.integer(piece, yield* toInteger(run, dialect, arg, piece.letter === "d" || piece.letter === "i"))
      )
      return false
    default:
      run.out.text(NumberFormat.float(piece, yield* toFloat(run, dialect, arg)))
      return false
  }
}

function* star(run: Utility.Run, dialect: Dialect, args: Arguments): Steps<number> {
  return Number(yield* toInteger(run, dialect, args.next(), true))
}

/** Prints the format once; `true` ends the output. */
function* once(
  run: Utility.Run,
  dialect: Dialect,
  pieces: ReadonlyArray<Piece>,
  args: Arguments
): Steps<boolean> {
  for (const piece of pieces) {
    if ("literal" in piece) {
      run.out.text(piece.literal)
      if (piece.cut) return true
      continue
    }
    let { flags, precision, width } = piece
    if (piece.starWidth) {
      width = yield* star(run, dialect, args)
      if (width < 0) flags += "-"
      width = Math.abs(width)
    }
    if (piece.starPrecision) {
      precision = yield* star(run, dialect, args)
      if (precision < 0) precision = undefined
    }
    if (yield* convert(run, dialect, { ...piece, flags, width, precision }, args.next())) return true
  }
  return false
}

/** Prints `list` by `format`, which is used again while there are arguments left. */
export function* print(run: Utility.Run, dialect: Dialect, format: string, list: ReadonlyArray<string>): Steps<void> {
  const { pieces, wrong } = compile(format, dialect)
  const args = new Arguments(list)
  while (true) {
    const before = args.at
    if (yield* once(run, dialect, pieces, args)) return
    if (wrong !== undefined) return yield* stop(1, wrong)
    if (args.at >= list.length) return
    if (args.at === before) return yield* dialect.excess(run, list[args.at]!)
  }
}
