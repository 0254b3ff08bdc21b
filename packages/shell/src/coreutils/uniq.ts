/**
 * Drops, counts or shows repeated lines.
 *
 * @see uniq(1)
 */
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { BufferedWriter } from "../BufferedWriter.js"
import { LineReader } from "../LineReader.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { choose } from "../Words.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [INPUT [OUTPUT]]",
  does: "Filter adjacent matching lines from INPUT, writing to OUTPUT.",
  short: "cdDf:is:uw:z",
  long: {
    count: "c",
    repeated: "d",
    "all-repeated=?": "D",
    "group=?": "group",
    "ignore-case": "i",
    unique: "u",
    "skip-fields=": "f",
    "skip-chars=": "s",
    "check-chars=": "w",
    "zero-terminated": "z"
  },
  modernize: (args) => args.map((arg) => /^-\d+$/.test(arg) ? `-f${arg.slice(1)}` : arg)
}

interface Asked {
  counts: boolean
  unique: boolean
  repeated: boolean
  all: "no" | "none" | "prepend" | "separate" | "append" | "both"
  grouped: boolean
  ignoreCase: boolean
  fields: number
  chars: number
  most: number
  end: number
}

const isBlank = (byte: number | undefined): boolean => byte === 32 || byte === 9

/** Where the part of a line that is compared begins and ends. */
const keyOf = (asked: Asked, bytes: Uint8Array, from: number, to: number): readonly [number, number] => {
  let at = from
  for (let field = 0; field < asked.fields && at < to; field++) {
    while (at < to && isBlank(bytes[at])) at++
    while (at < to && !isBlank(bytes[at])) at++
  }
  at = Math.min(to, at + asked.chars)
  return [at, Math.min(to, at + asked.most)]
}

const fold = (byte: number): number => byte >= 97 && byte <= 122 ? byte - 32 : byte

class Previous {
  line = new Uint8Array(256)
  length = -1
  key: readonly [number, number] = [0, 0]
  count = 0

  keep(bytes: Uint8Array, from: number, to: number, key: readonly [number, number]): void {
    this.length = to - from
    if (this.length > this.line.length) this.line = new Uint8Array(this.length * 2)
    if (this.length < 64) { for (let i = 0; i < this.length; i++) this.line[i] = bytes[from + i]! }
    else this.line.set(bytes.subarray(from, to))
    this.key = [key[0] - from, key[1] - from]
    this.count = 1
  }

  same(bytes: Uint8Array, key: readonly [number, number], ignoreCase: boolean): boolean {
    const [from, to] = this.key
    if (this.length < 0 || to - from !== key[1] - key[0]) return false
    for (let i = from, j = key[0]; i < to; i++, j++) {
      const [a, b] = [this.line[i]!, bytes[j]!]
      if (a !== b && !(ignoreCase && fold(a) === fold(b))) return false
    }
    return true
  }
}

const filter = (out: BufferedWriter, asked: Asked, lines: LineReader): () => void => {
  const previous = new Previous()
  let groups = 0
  let done = false
  const put = (bytes: Uint8Array, from: number, to: number): void => {
    out.bytes(bytes, from, to)
    out.byte(asked.end)
  }
  const finish = (): void => {
    if (previous.length < 0 || asked.all !== "no") return
    if (previous.count > 1 ? asked.unique : asked.repeated) return
    if (asked.counts) out.text(`${String(previous.count).padStart(7)} `)
    put(previous.line, 0, previous.length)
  }
  /** For -D and --group, which print while they read. */
  const separate = (): void => {
    if (groups++ > 0 || asked.all === "prepend" || asked.all === "both") {
      if (asked.all !== "none") out.byte(asked.end)
    }
  }
  const step = (bytes: Uint8Array, from: number, to: number): void => {
    const key = keyOf(asked, bytes, from, to)
    const same = previous.same(bytes, key, asked.ignoreCase)
    if (same) previous.count++
    if (asked.all !== "no") {
      if (asked.grouped) {
        if (!same) separate()
        put(bytes, from, to)
      } else if (same) {
        if (previous.count === 2) {
          separate()
          put(previous.line, 0, previous.length)
        }
        put(bytes, from, to)
      }
    } else if (!same) finish()
    if (!same) previous.keep(bytes, from, to, key)
  }
  return () => {
    while (lines.next()) step(lines.buffer, lines.from, lines.to)
    if (done || !lines.atEnd) return
    done = true
    finish()
    if (groups > 0 && (asked.all === "append" || asked.all === "both")) out.byte(asked.end)
  }
}

function* number(run: Utility.Run, text: string, what: string): Steps<number> {
  if (/^\d+$/.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER)
  return yield* run.die(`${text}: invalid number of ${what}`)
}

function* method(run: Utility.Run, value: string, grouped: boolean): Steps<Asked["all"]> {
  if (value === "") return grouped ? "separate" : "none"
  return yield* grouped
    ? choose(
      run,
      "--group",
      { prepend: "prepend", append: "append", separate: "separate", both: "both" } as const,
      value
    )
    : choose(run, "--all-repeated", { none: "none", prepend: "prepend", separate: "separate" } as const, value)
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const asked: Asked = {
    counts: false,
    unique: false,
    repeated: false,
    all: "no",
    grouped: false,
    ignoreCase: false,
    fields: 0,
    chars: 0,
    most: Number.POSITIVE_INFINITY,
    end: 10
  }
  for (const { key, value } of options) {
    if (key === "c") asked.counts = true
    else if (key === "d") asked.repeated = true
    else if (key === "u") asked.unique = true
    else if (key === "i") asked.ignoreCase = true
    else if (key === "z") asked.end = 0
    else if (key === "f") asked.fields = yield* number(run, value, "fields to skip")
    else if (key === "s") asked.chars = yield* number(run, value, "bytes to skip")
    else if (key === "w") asked.most = yield* number(run, value, "bytes to compare")
    else if (key === "D") asked.all = yield* method(run, value, false)
    else {
      asked.all = yield* method(run, value, true)
      asked.grouped = true
    }
  }
  if (operands.length > 2) return yield* run.extraOperand(operands[2]!)
  if (asked.grouped && options.some(({ key }) => "cdDu".includes(key))) {
    return yield* run.misuse("--group is mutually exclusive with -c/-d/-D/-u")
  }
  if (asked.counts && asked.all !== "no") {
    return yield* run.misuse("printing all duplicated lines and repeat counts is meaningless")
  }
  const fd = yield* run.open(operands[0] ?? "-")
  if (fd === undefined) return
  let out = run.out
  const [, target = "-"] = operands
  if (target !== "-") {
    const opened = yield* attempt(run.sys.open(target, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    if (Errno.isErrno(opened)) return yield* run.failPath(target, opened)
    out = new BufferedWriter(run.sys, opened)
  }
  const lines = new LineReader(run.sys, fd, asked.end)
  const work = filter(out, asked, lines)
  while (yield* lines.fill()) {
    work()
    yield* out.ready()
  }
  work()
  if (lines.error !== undefined) yield* run.fail(`error reading ${Quote.quoted(operands[0] ?? "-")}`)
  if (out !== run.out) {
    yield* out.flush()
    yield* attempt(run.sys.close(out.fd))
  }
  yield* run.close(fd)
})
