/**
 * Prints what could be text in files that are none.
 *
 * @see strings(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { blockSize } from "../BufferedWriter.js"
import * as Options from "../Options.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[option(s)] [file(s)]",
  does: "Display printable strings in [file(s)] (stdin by default).",
  short: "0123456789adfn:ot:ws:e:U:T:",
  long: {
    all: "a",
    "bytes=": "n",
    data: "d",
    "include-all-whitespace": "w",
    "output-separator=": "s",
    "print-file-name": "f",
    "radix=": "t"
  }
}

interface Asked {
  readonly least: number
  readonly radix: number | undefined
  readonly named: boolean
  readonly whitespace: boolean
  readonly separator: string
}

function* scan(run: Utility.Run, fd: number, shown: string, asked: Asked): Steps<Errno.Any | undefined> {
  const { least, radix, separator, whitespace } = asked
  const block = new Uint8Array(blockSize)
  // What may become a string is kept until it is long enough.
  const begun = new Uint8Array(least)
  let length = 0
  for (let offset = 0;;) {
    const count = yield* attempt(run.sys.read(fd, block))
    if (Errno.isErrno(count)) return count
    for (let i = 0; i < count; i++) {
      const byte = block[i]!
      if ((byte >= 32 && byte < 127) || byte === 9 || (whitespace && byte >= 10 && byte <= 13)) {
        if (length >= least) run.out.byte(byte)
        else begun[length] = byte
        if (++length !== least) continue
        if (asked.named) run.out.text(`${shown}: `)
        if (radix !== undefined) run.out.text(`${(offset + i + 1 - least).toString(radix).padStart(7)} `)
        run.out.bytes(begun)
      } else {
        if (length >= least) run.out.text(separator)
        length = 0
      }
    }
    offset += count
    yield* run.out.ready()
    if (count > 0) continue
    if (length >= least) run.out.text(separator)
    return undefined
  }
}

const radixes: Readonly<Record<string, number>> = { o: 8, d: 10, x: 16 }

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const digits = options.filter(({ key }) => /^\d$/.test(key)).map(({ key }) => key).join("")
  const given = Options.last(options, "n")?.value ?? (digits === "" ? "4" : digits)
  if (!/^\d+$/.test(given)) return yield* run.die(`invalid integer argument ${given}`)
  const least = Number(given)
  if (least < 1) return yield* run.die(`invalid minimum string length ${least}`)
  if (least > 1 << 20) return yield* run.die(`minimum string length is too big: ${given}`)
  const last = Options.last(options, "o", "t")
  const radix = last === undefined ? undefined : last.key === "o" ? 8 : radixes[last.value]
  if (last !== undefined && radix === undefined) return yield* run.misuse(`invalid radix ${last.value}`)
  const asked = {
    least,
    radix,
    named: has("f"),
    whitespace: has("w"),
    separator: Options.last(options, "s")?.value ?? "\n"
  }
  if (operands.length === 0) yield* scan(run, 0, "{standard input}", asked)
  for (const path of operands) {
    const stat = yield* run.stat(path)
    if (Errno.isErrno(stat)) {
      yield* run.fail(
        stat._tag === "ENOENT"
          ? `'${path}': No such file`
          : `Warning: could not locate '${path}'.  reason: ${Errno.text(stat._tag)}`
      )
      continue
    }
    if ((stat.mode & 0o170000) === 0o040000) {
      yield* run.fail(`Warning: '${path}' is a directory`)
      continue
    }
    const fd = yield* run.open(path)
    if (fd === undefined) continue
    const error = yield* scan(run, fd, path, asked)
    if (error !== undefined) yield* run.failPath(path, error)
    yield* run.close(fd)
  }
})
