/**
 * Copies in blocks of a chosen size.
 *
 * @see dd(1)
 */
import { SEEK_CUR } from "@effix/kernel/abi/Fcntl"
import { isRegular } from "@effix/kernel/abi/FileMode"
import { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { writeAll } from "../BufferedWriter.js"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPERAND]...",
  does:
    "Copy a file, converting and formatting according to the operands (if= of= bs= count= skip= seek= conv= status=)."
}

const conversions = ["notrunc", "ucase", "lcase", "swab", "noerror", "sync", "fsync", "fdatasync", "excl", "nocreat"]
const flags = ["append", "fullblock", "count_bytes", "skip_bytes", "seek_bytes", "nofollow", "direct", "sync"]

interface Asked {
  input: string | undefined
  output: string | undefined
  readSize: number
  writeSize: number
  count: number
  skip: number
  seek: number
  status: string
  conv: ReadonlyArray<string>
  inputFlags: ReadonlyArray<string>
  outputFlags: ReadonlyArray<string>
}

function* number(run: Utility.Run, text: string): Steps<number> {
  // `2x512` is a product, and `c` is one byte.
  const factors = text.replace(/B$/, "").split("x").map((factor) =>
    Size.parse(factor.replace(/c$/, "").replace(/w$/, ""))
  )
  if (factors.includes(undefined)) return yield* run.die(`invalid number: ${Quote.value(text)}`)
  return factors.reduce<number>((product, factor) => product * factor!, 1)
}

function* words(
  run: Utility.Run,
  kind: string,
  value: string,
  known: ReadonlyArray<string>
): Steps<ReadonlyArray<string>> {
  const list = value.split(",")
  const wrong = list.find((word) => !known.includes(word))
  return wrong === undefined ? list : yield* run.misuse(`invalid ${kind}: ${Quote.value(wrong)}`)
}

function* read(run: Utility.Run, operands: ReadonlyArray<string>): Steps<Asked> {
  const asked: Asked = {
    input: undefined,
    output: undefined,
    readSize: 512,
    writeSize: 512,
    count: Number.POSITIVE_INFINITY,
    skip: 0,
    seek: 0,
    status: "",
    conv: [],
    inputFlags: [],
    outputFlags: []
  }
  let both: number | undefined
  for (const operand of operands) {
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(operand) ?? []
    if (name === undefined || value === undefined) {
      return yield* run.misuse(`unrecognized operand ${Quote.value(operand)}`)
    }
    if (name === "if") asked.input = value
    else if (name === "of") asked.output = value
    else if (name === "bs") both = yield* number(run, value)
    else if (name === "ibs") asked.readSize = yield* number(run, value)
    else if (name === "obs") asked.writeSize = yield* number(run, value)
    else if (name === "count") asked.count = yield* number(run, value)
    else if (name === "skip" || name === "iseek") asked.skip = yield* number(run, value)
    else if (name === "seek" || name === "oseek") asked.seek = yield* number(run, value)
    else if (name === "status") {
      if (!["none", "noxfer", "progress"].includes(value)) {
        return yield* run.misuse(`invalid status level: ${Quote.value(value)}`)
      }
      asked.status = value
    } else if (name === "conv") asked.conv = yield* words(run, "conversion", value, conversions)
    else if (name === "iflag") asked.inputFlags = yield* words(run, "input flag", value, flags)
    else if (name === "oflag") asked.outputFlags = yield* words(run, "output flag", value, flags)
    else return yield* run.misuse(`unrecognized operand ${Quote.value(operand)}`)
  }
  if (both !== undefined) asked.readSize = asked.writeSize = both
  for (const size of [asked.readSize, asked.writeSize]) {
    if (size === 0 || size > 1 << 30) return yield* run.die(`invalid number: ${Quote.value(String(size))}`)
  }
  return asked
}

const convert = (bytes: Uint8Array, conv: ReadonlyArray<string>): void => {
  const [upper, lower, swab] = ["ucase", "lcase", "swab"].map((word) => conv.includes(word))
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (upper === true && byte >= 97 && byte <= 122) bytes[i] = byte - 32
    if (lower === true && byte >= 65 && byte <= 90) bytes[i] = byte + 32
  }
  if (swab === true) {
    for (let i = 0; i + 1 < bytes.length; i += 2) [bytes[i], bytes[i + 1]] = [bytes[i + 1]!, bytes[i]!]
  }
}

/** Steps over the beginning of the input: by seeking, or by reading where that cannot be. */
function* skip(run: Utility.Run, fd: number, bytes: number, buffer: Uint8Array): Steps<void> {
  if (bytes === 0 || !Errno.isErrno(yield* attempt(run.sys.lseek(fd, bytes, SEEK_CUR)))) return
  for (let left = bytes; left > 0;) {
    const count = yield* attempt(run.sys.read(fd, buffer.subarray(0, Math.min(left, buffer.length))))
    if (Errno.isErrno(count) || count === 0) return
    left -= count
  }
}

interface Tally {
  readonly in: [full: number, partial: number]
  readonly out: [full: number, partial: number]
  bytes: number
}

function* copy(run: Utility.Run, asked: Asked, input: number, output: number, tally: Tally): Steps<void> {
  const buffer = new Uint8Array(asked.readSize)
  const name = (path: string | undefined, otherwise: string): string => Quote.quoted(path ?? otherwise)
  const before = asked.skip * (asked.inputFlags.includes("skip_bytes") ? 1 : asked.readSize)
  const stat = yield* attempt(run.sys.fstat(input))
  if (!Errno.isErrno(stat) && isRegular(stat.mode) && before > stat.size) {
    yield* run.warn(`${Quote.name(asked.input ?? "standard input")}: cannot skip to specified offset`)
  }
  yield* skip(run, input, before, buffer)
  const inBytes = asked.inputFlags.includes("count_bytes")
  // What was read is gathered where the blocks of the output have another size.
  let held = new Uint8Array(0)
  const same = asked.readSize === asked.writeSize
  const put = function*(bytes: Uint8Array): Steps<void> {
    const error = yield* writeAll(run.sys, output, bytes)
    if (error !== undefined) {
      yield* report(run, tally, asked, 0n)
      return yield* run.die(`error writing ${name(asked.output, "standard output")}: ${Errno.text(error._tag)}`)
    }
    tally.out[bytes.length === asked.writeSize ? 0 : 1]++
    tally.bytes += bytes.length
  }
  for (let left = asked.count; left > 0;) {
    let length = 0
    const wanted = inBytes ? Math.min(left, buffer.length) : buffer.length
    do {
      const count = yield* attempt(run.sys.read(input, buffer.subarray(length, wanted)))
      if (Errno.isErrno(count)) {
        yield* run.fail(`error reading ${name(asked.input, "standard input")}: ${Errno.text(count._tag)}`)
        return
      }
      if (count === 0) break
      length += count
    } while (asked.inputFlags.includes("fullblock") && length < wanted)
    if (length === 0) break
    tally.in[length === asked.readSize ? 0 : 1]++
    left -= inBytes ? length : 1
    if (asked.conv.includes("sync") && length < buffer.length) {
      buffer.fill(0, length)
      length = buffer.length
    }
    const bytes = buffer.subarray(0, length)
    if (asked.conv.length > 0) convert(bytes, asked.conv)
    if (same) {
      yield* put(bytes)
      continue
    }
    const joined = new Uint8Array(held.length + length)
    joined.set(held)
    joined.set(bytes, held.length)
    let at = 0
    for (; joined.length - at >= asked.writeSize; at += asked.writeSize) {
      yield* put(joined.subarray(at, at + asked.writeSize))
    }
    held = joined.slice(at)
  }
  if (held.length > 0) yield* put(held)
}

const amount = (bytes: number, base: number, suffix: string): string =>
  Size.human(bytes, base).replace(/([kKMGTPEZY])$/, (letter) => ` ${letter}${suffix}`)

function* report(run: Utility.Run, tally: Tally, asked: Asked, elapsed: bigint): Steps<void> {
  if (asked.status === "none") return
  yield* run.error(`${tally.in.join("+")} records in\n${tally.out.join("+")} records out\n`)
  if (asked.status === "noxfer") return
  const seconds = Number(elapsed) / 1e9
  const { bytes } = tally
  const sizes = bytes >= 1000
    ? ` (${[amount(bytes, 1000, "B"), ...(bytes >= 1024 ? [amount(bytes, 1024, "iB")] : [])].join(", ")})`
    : ""
  const rate = seconds > 0 ? amount(Math.round(bytes / seconds), 1000, "B") : "Infinity B"
  yield* run.error(
    `${bytes} byte${bytes === 1 ? "" : "s"}${sizes} copied, ${Number(seconds.toPrecision(6))} s, ${
      /[A-Z]/.test(rate) ? rate : `${rate} B`
    }/s\n`
  )
}

export const main = Utility.make(utility, function*(run, { operands }) {
  const asked = yield* read(run, operands)
  const start = yield* run.sys.clockGettime("monotonic")
  const input = asked.input === undefined ? 0 : yield* attempt(run.sys.open(asked.input, O_RDONLY))
  if (Errno.isErrno(input)) {
    return yield* run.die(`failed to open ${Quote.quoted(asked.input!)}: ${Errno.text(input._tag)}`)
  }
  const seek = asked.seek * (asked.outputFlags.includes("seek_bytes") ? 1 : asked.writeSize)
  const mode = O_WRONLY | (asked.conv.includes("nocreat") ? 0 : O_CREAT) | (asked.conv.includes("excl") ? O_EXCL : 0) |
    (asked.outputFlags.includes("append") ? O_APPEND : 0) |
    (asked.conv.includes("notrunc") || seek > 0 ? 0 : O_TRUNC)
  const output = asked.output === undefined ? 1 : yield* attempt(run.sys.open(asked.output, mode, 0o666))
  if (Errno.isErrno(output)) {
    return yield* run.die(`failed to open ${Quote.quoted(asked.output!)}: ${Errno.text(output._tag)}`)
  }
  if (seek > 0) {
    if (asked.output !== undefined && !asked.conv.includes("notrunc")) yield* attempt(run.sys.ftruncate(output, seek))
    yield* attempt(run.sys.lseek(output, seek, SEEK_CUR))
  }
  const tally: Tally = { in: [0, 0], out: [0, 0], bytes: 0 }
  yield* copy(run, asked, input, output, tally)
  yield* report(run, tally, asked, (yield* run.sys.clockGettime("monotonic")) - start)
  if (input !== 0) yield* attempt(run.sys.close(input))
  if (output !== 1) yield* attempt(run.sys.close(output))
  return run.status
})
