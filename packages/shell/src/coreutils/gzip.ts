/**
 * Packs files and unpacks them, each in the place of the other.
 *
 * @see gzip(1)
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import { O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import { ByteReader, descriptor } from "../ByteReader.js"
import { answered } from "../Confirm.js"
import * as Directory from "../Directory.js"
import { GzipReader } from "../gzip/read.js"
import { type Level, usual } from "../gzip/write.js"
import * as Options from "../Options.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { type How, Streams } from "./gzipStreams.js"

const accepted: Options.Accepted = {
  short: "abcdfhH?klLmMnNqrS:tvVZ123456789",
  long: {
    ascii: "a",
    best: "9",
    decompress: "d",
    fast: "1",
    force: "f",
    keep: "k",
    license: "L",
    list: "l",
    name: "N",
    "no-name": "n",
    quiet: "q",
    recursive: "r",
    rsyncable: "R",
    silent: "c",
    stdout: "c",
    "suffix=": "S",
    synchronous: "Y",
    test: "t",
    to: "c",
    uncompress: "d",
    verbose: "v"
  }
}

const unpackedNames: ReadonlyArray<readonly [suffix: string, becomes: string]> = [
  [".gz", ""],
  [".z", ""],
  [".taz", ".tar"],
  [".tgz", ".tar"],
  ["-gz", ""],
  ["-z", ""],
  ["_z", ""],
  [".Z", ""]
]

class Gzip {
  private readonly streams: Streams

  constructor(private readonly run: Utility.Run, private readonly how: How) {
    this.streams = new Streams(run, how)
  }

  *operands(paths: ReadonlyArray<string>): Steps<void> {
    for (const path of paths.length === 0 ? ["-"] : paths) {
      yield* path === "-" ? this.standardInput() : this.file(path)
      yield* this.run.out.ready()
    }
    if (this.how.mode === "list" && paths.length > 1) this.streams.listing.total()
  }

  private *standardInput(): Steps<void> {
    const { how, run } = this
    const { sys } = run
    const terminal = how.mode === "pack" ? 1 : 0
    if (!how.force && how.mode !== "list" && (yield* attempt(sys.isatty(terminal))) === true) {
      const [what, force] = how.mode === "pack" ? ["written to", "compression"] : ["read from", "decompression"]
      return yield* run.die(
        `compressed data not ${what} a terminal. Use -f to force ${force}.\nFor help, type: ${run.name} -h`
      )
    }
    const stat = yield* attempt(sys.fstat(0))
    const time = how.times && !Errno.isErrno(stat) && FileMode.isRegular(stat.mode)
      ? Number(stat.mtime / 1_000_000_000n)
      : 0
    if (how.mode === "pack") {
      const done = yield* this.streams.pack(0, 1, "stdin", { level: how.level, time })
      if (done !== undefined && how.verbose) yield* run.error(`${done}\n`)
      return
    }
    yield* this.streams.unpack(0, how.mode === "unpack" ? 1 : undefined, "stdin", "stdout")
  }

  /** The file itself, or the one with a suffix that is meant. */
  private *find(path: string): Steps<readonly [path: string, fd: number] | undefined> {
    const { how, run } = this
    const flags = how.force || how.toStdout || how.mode === "test" || how.mode === "list"
      ? O_RDONLY | O_NONBLOCK
      : O_RDONLY | O_NONBLOCK | O_NOFOLLOW
    const open = (name: string) => attempt(run.sys.open(name, flags))
    const fd = yield* open(path)
    if (!Errno.isErrno(fd)) return [path, fd]
    const suffixed = unpackedNames.some(([suffix]) => path.endsWith(suffix)) || path.endsWith(how.suffix)
    if (fd._tag !== "ENOENT" || how.mode === "pack" || suffixed) {
      yield* run.fail(`${path === "" ? "" : `${path}: `}${Errno.text(fd._tag)}`)
      return undefined
    }
    for (const suffix of Array.from(new Set([how.suffix, ".gz", ".z", "-z", ".Z"]))) {
      const other = yield* open(path + suffix)
      if (!Errno.isErrno(other)) return [path + suffix, other]
    }
    yield* run.fail(`${path}${how.suffix}: ${Errno.text(fd._tag)}`)
    return undefined
  }

  private *file(operand: string): Steps<void> {
    const { how, run } = this
    const found = yield* this.find(operand)
    if (found === undefined) return
    const [path, fd] = found
    const stat = yield* attempt(run.sys.fstat(fd))
    if (Errno.isErrno(stat)) yield* run.fail(`${path}: ${Errno.text(stat._tag)}`)
    else if (FileMode.isDirectory(stat.mode)) {
      yield* attempt(run.sys.close(fd))
      return yield* this.directory(path)
    } else if (how.toStdout || how.mode === "test" || how.mode === "list" || (yield* this.isReplaceable(path, stat))) {
      yield* this.regular(path, fd, stat)
    }
    yield* attempt(run.sys.close(fd))
  }

  private *directory(path: string): Steps<void> {
    const { how, run } = this
    if (!how.recursive) return yield* this.streams.warn(`${path} is a directory -- ignored`)
    const entries = yield* Directory.list(run.sys, path)
    if (Errno.isErrno(entries)) return yield* run.fail(`${path}: ${Errno.text(entries._tag)}`)
    for (const { name } of entries) yield* this.file(Directory.join(path, name))
  }

  private *isReplaceable(path: string, stat: Stat): Steps<boolean> {
    if (!FileMode.isRegular(stat.mode)) {
      yield* this.streams.warn(`${path} is not a directory or a regular file - ignored`)
      return false
    }
    if (this.how.force) return true
    const why = (stat.mode & FileMode.S_ISUID) !== 0
      ? "is set-user-ID on execution - ignored"
      : (stat.mode & FileMode.S_ISGID) !== 0
      ? "is set-group-ID on execution - ignored"
      : (stat.mode & FileMode.S_ISVTX) !== 0
      ? "has the sticky bit set - file ignored"
      : stat.nlink > 1
      ? `has ${stat.nlink - 1} other link${stat.nlink > 2 ? "s" : ""} -- file ignored`
      : undefined
    if (why !== undefined) yield* this.streams.warn(`${path} ${why}`)
    return why === undefined
  }

  /** What a packed file is called when it is unpacked. */
  private unpackedName(path: string): string | undefined {
    const { suffix } = this.how
    const lower = path.toLowerCase()
    const own = lower.endsWith(suffix.toLowerCase()) && path.length > suffix.length ? [[suffix, ""] as const] : []
    for (const [end, becomes] of [...own, ...unpackedNames]) {
      const base = Directory.baseName(path)
      if (lower.endsWith(end.toLowerCase()) && base.length > end.length) {
        return path.slice(0, -end.length) + becomes
      }
    }
    return undefined
  }

  private *regular(path: string, fd: number, stat: Stat): Steps<void> {
    const { how, run } = this
    const time = Number(stat.mtime / 1_000_000_000n)
    if (how.mode === "pack") {
      const name = how.names ? Directory.baseName(path) : undefined
      const header = { level: how.level, name, time: how.times ? time : 0 }
      if (how.toStdout) {
        const done = yield* this.streams.pack(fd, 1, path, header)
        if (done !== undefined && how.verbose) yield* run.error(`${path}:\t${done} -- replaced with stdout\n`)
        return
      }
      const suffix = path.toLowerCase().endsWith(how.suffix.toLowerCase())
        ? how.suffix
        : unpackedNames.find(([suffix]) => path.toLowerCase().endsWith(suffix.toLowerCase()))?.[0]
      if (suffix !== undefined && !how.force) {
        if (how.verbose || (!how.recursive && !how.quiet)) {
          yield* run.warn(`${path} already has ${path.slice(-suffix.length)} suffix -- unchanged`)
        }
        return
      }
      return yield* this.replace(path, fd, stat, path + how.suffix, (to) => this.streams.pack(fd, to, path, header))
    }
    const plain = this.unpackedName(path)
    if (how.mode !== "unpack" || how.toStdout) {
      const to = how.mode === "unpack" ? 1 : undefined
      const done = yield* this.streams.unpack(fd, to, path, plain ?? path)
      if (done !== undefined && how.verbose && how.mode !== "list") {
        yield* run.error(`${path}:\t${done}${to === undefined ? "" : " -- replaced with stdout"}\n`)
      }
      return
    }
    if (plain === undefined) {
      if (!how.recursive || how.verbose) yield* this.streams.warn(`${path}: unknown suffix -- ignored`)
      return
    }
    const input = new ByteReader(descriptor(run.sys, fd))
    const reader = new GzipReader(input)
    if (!(yield* reader.begin())) return yield* this.streams.complain(path, reader.problem)
    const { member } = reader
    const target = how.names && member?.name !== undefined && member.name !== ""
      ? Directory.join(Directory.dirName(path), Directory.baseName(member.name)).replace(/^\.\//, "")
      : plain
    const at = how.times && member !== undefined && member.time !== 0
      ? { ...stat, mtime: BigInt(member.time) * 1_000_000_000n }
      : stat
    return yield* this.replace(path, fd, at, target, (to) => this.streams.unpackFrom(reader, to, path, target))
  }

  /** Makes the new file, and takes the old one away when that went well. */
  private *replace(
    path: string,
    fd: number,
    stat: Stat,
    target: string,
    make: (to: number) => Steps<string | undefined>
  ): Steps<void> {
    const { how, run } = this
    const { sys } = run
    let to = yield* attempt(sys.open(target, O_WRONLY | O_CREAT | O_EXCL, stat.mode & 0o600))
    if (Errno.isErrno(to) && to._tag === "EEXIST") {
      if (!how.force && !(yield* this.mayOverwrite(target))) return
      const gone = yield* attempt(sys.unlink(target))
      if (Errno.isErrno(gone)) return yield* run.fail(`${target}: ${Errno.text(gone._tag)}`)
      to = yield* attempt(sys.open(target, O_WRONLY | O_CREAT | O_EXCL, stat.mode & 0o600))
    }
    if (Errno.isErrno(to)) return yield* run.fail(`${target}: ${Errno.text(to._tag)}`)
    const done = yield* make(to)
    if (done === undefined) {
      yield* attempt(sys.close(to))
      yield* attempt(sys.unlink(target))
      return
    }
    yield* attempt(sys.futimens(to, stat.atime, stat.mtime))
    const owned = !Errno.isErrno(yield* attempt(sys.fchown(to, stat.uid, stat.gid)))
    yield* attempt(sys.fchmod(to, stat.mode & (owned ? 0o7777 : 0o777)))
    yield* attempt(sys.close(to))
    if (!how.keep) {
      const gone = yield* attempt(sys.unlink(path))
      if (Errno.isErrno(gone)) yield* run.fail(`${path}: ${Errno.text(gone._tag)}`)
    }
    if (how.verbose) yield* run.error(`${path}:\t${done} -- ${how.keep ? "created" : "replaced with"} ${target}\n`)
  }

  private *mayOverwrite(target: string): Steps<boolean> {
    const { how, run } = this
    const asking = !how.quiet && (yield* attempt(run.sys.isatty(0))) === true
    if (
      asking && (yield* answered(run, `${run.name}: ${target} already exists; do you wish to overwrite (y or n)? `))
    ) {
      return true
    }
    this.streams.warned()
    if (asking) yield* run.error("\tnot overwritten\n")
    else if (!how.quiet) yield* run.warn(`${target} already exists;\tnot overwritten`)
    return false
  }
}

const make = (name: string, implied: ReadonlyArray<string>) => {
  const utility: Utility.Utility = {
    ...accepted,
    usage: "[OPTION]... [FILE]...",
    does: name === "gzip"
      ? "Compress or uncompress FILEs (by default, compress FILES in-place)."
      : name === "zcat"
      ? "Uncompress FILEs to standard output."
      : "Uncompress FILEs in place.",
    speaksAs: "gzip",
    hintText: "Try `gzip --help' for more information."
  }
  return Utility.make(utility, function*(run, { operands, options }) {
    const has = (...keys: ReadonlyArray<string>): boolean =>
      keys.some((key) => implied.includes(key) || options.some((option) => option.key === key))
    const suffix = Options.last(options, "S")?.value ?? ".gz"
    if (suffix === "" || suffix.length > 30 || suffix.includes("/")) {
      return yield* run.die(`invalid suffix '${suffix}'`)
    }
    const mode = has("l") ? "list" : has("t") ? "test" : has("d") ? "unpack" : "pack"
    const named = Options.last(options, "n", "N")?.key
    const verbosity = Options.last(options, "q", "v")?.key
    const level = Options.last(options, "1", "2", "3", "4", "5", "6", "7", "8", "9")
    yield* new Gzip(run, {
      mode,
      toStdout: has("c"),
      force: has("f"),
      keep: has("k"),
      quiet: verbosity === "q",
      verbose: verbosity === "v",
      recursive: has("r"),
      level: level === undefined ? usual : Number(level.key) as Level,
      suffix,
      names: named === undefined ? mode === "pack" : named === "N",
      times: named === undefined ? mode === "pack" : named === "N"
    }).operands(operands)
  })
}

export const main = make("gzip", [])
/** @see gunzip(1) */
export const gunzip = make("gunzip", ["d"])
/** @see zcat(1) */
export const zcat = make("zcat", ["d", "c"])
