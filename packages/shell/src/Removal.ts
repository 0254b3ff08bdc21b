/**
 * Removing files and trees, with the questions that rm asks.
 *
 * @see rm(1)
 */
import { isDirectory, isRegular, isSymlink, W_OK } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import { confirm } from "./Confirm.js"
import * as Directory from "./Directory.js"
import * as Modes from "./Modes.js"
import * as Quote from "./Quote.js"
import { attempt, type Steps } from "./Steps.js"
import type * as Utility from "./Utility.js"

export interface How {
  readonly recursive: boolean
  /** Empty directories too, without -r. */
  readonly directories: boolean
  readonly force: boolean
  readonly ask: "never" | "protected" | "always"
  readonly verbose: boolean
}

function* mayRemove(
  run: Utility.Run,
  path: string,
  stat: Stat,
  how: How,
  question: (what: string) => string
): Steps<boolean> {
  if (how.ask === "never") return true
  const guarded = !isSymlink(stat.mode) && Errno.isErrno(yield* attempt(run.sys.access(path, W_OK)))
  if (how.ask === "protected" && !guarded) return true
  return yield* confirm(run, question(guarded ? "write-protected " : ""))
}

/** Removes `path`; answers whether it is gone. */
export function* remove(run: Utility.Run, path: string, how: How): Steps<boolean> {
  const stat = yield* run.lstat(path)
  if (Errno.isErrno(stat)) {
    if (how.force && (stat._tag === "ENOENT" || stat._tag === "ENOTDIR")) return true
    yield* run.failDoing("cannot remove", path, stat)
    return false
  }
  if (isDirectory(stat.mode)) return yield* removeDirectory(run, path, stat, how)
  const kind = isRegular(stat.mode) || isSymlink(stat.mode)
    ? Modes.kind(stat.mode, stat.size)
    : Modes.kind(stat.mode, 1)
  if (!(yield* mayRemove(run, path, stat, how, (guarded) => `remove ${guarded}${kind} ${Quote.quoted(path)}?`))) {
    return false
  }
  const error = yield* attempt(run.sys.unlink(path))
  if (Errno.isErrno(error)) {
    yield* run.failDoing("cannot remove", path, error)
    return false
  }
  if (how.verbose) run.out.line(`removed ${Quote.quoted(path)}`)
  return true
}

function* removeDirectory(run: Utility.Run, path: string, stat: Stat, how: How): Steps<boolean> {
  if (!how.recursive && !how.directories) {
    yield* run.failDoing("cannot remove", path, Errno.make("EISDIR"))
    return false
  }
  if (how.recursive) {
    const entries = yield* Directory.list(run.sys, path)
    if (Errno.isErrno(entries)) {
      // What cannot be read may still be empty.
      const error = yield* attempt(run.sys.rmdir(path))
      if (!Errno.isErrno(error)) return true
      yield* run.failDoing("cannot remove", path, entries)
      return false
    }
    if (entries.length > 0) {
      const descend = (guarded: string): string => `descend into ${guarded}directory ${Quote.quoted(path)}?`
      if (!(yield* mayRemove(run, path, stat, how, descend))) return false
    }
    let all = true
    for (const { name } of entries) all = (yield* remove(run, Directory.join(path, name), how)) && all
    if (!all) return false
  }
  const question = (guarded: string): string => `remove ${guarded}directory ${Quote.quoted(path)}?`
  if (!(yield* mayRemove(run, path, stat, how, question))) return false
  const error = yield* attempt(run.sys.rmdir(path))
  if (Errno.isErrno(error)) {
    yield* run.failDoing("cannot remove", path, error)
    return false
  }
  if (how.verbose) run.out.line(`removed directory ${Quote.quoted(path)}`)
  return true
}
