/**
 * `cd`, `pwd` and the stack of directories.
 *
 * @see cd(1p)
 */
import { isDirectory } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import { print } from "../run/report.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"

/** `path` without `.`, `..` and doubled slashes, taken as text. */
const normalize = (path: string): string => {
  const parts: Array<string> = []
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue
    if (part === "..") parts.pop()
    else parts.push(part)
  }
  return `/${parts.join("/")}`
}

/** Whether `..` in a path would go up from something that is a directory; the name that is not. */
function* missing(shell: Shell, path: string): Run<boolean> {
  const parts = path.split("/")
  for (let at = 1; at < parts.length; at++) {
    if (parts[at] !== "..") continue
    const stat = yield* call(shell.sys.stat(parts.slice(0, at).join("/") || "/"))
    if (Errno.isErrno(stat) || !isDirectory(stat.mode)) return true
  }
  return false
}

/** Changes the directory and the variables that say which it is. */
function* change(shell: Shell, target: string, physical: boolean): Run<Errno.Any | undefined> {
  const old = shell.variables.value("PWD") ?? shell.cwd
  const absolute = target.startsWith("/") ? target : `${shell.cwd === "/" ? "" : shell.cwd}/${target}`
  let logical: string | undefined = physical || (yield* missing(shell, absolute)) ? undefined : normalize(absolute)
  let failed = yield* call(shell.sys.chdir(logical ?? target))
  if (Errno.isErrno(failed) && logical !== undefined && !target.startsWith("/")) {
    // The way that the shell remembers may be gone while the directory is still there.
    logical = undefined
    const again = yield* call(shell.sys.chdir(target))
    if (!Errno.isErrno(again)) failed = again
  }
  if (Errno.isErrno(failed)) return failed
  const here = logical ?? (yield* call(shell.sys.getcwd()))
  shell.cwd = typeof here === "string" ? here : normalize(absolute)
  shell.assign("OLDPWD", old)
  shell.assign("PWD", shell.cwd)
  return undefined
}

/** The directory among those of CDPATH that has `name`. */
function* alongPath(shell: Shell, name: string): Run<string | undefined> {
  if (/^(\/|\.\.?(\/|$))/.test(name)) return undefined
  for (const directory of (shell.variables.value("CDPATH") ?? "").split(":")) {
    if (directory === "") continue
    const path = `${directory.endsWith("/") ? directory : `${directory}/`}${name}`
    const stat = yield* call(shell.sys.stat(path))
    if (!Errno.isErrno(stat) && isDirectory(stat.mode)) return path
  }
  return undefined
}

export const cd: Builtin = function*(shell, argv) {
  const given = flags(argv, "LPe@")
  if (typeof given === "string") return yield* misuse(shell, "cd", given)
  const { letters, rest } = given
  if (rest.length > 1) return yield* complain(shell, "cd", "too many arguments")
  const physical = letters.lastIndexOf("P") > letters.lastIndexOf("L")
  let [target] = rest
  let show = false
  if (target === undefined) {
    target = shell.variables.value("HOME")
    if (target === undefined || target === "") return yield* complain(shell, "cd", "HOME not set")
  } else if (target === "-") {
    target = shell.variables.value("OLDPWD")
    if (target === undefined) return yield* complain(shell, "cd", "OLDPWD not set")
    show = true
  } else if (target === "") {
    return 0
  } else {
    const found = yield* alongPath(shell, target)
    if (found !== undefined) {
      target = found
      show = true
    }
  }
  const failed = yield* change(shell, target, physical)
  if (failed !== undefined) return yield* complain(shell, "cd", `${rest[0] ?? target}: ${Errno.text(failed._tag)}`)
  return show ? yield* print(shell, "cd", `${shell.cwd}\n`) : 0
}

export const pwd: Builtin = function*(shell, argv) {
  const given = flags(argv, "LP")
  if (typeof given === "string") return yield* misuse(shell, "pwd", given)
  const physical = given.letters.lastIndexOf("P") > given.letters.lastIndexOf("L")
  if (!physical && (yield* isHere(shell, shell.cwd))) return yield* print(shell, "pwd", `${shell.cwd}\n`)
  const path = yield* call(shell.sys.getcwd())
  if (Errno.isErrno(path)) {
    return yield* complain(shell, "pwd", `error retrieving current directory: ${Errno.text(path._tag)}`)
  }
  return yield* print(shell, "pwd", `${path}\n`)
}

/** Whether `path` names the directory that the process is in. */
export function* isHere(shell: Shell, path: string): Run<boolean> {
  const [named, here] = [yield* call(shell.sys.stat(path)), yield* call(shell.sys.stat("."))]
  if (Errno.isErrno(named) || Errno.isErrno(here)) return Errno.isErrno(here)
  return named.ino === here.ino && named.dev === here.dev
}

const stack = (shell: Shell): string => [shell.cwd, ...shell.directories].join(" ")

export const pushd: Builtin = function*(shell, argv) {
  const target = argv[1] ?? shell.directories.shift()
  if (target === undefined) return yield* complain(shell, "pushd", "no other directory")
  const before = shell.cwd
  const failed = yield* change(shell, target, false)
  if (failed !== undefined) return yield* complain(shell, "pushd", `${target}: ${Errno.text(failed._tag)}`)
  shell.directories.unshift(before)
  return yield* print(shell, "pushd", `${stack(shell)}\n`)
}

export const popd: Builtin = function*(shell) {
  const target = shell.directories.shift()
  if (target === undefined) return yield* complain(shell, "popd", "directory stack empty")
  const failed = yield* change(shell, target, false)
  if (failed !== undefined) return yield* complain(shell, "popd", `${target}: ${Errno.text(failed._tag)}`)
  return yield* print(shell, "popd", `${stack(shell)}\n`)
}

export const dirs: Builtin = function*(shell, argv) {
  if (argv[1] === "-c") {
    shell.directories = []
    return 0
  }
  return yield* print(shell, "dirs", `${stack(shell)}\n`)
}
