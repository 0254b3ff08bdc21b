/**
 * Where commands are found: along PATH, and remembered.
 *
 * @see sh(1p) Command Search and Execution
 */
import { isDirectory, isRegular, X_OK } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import { defaultPath } from "../../Launch.js"
import { call, type Run, type Shell } from "../state/Shell.js"

/** What can be run, or why not. */
export type Found =
  | { readonly path: string }
  | { readonly status: 126 | 127; readonly message: string }

export const isFound = (found: Found): found is { readonly path: string } => "path" in found

function* executable(shell: Shell, path: string): Run<boolean> {
  const stat = yield* call(shell.sys.stat(path))
  if (Errno.isErrno(stat) || !isRegular(stat.mode)) return false
  return !Errno.isErrno(yield* call(shell.sys.access(path, X_OK)))
}

/** The first file of this name along `path`, executable ones before others. */
export function* searchPath(shell: Shell, name: string, path: string): Run<ReadonlyArray<string>> {
  const found: Array<string> = []
  for (const directory of path.split(":")) {
    const candidate = directory === ""
      ? `./${name}`
      : directory.endsWith("/")
      ? directory + name
      : `${directory}/${name}`
    if (yield* executable(shell, candidate)) found.push(candidate)
  }
  return found
}

function* firstAlong(shell: Shell, name: string, path: string): Run<Found> {
  let other: string | undefined
  for (const directory of path.split(":")) {
    const candidate = directory === ""
      ? `./${name}`
      : directory.endsWith("/")
      ? directory + name
      : `${directory}/${name}`
    const stat = yield* call(shell.sys.stat(candidate))
    if (Errno.isErrno(stat) || isDirectory(stat.mode)) continue
    if (!Errno.isErrno(yield* call(shell.sys.access(candidate, X_OK)))) return { path: candidate }
    other ??= candidate
  }
  if (other !== undefined) return { status: 126, message: `${other}: Permission denied` }
  return { status: 127, message: `${name}: command not found` }
}

/** The file that would run for `name`, without remembering it. */
export function* look(shell: Shell, name: string, path?: string): Run<Found> {
  const known = path === undefined ? shell.hashed.get(name) : undefined
  return known ?? (yield* search(shell, name, path ?? shell.variables.value("PATH") ?? defaultPath))
}

/** The file that runs for `name`; `path` searches there instead of along PATH. */
export function* search(shell: Shell, name: string, path?: string): Run<Found> {
  if (name.includes("/")) {
    const stat = yield* call(shell.sys.stat(name))
    if (Errno.isErrno(stat)) {
      return { status: stat._tag === "ENOENT" ? 127 : 126, message: `${name}: ${Errno.text(stat._tag)}` }
    }
    if (isDirectory(stat.mode)) return { status: 126, message: `${name}: Is a directory` }
    return { path: name }
  }
  if (name === "") return { status: 127, message: ": command not found" }
  if (path !== undefined) return yield* firstAlong(shell, name, path)
  const known = shell.hashed.get(name)
  if (known !== undefined) {
    known.hits++
    return { path: known.path }
  }
  const found = yield* firstAlong(shell, name, shell.variables.value("PATH") ?? defaultPath)
  if (isFound(found) && found.path.startsWith("/") && shell.options.hashall) {
    shell.hashed.set(name, { path: found.path, hits: 1 })
  }
  return found
}
