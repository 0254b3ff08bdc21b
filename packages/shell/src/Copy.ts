/**
 * Copying files and trees, as cp and mv do it.
 *
 * @see cp(1)
 */
import { AT_FDCWD, AT_SYMLINK_NOFOLLOW } from "@effix/kernel/abi/Fcntl"
import { isDirectory, isFifo, isRegular, isSymlink, W_OK } from "@effix/kernel/abi/FileMode"
import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import type * as Effect from "effect/Effect"
import { blockSize, writeAll } from "./BufferedWriter.js"
import { confirm } from "./Confirm.js"
import * as Directory from "./Directory.js"
import * as Modes from "./Modes.js"
import * as Quote from "./Quote.js"
import { attempt, type Steps } from "./Steps.js"
import type { Pair } from "./Targets.js"
import type * as Utility from "./Utility.js"

export interface How {
  readonly recursive: boolean
  /** Which links are followed: `operands` only those on the command line. */
  readonly follow: "always" | "operands" | "never"
  readonly preserve: {
    readonly mode: boolean
    readonly ownership: boolean
    readonly timestamps: boolean
    readonly links: boolean
  }
  readonly clobber: "yes" | "no" | "ask"
  readonly force: boolean
  readonly removeFirst: boolean
  readonly update: boolean
  readonly verbose: boolean
  readonly make: "copy" | "hard-link" | "symbolic-link"
  readonly attributesOnly: boolean
  /** Said instead of `'a' -> 'b'`: for mv across file systems. */
  readonly verb?: string
  readonly umask: number
}

/** What one run has copied so far. */
export class Copier {
  readonly #buffer = new Uint8Array(blockSize)
  /** Where files with several names went, by device and inode. */
  readonly #links = new Map<string, string>()
  readonly #created = new Set<string>()
  readonly #sources = new Set<string>()
  /** Directories made by this run: those it must not copy into themselves. */
  readonly #made = new Set<string>()

  constructor(readonly run: Utility.Run, readonly how: How) {}

  /** Copies one operand; answers whether all of it went well. */
  *copy(pair: Pair): Steps<boolean> {
    return yield* this.#one(pair, true)
  }

  #key(stat: Stat): string {
    return `${stat.dev}:${stat.ino}`
  }

  *#one({ source, target }: Pair, operand: boolean): Steps<boolean> {
    const { how, run } = this
    const follow = how.follow === "always" || (how.follow === "operands" && operand)
    const stat = yield* follow ? run.stat(source) : run.lstat(source)
    if (Errno.isErrno(stat)) {
      yield* run.failDoing("cannot stat", source, stat)
      return false
    }
    if (isDirectory(stat.mode) && !how.recursive) {
      yield* run.fail(`-r not specified; omitting directory ${Quote.quoted(source)}`)
      return false
    }
    if (operand && (yield* this.#repeated(source, stat))) return true
    const existing = yield* this.#existing(stat, target, follow)
    if (Errno.isErrno(existing)) {
      yield* run.failDoing("cannot stat", target, existing)
      return false
    }
    if (existing !== undefined) {
      const go = yield* this.#mayReplace(source, stat, target, existing)
      if (go !== "go") return go === "skip"
    }
    if (isDirectory(stat.mode)) return yield* this.#directory({ source, target }, stat, existing)
    return yield* this.#file({ source, target }, stat, existing, operand)
  }

  *#repeated(source: string, stat: Stat): Steps<boolean> {
    const key = `${this.#key(stat)} ${Directory.baseName(source)}`
    const again = this.#sources.has(key) && this.how.clobber !== "no"
    this.#sources.add(key)
    if (again) {
      const what = isDirectory(stat.mode) ? "directory" : "file"
      yield* this.run.warn(`warning: source ${what} ${Quote.quoted(source)} specified more than once`)
    }
    return again
  }

  *#existing(stat: Stat, target: string, follow: boolean): Steps<Stat | Errno.Any | undefined> {
    const direct = isRegular(stat.mode) && this.how.make === "copy" || (follow && isDirectory(stat.mode))
    const found = yield* direct ? this.run.stat(target) : this.run.lstat(target)
    if (!Errno.isErrno(found)) return found
    const link = yield* this.run.lstat(target)
    if (!Errno.isErrno(link)) return link
    return link._tag === "ENOENT" || isDirectory(stat.mode) ? undefined : link
  }

  /** Whether what is there may go: `go`, `skip` it quietly, or `fail`. */
  *#mayReplace(source: string, stat: Stat, target: string, existing: Stat): Steps<"go" | "skip" | "fail"> {
    const { how, run } = this
    if (Directory.sameFile(stat, existing) && !(isDirectory(stat.mode) && how.clobber === "no")) {
      if (how.make === "hard-link") return "skip"
      const linkItself = how.removeFirst && !(yield* this.#sameName(source, target))
      if (!linkItself || isDirectory(stat.mode)) {
        yield* run.fail(`${Quote.quoted(source)} and ${Quote.quoted(target)} are the same file`)
        return "fail"
      }
    }
    if (how.update && !isDirectory(stat.mode) && existing.mtime >= stat.mtime) return "skip"
    if (!isDirectory(stat.mode) || !isDirectory(existing.mode)) {
      if (how.clobber === "no") return "skip"
      if (
        how.clobber === "ask" && !isDirectory(stat.mode) &&
        !(yield* confirm(run, yield* this.#question(target, existing)))
      ) {
        return "skip"
      }
    }
    if (isDirectory(existing.mode) && !isDirectory(stat.mode)) {
      yield* run.fail(`cannot overwrite directory ${Quote.quoted(target)} with non-directory`)
      return "fail"
    }
    if (isDirectory(stat.mode) && !isDirectory(existing.mode)) {
      yield* run.fail(`cannot overwrite non-directory ${Quote.quoted(target)} with directory ${Quote.quoted(source)}`)
      return "fail"
    }
    if (this.#created.has(this.#key(existing)) && !isDirectory(stat.mode)) {
      yield* run.fail(`will not overwrite just-created ${Quote.quoted(target)} with ${Quote.quoted(source)}`)
      return "fail"
    }
    return "go"
  }

  *#sameName(source: string, target: string): Steps<boolean> {
    const [a, b] = [yield* this.run.stat(Directory.dirName(source)), yield* this.run.stat(Directory.dirName(target))]
    return !Errno.isErrno(a) && !Errno.isErrno(b) && Directory.sameFile(a, b) &&
      Directory.baseName(source) === Directory.baseName(target)
  }

  *#question(target: string, existing: Stat): Steps<string> {
    if (isSymlink(existing.mode) || !Errno.isErrno(yield* attempt(this.run.sys.access(target, W_OK)))) {
      return `overwrite ${Quote.quoted(target)}?`
    }
    const [octal, text] = [Modes.octal(existing.mode), Modes.text(existing.mode).slice(1)]
    return this.how.force || this.how.removeFirst
      ? `replace ${Quote.quoted(target)}, overriding mode ${octal} (${text})?`
      : `unwritable ${Quote.quoted(target)} (mode ${octal}, ${text}); try anyway?`
  }

  #say({ source, target }: Pair): void {
    const { how, run } = this
    if (!how.verbose) return
    run.out.line(`${how.verb === undefined ? "" : how.verb + " "}${Quote.quoted(source)} -> ${Quote.quoted(target)}`)
  }

  *#directory(pair: Pair, stat: Stat, existing: Stat | undefined): Steps<boolean> {
    const { how, run } = this
    const { source, target } = pair
    if (existing === undefined) {
      if (yield* this.#isInside(stat, target)) {
        yield* run.fail(`cannot copy a directory, ${Quote.quoted(source)}, into itself, ${Quote.quoted(target)}`)
        return false
      }
      // Until its entries are there, the directory has to be writable.
      const error = yield* attempt(run.sys.mkdir(target, (stat.mode & 0o7777) | 0o700))
      if (Errno.isErrno(error)) {
        yield* run.failDoing("cannot create directory", target, error)
        return false
      }
      if (how.verb === undefined) this.#say(pair)
      else if (how.verbose) run.out.line(`created directory ${Quote.quoted(target)}`)
      const made = yield* run.stat(target)
      if (!Errno.isErrno(made)) this.#made.add(this.#key(made))
    }
    const entries = yield* Directory.list(run.sys, source)
    let all = true
    if (Errno.isErrno(entries)) {
      yield* run.failDoing("cannot access", source, entries)
      all = false
    } else {
      for (const { name } of entries) {
        const below = { source: Directory.join(source, name), target: Directory.join(target, name) }
        if (this.#made.size > 0 && this.#made.has(yield* this.#keyOf(below.source))) continue
        all = (yield* this.#one(below, false)) && all
        yield* run.out.ready()
      }
    }
    yield* this.#attributes(target, stat, existing === undefined, false)
    return all
  }

  *#keyOf(path: string): Steps<string> {
    const stat = yield* this.run.lstat(path)
    return Errno.isErrno(stat) ? "" : this.#key(stat)
  }

  /** Whether `target`, yet to be made, would lie below the directory `stat`. */
  *#isInside(stat: Stat, target: string): Steps<boolean> {
    for (let above = Directory.dirName(target);; above = Directory.join(above, "..")) {
      const there = yield* this.run.stat(above)
      if (Errno.isErrno(there)) return false
      if (Directory.sameFile(there, stat)) return true
      const next = yield* this.run.stat(Directory.join(above, ".."))
      if (Errno.isErrno(next) || Directory.sameFile(next, there)) return false
    }
  }

  *#file(pair: Pair, stat: Stat, existing: Stat | undefined, operand: boolean): Steps<boolean> {
    const { how, run } = this
    const { target } = pair
    const first = this.#links.get(this.#key(stat))
    if (how.preserve.links && first !== undefined && stat.nlink > 1) {
      if (existing !== undefined) yield* attempt(run.sys.unlink(target))
      this.#say(pair)
      return yield* this.#done(
        "cannot create hard link",
        target,
        attempt(run.sys.link(first, target)),
        ` to ${Quote.quoted(first)}`
      )
    }
    if (stat.nlink > 1) this.#links.set(this.#key(stat), target)
    if (how.make !== "copy") return yield* this.#link(pair, existing)
    if (isSymlink(stat.mode)) return yield* this.#symlink(pair, stat, existing)
    if (!isRegular(stat.mode) && how.recursive) return yield* this.#special(pair, stat, existing)
    if (existing !== undefined && isSymlink(existing.mode) && !how.removeFirst && operand) {
      yield* run.fail(`not writing through dangling symlink ${Quote.quoted(target)}`)
      return false
    }
    return yield* this.#contents(pair, stat, existing)
  }

  *#done(doing: string, path: string, call: Effect.Effect<unknown>, more = ""): Steps<boolean> {
    const error = yield* call
    if (!Errno.isErrno(error)) return true
    yield* this.run.fail(`${doing} ${Quote.quoted(path)}${more}: ${Errno.text(error._tag)}`)
    return false
  }

  *#link(pair: Pair, existing: Stat | undefined): Steps<boolean> {
    const { how, run } = this
    const { source, target } = pair
    if (existing !== undefined && (how.force || how.removeFirst)) yield* attempt(run.sys.unlink(target))
    this.#say(pair)
    return yield* how.make === "hard-link"
      ? this.#done(
        "cannot create hard link",
        target,
        attempt(run.sys.link(source, target)),
        ` to ${Quote.quoted(source)}`
      )
      : this.#done(
        "cannot create symbolic link",
        target,
        attempt(run.sys.symlink(source, target)),
        ` to ${Quote.quoted(source)}`
      )
  }

  *#symlink(pair: Pair, stat: Stat, existing: Stat | undefined): Steps<boolean> {
    const { run } = this
    const { source, target } = pair
    const text = yield* attempt(run.sys.readlink(source))
    if (Errno.isErrno(text)) {
      yield* run.failDoing("cannot read symbolic link", source, text)
      return false
    }
    if (existing !== undefined) yield* attempt(run.sys.unlink(target))
    this.#say(pair)
    if (!(yield* this.#done("cannot create symbolic link", target, attempt(run.sys.symlink(text, target))))) {
      return false
    }
    yield* this.#attributes(target, stat, true, true)
    return true
  }

  *#special(pair: Pair, stat: Stat, existing: Stat | undefined): Steps<boolean> {
    const { how, run } = this
    if (existing !== undefined) yield* attempt(run.sys.unlink(pair.target))
    this.#say(pair)
    const [doing, call] = isFifo(stat.mode)
      ? ["cannot create fifo", attempt(run.sys.mkfifo(pair.target, stat.mode & 0o7777 & ~how.umask))] as const
      : ["cannot create special file", attempt(run.sys.mknod(pair.target, stat.mode & ~how.umask, stat.rdev))] as const
    if (!(yield* this.#done(doing, pair.target, call))) return false
    yield* this.#attributes(pair.target, stat, true, false)
    return true
  }

  /** Takes away what is in the way. */
  *#remove(target: string): Steps<boolean> {
    const error = yield* attempt(this.run.sys.unlink(target))
    if (Errno.isErrno(error)) yield* this.run.failDoing("cannot remove", target, error)
    else if (this.how.verbose) this.run.out.line(`removed ${Quote.quoted(target)}`)
    return !Errno.isErrno(error)
  }

  *#open(pair: Pair, stat: Stat, existing: Stat | undefined): Steps<number | undefined> {
    const { how, run } = this
    const { target } = pair
    // Without -p the new file gets the old one's permissions, less what umask takes; with it, they come at the end.
    const mode = how.preserve.ownership ? stat.mode & 0o700 : stat.mode & 0o777
    if (existing !== undefined) {
      const fd = yield* attempt(run.sys.open(target, O_WRONLY | (how.attributesOnly ? 0 : O_TRUNC)))
      if (!Errno.isErrno(fd)) return fd
      if (!how.force) {
        yield* run.failDoing("cannot create regular file", target, fd)
        return undefined
      }
    }
    if (existing !== undefined && !(yield* this.#remove(target))) return undefined
    const fd = yield* attempt(run.sys.open(target, O_WRONLY | O_CREAT | O_EXCL, mode))
    if (!Errno.isErrno(fd)) return fd
    yield* run.failDoing("cannot create regular file", target, fd)
    return undefined
  }

  *#contents(pair: Pair, stat: Stat, existing: Stat | undefined): Steps<boolean> {
    const { how, run } = this
    const { source, target } = pair
    const from = yield* attempt(run.sys.open(source, O_RDONLY))
    if (Errno.isErrno(from)) {
      yield* run.fail(`cannot open ${Quote.quoted(source)} for reading: ${Errno.text(from._tag)}`)
      return false
    }
    if (existing !== undefined && how.removeFirst && !(yield* this.#remove(target))) {
      yield* attempt(run.sys.close(from))
      return false
    }
    this.#say(pair)
    const to = yield* this.#open(pair, stat, how.removeFirst ? undefined : existing)
    if (to === undefined) {
      yield* attempt(run.sys.close(from))
      return false
    }
    const ok = how.attributesOnly || (yield* this.#transfer(pair, from, to))
    const made = yield* attempt(run.sys.fstat(to))
    if (!Errno.isErrno(made)) this.#created.add(this.#key(made))
    yield* attempt(run.sys.close(from))
    yield* attempt(run.sys.close(to))
    yield* this.#attributes(target, stat, existing === undefined, false)
    return ok
  }

  *#transfer({ source, target }: Pair, from: number, to: number): Steps<boolean> {
    const { run } = this
    while (true) {
      const count = yield* attempt(run.sys.read(from, this.#buffer))
      if (Errno.isErrno(count)) {
        yield* run.failDoing("error reading", source, count)
        return false
      }
      if (count === 0) return true
      const error = yield* writeAll(run.sys, to, this.#buffer.subarray(0, count))
      if (error !== undefined) {
        yield* run.failDoing("error writing", target, error)
        return false
      }
    }
  }

  *#attributes(target: string, stat: Stat, created: boolean, link: boolean): Steps<void> {
    const { preserve, umask } = this.how
    const { sys } = this.run
    if (preserve.timestamps) {
      yield* attempt(sys.utimensat(AT_FDCWD, target, stat.atime, stat.mtime, link ? AT_SYMLINK_NOFOLLOW : 0))
    }
    let owned = true
    if (preserve.ownership) owned = !Errno.isErrno(yield* attempt(sys.lchown(target, stat.uid, stat.gid)))
    if (link) return
    // Who may not give a file away must not hand out its set-id bits either.
    if (preserve.mode) yield* attempt(sys.chmod(target, stat.mode & (owned ? 0o7777 : 0o1777)))
    else if (created && isDirectory(stat.mode)) yield* attempt(sys.chmod(target, stat.mode & 0o777 & ~umask))
  }
}

/** The mask of the process, which can only be read by setting it. */
export function* umask(run: Utility.Run): Steps<number> {
  const mask = yield* run.sys.umask(0o022)
  yield* run.sys.umask(mask)
  return mask
}
