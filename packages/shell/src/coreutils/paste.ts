/**
 * Puts lines of files side by side.
 *
 * @see paste(1)
 */
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import { last } from "../Options.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Write lines consisting of the sequentially corresponding lines from each FILE, separated by TABs.",
  short: "d:sz",
  long: { "delimiters=": "d", serial: "s", "zero-terminated": "z" }
}

const letters: Readonly<Record<string, string>> = { "0": "", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" }

/** One delimiter after the other; `\0` is none at all. */
const delimitersOf = (text: string): ReadonlyArray<string> => {
  const result: Array<string> = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\" && at + 1 < text.length) result.push(letters[text[++at]!] ?? text[at]!)
    else result.push(text[at]!)
  }
  return result.length === 0 ? [""] : result
}

/** The next line of a reader, or `undefined` at its end. */
function* nextLine(reader: LineReader): Steps<boolean> {
  while (!reader.next()) if (!(yield* reader.fill())) return false
  return true
}

function* parallel(
  run: Utility.Run,
  readers: ReadonlyArray<LineReader>,
  delimiters: ReadonlyArray<string>,
  end: number
): Steps<void> {
  const open = readers.map(() => true)
  while (true) {
    let pending = ""
    let any = false
    for (let i = 0; i < readers.length; i++) {
      const reader = readers[i]!
      open[i] = open[i]! && (yield* nextLine(reader))
      if (open[i]) {
        run.out.latin1(pending)
        run.out.bytes(reader.buffer, reader.from, reader.to)
        pending = ""
        any = true
      }
      if (i < readers.length - 1) pending += delimiters[i % delimiters.length]
    }
    if (!any) return
    run.out.latin1(pending)
    run.out.byte(end)
    if (run.out.isFull) yield* run.out.flush()
  }
}

function* serial(run: Utility.Run, reader: LineReader, delimiters: ReadonlyArray<string>, end: number): Steps<void> {
  for (let i = 0; yield* nextLine(reader); i++) {
    if (i > 0) run.out.latin1(delimiters[(i - 1) % delimiters.length]!)
    run.out.bytes(reader.buffer, reader.from, reader.to)
    if (run.out.isFull) yield* run.out.flush()
  }
  run.out.byte(end)
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const end = options.some(({ key }) => key === "z") ? 0 : 10
  const delimiters = delimitersOf(Latin1.fromText(last(options, "d")?.value ?? "\t"))
  const paths = operands.length === 0 ? ["-"] : operands
  const isSerial = options.some(({ key }) => key === "s")
  // All the `-` operands read the same standard input, in turn.
  const stdin = new LineReader(run.sys, 0, end)
  const readers: Array<LineReader> = []
  for (const path of paths) {
    const fd = path === "-" ? 0 : yield* run.open(path)
    if (fd === undefined) {
      if (isSerial) continue
      return 1
    }
    const reader = path === "-" ? stdin : new LineReader(run.sys, fd, end)
    if (!isSerial) readers.push(reader)
    else {
      yield* serial(run, reader, delimiters, end)
      yield* run.close(fd)
    }
    if (reader.error !== undefined) yield* run.failPath(path, reader.error)
  }
  if (isSerial) return run.status
  yield* parallel(run, readers, delimiters, end)
  for (const [i, reader] of readers.entries()) {
    if (reader.error !== undefined) yield* run.failPath(paths[i]!, reader.error)
  }
  return run.status
})
