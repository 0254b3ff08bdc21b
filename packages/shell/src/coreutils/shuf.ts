/**
 * Prints lines, numbers or words in an order that chance makes.
 *
 * Chance is the kernel's: under a seed the order is always the same. From a file of chosen bytes it makes what GNU makes.
 *
 * @see shuf(1)
 */
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { BufferedWriter } from "../BufferedWriter.js"
import { ByteReader, descriptor } from "../ByteReader.js"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]\n-e [OPTION]... [ARG]...\n-i LO-HI [OPTION]...",
  does: "Write a random permutation of the input lines to standard output.",
  short: "ei:n:o:rz",
  long: {
    echo: "e",
    "head-count=": "n",
    "input-range=": "i",
    "output=": "o",
    "random-source=": "source",
    repeat: "r",
    "zero-terminated": "z"
  }
}

/** Numbers by chance, each as likely as the others. */
class Chance {
  /** What is left of the bytes taken so far: a number from 0 to `most`. */
  private left = 0n
  private most = 0n

  constructor(private readonly next: () => Steps<number>) {}

  /** A number below `count`. */
  *below(count: number): Steps<number> {
    const last = BigInt(count - 1)
    const choices = BigInt(count)
    while (true) {
      while (this.most < last) {
        this.left = this.left * 256n + BigInt(yield* this.next())
        this.most = this.most * 256n + 255n
      }
      const excess = this.most - last
      const unusable = excess % choices
      const usable = this.most - unusable
      if (this.left <= usable) {
        const chosen = this.left % choices
        this.left /= choices
        this.most = excess / choices
        return Number(chosen)
      }
      // What is too large to be fair is chance all the same.
      this.left -= usable + 1n
      this.most = unusable - 1n
    }
  }
}

const ofKernel = (run: Utility.Run): () => Steps<number> => {
  const bytes = new Uint8Array(256)
  let at = bytes.length
  return function*() {
    if (at === bytes.length) {
      yield* run.sys.getrandom(bytes)
      at = 0
    }
    return bytes[at++]!
  }
}

function* ofFile(run: Utility.Run, path: string): Steps<() => Steps<number>> {
  const fd = yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(fd)) return yield* run.die(`${Quote.name(path)}: ${Errno.text(fd._tag)}`)
  const reader = new ByteReader(descriptor(run.sys, fd))
  return function*() {
    if (yield* reader.has(1)) return reader.byte()
    return yield* run.die(`${Quote.quoted(path)}: end of file`)
  }
}

/** What is shuffled: how many there are, and how to print one. */
interface Input {
  readonly count: number
  readonly print: (out: BufferedWriter, index: number) => void
}

function* inputOf(run: Utility.Run, { operands, options }: Options.Parsed, end: number): Steps<Input> {
  const ranges = options.filter(({ key }) => key === "i")
  const echo = options.some(({ key }) => key === "e")
  if (ranges.length > 1) return yield* run.die("multiple -i options specified")
  const [range] = ranges
  if (range !== undefined) {
    const match = /^(\d+)-(\d+)$/.exec(range.value)
    if (match === null) {
      const wrong = range.value.startsWith("-") ? "" : /^\d+-(.*)$/s.exec(range.value)?.[1] ?? range.value
      return yield* run.die(`invalid input range: ${Quote.value(wrong)}`)
    }
    const [low, high] = [BigInt(match[1]!), BigInt(match[2]!)]
    const count = Number(high - low + 1n)
    if (count < 0 || !Number.isSafeInteger(count)) {
      return yield* run.die(`invalid input range: ${Quote.value(range.value)}`)
    }
    if (echo) return yield* run.misuse("cannot combine -e and -i options")
    if (operands[0] !== undefined) return yield* run.extraOperand(operands[0])
    return { count, print: (out, index) => out.text(`${low + BigInt(index)}`) }
  }
  if (echo) {
    return { count: operands.length, print: (out, index) => out.bytes(Bytes.encode(operands[index]!)) }
  }
  if (operands[1] !== undefined) return yield* run.extraOperand(operands[1])
  const lines: Array<Uint8Array> = []
  const path = operands[0] ?? "-"
  const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(fd)) return yield* run.die(`${Quote.name(path)}: ${Errno.text(fd._tag)}`)
  const reader = new LineReader(run.sys, fd, end)
  do {
    while (reader.next()) lines.push(reader.line())
  } while (yield* reader.fill())
  if (reader.error !== undefined) return yield* run.die(`read error: ${Errno.text(reader.error._tag)}`)
  return { count: lines.length, print: (out, index) => out.bytes(lines[index]!) }
}

export const main = Utility.make(utility, function*(run, parsed) {
  const { options } = parsed
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  let most = Number.POSITIVE_INFINITY
  for (const { key, value } of options) {
    if (key !== "n") continue
    if (!/^\+?\d+$/.test(value)) return yield* run.die(`invalid line count: ${Quote.value(value)}`)
    most = Math.min(most, Number(value))
  }
  const outputs = new Set(options.filter(({ key }) => key === "o").map(({ value }) => value))
  if (outputs.size > 1) return yield* run.die("multiple output files specified")
  const sources = new Set(options.filter(({ key }) => key === "source").map(({ value }) => value))
  if (sources.size > 1) return yield* run.die("multiple random sources specified")
  const end = has("z") ? 0 : 10
  const { count, print } = yield* inputOf(run, parsed, end)
  const source = Options.last(options, "source")?.value
  const chance = new Chance(source === undefined ? ofKernel(run) : yield* ofFile(run, source))
  let { out } = run
  const [target] = outputs
  if (target !== undefined) {
    const fd = yield* attempt(run.sys.open(target, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    if (Errno.isErrno(fd)) return yield* run.die(`${Quote.name(target)}: ${Errno.text(fd._tag)}`)
    out = new BufferedWriter(run.sys, fd)
  }
  if (has("r")) {
    if (count === 0 && most > 0) return yield* run.die("no lines to repeat")
    for (let i = 0; i < most; i++) {
      print(out, yield* chance.below(count))
      out.byte(end)
      yield* out.ready()
    }
  } else {
    // Only places that were changed are kept, so that a few out of many cost little.
    const moved = new Map<number, number>()
    const order: Array<number> = []
    for (let i = 0; i < Math.min(most, count); i++) {
      const j = i + (yield* chance.below(count - i))
      const chosen = moved.get(j) ?? j
      moved.set(j, moved.get(i) ?? i)
      moved.delete(i)
      order.push(chosen)
    }
    for (const index of order) {
      print(out, index)
      out.byte(end)
      yield* out.ready()
    }
  }
  yield* out.flush()
})
