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

/** What the last of -L and -P says, or `set -P`. */
const goesPhysically = (shell: Shell, letters: ReadonlyArray<string>): boolean => {
  const [logical, physical] = [letters.lastIndexOf("L"), letters.lastIndexOf("P")]
  return logical === physical ? shell.options.physical : physical > logical
}

export const cd: Builtin = function*(shell, argv) {
  const given = flags(argv, "LPe@")
  if (typeof given === "string") return yield* misuse(shell, "cd", given)
  const { letters, rest } = given
  if (rest.length > 1) return yield* complain(shell, "cd", "too many arguments")
  const physical = goesPhysically(shell, letters)
  let [target] = rest
  let show = false
  if (target === undefined) {
    target = shell.variables.value("HOME")
    if (target === undefined) return yield* complain(shell, "cd", "HOME not set")
    if (target === "") return 0
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
  let failed = yield* change(shell, target, physical)
  const named = failed !== undefined && shell.accepted.get("cdable_vars") === true
    ? shell.variables.value(target)
    : undefined
  if (named !== undefined && (yield* change(shell, named, physical)) === undefined) {
    failed = undefined
    show = true
  }
  if (failed !== undefined) return yield* complain(shell, "cd", `${rest[0] ?? target}: ${Errno.text(failed._tag)}`)
  return show ? yield* print(shell, "cd", `${shell.cwd}\n`) : 0
}

export const pwd: Builtin = function*(shell, argv) {
  const given = flags(argv, "LP")
  if (typeof given === "string") return yield* misuse(shell, "pwd", given)
  const physical = goesPhysically(shell, given.letters)
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

/** The directories that `dirs` shows: this one, and those on the stack; home is `~`, unless `long`. */
const shown = (shell: Shell, long: boolean): ReadonlyArray<string> => {
  const home = shell.variables.value("HOME")
  const all = [shell.cwd, ...shell.directories]
  if (long || home === undefined || home === "" || home === "/") return all
  return all.map((path) => path === home ? "~" : path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path)
}

const stack = (shell: Shell): string => `${shown(shell, false).join(" ")}\n`

/** What `+N` and `-N` count: from the left, and from the right. */
const placeOf = (shell: Shell, text: string): number | undefined => {
  if (!/^[-+]\d+$/.test(text)) return undefined
  const number = Number(text.slice(1))
  return text.startsWith("+") ? number : shell.directories.length - number
}

const outOfRange = (shell: Shell, name: string, argument: string): Run<number> =>
  complain(
    shell,
    name,
    shell.directories.length === 0 ? "directory stack empty" : `${argument}: directory stack index out of range`
  )

interface StackArguments {
  readonly place: number | undefined
  /** Whether the stack changes, and the directory does not. */
  readonly stay: boolean
  readonly target: string | undefined
}

/** Reads the arguments of `pushd` and `popd`; a number is the status after a complaint. */
function* readStack(shell: Shell, name: string, argv: ReadonlyArray<string>): Run<StackArguments | number> {
  let place: number | undefined
  let stay = false
  let at = 1
  for (; at < argv.length; at++) {
    const argument = argv[at]!
    const counted = placeOf(shell, argument)
    if (argument === "-n") stay = true
    else if (counted !== undefined) {
      if (counted < 0 || counted > shell.directories.length) return yield* outOfRange(shell, name, argument)
      place = counted
    } else if (argument === "--") {
      at++
      break
    } else if (/^-./.test(argument)) return yield* misuse(shell, name, `${argument}: invalid number`)
    else break
  }
  if (argv.length - at > 1) return yield* complain(shell, name, "too many arguments")
  return { place, stay, target: argv[at] }
}

/** Makes `all` the stack: the first is where the shell goes, unless it is to stay. */
function* takeUp(shell: Shell, name: string, all: ReadonlyArray<string>, stay: boolean): Run<number> {
  const [first = "", ...rest] = all
  if (!stay) {
    const failed = yield* change(shell, first, false)
    if (failed !== undefined) return yield* complain(shell, name, `${first}: ${Errno.text(failed._tag)}`)
  }
  shell.directories = rest
  return yield* print(shell, name, stack(shell))
}

export const pushd: Builtin = function*(shell, argv) {
  const given = yield* readStack(shell, "pushd", argv)
  if (typeof given === "number") return given
  const { place, stay, target } = given
  const all = [shell.cwd, ...shell.directories]
  if (target !== undefined) {
    return yield* takeUp(shell, "pushd", stay ? [shell.cwd, target, ...shell.directories] : [target, ...all], stay)
  }
  if (all.length === 1) return yield* complain(shell, "pushd", "no other directory")
  const turned = place === undefined
    ? [all[1]!, all[0]!, ...all.slice(2)]
    : [...all.slice(place), ...all.slice(0, place)]
  return yield* takeUp(shell, "pushd", turned, stay)
}

export const popd: Builtin = function*(shell, argv) {
  const given = yield* readStack(shell, "popd", argv)
  if (typeof given === "number") return given
  const { place = 0, stay } = given
  if (shell.directories.length === 0) return yield* complain(shell, "popd", "directory stack empty")
  const all = [shell.cwd, ...shell.directories]
  const dropped = place === 0 && stay ? 1 : place
  return yield* takeUp(shell, "popd", all.filter((_, at) => at !== dropped), dropped !== 0)
}

export const dirs: Builtin = function*(shell, argv) {
  let form = ""
  let long = false
  let place: number | undefined
  for (const argument of argv.slice(1)) {
    const counted = placeOf(shell, argument)
    if (counted !== undefined) place = counted
    else if (argument === "-c") {
      shell.directories = []
      return 0
    } else if (argument === "-l") long = true
    else if (argument === "-p" || argument === "-v") form = argument
    else return yield* misuse(shell, "dirs", `${argument}: invalid option`)
  }
  const all = shown(shell, long)
  if (place !== undefined && all[place] === undefined) {
    return yield* outOfRange(shell, "dirs", argv[argv.length - 1]!)
  }
  const chosen = place === undefined ? all : [all[place]!]
  const lines = form === "-v" ? chosen.map((path, at) => `${String(place ?? at).padStart(2)}  ${path}`) : chosen
  return yield* print(shell, "dirs", `${lines.join(form === "" ? " " : "\n")}\n`)
}
