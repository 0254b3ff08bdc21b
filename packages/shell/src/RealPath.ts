/**
 * Paths without symbolic links, `.` and `..`.
 *
 * @see realpath(3)
 */
import { isDirectory, isSymlink } from "@effix/kernel/abi/FileMode"
import { SYMLINKS_MAX } from "@effix/kernel/abi/Limits"
import * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import { attempt, type Steps } from "./Steps.js"

/** Which components must be there: all, all but the last, or none. */
export type Strictness = "all" | "parents" | "missing"

export interface Ways {
  /** Links are names like any other (`realpath -s`). */
  readonly links?: "follow" | "keep"
  /** `..` takes a name away before links are followed (`realpath -L`). */
  readonly logical?: boolean
}

/** The absolute path that `path` means. */
export function* resolvePath(
  sys: SystemCalls,
  path: string,
  strict: Strictness,
  ways: Ways = {}
): Steps<string | Errno.Any> {
  if (path === "") return Errno.make("ENOENT")
  let done = ""
  if (!path.startsWith("/")) {
    const cwd = yield* attempt(sys.getcwd())
    if (Errno.isErrno(cwd)) return cwd
    done = cwd === "/" ? "" : cwd
  }
  const text = ways.logical === true ? collapse(path) : path
  const rest = text.split("/").filter((name) => name !== "" && name !== ".")
  let mustBeDirectory = /\/\.?$/.test(path)
  let links = 0
  while (rest.length > 0) {
    const name = rest.shift()!
    if (name === "..") {
      done = done.slice(0, Math.max(0, done.lastIndexOf("/")))
      continue
    }
    const next = `${done}/${name}`
    const stat = yield* attempt(sys.lstat(next))
    if (Errno.isErrno(stat)) {
      const last = rest.length === 0
      if (strict === "missing" || (strict === "parents" && last && stat._tag === "ENOENT")) {
        done = next
        if (strict === "missing") continue
        return done
      }
      return stat
    }
    if (isSymlink(stat.mode) && ways.links !== "keep") {
      if (++links > SYMLINKS_MAX) {
        if (strict !== "missing") return Errno.make("ELOOP")
        done = next
        continue
      }
      const target = yield* attempt(sys.readlink(next))
      if (Errno.isErrno(target)) return target
      if (target.startsWith("/")) done = ""
      rest.unshift(...target.split("/").filter((part) => part !== "" && part !== "."))
      if (/\/\.?$/.test(target)) mustBeDirectory = true
      continue
    }
    if (!isDirectory(stat.mode) && (rest.length > 0 || mustBeDirectory) && strict !== "missing") {
      return Errno.make("ENOTDIR")
    }
    done = next
  }
  return done === "" ? "/" : done
}

/** Takes `name/..` out of a path, by its text alone. */
export const collapse = (path: string): string => {
  const names: Array<string> = []
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue
    if (name === ".." && names.length > 0 && names.at(-1) !== "..") names.pop()
    else if (name !== ".." || !path.startsWith("/")) names.push(name)
  }
  return (path.startsWith("/") ? "/" : "") + names.join("/")
}

/** The way from one absolute path to another. */
export const relative = (from: string, to: string): string => {
  const [a, b] = [from, to].map((path) => path.split("/").filter((name) => name !== ""))
  let common = 0
  while (common < a!.length && common < b!.length && a![common] === b![common]) common++
  return [...a!.slice(common).map(() => ".."), ...b!.slice(common)].join("/") || "."
}
