/**
 * Checks files, texts and numbers.
 *
 * @see test(1)
 */
import { AT_EACCESS, AT_FDCWD } from "@effix/kernel/abi/Fcntl"
import {
  R_OK,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  W_OK,
  X_OK
} from "@effix/kernel/abi/FileMode"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Main } from "@effix/kernel/Programs"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { sameFile } from "../Directory.js"
import * as Quote from "../Quote.js"
import { attempt } from "../Steps.js"

/** A part of the evaluation: it asks the system only where a file is in question. */
type Steps<A> = Effect.fn.Return<A, never, Sys>

class Wrong {
  constructor(readonly text: string) {}
}

const types: Readonly<Record<string, number>> = {
  b: S_IFBLK,
  c: S_IFCHR,
  d: S_IFDIR,
  f: S_IFREG,
  h: S_IFLNK,
  L: S_IFLNK,
  p: S_IFIFO,
  S: S_IFSOCK
}
const accesses: Readonly<Record<string, number>> = { r: R_OK, w: W_OK, x: X_OK }
const bits: Readonly<Record<string, number>> = { u: 0o4000, g: 0o2000, k: 0o1000 }

const isUnary = (text: string | undefined): boolean => text !== undefined && /^-[bcdefghkLnNOGprsStuwxz]$/.test(text)
const binaries = new Set(["=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"])
const isBinary = (text: string | undefined): boolean => text !== undefined && binaries.has(text)

function* unary(sys: SystemCalls, operator: string, operand: string): Steps<boolean> {
  const letter = operator[1]!
  if (letter === "n") return operand !== ""
  if (letter === "z") return operand === ""
  if (letter === "t") {
    const fd = integer(operand)
    return (yield* attempt(sys.isatty(Number(fd)))) === true
  }
  const access = accesses[letter]
  if (access !== undefined) return !Errno.isErrno(yield* attempt(sys.faccessat(AT_FDCWD, operand, access, AT_EACCESS)))
  const stat = yield* attempt(letter === "h" || letter === "L" ? sys.lstat(operand) : sys.stat(operand))
  if (Errno.isErrno(stat)) return false
  const type = types[letter]
  if (type !== undefined) return (stat.mode & S_IFMT) === type
  const bit = bits[letter]
  if (bit !== undefined) return (stat.mode & bit) !== 0
  if (letter === "s") return stat.size > 0
  if (letter === "N") return stat.mtime > stat.atime
  if (letter === "O" || letter === "G") {
    const { egid, euid } = yield* sys.credentials()
    return letter === "O" ? stat.uid === euid : stat.gid === egid
  }
  return true
}

const integer = (text: string): bigint => {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Wrong(`invalid integer ${Quote.value(text)}`)
  return BigInt(text.trim().replace(/^\+/, ""))
}

function* files(sys: SystemCalls, left: string, operator: string, right: string): Steps<boolean> {
  const a = yield* attempt(sys.stat(left))
  const b = yield* attempt(sys.stat(right))
  if (operator === "-ef") return !Errno.isErrno(a) && !Errno.isErrno(b) && sameFile(a, b)
  const [newer, older] = operator === "-nt" ? [a, b] : [b, a]
  return !Errno.isErrno(newer) && (Errno.isErrno(older) || newer.mtime > older.mtime)
}

function* binary(sys: SystemCalls, left: string, operator: string, right: string): Steps<boolean> {
  switch (operator) {
    case "=":
    case "==":
      return left === right
    case "!=":
      return left !== right
    case "<":
      return left < right
    case ">":
      return left > right
    case "-nt":
    case "-ot":
    case "-ef":
      return yield* files(sys, left, operator, right)
  }
  // `-l TEXT` is the length of a text.
  const [a, b] = [integer(left), integer(right)]
  switch (operator) {
    case "-eq":
      return a === b
    case "-ne":
      return a !== b
    case "-lt":
      return a < b
    case "-le":
      return a <= b
    case "-gt":
      return a > b
    default:
      return a >= b
  }
}

/** Arguments up to four mean what their number says; more are an expression. */
function* byCount(sys: SystemCalls, args: ReadonlyArray<string>): Steps<boolean> {
  const [a, b, c, d] = args
  switch (args.length) {
    case 0:
      return false
    case 1:
      return a !== ""
    case 2:
      if (a === "!") return b === ""
      if (isUnary(a)) return yield* unary(sys, a!, b!)
      if (/^-.$/.test(a!)) throw new Wrong(`${Quote.value(a!)}: unary operator expected`)
      throw new Wrong(`missing argument after ${Quote.value(b!)}`)
    case 3:
      if (isBinary(b)) return yield* binary(sys, a!, b!, c!)
      if (a === "!") return !(yield* byCount(sys, [b!, c!]))
      if (a === "(" && c === ")") return b !== ""
      if (b === "-a") return a !== "" && c !== ""
      if (b === "-o") return a !== "" || c !== ""
      throw new Wrong(`${Quote.value(b!)}: binary operator expected`)
    case 4:
      if (a === "!") return !(yield* byCount(sys, [b!, c!, d!]))
      if (a === "(" && d === ")") return yield* byCount(sys, [b!, c!])
  }
  const parser = new Parser(sys, args)
  const result = yield* parser.or()
  if (parser.at < args.length) throw new Wrong(`extra argument ${Quote.value(args[parser.at]!)}`)
  return result
}

class Parser {
  at = 0
  constructor(readonly sys: SystemCalls, readonly args: ReadonlyArray<string>) {}

  *or(): Steps<boolean> {
    let result = yield* this.and()
    while (this.args[this.at] === "-o") {
      this.at++
      const right = yield* this.and()
      result ||= right
    }
    return result
  }

  *and(): Steps<boolean> {
    let result = yield* this.term()
    while (this.args[this.at] === "-a") {
      this.at++
      const right = yield* this.term()
      result &&= right
    }
    return result
  }

  *term(): Steps<boolean> {
    const { args } = this
    const token = args[this.at]
    if (token === undefined) throw new Wrong(`missing argument after ${Quote.value(args.at(-1)!)}`)
    if (token === "!") {
      this.at++
      return !(yield* this.term())
    }
    if (isBinary(args[this.at + 1]) && this.at + 2 < args.length) {
      const [left, operator, right] = args.slice(this.at, this.at + 3)
      this.at += 3
      return yield* binary(this.sys, left!, operator!, right!)
    }
    if (token === "(") {
      this.at++
      const result = yield* this.or()
      const close = args[this.at++]
      if (close !== ")") {
        throw new Wrong(close === undefined ? "')' expected" : `')' expected, found ${Quote.value(close)}`)
      }
      return result
    }
    if (isUnary(token)) {
      const operand = args[this.at + 1]
      if (operand === undefined) throw new Wrong(`missing argument after ${Quote.value(token)}`)
      this.at += 2
      return yield* unary(this.sys, token, operand)
    }
    this.at++
    return token !== ""
  }
}

function* complain(sys: SystemCalls, name: string, text: string): Steps<number> {
  yield* attempt(sys.write(2, Bytes.encode(`${name}: ${text}\n`)))
  return 2
}

function* run(sys: SystemCalls, argv: ReadonlyArray<string>): Steps<number> {
  const name = argv[0] ?? "test"
  let args = argv.slice(1)
  if (name === "[" || name.endsWith("/[")) {
    if (args.at(-1) !== "]") return yield* complain(sys, name, "missing ']'")
    args = args.slice(0, -1)
  }
  try {
    return (yield* byCount(sys, args)) ? 0 : 1
  } catch (wrong) {
    if (!(wrong instanceof Wrong)) throw wrong
    return yield* complain(sys, name, wrong.text)
  }
}

// A shell calls this in loops.
export const main: Main = (argv) => Effect.flatMap(Sys, (sys) => Effect.gen(() => run(sys, argv)))
