/**
 * Takes files out of an archive.
 *
 * A link that leads out of where one is stands as an empty file until the end: so that nothing is written through it.
 *
 * @see tar(1)
 */
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW } from "@effix/kernel/abi/Fcntl"
import * as FileMode from "@effix/kernel/abi/FileMode"
import { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type * as Effect from "effect/Effect"
import { type BufferedWriter, writeAll } from "../BufferedWriter.js"
import { umask } from "../Copy.js"
import * as DateFormat from "../DateFormat.js"
import * as Directory from "../Directory.js"
import { attempt, type Steps } from "../Steps.js"
import { seconds } from "../tar/header.js"
import * as Names from "../tar/names.js"
import type { Member, Members } from "../tar/read.js"
import type * as Utility from "../Utility.js"
import type { ArchiveReader } from "./tarArchive.js"
import { Directories, namesOf, Prefixes } from "./tarCreate.js"
import { Lister, typeOf } from "./tarList.js"
import { type Asked, fatal } from "./tarOptions.js"
import { cutOff, failed, Selection, walk } from "./tarWalk.js"

interface Placeholder {
  readonly directory: string
  readonly paths: Array<string>
  readonly ino: number
  readonly dev: number
  readonly member: Member
}

/** A call that makes something, to be tried again when what was in its way is gone. */
type Make = () => Effect.Effect<number | void, Errno.Any>

export class Extractor {
  private readonly prefixes: Prefixes
  private readonly lister: Lister
  private readonly delayed: Array<{ readonly directory: string; readonly path: string; readonly member: Member }> = []
  private readonly placeholders: Array<Placeholder> = []
  private mask = 0
  /** What is not newer than this is no time in the future. */
  private started = 0n

  constructor(
    private readonly run: Utility.Run,
    private readonly asked: Asked,
    private readonly archive: ArchiveReader,
    private readonly out: BufferedWriter
  ) {
    this.prefixes = new Prefixes(run, asked.absolute)
    this.lister = new Lister(asked, out)
  }

  *all(): Steps<void> {
    const { archive, asked, run } = this
    this.mask = yield* umask(run)
    this.started = yield* run.sys.clockGettime("realtime")
    const directories = yield* Directories.make(run)
    const selection = new Selection(asked)
    if (asked.operands.length === 0) yield* directories.enter(asked.directory)
    yield* walk(
      run,
      asked,
      archive,
      function*(this: Extractor, member: Member, members: Members): Steps<void> {
        const operand = selection.find(member.name)
        if (operand === undefined) return
        yield* directories.enter(operand.directory)
        yield* this.member(member, members, operand.directory)
      }.bind(this)
    )
    yield* this.finish(directories)
    yield* selection.conclude(run)
  }

  private *member(stored: Member, members: Members, directory: string): Steps<void> {
    const { asked, run } = this
    const { linkname, name } = yield* namesOf(asked, this.prefixes, stored)
    const member = { ...stored, linkname }
    if (name === undefined) return
    if (!asked.absolute && Names.hasDotDot(member.name)) {
      return yield* failed(run, member.name, "Member name contains '..'")
    }
    if (asked.verbosity > 0) {
      this.lister.member(stored, asked.showTransformed ? name : member.name, asked.verbosity > 1)
      yield* this.out.ready()
      if (this.out !== run.out) yield* this.out.flush()
    }
    const type = typeOf(member)
    if (asked.toStdout) {
      if (FileMode.isRegular(type) && member.type !== "1") yield* this.print(member, members)
      return
    }
    const path = name.replace(/(.)\/+$/, "$1")
    if (asked.keep === "newer" && !FileMode.isDirectory(type)) {
      const there = yield* run.lstat(path)
      if (!Errno.isErrno(there) && there.mtime >= member.mtime) {
        return yield* run.warn(`Current '${Names.shown(path)}' is newer or same age`)
      }
    }
    if (asked.keep === "unlink" && !FileMode.isDirectory(type)) yield* this.clear(path)
    if (member.type === "1") return yield* this.link(path, member)
    if (FileMode.isDirectory(type)) return yield* this.directory(path, member, directory)
    if (member.type === "2") return yield* this.symlink(path, member, directory)
    if (member.type === "6") {
      return yield* this.node(path, member, "mkfifo", () => run.sys.mkfifo(path, this.mode(member)))
    }
    if (member.type === "3" || member.type === "4") {
      const device = FileMode.makedev(member.major, member.minor)
      return yield* this.node(path, member, "mknod", () => run.sys.mknod(path, type | this.mode(member), device))
    }
    if (!"07".includes(member.type)) {
      if ("VMDN".includes(member.type)) return
      yield* run.warn(`${Names.shown(path, true)}: Unknown file type '${member.type}', extracted as normal file`)
    }
    yield* this.file(path, member, members)
  }

  private mode({ mode }: Member): number {
    return this.asked.samePermissions ? mode & 0o7777 : mode & 0o777 & ~this.mask
  }

  /** The data of a member, where it belongs in the file. */
  private *pieces(
    member: Member,
    members: Members,
    use: (bytes: Uint8Array, offset: number) => Steps<Errno.Any | undefined>
  ): Steps<Errno.Any | undefined> {
    const extents = member.extents ?? [{ offset: 0, length: member.size }]
    let which = 0
    let done = 0
    while (true) {
      const piece = yield* members.data()
      if (piece === undefined) {
        if (members.left > 0) {
          yield* this.archive.check()
          yield* this.run.warn("Unexpected EOF in archive")
          yield* cutOff(this.run, this.archive)
        }
        return undefined
      }
      for (let at = 0; at < piece.length;) {
        const { length, offset } = extents[which]!
        const count = Math.min(piece.length - at, length - done)
        if (count > 0) {
          const error = yield* use(piece.subarray(at, at + count), offset + done)
          if (error !== undefined) return error
        }
        at += count
        done += count
        if (done === length) {
          which++
          done = 0
        }
      }
    }
  }

  private *print(member: Member, members: Members): Steps<void> {
    const { run } = this
    const zeros = new Uint8Array(65_536)
    let at = 0
    const fill = function*(to: number): Steps<Errno.Any | undefined> {
      while (at < to) {
        const error = yield* writeAll(run.sys, 1, zeros.subarray(0, Math.min(zeros.length, to - at)))
        if (error !== undefined) return error
        at += Math.min(zeros.length, to - at)
      }
      return undefined
    }
    let error = yield* this.pieces(member, members, function*(bytes, offset) {
      const error = (yield* fill(offset)) ?? (yield* writeAll(run.sys, 1, bytes))
      at += bytes.length
      return error
    })
    error ??= yield* fill(member.realSize)
    if (error !== undefined) {
      yield* fatal(run, `${Names.shown(member.name, true)}: Cannot write: ${Errno.text(error._tag)}`)
    }
  }

  /** Takes away what is at `path`; answers whether it could. */
  private *clear(path: string): Steps<boolean> {
    const { sys } = this.run
    const error = yield* attempt(sys.unlink(path))
    if (!Errno.isErrno(error)) return true
    return error._tag === "EISDIR" && !Errno.isErrno(yield* attempt(sys.rmdir(path)))
  }

  private *parents(path: string): Steps<boolean> {
    let made = false
    for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
      const above = path.slice(0, at)
      const error = yield* attempt(this.run.sys.mkdir(above, 0o777))
      if (!Errno.isErrno(error)) made = true
      else if (error._tag !== "EEXIST") {
        yield* failed(this.run, above, `Cannot mkdir: ${Errno.text(error._tag)}`)
        break
      }
    }
    return made
  }

  /** Makes something, and what it has to lie in; what is in its way goes or stays, as asked. */
  private *make(path: string, make: Make): Steps<number | void | Errno.Any | "kept"> {
    const { keep } = this.asked
    let made = yield* attempt(make())
    if (Errno.isErrno(made) && made._tag === "ENOENT" && (yield* this.parents(path))) made = yield* attempt(make())
    if (!Errno.isErrno(made) || made._tag !== "EEXIST") return made
    if (keep === "skip") return "kept"
    if (keep === "fail" || !(yield* this.clear(path))) return made
    return yield* attempt(make())
  }

  private *file(path: string, member: Member, members: Members): Steps<void> {
    const { asked, run } = this
    const { sys } = run
    const flags = asked.keep === "overwrite" ? O_WRONLY | O_CREAT | O_TRUNC : O_WRONLY | O_CREAT | O_EXCL
    const fd = yield* this.make(path, () => sys.open(path, flags, this.mode(member) & 0o700 | 0o200))
    if (fd === "kept" || fd === undefined) return
    if (Errno.isErrno(fd)) return yield* failed(run, path, `Cannot open: ${Errno.text(fd._tag)}`)
    let error = yield* this.pieces(member, members, (bytes, offset) => writeAt(run, fd, bytes, offset))
    if (error === undefined && member.extents !== undefined) {
      const cut = yield* attempt(sys.ftruncate(fd, member.realSize))
      if (Errno.isErrno(cut)) error = cut
    }
    if (error !== undefined) yield* failed(run, path, `Cannot write: ${Errno.text(error._tag)}`)
    yield* attempt(sys.close(fd))
    yield* this.attributes(path, member)
  }

  private *node(path: string, member: Member, call: string, make: Make): Steps<void> {
    const made = yield* this.make(path, make)
    if (made === "kept") return
    if (Errno.isErrno(made)) return yield* failed(this.run, path, `Cannot ${call}: ${Errno.text(made._tag)}`)
    yield* this.attributes(path, member)
  }

  private *directory(path: string, member: Member, directory: string): Steps<void> {
    const { asked, run } = this
    const make = () => run.sys.mkdir(path, this.mode(member) & 0o777 | 0o700)
    let made = yield* attempt(make())
    if (Errno.isErrno(made) && made._tag === "ENOENT" && (yield* this.parents(path))) made = yield* attempt(make())
    if (Errno.isErrno(made) && made._tag === "EEXIST") {
      const there = yield* run.lstat(path)
      const isDirectory = Directory.isDirectory(there)
      if (!isDirectory && asked.keepDirectoryLinks && Directory.isDirectory(yield* run.stat(path))) return
      if (isDirectory && (!asked.overwriteDirectory || asked.keep === "fail" || asked.keep === "skip")) return
      if (!isDirectory) {
        if (asked.keep === "fail" || asked.keep === "skip") return
        if (yield* this.clear(path)) made = yield* attempt(make())
        if (Errno.isErrno(made)) return yield* failed(run, path, `Cannot mkdir: ${Errno.text(made._tag)}`)
      }
    } else if (Errno.isErrno(made)) return yield* failed(run, path, `Cannot mkdir: ${Errno.text(made._tag)}`)
    this.delayed.push({ directory, path, member })
  }

  private *symlink(path: string, member: Member, directory: string): Steps<void> {
    const { asked, run } = this
    const { sys } = run
    const { linkname } = member
    const leadsOut = !asked.absolute && (linkname.startsWith("/") || Names.hasDotDot(linkname))
    const made = leadsOut
      ? yield* this.make(path, () => sys.open(path, O_WRONLY | O_CREAT | O_EXCL, 0))
      : yield* this.make(path, () => sys.symlink(linkname, path))
    if (made === "kept") return
    if (Errno.isErrno(made)) {
      const doing = leadsOut ? "open" : `create symlink to '${Names.shown(linkname)}'`
      return yield* failed(run, path, `Cannot ${doing}: ${Errno.text(made._tag)}`)
    }
    if (typeof made !== "number") return yield* this.attributes(path, member)
    const stat = yield* attempt(sys.fstat(made))
    yield* attempt(sys.close(made))
    if (!Errno.isErrno(stat)) {
      this.placeholders.push({ directory, paths: [path], ino: stat.ino, dev: stat.dev, member })
    }
  }

  private *link(path: string, member: Member): Steps<void> {
    const { run } = this
    const target = member.linkname
    const [from, to] = [yield* run.lstat(target), yield* run.lstat(path)]
    if (!Errno.isErrno(from) && !Errno.isErrno(to) && Directory.sameFile(from, to)) return
    const made = yield* this.make(path, () => run.sys.link(target, path))
    if (made === "kept") return
    if (Errno.isErrno(made)) {
      return yield* failed(run, path, `Cannot hard link to '${Names.shown(target)}': ${Errno.text(made._tag)}`)
    }
    if (Errno.isErrno(from)) return
    this.placeholders.find(({ dev, ino }) => dev === from.dev && ino === from.ino)?.paths.push(path)
  }

  private *attributes(path: string, member: Member): Steps<void> {
    const { asked, run } = this
    const { sys } = run
    const link = member.type === "2"
    if (asked.sameOwner) {
      const { accounts, numeric } = asked
      const named = (name: string, find: (text: string) => number | undefined): number | undefined =>
        numeric || name === "" || /^\d/.test(name) ? undefined : find(name)
      const uid = named(member.uname, (name) => accounts.uid(name)) ?? member.uid
      const gid = named(member.gname, (name) => accounts.gid(name)) ?? member.gid
      const error = yield* attempt(sys.lchown(path, uid, gid))
      if (Errno.isErrno(error)) {
        yield* failed(run, path, `Cannot change ownership to uid ${uid}, gid ${gid}: ${Errno.text(error._tag)}`)
      }
    }
    if (!link) {
      const error = yield* attempt(sys.chmod(path, this.mode(member)))
      if (Errno.isErrno(error)) {
        const mode = this.mode(member).toString(8).padStart(4, "0")
        yield* failed(run, path, `Cannot change mode to ${mode}: ${Errno.text(error._tag)}`)
      }
    }
    if (asked.touch) return
    yield* this.checkTime(path, member.mtime)
    const error = yield* attempt(
      sys.utimensat(AT_FDCWD, path, "now", member.mtime, link ? AT_SYMLINK_NOFOLLOW : 0)
    )
    if (Errno.isErrno(error)) yield* failed(run, path, `Cannot utime: ${Errno.text(error._tag)}`)
  }

  /** Times that cannot be are set nevertheless. */
  private *checkTime(path: string, mtime: bigint): Steps<void> {
    const time = DateFormat.format("%Y-%m-%d %H:%M:%S", mtime)
    const name = Names.shown(path, true)
    if (mtime < 0n) return yield* this.run.warn(`${name}: implausibly old time stamp ${time}`)
    if (mtime <= this.started) return
    const now = yield* this.run.sys.clockGettime("realtime")
    if (mtime > now) yield* this.run.warn(`${name}: time stamp ${time} is ${seconds(mtime - now)} s in the future`)
  }

  /** Links take their places, and directories get their modes and times, now that nothing is put into them any more. */
  private *finish(directories: Directories): Steps<void> {
    const { sys } = this.run
    for (const { dev, directory, ino, member, paths } of this.placeholders) {
      yield* directories.enter(directory)
      for (const path of paths) {
        const stat = yield* this.run.lstat(path)
        if (Errno.isErrno(stat) || stat.dev !== dev || stat.ino !== ino) continue
        yield* attempt(sys.unlink(path))
        const error = yield* attempt(sys.symlink(member.linkname, path))
        if (Errno.isErrno(error)) {
          const to = Names.shown(member.linkname)
          yield* failed(this.run, path, `Cannot create symlink to '${to}': ${Errno.text(error._tag)}`)
        } else yield* this.attributes(path, member)
      }
    }
    for (const { directory, member, path } of this.delayed.reverse()) {
      yield* directories.enter(directory)
      yield* this.attributes(path, member)
    }
  }
}

function* writeAt(run: Utility.Run, fd: number, bytes: Uint8Array, offset: number): Steps<Errno.Any | undefined> {
  for (let at = 0; at < bytes.length;) {
    const count = yield* attempt(run.sys.pwrite(fd, bytes.subarray(at), offset + at))
    if (Errno.isErrno(count)) return count
    at += count
  }
  return undefined
}
