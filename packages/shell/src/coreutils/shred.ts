/**
 * Overwrites files, so that what they held is gone, and may remove them.
 *
 * @see shred(1)
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import { O_RDONLY, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import * as Options from "../Options.js"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const blockSize = 65536

/** Bits that old disks were said to need, after P. Gutmann. */
const patterns: ReadonlyArray<number> = [
  ...[0x000, 0xfff, 0x555, 0xaaa, 0x249, 0x492, 0x6db, 0x924, 0xb6d, 0xdb6],
  ...[0x111, 0x222, 0x333, 0x444, 0x666, 0x777, 0x888, 0x999, 0xbbb, 0xccc, 0xddd, 0xeee]
]

/** What each pass writes: twelve bits again and again, or bytes by chance. */
type Pass = number | "random"

/** Some passes by chance among those with patterns, the first and the last of them in any case. */
const passesOf = (count: number, zero: boolean): ReadonlyArray<Pass> => {
  const passes: Array<Pass> = []
  for (let at = 0; at < count; at++) {
    const random = count < 4 || at === 0 || at === count - 1 || at % 11 === 5
    passes.push(random ? "random" : patterns[(at - 1) % patterns.length]!)
  }
  return zero ? [...passes, 0] : passes
}

const threeBytes = (bits: number): ReadonlyArray<number> => [bits >> 4, (bits & 0xf) << 4 | bits >> 8, bits & 0xff]

const nameOf = (pass: Pass): string =>
  pass === "random" ? "random" : threeBytes(pass).map((byte) => byte.toString(16).padStart(2, "0")).join("")

interface How {
  readonly passes: ReadonlyArray<Pass>
  readonly size: number | undefined
  readonly exact: boolean
  readonly force: boolean
  readonly verbose: boolean
  readonly remove: "unlink" | "wipe" | "wipesync" | undefined
  /** Where bytes by chance come from. */
  readonly source: number | undefined
  readonly sourcePath: string | undefined
}

/** Fills a block for a pass that has come to `from`. */
function* fill(
  run: Utility.Run,
  block: Uint8Array,
  pass: Pass,
  from: number,
  source: number | undefined
): Steps<boolean> {
  if (pass !== "random") {
    const three = threeBytes(pass)
    for (let at = 0; at < block.length; at++) block[at] = three[(from + at) % 3]!
    return true
  }
  for (let at = 0; at < block.length;) {
    const rest = block.subarray(at, at + 256)
    const count = yield* attempt(
      source === undefined ? run.sys.getrandom(rest) : run.sys.read(source, block.subarray(at))
    )
    if (Errno.isErrno(count) || count === 0) return false
    at += count
  }
  return true
}

function* overwrite(run: Utility.Run, fd: number, name: string, size: number, how: How): Steps<boolean> {
  const { passes, source, verbose } = how
  if (size === 0) return true
  for (const [index, pass] of passes.entries()) {
    if (verbose) yield* run.warn(`${name}: pass ${index + 1}/${passes.length} (${nameOf(pass)})...`)
    if (fd !== 1) yield* attempt(run.sys.lseek(fd, 0, 0))
    for (let at = 0; at < size;) {
      const block = new Uint8Array(Math.min(blockSize, size - at))
      if (!(yield* fill(run, block, pass, at, source))) {
        yield* run.fail(`${Quote.quoted(how.sourcePath ?? "")}: end of file`)
        return false
      }
      const count = yield* attempt(run.sys.write(fd, block))
      if (Errno.isErrno(count)) {
        yield* run.fail(`${name}: error writing at offset ${at}: ${Errno.text(count._tag)}`)
        return false
      }
      at += count
    }
    yield* attempt(run.sys.fdatasync(fd))
  }
  return true
}

const characters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_."

/** A name of so many characters that nothing has. */
function* free(run: Utility.Run, directory: string, length: number): Steps<string | undefined> {
  for (let number = 0; number < 4096; number++) {
    let name = ""
    for (let rest = number; name.length < length; rest = Math.floor(rest / characters.length)) {
      name = characters[rest % characters.length]! + name
    }
    if (Errno.isErrno(yield* run.lstat(directory + name))) return directory + name
    if (length === 1 && number === characters.length - 1) return undefined
  }
  return undefined
}

/** Gives a file shorter and shorter names before it goes, so that its own is gone as well. */
function* remove(run: Utility.Run, path: string, name: string, { remove: method, verbose }: How): Steps<void> {
  if (verbose) yield* run.warn(`${name}: removing`)
  const slash = path.lastIndexOf("/") + 1
  const directory = path.slice(0, slash)
  let current = path
  if (method !== "unlink") {
    for (let length = path.length - slash; length > 0; length--) {
      const next = yield* free(run, directory, length)
      if (next === undefined || Errno.isErrno(yield* attempt(run.sys.rename(current, next)))) continue
      if (verbose) yield* run.warn(`${Quote.name(current)}: renamed to ${Quote.name(next)}`)
      current = next
    }
  }
  const removed = yield* attempt(run.sys.unlink(current))
  if (Errno.isErrno(removed)) yield* run.fail(`${name}: failed to remove: ${Errno.text(removed._tag)}`)
  else if (verbose) yield* run.warn(`${name}: removed`)
}

function* shred(run: Utility.Run, path: string, how: How): Steps<void> {
  const name = Quote.name(path)
  if (path === "-") {
    const out = yield* attempt(run.sys.fstat(1))
    if (Errno.isErrno(out) || !FileMode.isRegular(out.mode)) return yield* run.fail(`${name}: invalid file type`)
    yield* overwrite(run, 1, name, how.size ?? out.size, how)
    return
  }
  let fd = yield* attempt(run.sys.open(path, O_WRONLY))
  if (
    Errno.isErrno(fd) && fd._tag === "EACCES" && how.force && !Errno.isErrno(yield* attempt(run.sys.chmod(path, 0o200)))
  ) {
    fd = yield* attempt(run.sys.open(path, O_WRONLY))
  }
  if (Errno.isErrno(fd)) return yield* run.fail(`${name}: failed to open for writing: ${Errno.text(fd._tag)}`)
  const stat = yield* attempt(run.sys.fstat(fd))
  if (Errno.isErrno(stat) || FileMode.isFifo(stat.mode) || FileMode.isSocket(stat.mode)) {
    yield* attempt(run.sys.close(fd))
    return yield* run.fail(`${name}: invalid file type`)
  }
  const block = stat.blksize > 0 ? stat.blksize : 4096
  const regular = FileMode.isRegular(stat.mode)
  const size = how.size ?? (how.exact || !regular ? stat.size : Math.ceil(stat.size / block) * block)
  const done = yield* overwrite(run, fd, name, size, how)
  if (done && how.remove !== undefined && regular) yield* attempt(run.sys.ftruncate(fd, 0))
  yield* attempt(run.sys.close(fd))
  if (done && how.remove !== undefined) yield* remove(run, path, name, how)
}

const methods = ["unlink", "wipe", "wipesync"] as const

export const main = Utility.make(
  {
    usage: "[OPTION]... FILE...",
    does: "Overwrite the FILEs, so that what they held is gone; remove them if asked to.",
    short: "fn:s:uvxz",
    long: {
      force: "f",
      "iterations=": "n",
      "random-source=": "source",
      "size=": "s",
      "remove=?": "u",
      verbose: "v",
      exact: "x",
      zero: "z"
    }
  },
  function*(run, { operands, options }) {
    const has = (key: string): boolean => options.some((option) => option.key === key)
    const count = Options.last(options, "n")?.value ?? "3"
    if (!/^\d{1,9}$/.test(count)) return yield* run.die(`invalid number of passes: ${Quote.value(count)}`)
    const sizeText = Options.last(options, "s")?.value
    const size = sizeText === undefined ? undefined : Size.parse(sizeText)
    if (sizeText !== undefined && size === undefined) {
      return yield* run.die(`invalid file size: ${Quote.value(sizeText)}`)
    }
    const given = Options.last(options, "u")
    const method = given === undefined ? undefined : given.hasValue ? given.value : "wipesync"
    const known = methods.find((each) => each === method) ??
      methods.find((each) => method !== undefined && each.startsWith(method))
    if (method !== undefined && known === undefined) {
      yield* run.warn(`invalid argument ${Quote.value(method)} for ${Quote.value("--remove")}`)
      yield* run.error(`Valid arguments are:\n${methods.map((each) => `  - ${Quote.value(each)}\n`).join("")}`)
      return yield* run.misuse()
    }
    if (operands.length === 0) return yield* run.misuse("missing file operand")
    const sourcePath = Options.last(options, "source")?.value
    const source = sourcePath === undefined ? undefined : yield* attempt(run.sys.open(sourcePath, O_RDONLY))
    if (Errno.isErrno(source)) return yield* run.die(`${sourcePath}: ${Errno.text(source._tag)}`)
    const how: How = {
      passes: passesOf(Number(count), has("z")),
      size,
      exact: has("x"),
      force: has("f"),
      verbose: has("v"),
      remove: known,
      source,
      sourcePath
    }
    for (const path of operands) yield* shred(run, path, how)
    return run.status
  }
)
