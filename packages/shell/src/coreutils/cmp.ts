/**
 * Compares two files byte by byte.
 *
 * @see cmp(1)
 */
import { SEEK_CUR } from "@effix/kernel/abi/Fcntl"
import { isRegular } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import { blockSize } from "../BufferedWriter.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]",
  does: "Compare two files byte by byte.",
  short: "bi:ln:sv",
  long: { "print-bytes": "b", "ignore-initial=": "i", verbose: "l", "bytes=": "n", quiet: "s", silent: "s" },
  failure: 2
}

/** Fills a block as far as the input goes. */
function* block(run: Utility.Run, fd: number, into: Uint8Array): Steps<number | Errno.Any> {
  let length = 0
  while (length < into.length) {
    const count = yield* attempt(run.sys.read(fd, into.subarray(length)))
    if (Errno.isErrno(count)) return count
    if (count === 0) break
    length += count
  }
  return length
}

function* skip(run: Utility.Run, fd: number, bytes: number): Steps<void> {
  const buffer = new Uint8Array(Math.min(blockSize, Math.max(1, bytes)))
  for (let left = bytes; left > 0;) {
    const count = yield* attempt(run.sys.read(fd, buffer.subarray(0, Math.min(left, buffer.length))))
    if (Errno.isErrno(count) || count === 0) return
    left -= count
  }
}

/** How wide offsets are with -l: as many digits as the shorter file may need, as far as sizes tell. */
function* widthOf(run: Utility.Run, fds: ReadonlyArray<number>, limit: number): Steps<number> {
  let most = limit === Number.MAX_SAFE_INTEGER ? Infinity : limit
  for (const fd of fds) {
    const stat = yield* attempt(run.sys.fstat(fd))
    const position = yield* attempt(run.sys.lseek(fd, 0, SEEK_CUR))
    if (Errno.isErrno(stat) || !isRegular(stat.mode) || Errno.isErrno(position)) continue
    most = Math.min(most, stat.size - position)
  }
  return most === Infinity ? 19 : String(Math.max(0, most)).length
}

const visible = (byte: number): string => {
  const low = byte & 0x7f
  const text = low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? "^?" : String.fromCharCode(low)
  return byte < 128 ? text : `M-${text}`
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const [first, second = "-"] = operands
  if (first === undefined) {
    yield* run.warn(`missing operand after '${run.name}'`)
    return yield* run.die(`Try '${run.name} --help' for more information.`)
  }
  if (operands.length > 4) return yield* run.misuse(`extra operand '${operands[4]}'`)
  const initial = options.find(({ key }) => key === "i")?.value.split(":") ?? []
  const skips = [initial[0] ?? operands[2] ?? "0", initial[1] ?? (initial[0] ?? operands[3] ?? "0")].map(Size.parse)
  const limit = Size.parse(options.find(({ key }) => key === "n")?.value ?? String(Number.MAX_SAFE_INTEGER))
  if (skips.includes(undefined) || limit === undefined) return yield* run.misuse("invalid --ignore-initial value")
  const fds: Array<number> = []
  for (const path of [first, second]) {
    const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
    if (Errno.isErrno(fd)) {
      if (!has("s")) yield* run.warn(`${path}: ${Errno.text(fd._tag)}`)
      return 2
    }
    fds.push(fd)
  }
  const width = has("l") ? yield* widthOf(run, fds, limit) : 0
  yield* skip(run, fds[0]!, skips[0]!)
  yield* skip(run, fds[1]!, skips[1]!)
  const [a, b] = [new Uint8Array(blockSize), new Uint8Array(blockSize)]
  let offset = 0
  let line = 1
  let last = -1
  let differs = false
  while (offset < limit) {
    const most = Math.min(blockSize, limit - offset)
    const left = yield* block(run, fds[0]!, a.subarray(0, most))
    const right = yield* block(run, fds[1]!, b.subarray(0, most))
    for (const [i, count] of [left, right].entries()) {
      if (Errno.isErrno(count)) return yield* run.die(`${[first, second][i]}: ${Errno.text(count._tag)}`)
    }
    const common = Math.min(left as number, right as number)
    for (let i = 0; i < common; i++) {
      const [x, y] = [a[i]!, b[i]!]
      if (x !== y) {
        if (has("s")) return 1
        differs = true
        const octal = (byte: number): string =>
          byte.toString(8).padStart(3) + (has("b") ? ` ${visible(byte).padEnd(has("l") ? 4 : 0)}` : "")
        if (!has("l")) {
          const bytes = has("b") ? ` is ${octal(x)} ${octal(y)}` : ""
          run.out.line(
            `${first} ${second} differ: ${has("b") ? "byte" : "char"} ${offset + i + 1}, line ${line}${bytes}`
          )
          return 1
        }
        run.out.line(`${String(offset + i + 1).padStart(width)} ${octal(x)} ${octal(y)}`.trimEnd())
      }
      if (x === 10) line++
      last = x
    }
    offset += common
    if (run.out.isFull) yield* run.out.flush()
    if (left !== right) {
      const shorter = (left as number) < (right as number) ? first : second
      const where = has("l") ? "" : last === 10 ? `, line ${line - 1}` : `, in line ${line}`
      const text = offset === 0 ? `EOF on ${shorter} which is empty` : `EOF on ${shorter} after byte ${offset}${where}`
      if (!has("s")) yield* run.warn(text)
      return 1
    }
    if (common < most) break
  }
  return differs ? 1 : 0
})
