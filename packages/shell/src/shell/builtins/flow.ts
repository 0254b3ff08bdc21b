/**
 * Builtins that change what runs next.
 *
 * @see sh(1p) Special Built-In Utilities
 */
import { isDirectory } from "@effix/kernel/abi/FileMode"
import { O_CLOEXEC, O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { evaluateText as evaluateArithmetic } from "../expand/arithmetic.js"
import { replace } from "../run/program.js"
import { print, report, writeAll } from "../run/report.js"
import { isFound, search } from "../run/search.js"
import { evaluateText } from "../run/source.js"
import { readAll } from "../run/substitution.js"
import { runReturnTrap } from "../run/traps.js"
import { abandoning, AssignmentFailed, Exit, Fatal, LineAbandoned, LoopJump, Return } from "../state/Control.js"
import { stateOf } from "../state/Jobs.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"
import { withUsage } from "./usage.js"

export const colon: Builtin = function*() {
  return 0
}

/** A count such as that of `break 2`; `undefined` when it is none. */
const count = (text: string | undefined): number | undefined =>
  text === undefined ? 1 : /^[+-]?[0-9]+$/.test(text) ? Number(text) : undefined

const jump = (kind: "break" | "continue"): Builtin =>
  function*(shell, argv) {
    const argument = argv[1] === "--" ? argv[2] : argv[1]
    const levels = count(argument)
    if (shell.loops > 0 && levels === undefined) {
      yield* complain(shell, kind, `${argument}: numeric argument required`)
      throw new Exit(128, true)
    }
    if (shell.loops > 0 && levels! <= 0) {
      yield* complain(shell, kind, `${argument}: loop count out of range`)
      throw new LoopJump("break", shell.loops, 1)
    }
    if (shell.loops === 0) {
      if (!shell.options.posix) {
        yield* report(shell, `${kind}: only meaningful in a \`for', \`while', or \`until' loop`)
      }
      return 0
    }
    throw new LoopJump(kind, Math.min(levels!, shell.loops))
  }

export const breakLoop = jump("break")
export const continueLoop = jump("continue")

/** The status that `exit` or `return` is given. */
const status = (shell: Shell, name: string, argument: string | undefined): number => {
  if (argument === undefined) return shell.status
  if (!/^\s*[+-]?[0-9]+\s*$/.test(argument)) throw new Fatal(2, `${name}: ${argument}: numeric argument required`)
  return Number(BigInt.asUintN(8, BigInt(argument.trim())))
}

/** More than one argument where one is taken: the line ends there, and all that was given with `-c`. */
function* refuseMore(shell: Shell, name: string): Run<never> {
  yield* complain(shell, name, "too many arguments")
  throw abandoning(shell)
}

export const returnFrom: Builtin = function*(shell, argv) {
  const argument = argv[1] === "--" ? argv[2] : argv[1]
  if (shell.frames.length === 0) {
    const message = "return: can only `return' from a function or sourced script"
    if (shell.options.posix) throw new Fatal(2, message)
    yield* report(shell, message)
    return 2
  }
  if (argv.length > (argv[1] === "--" ? 3 : 2)) yield* refuseMore(shell, "return")
  let code: number
  try {
    code = status(shell, "return", argument)
  } catch (error) {
    if (!(error instanceof Fatal)) throw error
    yield* report(shell, error.message!)
    code = 2
  }
  throw new Return(code)
}

export const exit: Builtin = function*(shell, argv) {
  if (shell.interactive) yield* writeAll(shell, 2, Bytes.encode("exit\n"))
  if (shell.interactive && !shell.warnedOfJobs && shell.jobs.list.some((job) => stateOf(job) === "stopped")) {
    shell.warnedOfJobs = true
    yield* report(shell, "There are stopped jobs.")
    return 1
  }
  const argument = argv[1] === "--" ? argv[2] : argv[1]
  if (argv.length > (argv[1] === "--" ? 3 : 2)) yield* refuseMore(shell, "exit")
  let code: number
  try {
    code = status(shell, "exit", argument)
  } catch (error) {
    if (!(error instanceof Fatal)) throw error
    yield* report(shell, error.message!)
    code = 2
  }
  throw new Exit(code)
}

export const logout: Builtin = function*(shell, argv, context) {
  if (!shell.login) return yield* complain(shell, "logout", "not login shell: use `exit'")
  return yield* exit(shell, argv, context)
}

/** Whether a text has ended because it could not be read to its end. */
const isUnreadable = ({ options }: Shell, error: unknown): error is Fatal =>
  error instanceof Fatal && error.message === undefined && !(error instanceof LineAbandoned) && !options.posix

export const evaluate: Builtin = function*(shell, argv) {
  const given = flags(argv, "")
  if (typeof given === "string") return yield* misuse(shell, "eval", given)
  const text = given.rest.join(" ")
  if (text.trim() === "") return 0
  shell.depth++
  try {
    return yield* evaluateText(shell, text, shell.line, false, "eval: ")
  } catch (error) {
    if (!isUnreadable(shell, error)) throw error
    return error.status
  } finally {
    shell.depth--
  }
}

/** The text of a file, or why there is none. */
export function* readFile(shell: Shell, path: string): Run<string | Errno.Any> {
  const fd = yield* call(shell.sys.open(path, O_RDONLY | O_CLOEXEC))
  if (Errno.isErrno(fd)) return fd
  const stat = yield* call(shell.sys.fstat(fd))
  if (!Errno.isErrno(stat) && isDirectory(stat.mode)) {
    yield* call(shell.sys.close(fd))
    return Errno.make("EISDIR")
  }
  const bytes = yield* readAll(shell, fd)
  yield* call(shell.sys.close(fd))
  return Bytes.decode(bytes)
}

/** The file that `.` means: along PATH it need not be executable. */
function* sourceFile(shell: Shell, name: string): Run<string> {
  if (name.includes("/")) return name
  for (const directory of (shell.variables.value("PATH") ?? "").split(":")) {
    const path = `${directory === "" ? "." : directory}/${name}`
    const stat = yield* call(shell.sys.stat(path))
    if (!Errno.isErrno(stat) && !isDirectory(stat.mode)) return path
  }
  return name
}

function* sourced(shell: Shell, text: string): Run<number> {
  try {
    return yield* evaluateText(shell, text)
  } catch (error) {
    if (error instanceof Return) return error.status
    if (!isUnreadable(shell, error)) throw error
    return error.status
  }
}

export const dot: Builtin = function*(shell, argv) {
  const given = argv[1] === "--" ? argv.slice(2) : argv.slice(1)
  const [name, ...args] = given
  if (name === undefined) throw new Fatal(2, `${argv[0]}: ${withUsage(argv[0]!, "filename argument required")}`)
  const path = yield* sourceFile(shell, name)
  const found = path !== name || name.includes("/") || !shell.options.posix
  const text = found ? yield* readFile(shell, path) : Errno.make("ENOENT")
  if (typeof text !== "string") {
    const message = text._tag === "EISDIR" ? `${argv[0]}: ${name}: is a directory` : `${name}: ${Errno.text(text._tag)}`
    throw new Fatal(1, found ? message : `${argv[0]}: ${name}: file not found`)
  }
  const { frames, line, positional, positionalSets: sets } = shell
  shell.frames = [...frames, { name: "source", file: path, line, kind: "source" }]
  if (args.length > 0) shell.positional = args
  shell.depth++
  try {
    shell.status = 0
    const code = yield* sourced(shell, text)
    if (shell.traps.actions.has("RETURN")) yield* runReturnTrap(shell)
    return code
  } finally {
    shell.depth--
    shell.frames = frames
    shell.line = line
    // What it has set itself stays, unless those of a function are meant.
    const inFunction = frames.some(({ kind }) => kind === "function")
    if (args.length > 0 && (inFunction || shell.positionalSets === sets)) shell.positional = positional
  }
}

export const exec: Builtin = function*(shell, argv) {
  const given = flags(argv, "cla:")
  if (typeof given === "string") return yield* misuse(shell, "exec", given)
  const { letters, rest, values } = given
  const [name] = rest
  if (name === undefined) return 0
  const shown = `${letters.includes("l") ? "-" : ""}${values.get("a") ?? name}`
  const env = letters.includes("c") ? {} : shell.environment()
  const found = yield* search(shell, name)
  const missing = !isFound(found) && found.status === 127 && !name.includes("/")
  const code = missing
    ? yield* complain(shell, "exec", `${name}: not found`, 127)
    : yield* replace(shell, found, [shown, ...rest.slice(1)], env)
  if (shell.interactive || shell.options.execfail) return code
  throw new Exit(code, true)
}

/** Where the running function was called: the line, and with a number the function around it and the file. */
export const caller: Builtin = function*(shell, argv) {
  const depth = count(argv[1] ?? "0")
  if (depth === undefined || depth < 0) return yield* misuse(shell, "caller", `${argv[1]}: invalid number`)
  const { frames } = shell
  const frame = frames[frames.length - 1 - depth]
  // What was given with `-c` is no file, and nothing calls it.
  const isText = shell.from === "c"
  if (frames.length === 0 && argv[1] === undefined && !isText) return yield* print(shell, "caller", "0 NULL\n")
  const around = frames[frames.length - 2 - depth]?.name ?? (isText ? undefined : "main")
  if (frame === undefined || (argv[1] !== undefined && around === undefined)) return 1
  const place = argv[1] === undefined
    ? (isText ? (frames.length > 1 ? "environment" : "NULL") : shell.name)
    : `${around} ${isText ? "environment" : shell.name}`
  return yield* print(shell, "caller", `${frame.line} ${place}\n`)
}

export const shift: Builtin = function*(shell, argv) {
  if (argv.length > (argv[1] === "--" ? 3 : 2)) yield* refuseMore(shell, "shift")
  const by = count(argv[1] === "--" ? argv[2] : argv[1])
  if (by === undefined) return yield* complain(shell, "shift", `${argv[1]}: numeric argument required`)
  if (by < 0) return yield* complain(shell, "shift", `${argv[1]}: shift count out of range`)
  if (by > shell.positional.length) {
    return shell.options.posix || shell.options.shift_verbose
      ? yield* complain(shell, "shift", `${argv[1] === undefined ? "" : `${argv[1]}: `}shift count out of range`)
      : 1
  }
  shell.positional = shell.positional.slice(by)
  return 0
}

export const letBuiltin: Builtin = function*(shell, argv) {
  if (argv.length < 2) return yield* complain(shell, "let", "expression expected")
  let status = 1
  for (const text of argv.slice(1)) {
    try {
      status = evaluateArithmetic(shell, text) == 0 ? 1 : 0
    } catch (error) {
      if (!(error instanceof Fatal)) throw error
      yield* report(shell, error instanceof AssignmentFailed ? error.message! : `let: ${error.message ?? ""}`)
      return 1
    }
  }
  return status
}
