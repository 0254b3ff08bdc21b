/**
 * Checksums of files, and checking them: `md5sum` and `sha…sum` are one utility with different sums.
 *
 * @see sha256sum(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { blake2b } from "@noble/hashes/blake2.js"
import { md5, sha1 } from "@noble/hashes/legacy.js"
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js"
import * as Encoding from "effect/Encoding"
import { blockSize } from "../BufferedWriter.js"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

/** A sum that is fed piece by piece. */
interface Sum {
  readonly update: (bytes: Uint8Array) => unknown
  readonly digest: () => Uint8Array
}

export interface Kind {
  /** As `--tag` names it. */
  readonly name: string
  /** Letters of a sum in hexadecimal. */
  readonly letters: number
  readonly create: () => Sum
}

/** The two forms of a line in a list. */
interface Forms {
  readonly tagged: RegExp
  readonly plain: RegExp
}

const formsOf = ({ letters, name }: Kind, tagged: boolean): Forms => ({
  tagged: new RegExp(`^${name} \\((.*)\\) = ([0-9a-fA-F]{${letters}})$`, "s"),
  plain: tagged ? /^(?!)/ : new RegExp(`^([0-9a-fA-F]{${letters}}) [ *](.+)$`, "s")
})

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Print or check checksums.",
  short: "bctwz",
  long: {
    binary: "b",
    check: "c",
    "ignore-missing": "missing",
    quiet: "quiet",
    status: "status",
    strict: "strict",
    tag: "tag",
    text: "t",
    warn: "w",
    zero: "z"
  }
}

function* sumOf(run: Utility.Run, kind: Kind, fd: number): Steps<string | Errno.Any> {
  const sum = kind.create()
  const block = new Uint8Array(blockSize)
  while (true) {
    const count = yield* attempt(run.sys.read(fd, block))
    if (typeof count !== "number") return count
    if (count === 0) return Encoding.encodeHex(sum.digest())
    sum.update(block.subarray(0, count))
  }
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r" }

/** A line that names a file; one that begins with a backslash has others within. */
const lineOf = (
  kind: Kind,
  sum: string,
  path: string,
  form: Form
): string => {
  const name = form.zero ? path : path.replace(/[\\\n\r]/g, (char) => escapes[char]!)
  const mark = name === path ? "" : "\\"
  if (form.tag) return `${mark}${kind.name} (${name}) = ${sum}`
  return `${mark}${sum} ${form.binary ? "*" : " "}${name}`
}

interface Listed {
  readonly sum: string
  readonly path: string
}

/** What a line of a list says; nothing if it is no line of one. */
const parse = (forms: Forms, text: string): Listed | undefined => {
  const escaped = text.startsWith("\\")
  const line = (escaped ? text.slice(1) : text).trimStart()
  const tagged = forms.tagged.exec(line)
  const plain = forms.plain.exec(line)
  const [path, sum] = tagged !== null ? [tagged[1], tagged[2]] : [plain?.[2], plain?.[1]]
  if (path === undefined || sum === undefined) return undefined
  return {
    sum: sum.toLowerCase(),
    path: escaped
      ? path.replace(/\\([\\nr])/g, (_, char: string) => char === "n" ? "\n" : char === "r" ? "\r" : char)
      : path
  }
}

const several = (count: number, one: string, more: string): string => count === 1 ? `1 ${one}` : `${count} ${more}`

export class Check {
  private improper = 0
  private proper = 0
  private unreadable = 0
  private different = 0
  private matched = 0
  /** What the last line that could be read was a sum of. */
  private lastKind: Kind | undefined

  constructor(
    private readonly run: Utility.Run,
    /** What sums may be; where there are several, only lines that name theirs count. */
    private readonly kinds: ReadonlyArray<Kind>,
    private readonly given: (key: string) => boolean
  ) {}

  *list(fd: number, from: string): Steps<Errno.Any | undefined> {
    const { given, kinds, run } = this
    const all = kinds.map((kind) => ({ kind, forms: formsOf(kind, kinds.length > 1) }))
    const lines = new LineReader(run.sys, fd)
    const shown = from === "-" ? "'standard input'" : Quote.name(from)
    let number = 0
    do {
      while (lines.next()) {
        number++
        const text = Bytes.decode(lines.buffer.subarray(lines.from, lines.to))
        if (text === "" || text.startsWith("#")) continue
        let found = false
        for (const { forms, kind } of all) {
          const listed = found ? undefined : parse(forms, text)
          if (listed === undefined) continue
          found = true
          this.lastKind = kind
          yield* this.one(kind, listed)
        }
        if (found) continue
        this.improper++
        if (given("w")) {
          const { name } = this.lastKind ?? kinds[0]!
          yield* run.warn(`${shown}: ${number}: improperly formatted ${name} checksum line`)
        }
      }
    } while (yield* lines.fill())
    if (lines.error !== undefined) return lines.error
    yield* this.conclude(shown)
    return undefined
  }

  private *one(kind: Kind, { path, sum }: Listed): Steps<void> {
    const { given, run } = this
    this.proper++
    const told = given("status") ? () => {} : (text: string) => run.out.line(`${shownPath(path)}: ${text}`)
    const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
    if (Errno.isErrno(fd) && fd._tag === "ENOENT" && given("missing")) return
    const found = Errno.isErrno(fd) ? fd : yield* sumOf(run, kind, fd)
    if (!Errno.isErrno(fd)) yield* run.close(fd)
    if (typeof found !== "string") {
      this.unreadable++
      yield* run.failPath(path, found)
      told("FAILED open or read")
    } else if (found !== sum) {
      this.different++
      told("FAILED")
    } else {
      this.matched++
      if (!given("quiet")) told("OK")
    }
  }

  private *conclude(shown: string): Steps<void> {
    const { given, improper, run } = this
    if (this.proper === 0) return yield* run.fail(`${shown}: no properly formatted checksum lines found`)
    const warn = given("status") ? function*(): Steps<void> {} : (text: string) => run.warn(`WARNING: ${text}`)
    if (improper > 0) {
      yield* warn(several(improper, "line is improperly formatted", "lines are improperly formatted"))
      if (given("strict")) run.status = 1
    }
    if (this.unreadable > 0) {
      yield* warn(several(this.unreadable, "listed file could not be read", "listed files could not be read"))
      run.status = 1
    }
    if (this.different > 0) {
      yield* warn(several(this.different, "computed checksum did NOT match", "computed checksums did NOT match"))
      run.status = 1
    }
    if (given("missing") && this.matched === 0) {
      if (!given("status")) yield* run.warn(`${shown}: no file was verified`)
      run.status = 1
    }
  }
}

const shownPath = (path: string): string =>
  /[\n\r]/.test(path) ? `\\${path.replace(/[\\\n\r]/g, (char) => escapes[char]!)}` : path

/** How lines are written. */
interface Form {
  readonly tag: boolean
  readonly binary: boolean
  readonly zero: boolean
}

/** Prints the sums of files. */
export function* print(run: Utility.Run, kind: Kind, operands: ReadonlyArray<string>, form: Form): Steps<void> {
  yield* run.inputs(operands, function*(fd, path) {
    const sum = yield* sumOf(run, kind, fd)
    if (typeof sum !== "string") return sum
    run.out.text(lineOf(kind, sum, path, form))
    run.out.byte(form.zero ? 0 : 10)
    return undefined
  })
}

/** Complains of options that are about lists of sums, where there is none to be checked. */
export function* onlyForChecking(run: Utility.Run, given: (key: string) => boolean): Steps<void> {
  for (
    const [key, long] of [["missing", "ignore-missing"], ["status", "status"], ["w", "warn"], ["quiet", "quiet"], [
      "strict",
      "strict"
    ]]
  ) {
    if (given(key!)) yield* run.misuse(`the --${long} option is meaningful only when verifying checksums`)
  }
}

/** BLAKE2b with sums of so many bits. */
export const blake2bOf = (bits: number): Kind => ({
  name: bits === 512 ? "BLAKE2b" : `BLAKE2b-${bits}`,
  letters: bits / 4,
  create: () => blake2b.create({ dkLen: bits / 8 })
})

/** The number of bits that was asked for; all of them for none. */
export function* bitsOf(run: Utility.Run, text: string | undefined): Steps<number> {
  if (text === undefined || /^0+$/.test(text)) return 512
  const bits = /^\d+$/.test(text) ? Number(text) : undefined
  if (bits === undefined) return yield* run.die(`invalid length: ${Quote.value(text)}`)
  if (bits <= 512 && bits % 8 === 0) return bits
  yield* run.warn(`invalid length: ${Quote.value(text)}`)
  return yield* run.die(
    bits > 512 ? "maximum digest length for 'BLAKE2b' is 512 bits" : "length is not a multiple of 8"
  )
}

const make = (kindOf: (run: Utility.Run, options: ReadonlyArray<Options.Given>) => Steps<Kind>, variable = false) =>
  Utility.make(
    variable ? { ...utility, short: `${utility.short}l:`, long: { ...utility.long, "length=": "l" } } : utility,
    function*(run, { operands, options }) {
      const given = (key: string): boolean => options.some((option) => option.key === key)
      const kind = yield* kindOf(run, options)
      if (given("c")) {
        if (given("tag")) return yield* run.misuse("the --tag option is meaningless when verifying checksums")
        return yield* run.inputs(operands, (fd, path) => new Check(run, [kind], given).list(fd, path))
      }
      yield* onlyForChecking(run, given)
      const last = Options.last(options, "b", "t")
      const form = { tag: given("tag"), binary: last?.key === "b", zero: given("z") }
      return yield* print(run, kind, operands, form)
    }
  )

/** The kinds of sums by the names that cksum knows them by. */
export const kinds = {
  md5: { name: "MD5", letters: 32, create: md5.create },
  sha1: { name: "SHA1", letters: 40, create: sha1.create },
  sha224: { name: "SHA224", letters: 56, create: sha224.create },
  sha256: { name: "SHA256", letters: 64, create: sha256.create },
  sha384: { name: "SHA384", letters: 96, create: sha384.create },
  sha512: { name: "SHA512", letters: 128, create: sha512.create }
} as const satisfies Readonly<Record<string, Kind>>

const always = (kind: Kind) =>
  function*(): Steps<Kind> {
    return kind
  }

export const md5sum = make(always(kinds.md5))
export const sha1sum = make(always(kinds.sha1))
export const sha224sum = make(always(kinds.sha224))
export const sha256sum = make(always(kinds.sha256))
export const sha384sum = make(always(kinds.sha384))
export const sha512sum = make(always(kinds.sha512))
/** @see b2sum(1) */
export const b2sum = make(function*(run, options) {
  return blake2bOf(yield* bitsOf(run, Options.last(options, "l")?.value))
}, true)
