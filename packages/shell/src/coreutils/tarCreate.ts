/**
 * Puts files into an archive.
 *
 * @see tar(1)
 */
import { SEEK_DATA, SEEK_HOLE } from "@effix/kernel/abi/Fcntl"
import * as FileMode from "@effix/kernel/abi/FileMode"
import { O_CLOEXEC, O_NONBLOCK, O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import { blockSize, type BufferedWriter } from "../BufferedWriter.js"
import * as Directory from "../Directory.js"
import * as Modes from "../Modes.js"
import { attempt, type Steps } from "../Steps.js"
import * as Formats from "../tar/formats.js"
import * as Header from "../tar/header.js"
import * as Names from "../tar/names.js"
import type { Extent } from "../tar/read.js"
import type * as Utility from "../Utility.js"
import type { ArchiveWriter } from "./tarArchive.js"
import { Lister } from "./tarList.js"
import { type Asked, fatal, type Operand } from "./tarOptions.js"
import { failed } from "./tarWalk.js"

const SECOND = 1_000_000_000n

/** Names lose what leads out of where one is; said once of each. */
export class Prefixes {
  private readonly said = new Set<string>()

  constructor(private readonly run: Utility.Run, private readonly absolute: boolean) {}

  *remove(name: string, link: boolean): Steps<string> {
    if (this.absolute) return name
    const prefix = Names.leading(name)
    const rest = name.slice(prefix.length)
    const what = link ? "hard link targets" : "member names"
    if (prefix !== "" && !this.said.has(`${what} ${prefix}`)) {
      this.said.add(`${what} ${prefix}`)
      yield* this.run.warn(`Removing leading \`${Names.shown(prefix)}' from ${what}`)
    }
    if (rest !== "") return rest
    if (name === "" && !this.said.has(what)) {
      this.said.add(what)
      yield* this.run.warn(`Substituting \`.' for empty ${link ? "hard link target" : "member name"}`)
    }
    return "."
  }
}

/** What a member is called here, and where a link leads; no name where nothing is left of it. */
export function* namesOf(
  asked: Asked,
  prefixes: Prefixes,
  { linkname, name, type }: { readonly name: string; readonly linkname: string; readonly type: string }
): Steps<{ readonly name: string | undefined; readonly linkname: string }> {
  const own = Names.stripped(yield* prefixes.remove(asked.rename(name, "r"), false), asked.strip)
  if (type !== "1") return { name: own, linkname: type === "2" ? asked.rename(linkname, "s") : "" }
  const target = yield* prefixes.remove(asked.rename(linkname, "h"), true)
  return { name: own, linkname: Names.stripped(target, asked.strip) ?? "" }
}

/** Where tar was started, and the directory of each operand from there. */
export class Directories {
  private current = ""

  private constructor(private readonly run: Utility.Run, private readonly base: string) {}

  static *make(run: Utility.Run): Steps<Directories> {
    const base = yield* attempt(run.sys.getcwd())
    return new Directories(run, Errno.isErrno(base) ? "/" : base)
  }

  *enter(directory: string): Steps<void> {
    if (directory === this.current) return
    const path = directory.startsWith("/") ? directory : Directory.join(this.base, directory)
    const error = yield* attempt(this.run.sys.chdir(path))
    if (Errno.isErrno(error)) {
      yield* fatal(this.run, `${Names.shown(directory, true)}: Cannot open: ${Errno.text(error._tag)}`)
    }
    this.current = directory
  }
}

const types: Readonly<Record<number, string>> = {
  [FileMode.S_IFREG]: "0",
  [FileMode.S_IFLNK]: "2",
  [FileMode.S_IFCHR]: "3",
  [FileMode.S_IFBLK]: "4",
  [FileMode.S_IFDIR]: "5",
  [FileMode.S_IFIFO]: "6"
}

export class Creator {
  /** The first name of each file that has several. */
  private readonly links = new Map<string, string>()
  private readonly prefixes: Prefixes
  private readonly lister: Lister
  private readonly buffer = new Uint8Array(blockSize)
  private readonly root: { readonly uname: string; readonly gname: string }
  private self: Stat | undefined
  /** The operand that is being put in. */
  private operand: Operand = { name: "", directory: "", excludes: 0, recursion: true }

  constructor(
    private readonly run: Utility.Run,
    private readonly asked: Asked,
    private readonly archive: ArchiveWriter,
    /** Where names go: not where the archive does. */
    private readonly out: BufferedWriter,
    /** Whether a file has to be put in, by the name that it would have. */
    private readonly isWanted: (name: string, mtime: bigint) => boolean
  ) {
    this.prefixes = new Prefixes(run, asked.absolute)
    this.lister = new Lister(asked, out)
    const { accounts, numeric } = asked
    this.root = {
      uname: numeric ? "" : accounts.userName(0) ?? "",
      gname: numeric ? "" : accounts.groupName(0) ?? ""
    }
  }

  *operands(operands: ReadonlyArray<Operand>): Steps<void> {
    const directories = yield* Directories.make(this.run)
    const self = yield* attempt(this.run.sys.fstat(this.archive.fd))
    if (!Errno.isErrno(self) && FileMode.isRegular(self.mode)) this.self = self
    for (const operand of operands) {
      yield* directories.enter(operand.directory)
      this.operand = operand
      const path = operand.name.replace(/(.)\/+$/, "$1")
      if (path === "") yield* this.prefixes.remove("", false)
      if (!this.asked.excluded(path, operand.excludes)) yield* this.entry(path, operand.name)
    }
  }

  private *entry(path: string, operand?: string): Steps<void> {
    const { asked, run } = this
    const stat = yield* asked.dereference ? run.stat(operand ?? path) : run.lstat(operand ?? path)
    if (Errno.isErrno(stat)) return yield* failed(run, path, `Cannot stat: ${Errno.text(stat._tag)}`)
    if (this.self !== undefined && Directory.sameFile(this.self, stat)) {
      return yield* run.warn(`${Names.shown(path, true)}: file is the archive; not dumped`)
    }
    if (FileMode.isDirectory(stat.mode)) return yield* this.directory(path, stat)
    const type = types[stat.mode & FileMode.S_IFMT]
    if (type === undefined) return yield* run.warn(`${Names.shown(path, true)}: socket ignored`)
    const name = yield* this.nameOf(path, false)
    if (name === undefined || !this.isRecent(stat) || !this.isWanted(name, stat.mtime)) return
    // A file with one name alone may be met twice only where several operands or links lead to it.
    if (!asked.hardDereference && stat.nlink > (asked.single && !asked.dereference ? 1 : 0)) {
      const key = `${stat.dev}:${stat.ino}`
      const first = this.links.get(key)
      if (first !== undefined) {
        yield* this.header(path, name, stat, "1", { linkname: first, size: 0 })
        return yield* this.remove(path, false)
      }
      this.links.set(key, yield* this.prefixes.remove(asked.rename(path, "h"), true))
    }
    if (type === "0") yield* this.file(path, name, stat)
    else {
      const target = type === "2" ? yield* attempt(run.sys.readlink(path)) : ""
      if (Errno.isErrno(target)) return yield* failed(run, path, `Cannot readlink: ${Errno.text(target._tag)}`)
      yield* this.header(path, name, stat, type, { linkname: asked.rename(target, "s"), size: 0 })
    }
    yield* this.remove(path, false)
  }

  private isRecent(stat: Stat): boolean {
    const { newer } = this.asked
    return newer === undefined || stat.mtime > newer || stat.ctime > newer
  }

  private *remove(path: string, directory: boolean): Steps<void> {
    if (!this.asked.removeFiles) return
    const { sys } = this.run
    const error = yield* attempt(directory ? sys.rmdir(path) : sys.unlink(path))
    if (Errno.isErrno(error)) {
      yield* failed(this.run, path, `Cannot ${directory ? "rmdir" : "unlink"}: ${Errno.text(error._tag)}`)
    }
  }

  private *nameOf(path: string, directory: boolean): Steps<string | undefined> {
    const renamed = this.asked.rename(path, "r")
    const name = Names.stripped(yield* this.prefixes.remove(renamed, false), this.asked.strip)
    return name === undefined || name === "" ? undefined : directory && !name.endsWith("/") ? `${name}/` : name
  }

  private *directory(path: string, stat: Stat): Steps<void> {
    const { asked, run } = this
    const name = yield* this.nameOf(path, true)
    if (name !== undefined && this.isWanted(name, stat.mtime) && this.isRecent(stat)) {
      const shown = `${path.replace(/\/$/, "")}/`
      if (!(yield* this.header(path, name, stat, "5", { linkname: "", size: 0 }, shown))) return
    }
    if (!this.operand.recursion) return
    const entries = yield* Directory.list(run.sys, path)
    if (Errno.isErrno(entries)) return yield* failed(run, path, `Cannot open: ${Errno.text(entries._tag)}`)
    const names = entries.map((entry) => ({ name: entry.name, ino: entry.ino, bytes: Bytes.encode(entry.name) }))
    if (asked.sort === "inode") names.sort((a, b) => Number(a.ino) - Number(b.ino))
    else if (asked.sort === "name") names.sort((a, b) => compare(a.bytes, b.bytes))
    for (const entry of names) {
      const below = Directory.join(path, entry.name)
      if (!asked.excluded(below, this.operand.excludes)) yield* this.entry(below)
    }
    yield* this.remove(path, true)
  }

  private *file(path: string, name: string, stat: Stat): Steps<void> {
    const { asked, run } = this
    const { sys } = run
    const fd = yield* attempt(sys.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC))
    if (Errno.isErrno(fd)) return yield* failed(run, path, `Cannot open: ${Errno.text(fd._tag)}`)
    const extents = asked.sparse ? yield* this.extents(fd, stat.size) : undefined
    const stored = extents === undefined ? stat.size : extents.reduce((sum, { length }) => sum + length, 0)
    const written = extents === undefined
      ? yield* this.header(path, name, stat, "0", { linkname: "", size: stat.size })
      : yield* this.sparseHeader(path, name, stat, extents, stored)
    if (written) {
      for (const extent of extents ?? [{ offset: 0, length: stat.size }]) {
        if (!(yield* this.contents(path, fd, extent))) break
      }
      yield* this.archive.write(Header.padding(stored))
      const after = yield* attempt(sys.fstat(fd))
      if (!Errno.isErrno(after) && after.ctime !== stat.ctime && run.status !== 2) {
        yield* run.warn(`${Names.shown(path, true)}: file changed as we read it`)
        run.status = 1
      }
    }
    yield* attempt(sys.close(fd))
  }

  /** What a file holds, up to its promised length; answers whether all of it was there. */
  private *contents(path: string, fd: number, { length, offset }: Extent): Steps<boolean> {
    const { run } = this
    for (let at = 0; at < length;) {
      const wanted = this.buffer.subarray(0, Math.min(length - at, blockSize))
      const count = yield* attempt(run.sys.pread(fd, wanted, offset + at))
      if (Errno.isErrno(count) || count === 0) {
        const left = length - at
        if (Errno.isErrno(count)) {
          const bytes = `${wanted.length} byte${wanted.length === 1 ? "" : "s"}`
          yield* failed(
            run,
            path,
            `Read error at byte ${offset + at}, while reading ${bytes}: ${Errno.text(count._tag)}`
          )
        } else {
          const bytes = `${left} byte${left === 1 ? "" : "s"}`
          yield* run.warn(`${Names.shown(path, true)}: File shrank by ${bytes}; padding with zeros`)
          if (run.status === 0) run.status = 1
        }
        for (let filled = 0; filled < left; filled += blockSize) {
          yield* this.archive.write(new Uint8Array(Math.min(blockSize, left - filled)))
        }
        return false
      }
      yield* this.archive.write(wanted.subarray(0, count))
      at += count
    }
    return true
  }

  /** Where the data of a file with holes lies; `undefined` where it has none. */
  private *extents(fd: number, size: number): Steps<ReadonlyArray<Extent> | undefined> {
    const { sys } = this.run
    const extents: Array<Extent> = []
    for (let at = 0; at < size;) {
      const data = yield* attempt(sys.lseek(fd, at, SEEK_DATA))
      if (Errno.isErrno(data)) {
        if (data._tag !== "ENXIO") return undefined
        break
      }
      const end = yield* attempt(sys.lseek(fd, data, SEEK_HOLE))
      if (Errno.isErrno(end)) return undefined
      const to = Math.min(end, size)
      extents.push({ offset: data, length: to - data })
      at = to
    }
    if (extents.length === 1 && extents[0]!.offset === 0 && extents[0]!.length === size) return undefined
    if (size === 0) return undefined
    // One without length at the end says how long the file is.
    return [...extents, { offset: size, length: 0 }]
  }

  private *sparseHeader(
    path: string,
    name: string,
    stat: Stat,
    extents: ReadonlyArray<Extent>,
    stored: number
  ): Steps<boolean> {
    if (this.asked.format === "ustar") {
      yield* failed(this.run, path, "sparse files need another format; not dumped")
      return false
    }
    if (this.asked.format === "pax") {
      const map = Formats.sparseMap(extents)
      const padding = Header.padding(map.length)
      const slash = name.lastIndexOf("/")
      const records = [
        ["GNU.sparse.major", "1"],
        ["GNU.sparse.minor", "0"],
        ["GNU.sparse.name", name],
        ["GNU.sparse.realsize", `${stat.size}`]
      ] as const
      const held = `${slash < 0 ? "." : name.slice(0, slash)}/GNUSparseFile.0/${name.slice(slash + 1)}`
      const size = map.length + padding.length + stored
      const done = yield* this.header(path, held, stat, "0", { linkname: "", size }, path, records)
      yield* this.archive.write(map)
      yield* this.archive.write(padding)
      return done
    }
    return yield* this.header(path, name, stat, "S", { linkname: "", size: stored }, path, [], extents)
  }

  /** Writes a header and what has to stand in front of it; answers whether it could be written. */
  private *header(
    path: string,
    name: string,
    stat: Stat,
    type: string,
    { linkname, size }: { readonly linkname: string; readonly size: number },
    shown = path,
    records: ReadonlyArray<readonly [string, string]> = [],
    extents?: ReadonlyArray<Extent>
  ): Steps<boolean> {
    const { archive, asked, out, run } = this
    const { accounts, format, group, numeric, owner, permissions } = asked
    const mode = permissions === undefined
      ? stat.mode & 0o7777
      : Modes.apply(permissions, stat.mode, FileMode.isDirectory(stat.mode), 0)
    const uid = owner?.id ?? stat.uid
    const gid = group?.id ?? stat.gid
    const mtime = asked.mtime ?? stat.mtime
    const whole = Number((mtime - (mtime % SECOND + SECOND) % SECOND) / SECOND)
    const about = {
      name,
      mode,
      uid,
      gid,
      size,
      mtime: whole,
      type,
      linkname,
      uname: numeric ? "" : owner?.name ?? accounts.userName(uid) ?? "",
      gname: numeric ? "" : group?.name ?? accounts.groupName(gid) ?? "",
      major: type === "3" || type === "4" ? FileMode.major(stat.rdev) : 0,
      minor: type === "3" || type === "4" ? FileMode.minor(stat.rdev) : 0
    }
    const problem = format === "ustar" ? Formats.tooMuch(about) : undefined
    if (problem !== undefined) {
      yield* problem.startsWith("value") ? run.warn(problem) : run.warn(`${Names.shown(shown, true)}: ${problem}`)
      run.status = 2
      return false
    }
    const more = { mtime, stat, extents, records, root: this.root }
    for (const piece of Formats.blocksOf(about, format, more)) yield* archive.write(piece)
    if (asked.verbosity > 0) {
      const member = { ...about, name: shown, mtime, realSize: stat.size, extents: undefined }
      const said = asked.showTransformed ? name : shown
      this.lister.member(
        { ...member, realSize: type === "0" || type === "S" ? stat.size : 0 },
        said,
        asked.verbosity > 1
      )
      yield* out.ready()
    }
    return true
  }
}

const compare = (a: Uint8Array, b: Uint8Array): number => {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}
