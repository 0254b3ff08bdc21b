/**
 * Concatenates files.
 *
 * @see cat(1)
 */
import * as Errno from "@effix/kernel/Errno"
import * as Block from "../Block.js"
import { blockSize, writeAll } from "../BufferedWriter.js"
import { attempt, type Steps, stop } from "../Steps.js"
import * as Utility from "../Utility.js"

interface Marks {
  number: "none" | "all" | "nonblank"
  squeeze: boolean
  ends: boolean
  tabs: boolean
  controls: boolean
}

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Concatenate FILE(s) to standard output; with no FILE, or when FILE is -, standard input.",
  short: "benstuvAET",
  long: {
    "number-nonblank": "b",
    number: "n",
    "squeeze-blank": "s",
    "show-nonprinting": "v",
    "show-ends": "E",
    "show-tabs": "T",
    "show-all": "A"
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const marks: Marks = { number: "none", squeeze: false, ends: false, tabs: false, controls: false }
  for (const { key } of options) {
    if (key === "b") marks.number = "nonblank"
    if (key === "n" && marks.number === "none") marks.number = "all"
    if (key === "s") marks.squeeze = true
    if ("eEA".includes(key)) marks.ends = true
    if ("tTA".includes(key)) marks.tabs = true
    if ("vetA".includes(key)) marks.controls = true
  }
  const plain = marks.number === "none" && !marks.squeeze && !marks.ends && !marks.tabs && !marks.controls
  const mark = marker(run, marks)
  yield* run.inputs(operands, (fd) => plain ? copy(run, fd) : marked(run, fd, new Uint8Array(blockSize), mark))
})

function* copy(run: Utility.Run, fd: number): Steps<Errno.Any | undefined> {
  let buffer = Block.first()
  while (true) {
    const count = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(count)) return count
    if (count === 0) return undefined
    const error = yield* writeAll(run.sys, 1, count === buffer.length ? buffer : buffer.subarray(0, count))
    if (error !== undefined) return yield* stop(1, `write error: ${Errno.text(error._tag)}`)
    buffer = Block.next(buffer, count)
  }
}

function* marked(
  run: Utility.Run,
  fd: number,
  buffer: Uint8Array,
  mark: (bytes: Uint8Array, count: number) => void
): Steps<Errno.Any | undefined> {
  while (true) {
    const count = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(count)) return count
    if (count === 0) return undefined
    mark(buffer, count)
    yield* run.out.ready()
  }
}

/** Lines are numbered and squeezed across files, so this remembers where it is. */
const marker = (run: Utility.Run, marks: Marks): (bytes: Uint8Array, count: number) => void => {
  const { out } = run
  let atStart = true
  let blanks = 0
  let line = 0
  const visible = Array.from({ length: 256 }, (_, byte) => image(byte, marks))

  return (bytes, count) => {
    for (let i = 0; i < count; i++) {
      const byte = bytes[i]!
      if (atStart) {
        blanks = byte === 10 ? blanks + 1 : 0
        if (marks.squeeze && blanks > 1) continue
        if (marks.number === "all" || (marks.number === "nonblank" && byte !== 10)) {
          out.text(`${++line}\t`.padStart(7))
        }
      }
      if (byte === 10) {
        if (marks.ends) out.byte(36)
        out.byte(10)
        atStart = true
        continue
      }
      // `cat -E` shows a carriage return that stands before a newline, so that it cannot overwrite the line.
      atStart = false
      if (byte === 13 && marks.ends && !marks.controls && bytes[i + 1] === 10 && i + 1 < count) out.text("^M")
      else out.bytes(visible[byte]!)
    }
  }
}

const image = (byte: number, marks: Marks): Uint8Array => {
  if (byte === 9) return marks.tabs ? Uint8Array.of(94, 73) : Uint8Array.of(9)
  if (!marks.controls || byte === 10) return Uint8Array.of(byte)
  const low = byte & 0x7f
  const shown = low < 32 ? [94, low + 64] : low === 127 ? [94, 63] : [low]
  return Uint8Array.from(byte < 128 ? shown : [77, 45, ...shown])
}
