/**
 * Pathname expansion: the files that a pattern matches, sorted.
 *
 * @see glob(7)
 */
import { isDirectory } from "@effix/kernel/abi/FileMode"
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import * as Pattern from "../../Pattern.js"
import { Fatal } from "../state/Control.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { compare } from "../state/Variables.js"

/** The names in a directory, without `.` and `..`; none when it cannot be read. */
export function* namesIn(shell: Shell, directory: string): Run<ReadonlyArray<string>> {
  const fd = yield* call(shell.sys.open(directory === "" ? "." : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  if (Errno.isErrno(fd)) return []
  const names: Array<string> = []
  for (;;) {
    const entries = yield* call(shell.sys.getdents(fd))
    if (Errno.isErrno(entries) || entries.length === 0) break
    for (const { name } of entries) if (name !== "." && name !== "..") names.push(name)
  }
  yield* call(shell.sys.close(fd))
  return names
}

function* isDirectoryAt(shell: Shell, path: string): Run<boolean> {
  const stat = yield* call(shell.sys.stat(path))
  return !Errno.isErrno(stat) && isDirectory(stat.mode)
}

function* below(shell: Shell, directory: string, into: Array<string>): Run<void> {
  for (const name of yield* namesIn(shell, directory)) {
    if (name.startsWith(".") && !shell.options.dotglob) continue
    const path = directory + name
    const stat = yield* call(shell.sys.lstat(path))
    if (Errno.isErrno(stat) || !isDirectory(stat.mode)) continue
    into.push(`${path}/`)
    yield* below(shell, `${path}/`, into)
  }
}

/** The pattern's components; a slash cannot be quoted away, nor stand in brackets. */
const components = (pattern: string): Array<string> => pattern.replace(/\\\//g, "/").split("/")

/** Several of `**` in a row are one. */
const collapsed = (parts: Array<string>): Array<string> =>
  parts.filter((part, at) => part !== "**" || parts[at - 1] !== "**")

/** The files that a pattern matches, whatever GLOBIGNORE says. */
export function* matching(shell: Shell, pattern: string): Run<Array<string>> {
  const parts = shell.options.globstar ? collapsed(components(pattern)) : components(pattern)
  let found: Array<string> = [""]
  for (let at = 0; at < parts.length && found.length > 0; at++) {
    const part = parts[at]!
    const last = at === parts.length - 1
    const next: Array<string> = []
    if (part === "**" && shell.options.globstar) {
      for (const prefix of found) {
        const directories = [prefix]
        yield* below(shell, prefix, directories)
        if (!last) next.push(...directories)
        else {
          for (const directory of directories) {
            if (directory === prefix && prefix !== "") next.push(prefix)
            for (const name of yield* namesIn(shell, directory)) {
              if (!name.startsWith(".") || shell.options.dotglob) next.push(directory + name)
            }
          }
        }
      }
    } else if (!Pattern.isMagic(part, true)) {
      const name = Pattern.unescape(part)
      for (const prefix of found) {
        const path = prefix + name
        if (!last) {
          next.push(`${path}/`)
          continue
        }
        const there = path === "" ? undefined : yield* call(shell.sys.lstat(path))
        if (there !== undefined && !Errno.isErrno(there)) next.push(path)
      }
    } else {
      const matches = Pattern.compile(part, {
        period: !shell.options.dotglob,
        extended: true,
        ignoreCase: shell.options.nocaseglob
      })
      for (const prefix of found) {
        const names = yield* namesIn(shell, prefix)
        for (const name of shell.accepted.get("globskipdots") === false ? [".", "..", ...names] : names) {
          if (!matches(name)) continue
          if (last) next.push(prefix + name)
          else if (yield* isDirectoryAt(shell, prefix + name)) next.push(`${prefix}${name}/`)
        }
      }
    }
    found = next
  }
  return found.sort(compare)
}

/** The patterns of GLOBIGNORE; a colon in brackets separates none. */
const ignoring = (list: string): ReadonlyArray<string> => list.match(/(?:\[(?:[^\]]|\[:\w+:\])*\]|\\.|[^:])+/g) ?? []

/** What of `found` GLOBIGNORE lets through. */
const notIgnored = (shell: Shell, found: ReadonlyArray<string>): ReadonlyArray<string> => {
  const list = shell.variables.value("GLOBIGNORE") ?? ""
  if (list === "") return found
  const matches = ignoring(list).map((pattern) => Pattern.compile(pattern, { extended: true, pathname: true }))
  return found.filter((path) => !matches.some((each) => each(path)))
}

/** The files that `pattern` matches; when there are none, the word as it is. */
export function* pathnames(shell: Shell, pattern: string, text: string): Run<ReadonlyArray<string>> {
  if (!Pattern.isMagic(pattern, true)) return [text]
  const found = notIgnored(shell, yield* matching(shell, pattern))
  if (found.length > 0) return found
  if (shell.options.failglob) throw new Fatal(1, `no match: ${text}`, true)
  return shell.options.nullglob ? [] : [text]
}
