/**
 * Prints parts of lines.
 *
 * @see cut(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import type * as Errno from "@effix/kernel/Errno"
import type { BufferedWriter } from "../BufferedWriter.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import * as Quote from "../Quote.js"
import * as Ranges from "../Ranges.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "OPTION... [FILE]...",
  does: "Print selected parts of lines from each FILE.",
  short: "b:c:d:f:nsz",
  long: {
    "bytes=": "b",
    "characters=": "c",
    "delimiter=": "d",
    "fields=": "f",
    "only-delimited": "s",
    "output-delimiter=": "output",
    complement: "complement",
    "zero-terminated": "z"
  }
}

interface Asked {
  readonly ranges: ReadonlyArray<Ranges.Range>
  readonly delimiter: number
  readonly output: Uint8Array | undefined
  readonly onlyDelimited: boolean
  readonly end: number
}

type Cutter = (out: BufferedWriter, bytes: Uint8Array, from: number, to: number) => void

const byBytes = ({ end, output, ranges }: Asked): Cutter => (out, bytes, from, to) => {
  let first = true
  for (const range of ranges) {
    const start = from + range.from - 1
    if (start >= to) break
    if (!first && output !== undefined) out.bytes(output)
    first = false
    out.bytes(bytes, start, Math.min(to, from + range.to))
  }
  out.byte(end)
}

const byFields = ({ delimiter, end, onlyDelimited, output, ranges }: Asked): Cutter => (out, bytes, from, to) => {
  let at = from
  while (at < to && bytes[at] !== delimiter) at++
  if (at === to) {
    if (onlyDelimited) return
    out.bytes(bytes, from, to)
    return out.byte(end)
  }
  let which = 0
  let first = true
  let start = from
  for (let field = 1; which < ranges.length; field++) {
    while (at < to && bytes[at] !== delimiter) at++
    if (field >= ranges[which]!.from) {
      if (!first) output === undefined ? out.byte(delimiter) : out.bytes(output)
      first = false
      out.bytes(bytes, start, at)
      if (field >= ranges[which]!.to) which++
    }
    if (at >= to) break
    start = ++at
  }
  out.byte(end)
}

function* cutFile(run: Utility.Run, fd: number, asked: Asked, cutter: Cutter): Steps<Errno.Any | undefined> {
  const lines = new LineReader(run.sys, fd, asked.end)
  // Where lines are the fields, all of the input is one line.
  if (asked.delimiter === asked.end) {
    const text = Latin1.encode(yield* lines.whole())
    const first = text.indexOf(asked.end)
    const length = text.at(-1) === asked.end ? text.length - 1 : text.length
    if (first === length && length < text.length) {
      // A single field, and the end of it: behind that is a second one, and nothing in it.
      if (asked.ranges[0]!.from === 1) run.out.bytes(text, 0, length)
      run.out.byte(asked.end)
    } else if (text.length > 0) cutter(run.out, text, 0, length)
    return lines.error
  }
  do {
    while (lines.next()) cutter(run.out, lines.buffer, lines.from, lines.to)
    yield* run.out.ready()
  } while (yield* lines.fill())
  return lines.error
}

const complaints = (fields: boolean): Readonly<Record<Ranges.Problem, (item: string) => string>> => ({
  zero: () => fields ? "fields are numbered from 1" : "byte/character positions are numbered from 1",
  decreasing: () => "invalid decreasing range",
  empty: () => "invalid range with no endpoint: -",
  invalid: (item) =>
    /^\d*-\d*-/.test(item)
      ? fields ? "invalid field range" : "invalid byte or character range"
      : `invalid ${fields ? "field value" : "byte/character position"} ${Quote.value(item.replace(/^[\d-]*/, ""))}`
})

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let list: string | undefined
  let fields = false
  let delimiter: Uint8Array | undefined
  let output: Uint8Array | undefined
  let onlyDelimited = false
  let complement = false
  let end = 10
  for (const { key, value } of options) {
    if ("bcf".includes(key)) {
      if (list !== undefined) return yield* run.misuse("only one list may be specified")
      list = value
      fields = key === "f"
    } else if (key === "d") {
      delimiter = value === "" ? Uint8Array.of(0) : Bytes.encode(value)
      if (delimiter.length > 1) return yield* run.misuse("the delimiter must be a single character")
    } else if (key === "output") output = value === "" ? Uint8Array.of(0) : Bytes.encode(value)
    else if (key === "s") onlyDelimited = true
    else if (key === "z") end = 0
    else if (key === "complement") complement = true
  }
  if (list === undefined) return yield* run.misuse("you must specify a list of bytes, characters, or fields")
  if (!fields && delimiter !== undefined) {
    return yield* run.misuse("an input delimiter may be specified only when operating on fields")
  }
  if (!fields && onlyDelimited) {
    return yield* run.misuse("suppressing non-delimited lines makes sense\n\tonly when operating on fields")
  }
  const parsed = Ranges.parse(list)
  if ("problem" in parsed) return yield* run.misuse(complaints(fields)[parsed.problem](parsed.item))
  const asked: Asked = {
    ranges: complement ? Ranges.complement(parsed) : parsed,
    delimiter: delimiter?.[0] ?? 9,
    output,
    onlyDelimited,
    end
  }
  const cutter = fields ? byFields(asked) : byBytes(asked)
  yield* run.inputs(operands, (fd) => cutFile(run, fd, asked, cutter))
})
