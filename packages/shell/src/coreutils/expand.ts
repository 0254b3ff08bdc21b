/**
 * Turns tabs into spaces, and back.
 *
 * @see expand(1)
 * @see unexpand(1)
 */
import type * as Errno from "@effix/kernel/Errno"
import { LineReader } from "../LineReader.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { type Stops, stopsOf } from "./tabStops.js"

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
  function*(run, { operands, options }, argv) {
    const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
    // `-8` says where the stops are; only `-t 8` says that all blanks count.
    const all = (has("a") || argv.some((argument) => /^(?:-\w*t|--t)/.test(argument))) && !has("first")
    const stops = yield* stopsOf(run, options.filter(({ key }) => key === "t").map(({ value }) => value).join(","))
    yield* run.inputs(
      operands,
      (fd) => eachLine(run, fd, (bytes, from, to) => shortened(run.out, stops, all, bytes, from, to))
    )
  }
)

/** Writes a line with tabs for blanks: for all of them, or for those in front. */
const shortened = (
  out: Utility.Run["out"],
  stops: Stops,
  all: boolean,
  bytes: Uint8Array,
  from: number,
  to: number
): void => {
  let column = 0
  /** Blanks that a tab may still take the place of. */
  let pending: Array<number> = []
  /** Whether the first of them is a single one right before a stop. */
  let before = false
  let afterBlank = true
  const flush = (): void => {
    if (pending.length > 1 && before) pending[0] = 9
    for (const byte of pending) out.byte(byte)
    pending = []
    before = false
  }
  let at = from
  for (; at < to; at++) {
    let byte = bytes[at]!
    const blank = byte === 32 || byte === 9
    if (blank) {
      const next = stops(column)
      if (next === undefined) break
      if (byte === 9) {
        column = next
        if (pending.length > 0) pending[0] = 9
      } else {
        column++
        if (!(afterBlank && column === next)) {
          if (column === next) before = true
          pending.push(byte)
          afterBlank = true
          continue
        }
        byte = 9
        pending[0] = 9
      }
      pending.length = before ? 1 : 0
    } else column = byte === 8 ? Math.max(0, column - 1) : column + 1
    flush()
    afterBlank = blank
    out.byte(byte)
    if (!all && !blank) {
      at++
      break
    }
  }
  flush()
  // What is left stays as it is.
  out.bytes(bytes, at, to)
}
