/**
 * The files that the beginning of a path may become.
 */
import { isDirectory, isRegular, isSymlink, X_OK } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import { namesIn } from "../expand/pathnames.js"
import { tilde } from "../expand/tilde.js"
import { isOn } from "../readline/Readline.js"
import { call, type Run, type Shell } from "../state/Shell.js"

/** The path that is meant: what `~user/…` stands for, and variables in it. */
function* real(shell: Shell, path: string): Run<string> {
  const known = path.replace(
    /\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g,
    (text, braced: string | undefined, bare: string | undefined) => shell.variables.value(braced ?? bare ?? "") ?? text
  )
  const home = /^~([^/]*)(?=\/|$)/.exec(known)
  return home === null ? known : (yield* tilde(shell, home[1]!)) + known.slice(home[0].length)
}

export function* isDirectoryAt(shell: Shell, path: string): Run<boolean> {
  const stat = yield* call(shell.sys.stat(yield* real(shell, path)))
  return !Errno.isErrno(stat) && isDirectory(stat.mode)
}

function* isProgram(shell: Shell, path: string): Run<boolean> {
  const stat = yield* call(shell.sys.stat(path))
  return !Errno.isErrno(stat) && isRegular(stat.mode) && !Errno.isErrno(yield* call(shell.sys.access(path, X_OK)))
}

/** A program, or a directory on the way to one. */
function* leadsToProgram(shell: Shell, path: string): Run<boolean> {
  return (yield* isDirectoryAt(shell, path)) || (yield* isProgram(shell, path))
}

const tests = { any: undefined, directory: isDirectoryAt, program: isProgram, command: leadsToProgram }

/** Paths that begin with `text`, each as it would be typed. */
export function* files(shell: Shell, text: string, kind: keyof typeof tests = "any"): Run<ReadonlyArray<string>> {
  const slash = text.lastIndexOf("/") + 1
  const directory = text.slice(0, slash)
  const prefix = text.slice(slash)
  const there = yield* real(shell, directory)
  const test = tests[kind]
  const found: Array<string> = []
  const ignoreCase = isOn(shell.readline, "completion-ignore-case")
  const shows = isOn(shell.readline, "match-hidden-files")
  const begins = (name: string): boolean =>
    ignoreCase ? name.toLowerCase().startsWith(prefix.toLowerCase()) : name.startsWith(prefix)
  const hidden = prefix === "." || prefix === ".." ? [".", ".."] : []
  for (const name of [...hidden, ...yield* namesIn(shell, there)]) {
    if (!begins(name) || (name.startsWith(".") && !shows && !prefix.startsWith("."))) continue
    if (test === undefined || (yield* test(shell, there + name))) found.push(directory + name)
  }
  return found
}

/** Whether a path is a directory, or a link to one, of which more can be typed. */
export function* leads(shell: Shell, path: string): Run<"directory" | "link" | undefined> {
  if (!(yield* isDirectoryAt(shell, path))) return undefined
  const stat = yield* call(shell.sys.lstat(yield* real(shell, path)))
  return !Errno.isErrno(stat) && isSymlink(stat.mode) ? "link" : "directory"
}

/** What FIGNORE leaves of files; all of them where that would be none. */
export const notIgnored = (shell: Shell, found: ReadonlyArray<string>): ReadonlyArray<string> => {
  const suffixes = (shell.variables.value("FIGNORE") ?? "").split(":").filter((suffix) => suffix !== "")
  const kept = found.filter((path) => {
    const name = path.slice(path.lastIndexOf("/") + 1)
    return !suffixes.some((suffix) => name.length > suffix.length && name.endsWith(suffix))
  })
  return kept.length > 0 ? kept : found
}
