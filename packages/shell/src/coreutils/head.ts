/**
 * Prints the beginning of files.
 *
 * @see head(1)
 */
import { SEEK_CUR } from "@effix/kernel/abi/Fcntl"
import * as Errno from "@effix/kernel/Errno"
import { blockSize } from "../BufferedWriter.js"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Print the first 10 lines of each FILE.",
  short: "c:n:qvz",
  long: {
    "bytes=": "c",
    "lines=": "n",
    quiet: "q",
    silent: "q",
    verbose: "v",
    "zero-terminated": "z"
  },
  // `head -5` and `head -5c` are older than options with arguments.
  modernize: (args) => {
    const match = /^-(\d+)([bkm]*)([clqvz]*)$/.exec(args[0] ?? "")
    if (match === null) return args
    const [, count, unit, letters] = match
    const bytes = letters!.includes("c") || unit !== ""
    const flags = [...letters!].filter((letter) => letter !== "c" && letter !== "l").map((letter) => `-${letter}`)
    return [bytes ? "-c" : "-n", `${count}${unit}`, ...flags, ...args.slice(1)]
  }
}

interface Asked {
  readonly lines: boolean
  readonly count: number
  /** Everything but the last `count`. */
  readonly except: boolean
  readonly delimiter: number
}

type Answer = Steps<Errno.Any | undefined>

function* firstBytes(run: Utility.Run, fd: number, count: number): Answer {
  const buffer = new Uint8Array(Math.min(blockSize, Math.max(count, 1)))
  for (let left = count; left > 0;) {
    const read = yield* attempt(run.sys.read(fd, left < buffer.length ? buffer.subarray(0, left) : buffer))
    if (Errno.isErrno(read)) return read
    if (read === 0) return undefined
    run.out.bytes(buffer, 0, read)
    left -= read
    yield* run.out.ready()
  }
  return undefined
}

function* firstLines(run: Utility.Run, fd: number, count: number, delimiter: number): Answer {
  const buffer = new Uint8Array(blockSize)
  for (let left = count; left > 0;) {
    const read = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(read)) return read
    if (read === 0) return undefined
    let end = 0
    while (end < read) if (buffer[end++] === delimiter && --left === 0) break
    run.out.bytes(buffer, 0, end)
    yield* run.out.ready()
    // Whoever reads the file after this goes on behind the lines that were taken.
    if (left === 0 && end < read) yield* attempt(run.sys.lseek(fd, end - read, SEEK_CUR))
  }
  return undefined
}

/** Holds back as many bytes, or lines, as are not to be printed. */
function* allBut(run: Utility.Run, fd: number, asked: Asked): Answer {
  let held: Uint8Array<ArrayBufferLike> = new Uint8Array(0)
  const buffer = new Uint8Array(blockSize)
  while (true) {
    const read = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(read)) return read
    if (read === 0) break
    const joined = new Uint8Array(held.length + read)
    joined.set(held)
    joined.set(buffer.subarray(0, read), held.length)
    const keep = asked.lines ? lastLines(joined, asked) : Math.max(0, joined.length - asked.count)
    run.out.bytes(joined, 0, keep)
    held = joined.subarray(keep)
    yield* run.out.ready()
  }
  // The last line counts even if it lacks its newline.
  if (asked.lines && held.length > 0 && asked.count > 0 && held.at(-1) !== asked.delimiter) {
    run.out.bytes(held, 0, lastLines(held, { ...asked, count: asked.count - 1 }))
  }
  return undefined
}

/** Where the last `count` whole lines begin. */
const lastLines = (bytes: Uint8Array, { count, delimiter }: Asked): number => {
  let seen = 0
  for (let at = bytes.length - 1; at >= 0; at--) if (bytes[at] === delimiter && seen++ === count) return at + 1
  return 0
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let lines = true
  let text = "10"
  let titles: "some" | "all" | "none" = "some"
  let delimiter = 10
  for (const { key, value } of options) {
    if (key === "q") titles = "none"
    else if (key === "v") titles = "all"
    else if (key === "z") delimiter = 0
    else {
      lines = key === "n"
      text = value
    }
  }
  const except = text.startsWith("-")
  const count = Size.parse(except ? text.slice(1) : text.replace(/^\+/, ""))
  if (count === undefined) {
    return yield* run.die(`invalid number of ${lines ? "lines" : "bytes"}: ${Quote.value(text.replace(/^-/, ""))}`)
  }
  const titled = titles === "all" || (titles === "some" && operands.length > 1)
  let first = true
  for (const path of operands.length === 0 ? ["-"] : operands) {
    const fd = yield* open(run, path)
    if (fd === undefined) continue
    if (titled) run.out.text(`${first ? "" : "\n"}==> ${path === "-" ? "standard input" : path} <==\n`)
    first = false
    const error = yield* except
      ? allBut(run, fd, { lines, count, except, delimiter })
      : lines
      ? firstLines(run, fd, count, delimiter)
      : firstBytes(run, fd, count)
    if (error !== undefined) {
      yield* run.fail(
        `error reading ${path === "-" ? "'standard input'" : Quote.quoted(path)}: ${Errno.text(error._tag)}`
      )
    }
    yield* run.close(fd)
  }
})

function* open(run: Utility.Run, path: string): Steps<number | undefined> {
  if (path === "-") return 0
  const fd = yield* attempt(run.sys.open(path, 0))
  if (typeof fd === "number") return fd
  yield* run.fail(`cannot open ${Quote.quoted(path)} for reading: ${Errno.text(fd._tag)}`)
  return undefined
}
