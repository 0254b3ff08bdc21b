/**
 * Turns tabs into spaces, and back.
 *
 * @see expand(1)
 * @see unexpand(1)
 */
import type * as Errno from "@effix/kernel/Errno"
import { LineReader } from "../LineReader.js"
import * as Quote from "../Quote.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

type Stops = (column: number) => number | undefined

/** The next tab stop behind a column; `undefined` when there is none. */
function* stopsOf(run: Utility.Run, text: string): Steps<Stops> {
  const stops: Array<number> = []
  for (const part of text.split(/[, \t]+/).filter((part) => part !== "")) {
    if (!/^\d+$/.test(part)) {
      return yield* run.die(`tab size contains invalid character(s): ${Quote.value(part.replace(/^\d+/, ""))}`)
    }
    if (Number(part) === 0) return yield* run.die("tab size cannot be 0")
    if (stops.length > 0 && Number(part) <= stops.at(-1)!) return yield* run.die("tab sizes must be ascending")
    stops.push(Number(part))
  }
  const [only = 8] = stops
  return stops.length <= 1
    ? (column) => column + only - (column % only)
    : (column) => stops.find((stop) => stop > column)
}

function* eachLine(
  run: Utility.Run,
  fd: number,
  line: (bytes: Uint8Array, from: number, to: number) => void
): Steps<Errno.Any | undefined> {
  const lines = new LineReader(run.sys, fd)
  do {
    while (lines.next()) {
      line(lines.buffer, lines.from, lines.to)
      if (lines.terminated) run.out.byte(10)
    }
    yield* run.out.ready()
  } while (yield* lines.fill())
  return lines.error
}

const legacy = (args: ReadonlyArray<string>): ReadonlyArray<string> =>
  args.map((arg) => /^-\d[\d,]*$/.test(arg) ? `-t${arg.slice(1)}` : arg)

export const main = Utility.make(
  {
    usage: "[OPTION]... [FILE]...",
    does: "Convert tabs in each FILE to spaces, writing to standard output.",
    short: "it:",
    long: { initial: "i", "tabs=": "t" },
    modernize: legacy
  },
  function*(run, { operands, options }) {
    const initial = options.some(({ key }) => key === "i")
    const stops = yield* stopsOf(run, options.filter(({ key }) => key === "t").map(({ value }) => value).join(","))
    const { out } = run
    yield* run.inputs(operands, (fd) =>
      eachLine(run, fd, (bytes, from, to) => {
        let column = 0
        let leading = true
        for (let at = from; at < to; at++) {
          const byte = bytes[at]!
          if (byte === 9 && (leading || !initial)) {
            const next = stops(column) ?? column + 1
            while (column < next) {
              out.byte(32)
              column++
            }
            continue
          }
          if (byte !== 32 && byte !== 9) leading = false
          column = byte === 8 ? Math.max(0, column - 1) : column + 1
          out.byte(byte)
        }
      }))
  }
)

export const unexpand = Utility.make(
  {
    usage: "[OPTION]... [FILE]...",
    does: "Convert blanks in each FILE to tabs, writing to standard output.",
    short: "at:",
    long: { all: "a", "first-only": "first", "tabs=": "t" },
    modernize: legacy
  },
  function*(run, { operands, options }) {
    const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
    const all = (has("a") || has("t")) && !has("first")
    const stops = yield* stopsOf(run, options.filter(({ key }) => key === "t").map(({ value }) => value).join(","))
    const { out } = run
    yield* run.inputs(operands, (fd) =>
      eachLine(run, fd, (bytes, from, to) => {
        let column = 0
        let at = from
        while (at < to) {
          const start = column
          const first = at
          let end = column
          while (at < to && (bytes[at] === 32 || bytes[at] === 9)) {
            end = bytes[at] === 9 ? stops(end) ?? end + 1 : end + 1
            at++
          }
          if (at > first && (all || first === from)) {
            blanks(out, stops, start, end, at - first === 1 && bytes[first] === 32)
          } else out.bytes(bytes, first, at)
          column = end
          while (at < to && bytes[at] !== 32 && bytes[at] !== 9) {
            column = bytes[at] === 8 ? Math.max(0, column - 1) : column + 1
            out.byte(bytes[at++]!)
          }
        }
      }))
  }
)

/** The shortest way from one column to another; a single space stays one. */
const blanks = (out: Utility.Run["out"], stops: Stops, from: number, to: number, single: boolean): void => {
  let column = from
  while (!single) {
    const next = stops(column)
    if (next === undefined || next > to) break
    out.byte(9)
    column = next
  }
  for (; column < to; column++) out.byte(32)
}
