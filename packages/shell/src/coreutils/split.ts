/**
 * Cuts a file into pieces, each a file of its own.
 *
 * @see split(1)
 */
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { blockSize, writeAll } from "../BufferedWriter.js"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE [PREFIX]]",
  does: "Output pieces of FILE to PREFIXaa, PREFIXab, ...; default size is 1000 lines, and default PREFIX is 'x'.",
  short: "0123456789C:a:b:del:n:t:ux",
  long: {
    "additional-suffix=": "additional",
    "bytes=": "b",
    "elide-empty-files": "e",
    "hex-suffixes=?": "hex",
    "line-bytes=": "C",
    "lines=": "l",
    "number=": "n",
    "numeric-suffixes=?": "numeric",
    "separator=": "t",
    "suffix-length=": "a",
    unbuffered: "u",
    verbose: "verbose"
  }
}

type Way =
  | { readonly by: "lines" | "bytes" | "line bytes"; readonly size: number }
  | Chunks

interface Chunks {
  readonly by: "chunks" | "line chunks" | "round robin"
  readonly count: number
  readonly only: number | undefined
}

interface Asked {
  readonly way: Way
  readonly path: string
  readonly prefix: string
  readonly additional: string
  readonly letters: string
  /** Where numbers begin; `undefined` where that was not said, and names may become longer. */
  readonly from: number | undefined
  readonly length: number
  readonly grows: boolean
  readonly elide: boolean
  readonly verbose: boolean
  readonly separator: number
}

/** The names of the pieces, one after the other. */
class Names {
  private index: number
  private readonly first: string

  constructor(private readonly asked: Asked) {
    this.index = asked.from ?? 0
    this.first = asked.letters[0]!
  }

  /** The next name; `undefined` when there is none left. */
  next(): string | undefined {
    const { additional, grows, letters, prefix } = this.asked
    const base = letters.length
    let index = this.index++
    let { length } = this.asked
    let lead = ""
    // The last letter in front is kept for longer names.
    for (
      let room = (base - 1) * base ** (length - 1);
      grows && index >= room;
      room = (base - 1) * base ** (length - 1)
    ) {
      index -= room
      lead += letters[base - 1]!
      length++
    }
    if (index >= base ** length) return undefined
    let text = ""
    for (let i = 0; i < length; i++) {
      text = letters[index % base]! + text
      index = Math.floor(index / base)
    }
    return prefix + lead + text.padStart(length, this.first) + additional
  }
}

class Splitter {
  private readonly names: Names
  private current: number | undefined

  constructor(private readonly run: Utility.Run, private readonly asked: Asked) {
    this.names = new Names(asked)
  }

  /** Ends a piece, and begins the next one. */
  private *open(): Steps<number> {
    const { asked, run } = this
    const name = this.names.next()
    if (name === undefined) return yield* run.die("output file suffixes exhausted")
    if (asked.verbose) run.out.line(`creating file ${Quote.quoted(name)}`)
    const fd = yield* attempt(run.sys.open(name, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    if (Errno.isErrno(fd)) return yield* run.die(`${Quote.name(name)}: ${Errno.text(fd._tag)}`)
    return fd
  }

  private *next(): Steps<void> {
    if (this.current !== undefined) yield* attempt(this.run.sys.close(this.current))
    this.current = yield* this.open()
  }

  private *write(bytes: Uint8Array, fd = this.current): Steps<void> {
    const error = yield* writeAll(this.run.sys, fd ?? 1, bytes)
    if (error !== undefined) yield* this.run.die(`write error: ${Errno.text(error._tag)}`)
  }

  *split(fd: number): Steps<void> {
    const { way } = this.asked
    if ("size" in way) {
      if (way.by === "bytes") return yield* this.bytes(fd, way.size)
      if (way.by === "lines") return yield* this.lines(fd, way.size)
      return yield* this.lineBytes(fd, way.size)
    }
    if (way.by === "round robin") return yield* this.roundRobin(fd, way.count, way.only)
    return yield* this.chunks(fd, way.count, way.only, way.by === "line chunks")
  }

  private *blocks(fd: number, use: (block: Uint8Array) => Steps<void>): Steps<void> {
    const block = new Uint8Array(blockSize)
    while (true) {
      const count = yield* attempt(this.run.sys.read(fd, block))
      if (Errno.isErrno(count)) return yield* this.run.die(`${Quote.name(this.asked.path)}: ${Errno.text(count._tag)}`)
      if (count === 0) return
      yield* use(block.subarray(0, count))
    }
  }

  private *bytes(fd: number, size: number): Steps<void> {
    let left = 0
    yield* this.blocks(
      fd,
      function*(this: Splitter, block: Uint8Array): Steps<void> {
        left = yield* this.fill(block, left, size)
      }.bind(this)
    )
  }

  /** Writes bytes to files of `size`, of which the open one has room for `left` more; answers the room of the last. */
  private *fill(bytes: Uint8Array, left: number, size: number): Steps<number> {
    let room = left
    for (let at = 0; at < bytes.length;) {
      if (room === 0) {
        yield* this.next()
        room = size
      }
      const count = Math.min(room, bytes.length - at)
      yield* this.write(bytes.subarray(at, at + count))
      room -= count
      at += count
    }
    return room
  }

  private *lines(fd: number, size: number): Steps<void> {
    const { separator } = this.asked
    let left = 0
    yield* this.blocks(
      fd,
      function*(this: Splitter, block: Uint8Array): Steps<void> {
        for (let at = 0; at < block.length;) {
          if (left === 0) {
            yield* this.next()
            left = size
          }
          let end = at
          while (left > 0 && end < block.length) {
            const found = block.indexOf(separator, end)
            if (found < 0) end = block.length
            else {
              end = found + 1
              left--
            }
          }
          yield* this.write(block.subarray(at, end))
          at = end
        }
      }.bind(this)
    )
  }

  /** Every line, with its separator if it has one. */
  private *eachLine(fd: number, use: (line: Uint8Array) => Steps<void>): Steps<void> {
    const lines = new LineReader(this.run.sys, fd, this.asked.separator)
    do {
      while (lines.next()) yield* use(lines.buffer.subarray(lines.from, lines.terminated ? lines.to + 1 : lines.to))
    } while (yield* lines.fill())
    if (lines.error !== undefined) {
      yield* this.run.die(`${Quote.name(this.asked.path)}: ${Errno.text(lines.error._tag)}`)
    }
  }

  private *lineBytes(fd: number, size: number): Steps<void> {
    let left = 0
    yield* this.eachLine(
      fd,
      function*(this: Splitter, line: Uint8Array): Steps<void> {
        if (this.current === undefined || line.length > left) {
          if (this.current === undefined || left < size) {
            yield* this.next()
            left = size
          }
          left = yield* this.fill(line, left, size)
          return
        }
        yield* this.write(line)
        left -= line.length
      }.bind(this)
    )
  }

  private *roundRobin(fd: number, count: number, only: number | undefined): Steps<void> {
    const fds: Array<number> = []
    if (only === undefined && !this.asked.elide) { for (let i = 0; i < count; i++) fds.push(yield* this.open()) }
    let number = 0
    yield* this.eachLine(
      fd,
      function*(this: Splitter, line: Uint8Array): Steps<void> {
        const which = number++ % count
        if (only !== undefined) {
          if (which === only - 1) yield* this.write(line, 1)
          return
        }
        if (which === fds.length) fds.push(yield* this.open())
        yield* this.write(line, fds[which]!)
      }.bind(this)
    )
  }

  private *chunks(fd: number, count: number, only: number | undefined, whole: boolean): Steps<void> {
    const { asked, run } = this
    const stat = yield* attempt(run.sys.fstat(fd))
    const at = yield* attempt(run.sys.lseek(fd, 0, 1))
    if (Errno.isErrno(stat) || Errno.isErrno(at)) return yield* run.die("-: cannot determine file size")
    const size = Math.max(0, stat.size - at)
    const each = Math.max(1, Math.floor(size / count))
    const endOf = (chunk: number): number => chunk === count ? Number.POSITIVE_INFINITY : chunk * each
    let chunk = 1
    let done = 0
    let begun = false
    const begin = function*(this: Splitter): Steps<void> {
      begun = true
      if (only === undefined) yield* this.next()
    }.bind(this)
    const put = function*(this: Splitter, bytes: Uint8Array): Steps<void> {
      if (only === undefined) yield* this.write(bytes)
      else if (only === chunk) yield* this.write(bytes, 1)
    }.bind(this)
    const forward = function*(): Steps<void> {
      if (!begun && !asked.elide) yield* begin()
      chunk++
      begun = false
    }
    if (whole) {
      yield* this.eachLine(fd, function*(line) {
        while (done >= endOf(chunk)) yield* forward()
        if (!begun) yield* begin()
        yield* put(line)
        done += line.length
      })
    } else {
      yield* this.blocks(fd, function*(block) {
        for (let from = 0; from < block.length;) {
          while (done >= endOf(chunk)) yield* forward()
          if (!begun) yield* begin()
          const length = Math.min(block.length - from, endOf(chunk) - done)
          yield* put(block.subarray(from, from + length))
          done += length
          from += length
        }
      })
    }
    while (chunk <= count) yield* forward()
  }
}

const range = "Numerical result out of range"

function* sizeOf(run: Utility.Run, what: string, text: string): Steps<number> {
  const size = Size.parse(text)
  if (size === undefined) return yield* run.die(`invalid number of ${what}: ${Quote.value(text)}`)
  if (size === 0) return yield* run.die(`invalid number of ${what}: ${Quote.value(text)}: ${range}`)
  return size
}

function* chunksOf(run: Utility.Run, text: string): Steps<Way> {
  const by = text.startsWith("l/") ? "line chunks" : text.startsWith("r/") ? "round robin" : "chunks"
  const [first = "", second] = (by === "chunks" ? text : text.slice(2)).split("/", 2)
  const number = function*(what: string, digits: string): Steps<number> {
    const value = Size.parse(digits)
    if (value === undefined) return yield* run.die(`invalid ${what}: ${Quote.value(digits)}`)
    if (value === 0) return yield* run.die(`invalid ${what}: ${Quote.value(digits)}: ${range}`)
    return value
  }
  const count = yield* number("number of chunks", second ?? first)
  if (second === undefined) return { by, count, only: undefined }
  const only = yield* number("chunk number", first)
  if (only > count) return yield* run.die(`invalid chunk number: ${Quote.value(first)}: ${range}`)
  return { by, count, only }
}

function* wayOf(run: Utility.Run, options: ReadonlyArray<Options.Given>): Steps<Way> {
  let way: Way | undefined
  let digits: string | undefined
  let before = -1
  for (const [index, { key, value }] of options.entries()) {
    if (/^\d$/.test(key)) {
      if (digits === undefined || before !== index - 1) {
        if (way !== undefined) return yield* run.misuse("cannot split in more than one way")
        digits = ""
      }
      digits += key
      before = index
      continue
    }
    if (!["b", "C", "l", "n"].includes(key)) continue
    if (way !== undefined || digits !== undefined) return yield* run.misuse("cannot split in more than one way")
    if (key === "n") way = yield* chunksOf(run, value)
    else {
      const by = key === "l" ? "lines" : key === "b" ? "bytes" : "line bytes"
      way = { by, size: yield* sizeOf(run, key === "l" ? "lines" : "bytes", value) }
    }
  }
  if (digits !== undefined) return { by: "lines", size: yield* sizeOf(run, "lines", digits) }
  return way ?? { by: "lines", size: 1000 }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const last = (...keys: ReadonlyArray<string>) => Options.last(options, ...keys)
  const suffix = last("a")?.value
  if (suffix !== undefined && !/^\d+$/.test(suffix)) {
    return yield* run.die(`invalid suffix length: ${Quote.value(suffix)}`)
  }
  const additional = last("additional")?.value ?? ""
  if (additional.includes("/")) {
    return yield* run.misuse(`invalid suffix ${Quote.value(additional)}, contains directory separator`)
  }
  const way = yield* wayOf(run, options)
  const kind = last("d", "x", "numeric", "hex")
  const hex = kind?.key === "x" || kind?.key === "hex"
  const letters = kind === undefined ? "abcdefghijklmnopqrstuvwxyz" : hex ? "0123456789abcdef" : "0123456789"
  if (kind?.hasValue === true && !(hex ? /^[0-9a-f]+$/i : /^\d+$/).test(kind.value)) {
    const what = hex ? "hexadecimal" : "numerical"
    return yield* run.misuse(`${Quote.value(kind.value)}: invalid start value for ${what} suffix`)
  }
  const from = kind?.hasValue === true ? Number.parseInt(kind.value, hex ? 16 : 10) : undefined
  const separator = last("t")?.value ?? "\n"
  if (separator === "") return yield* run.die("empty record separator")
  if (separator.length > 1 && separator !== "\\0") {
    return yield* run.die(`multi-character separator ${Quote.value(separator)}`)
  }
  if (operands[2] !== undefined) return yield* run.extraOperand(operands[2])
  const chunks = "count" in way ? way.count + (from ?? 0) : 0
  let needed = 2
  while (letters.length ** needed < chunks) needed++
  const length = suffix === undefined || suffix === "0" ? needed : Number(suffix)
  if ("count" in way && length < needed && letters.length ** length < chunks) {
    return yield* run.die(`the suffix length needs to be at least ${needed}`)
  }
  const path = operands[0] ?? "-"
  const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(fd)) {
    return yield* run.die(`cannot open ${Quote.quoted(path)} for reading: ${Errno.text(fd._tag)}`)
  }
  yield* new Splitter(run, {
    way,
    path,
    prefix: operands[1] ?? "x",
    additional,
    letters,
    from,
    length,
    grows: (suffix === undefined || suffix === "0") && from === undefined && !("count" in way),
    elide: has("e"),
    verbose: has("verbose"),
    separator: separator === "\\0" ? 0 : separator.charCodeAt(0)
  }).split(fd)
})
