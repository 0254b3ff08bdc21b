/**
 * Prints bytes in hexadecimal digits, and makes bytes of such digits again.
 *
 * @see xxd(1)
 */
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { blockSize, BufferedWriter } from "../BufferedWriter.js"
import { ByteReader, descriptor } from "../ByteReader.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

/** Options may have one dash or two, and their arguments may stand behind them; longer words stand for letters. */
const words: Readonly<Record<string, string>> = {
  autoskip: "a",
  bits: "b",
  capitalize: "C",
  cols: "c",
  decimal: "d",
  EBCDIC: "E",
  group: "g",
  groupsize: "g",
  include: "i",
  len: "l",
  name: "n",
  offset: "o",
  plain: "p",
  postscript: "p",
  ps: "p",
  revert: "r",
  seek: "s",
  skip: "s",
  upper: "u",
  uppercase: "u",
  version: "v"
}

const utility: Utility.Utility = {
  usage: "[options] [infile [outfile]]\n-r [-s [-]offset] [-c cols] [-ps] [infile [outfile]]",
  does: "Make a hex dump or do the reverse.",
  short: "abCc:deEg:il:n:o:prs:uv",
  permute: false,
  modernize: (args) => {
    const modern: Array<string> = []
    for (const [index, arg] of args.entries()) {
      if (arg === "--" || !arg.startsWith("-") || arg === "-") return [...modern, ...args.slice(index)]
      if (arg === "--help") return ["--help"]
      const name = arg.replace(/^--?/, "")
      const word = Object.keys(words).find((each) => name === each)
      modern.push(word === undefined ? `-${name}` : `-${words[word]}`)
    }
    return modern
  }
}

type Style = "hex" | "plain" | "bits" | "include" | "little"

interface Asked {
  readonly style: Style
  readonly columns: number
  readonly group: number
  readonly upper: boolean
  readonly decimal: boolean
  readonly autoskip: boolean
  readonly length: number
  readonly offset: number
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")

/** One line: the offset, the bytes in groups, and the letters that they would be. */
const lineOf = (bytes: Uint8Array, at: number, asked: Asked): string => {
  const { columns, decimal, group, offset, style, upper } = asked
  const size = style === "bits" ? 8 : 2
  const digits = (byte: number): string => {
    const text = style === "bits" ? byte.toString(2).padStart(8, "0") : hex(byte, 2)
    return upper ? text.toUpperCase() : text
  }
  let text = ""
  const step = group === 0 ? columns : group
  for (let from = 0; from < columns; from += step) {
    const to = Math.min(from + step, columns)
    let cells: Array<string> = []
    for (let i = from; i < to; i++) cells.push(i < bytes.length ? digits(bytes[i]!) : " ".repeat(size))
    if (style === "little") {
      // The last byte of a group comes first, and so does what is missing of it.
      while (cells.length < step) cells.push("  ")
      cells = cells.reverse()
    }
    text += `${cells.join("")}${to < columns || style === "little" ? " " : ""}`
  }
  let letters = ""
  for (const byte of bytes) letters += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "."
  const place = decimal ? `${at + offset}`.padStart(8, "0") : hex(at + offset, 8)
  return `${place}: ${text}${style === "little" ? " " : "  "}${letters}`
}

function* dump(run: Utility.Run, reader: ByteReader, out: BufferedWriter, asked: Asked): Steps<void> {
  const { autoskip, columns } = asked
  let left = asked.length
  let at = reader.taken
  let zeros = 0
  let [second, held] = ["", ""]
  while (left > 0) {
    const wanted = Math.min(columns, left)
    yield* reader.has(wanted)
    const bytes = reader.take(Math.min(wanted, reader.end - reader.at))
    if (bytes.length === 0) break
    const line = lineOf(bytes, at, asked)
    if (autoskip && bytes.every((byte) => byte === 0) && bytes.length === columns) {
      // The first line of zeros is shown, then a star, and the last one of the file.
      zeros++
      if (zeros === 1) out.line(line)
      if (zeros === 2) second = line
      held = line
    } else {
      if (zeros > 1) out.line(zeros === 2 ? second : "*")
      zeros = 0
      out.line(line)
    }
    at += bytes.length
    left -= bytes.length
    yield* out.ready()
  }
  if (zeros > 1) {
    if (zeros > 2) out.line(zeros === 3 ? second : "*")
    out.line(held)
  }
}

function* plain(reader: ByteReader, out: BufferedWriter, { columns, length, upper }: Asked): Steps<void> {
  let [left, column] = [length, 0]
  while (left > 0) {
    const bytes = yield* reader.some(Math.min(left, blockSize))
    if (bytes.length === 0) break
    for (const byte of bytes) {
      out.text(upper ? hex(byte, 2).toUpperCase() : hex(byte, 2))
      if (columns > 0 && ++column === columns) {
        out.byte(10)
        column = 0
      } else if (columns === 0) column = 1
    }
    left -= bytes.length
    yield* out.ready()
  }
  if (column > 0) out.byte(10)
}

function* include(
  reader: ByteReader,
  out: BufferedWriter,
  { columns, length, upper }: Asked,
  name: string | undefined,
  capital: boolean
): Steps<void> {
  const named = name === undefined ? undefined : (/^\d/.test(name) ? "__" : "") + name.replace(/[^A-Za-z0-9]/g, "_")
  const variable = capital ? named?.toUpperCase() : named
  if (variable !== undefined) out.line(`unsigned char ${variable}[] = {`)
  let count = 0
  while (count < length) {
    const bytes = yield* reader.some(Math.min(length - count, blockSize))
    if (bytes.length === 0) break
    for (const byte of bytes) {
      out.text(count === 0 ? "  " : count % columns === 0 ? ",\n  " : ", ")
      out.text(upper ? `0X${hex(byte, 2).toUpperCase()}` : `0x${hex(byte, 2)}`)
      count++
    }
    yield* out.ready()
  }
  if (count > 0) out.byte(10)
  if (variable !== undefined) {
    out.line("};")
    out.line(`unsigned int ${variable}${capital ? "_LEN" : "_len"} = ${count};`)
  }
}

/** Makes bytes of digits: of all there are, or of those between an offset and two blanks. */
function* revert(
  run: Utility.Run,
  fd: number,
  out: BufferedWriter,
  isPlain: boolean,
  base: number,
  columns: number
): Steps<void> {
  const lines = new LineReader(run.sys, fd)
  let at = 0
  do {
    while (lines.next()) {
      const text = Latin1.decode(lines.buffer, lines.from, lines.to)
      let digits = text
      if (!isPlain) {
        const match = /^\s*([0-9a-fA-F]+):?\s?/.exec(text)
        if (match === null) continue
        const offset = Number.parseInt(match[1]!, 16) + base
        digits = text.slice(match[0].length)
        if (offset < at) {
          yield* out.flush()
          const moved = yield* attempt(run.sys.lseek(out.fd, offset, 0))
          if (Errno.isErrno(moved)) return yield* run.die("Sorry, cannot seek backwards.", 5)
          at = offset
        }
        for (; at < offset; at++) {
          out.byte(0)
          if (out.isFull) yield* out.flush()
        }
      }
      let count = 0
      for (let i = 0; i < digits.length && (isPlain || count < columns);) {
        if (/\s/.test(digits[i]!)) {
          // Behind two blanks stand letters.
          if (!isPlain && /^\s\s/.test(digits.slice(i, i + 2))) break
          i++
          continue
        }
        const pair = digits.slice(i, i + 2)
        if (!/^[0-9a-fA-F]{2}$/.test(pair)) {
          if (!isPlain) break
          i += /^[0-9a-fA-F]/.test(pair) ? 2 : 1
          continue
        }
        out.byte(Number.parseInt(pair, 16))
        at++
        count++
        i += 2
      }
      yield* out.ready()
    }
  } while (yield* lines.fill())
}

const numberOf = (text: string | undefined): number | undefined => {
  const match = text === undefined ? null : /^\+?(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text)
  if (match === null) return text === undefined ? undefined : 0
  const digits = match[2]!
  const value = /^0[0-7]/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  return match[1] === "-" ? -value : value
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const last = (wanted: string): string | undefined => Options.last(options, wanted)?.value
  if (has("v")) {
    yield* run.error("xxd (Effix core utilities)\n")
    return
  }
  if (operands.length > 2) return yield* run.misuse()
  const style: Style = has("i") ? "include" : has("p") ? "plain" : has("b") ? "bits" : has("e") ? "little" : "hex"
  const asked = numberOf(last("c"))
  const usual = style === "include" ? 12 : style === "plain" ? 30 : style === "bits" ? 6 : 16
  const columns = asked === undefined || (asked === 0 && style !== "plain") ? usual : asked
  if ((asked ?? 1) < 0 || (columns > 256 && style !== "plain" && style !== "include")) {
    return yield* run.die("invalid number of columns (max. 256).")
  }
  const group = numberOf(last("g")) ?? (style === "bits" ? 1 : style === "little" ? 4 : 2)
  if (style === "little" && (group === 0 || (group & group - 1) !== 0)) {
    return yield* run.die("number of octets per group must be a power of 2 with -e.")
  }
  const path = operands[0] ?? "-"
  const input = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(input)) return yield* run.die(`${path}: ${Errno.text(input._tag)}`, 2)
  const target = operands[1]
  let { out } = run
  if (target !== undefined && target !== "-") {
    const flags = O_WRONLY | O_CREAT | (has("r") ? 0 : O_TRUNC)
    const fd = yield* attempt(run.sys.open(target, flags, 0o666))
    if (Errno.isErrno(fd)) return yield* run.die(`${target}: ${Errno.text(fd._tag)}`, 3)
    out = new BufferedWriter(run.sys, fd)
  }
  const seek = last("s")
  if (has("r")) {
    yield* revert(run, input, out, has("p"), numberOf(seek) ?? 0, asked ?? (has("p") ? 30 : 16))
    return yield* out.flush()
  }
  const reader = new ByteReader(descriptor(run.sys, input))
  if (seek !== undefined) {
    let from = numberOf(seek) ?? 0
    if (from < 0) {
      const stat = yield* attempt(run.sys.fstat(input))
      if (Errno.isErrno(stat) || stat.size + from < 0 || (stat.mode & 0o170000) !== 0o100000) {
        return yield* run.die("Sorry, cannot seek.", 4)
      }
      from += stat.size
    }
    yield* reader.skip(from)
  }
  const length = numberOf(last("l")) ?? Number.POSITIVE_INFINITY
  const how: Asked = {
    style,
    columns,
    group: group > columns ? columns : group,
    upper: has("u"),
    decimal: has("d"),
    autoskip: has("a"),
    length: length < 0 ? Number.POSITIVE_INFINITY : length,
    offset: numberOf(last("o")) ?? 0
  }
  if (style === "plain") yield* plain(reader, out, how)
  else if (style === "include") {
    yield* include(reader, out, how, last("n") ?? (path === "-" ? undefined : path), has("C"))
  } else yield* dump(run, reader, out, how)
  yield* out.flush()
})
