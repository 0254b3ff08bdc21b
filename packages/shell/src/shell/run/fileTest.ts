/**
 * What `[[` and `test` ask about files, texts and the shell.
 *
 * @see test(1)
 */
import { AT_EACCESS, AT_FDCWD } from "@effix/kernel/abi/Fcntl"
import * as Mode from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import { subscript } from "../expand/subscript.js"
import * as Values from "../expand/values.js"
import { Fatal } from "../state/Control.js"
import type * as Options from "../state/Options.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { values } from "../state/Variables.js"

const types: Readonly<Record<string, (mode: number) => boolean>> = {
  "-b": Mode.isBlockDevice,
  "-c": Mode.isCharacterDevice,
  "-d": Mode.isDirectory,
  "-f": Mode.isRegular,
  "-p": Mode.isFifo,
  "-S": Mode.isSocket,
  "-g": (mode) => (mode & Mode.S_ISGID) !== 0,
  "-k": (mode) => (mode & Mode.S_ISVTX) !== 0,
  "-u": (mode) => (mode & Mode.S_ISUID) !== 0,
  "-e": () => true,
  "-a": () => true
}

const accesses: Readonly<Record<string, number>> = { "-r": Mode.R_OK, "-w": Mode.W_OK, "-x": Mode.X_OK }

/** Whether a variable, an element or any element is set. */
function* isSet(shell: Shell, text: string): Run<boolean> {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)\[(.*)\]$/.exec(text)
  if (match === null) return Values.parameter(shell, text) !== undefined
  const [, name = "", index = ""] = match
  // Of an associative array they are keys like any other.
  if ((index === "@" || index === "*") && !shell.variables.isAssociative(name)) {
    return values(shell.variables.get(shell.variables.resolve(name))?.value).length > 0
  }
  return Values.element(shell, name, yield* subscript(shell, name, index)) !== undefined
}

export function* unaryTest(shell: Shell, operator: string, operand: string): Run<boolean> {
  switch (operator) {
    case "-n":
      return operand !== ""
    case "-z":
      return operand === ""
    case "-v":
      return yield* isSet(shell, operand)
    case "-R":
      return shell.variables.get(operand)?.reference === true
    case "-o":
      return Object.hasOwn(shell.options, operand) && shell.options[operand as Options.Option]
    case "-t":
      return (yield* call(shell.sys.isatty(Number(operand)))) === true
    case "-h":
    case "-L": {
      const stat = yield* call(shell.sys.lstat(operand))
      return !Errno.isErrno(stat) && Mode.isSymlink(stat.mode)
    }
  }
  const access = accesses[operator]
  if (access !== undefined) {
    return !Errno.isErrno(yield* call(shell.sys.faccessat(AT_FDCWD, operand, access, AT_EACCESS)))
  }
  const stat = yield* call(shell.sys.stat(operand))
  if (Errno.isErrno(stat)) return false
  const type = types[operator]
  if (type !== undefined) return type(stat.mode)
  switch (operator) {
    case "-s":
      return stat.size > 0
    case "-O":
      return stat.uid === (yield* shell.sys.credentials()).euid
    case "-G":
      return stat.gid === (yield* shell.sys.credentials()).egid
    case "-N":
      return stat.mtime > stat.atime
    default:
      throw new Fatal(2, `${operator}: unary operator expected`, true)
  }
}

export function* binaryTest(shell: Shell, operator: string, left: string, right: string): Run<boolean> {
  const [a, b] = [yield* call(shell.sys.stat(left)), yield* call(shell.sys.stat(right))]
  const [first, second] = [Errno.isErrno(a) ? undefined : a, Errno.isErrno(b) ? undefined : b]
  switch (operator) {
    case "-nt":
      return first !== undefined && (second === undefined || first.mtime > second.mtime)
    case "-ot":
      return second !== undefined && (first === undefined || first.mtime < second.mtime)
    case "-ef":
      return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino
    default:
      throw new Fatal(2, `${operator}: binary operator expected`, true)
  }
}
