/**
 * Breaks long lines.
 *
 * @see fold(1)
 */
import type * as Errno from "@effix/kernel/Errno"
import { LineReader } from "../LineReader.js"
import { last } from "../Options.js"
import * as Quote from "../Quote.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Wrap input lines in each FILE, writing to standard output.",
  short: "bsw:",
  long: { bytes: "b", spaces: "s", "width=": "w" },
  modernize: (args) => args.map((arg) => /^-\d+$/.test(arg) ? `-w${arg.slice(1)}` : arg)
}

interface How {
  readonly width: number
  readonly bytes: boolean
  readonly spaces: boolean
}

const advance = (how: How, column: number, byte: number): number => {
  if (how.bytes) return column + 1
  if (byte === 8) return Math.max(0, column - 1)
  if (byte === 13) return 0
  return byte === 9 ? column + 8 - (column % 8) : column + 1
}

const lastBlank = (bytes: Uint8Array, from: number, to: number): number => {
  for (let at = to - 1; at >= from; at--) if (bytes[at] === 32 || bytes[at] === 9) return at
  return -1
}

function* fold(run: Utility.Run, fd: number, how: How): Steps<Errno.Any | undefined> {
  const lines = new LineReader(run.sys, fd)
  const { out } = run
  do {
    while (lines.next()) {
      const { buffer, to } = lines
      let start = lines.from
      let column = 0
      for (let at = start; at < to; at++) {
        const next = advance(how, column, buffer[at]!)
        if (next <= how.width || at === start) {
          column = next
          continue
        }
        const blank = how.spaces ? lastBlank(buffer, start, at) : -1
        const end = blank < 0 ? at : blank + 1
        out.bytes(buffer, start, end)
        out.byte(10)
        start = end
        column = 0
        at = end - 1
      }
      out.bytes(buffer, start, to)
      if (lines.terminated) out.byte(10)
    }
    yield* out.ready()
  } while (yield* lines.fill())
  return lines.error
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const text = last(options, "w")?.value ?? "80"
  if (!/^[1-9]\d*$/.test(text)) return yield* run.die(`invalid number of columns: ${Quote.value(text)}`)
  yield* run.inputs(operands, (fd) => fold(run, fd, { width: Number(text), bytes: has("b"), spaces: has("s") }))
})
