/**
 * Counts lines, words and bytes.
 *
 * @see wc(1)
 */
import { SEEK_CUR, SEEK_END, SEEK_SET } from "@effix/kernel/abi/Fcntl"
import { isRegular } from "@effix/kernel/abi/FileMode"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as Block from "../Block.js"
import { LineReader } from "../LineReader.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...\n[OPTION]... --files0-from=F",
  does: "Print newline, word, and byte counts for each FILE, and a total if there are several.",
  short: "clLmw",
  long: {
    bytes: "c",
    chars: "m",
    lines: "l",
    words: "w",
    "files0-from=": "files0",
    "max-line-length": "L"
  }
}

interface Counts {
  lines: number
  words: number
  bytes: number
  longest: number
}

const zero = (): Counts => ({ lines: 0, words: 0, bytes: 0, longest: 0 })

const isSpace = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13)

/** Counts what one block adds; words and line lengths go on from block to block. */
class Counter {
  readonly counts = zero()
  #inWord = false
  #position = 0

  lines(bytes: Uint8Array, count: number): void {
    let lines = 0
    for (let i = 0; i < count; i++) if (bytes[i] === 10) lines++
    this.counts.lines += lines
    this.counts.bytes += count
  }

  all(bytes: Uint8Array, count: number): void {
    const { counts } = this
    let inWord = this.#inWord
    for (let i = 0; i < count; i++) {
      const byte = bytes[i]!
      if (isSpace(byte)) {
        inWord = false
        if (byte === 10) counts.lines++
        if (byte === 9) this.#position += 8 - (this.#position % 8)
        else if (byte === 32) this.#position++
        else if (byte !== 11) this.endLine()
      } else if (byte > 32 && byte < 127) {
        // Only what is printable begins a word or takes a column.
        if (!inWord) counts.words++
        inWord = true
        this.#position++
      }
    }
    this.#inWord = inWord
    counts.bytes += count
  }

  endLine(): void {
    if (this.#position > this.counts.longest) this.counts.longest = this.#position
    this.#position = 0
  }
}

interface Asked {
  readonly lines: boolean
  readonly words: boolean
  readonly chars: boolean
  readonly bytes: boolean
  readonly longest: boolean
}

function* count(run: Utility.Run, fd: number, asked: Asked): Steps<Counts | Errno.Any> {
  const counter = new Counter()
  if (!asked.lines && !asked.words && !asked.longest) {
    const size = yield* sizeOf(run, fd)
    if (size !== undefined) return { ...zero(), bytes: size }
  }
  let buffer = Block.first()
  while (true) {
    const read = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(read)) return read
    if (read === 0) break
    if (asked.words || asked.longest) counter.all(buffer, read)
    else counter.lines(buffer, read)
    buffer = Block.next(buffer, read)
  }
  counter.endLine()
  return counter.counts
}

/** The bytes of a regular file need no reading, from where its offset is. */
function* sizeOf(run: Utility.Run, fd: number): Steps<number | undefined> {
  const stat = yield* attempt(run.sys.fstat(fd))
  if (Errno.isErrno(stat) || !isRegular(stat.mode) || stat.size === 0) return undefined
  const at = yield* attempt(run.sys.lseek(fd, 0, SEEK_CUR))
  if (Errno.isErrno(at)) return undefined
  yield* attempt(run.sys.lseek(fd, 0, at < stat.size ? SEEK_END : SEEK_CUR))
  if (at > stat.size) yield* attempt(run.sys.lseek(fd, at, SEEK_SET))
  return Math.max(0, stat.size - at)
}

/** GNU makes the columns as wide as the sizes of the files could need. */
function* columnWidth(run: Utility.Run, paths: ReadonlyArray<string>, columns: number): Steps<number> {
  if (paths.length <= 1 && columns === 1) return 1
  let total = 0
  let least = 1
  for (const path of paths.length === 0 ? ["-"] : paths) {
    const stat = yield* path === "-" ? attempt(run.sys.fstat(0)) : run.stat(path)
    if (Errno.isErrno(stat)) continue
    if (isRegular(stat.mode)) total += stat.size
    else least = 7
  }
  return Math.max(least, String(total).length)
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (key: string): boolean => options.some((option) => option.key === key)
  const none = !["l", "w", "m", "c", "L"].some(has)
  const asked: Asked = {
    lines: none || has("l"),
    words: none || has("w"),
    chars: has("m"),
    bytes: none || has("c"),
    longest: has("L")
  }
  let paths = operands
  const from = options.find((option) => option.key === "files0")
  if (from !== undefined) {
    if (operands.length > 0) {
      yield* run.warn(`extra operand ${Quote.value(operands[0]!)}`)
      yield* run.error("file operands cannot be combined with --files0-from\n")
      return yield* run.misuse()
    }
    const names = yield* readNames(run, from.value)
    if (names === undefined) return
    paths = names
  }
  const columns = Object.values(asked).filter(Boolean).length
  const width = yield* columnWidth(run, paths, columns)
  const total = zero()
  const print = (counts: Counts, name: string): void => {
    const shown = [
      asked.lines ? counts.lines : undefined,
      asked.words ? counts.words : undefined,
      asked.chars ? counts.bytes : undefined,
      asked.bytes ? counts.bytes : undefined,
      asked.longest ? counts.longest : undefined
    ].filter((value) => value !== undefined).map((value) => String(value).padStart(width))
    run.out.line(shown.join(" ") + (name === "" ? "" : ` ${name}`))
  }
  for (const path of paths.length === 0 && from === undefined ? [""] : paths) {
    const fd = yield* run.open(path === "" ? "-" : path)
    if (fd === undefined) continue
    let counts = yield* count(run, fd, asked)
    yield* run.close(fd)
    if (Errno.isErrno(counts)) {
      yield* run.failPath(path === "" ? "-" : path, counts)
      counts = zero()
    }
    print(counts, path)
    for (const key of ["lines", "words", "bytes"] as const) total[key] += counts[key]
    total.longest = Math.max(total.longest, counts.longest)
  }
  if (paths.length > 1) print(total, "total")
})

function* readNames(run: Utility.Run, path: string): Steps<ReadonlyArray<string> | undefined> {
  const fd = yield* run.open(path)
  if (fd === undefined) return undefined
  const reader = new LineReader(run.sys, fd, 0)
  const names: Array<string> = []
  do {
    while (reader.next()) names.push(Bytes.decode(reader.line()))
  } while (yield* reader.fill())
  yield* run.close(fd)
  return names
}
