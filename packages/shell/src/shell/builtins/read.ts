/**
 * `read` and `mapfile`.
 *
 * @see read(1p)
 */
import { F_GETFD } from "@effix/kernel/abi/Fcntl"
import { ECHO, ICANON, TCSANOW, type Termios } from "@effix/kernel/abi/Termios"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as Quote from "../expand/quote.js"
import * as Values from "../expand/values.js"
import { writeAll } from "../run/report.js"
import { evaluateText } from "../run/source.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"
import { type ReadResult, readUntil, ready } from "./readLine.js"
import { assignTo } from "./target.js"

/** A character, and whether a backslash took its meaning as a separator. */
interface Character {
  readonly c: string
  readonly quoted: boolean
}

const unquote = (text: string, raw: boolean): ReadonlyArray<Character> => {
  const out: Array<Character> = []
  const characters = Array.from(text)
  for (let at = 0; at < characters.length; at++) {
    const c = characters[at]!
    if (raw || c !== "\\") out.push({ c, quoted: false })
    else {
      const next = characters[++at]
      if (next !== undefined && next !== "\n") out.push({ c: next, quoted: true })
    }
  }
  return out
}

const isSpace = (c: string): boolean => c === " " || c === "\t" || c === "\n"

/** The values for `count` names, the last of which gets what is left. */
export const split = (characters: ReadonlyArray<Character>, ifs: string, count: number): ReadonlyArray<string> => {
  const separates = (at: number): boolean => {
    const character = characters[at]
    return character !== undefined && !character.quoted && ifs.includes(character.c)
  }
  const space = (at: number): boolean => separates(at) && isSpace(characters[at]!.c)
  const text = (from: number, to: number): string => characters.slice(from, to).map(({ c }) => c).join("")
  const afterSeparator = (at: number): number => {
    let next = at
    while (space(next)) next++
    if (separates(next)) next++
    while (space(next)) next++
    return next
  }
  const values: Array<string> = []
  let at = 0
  while (space(at)) at++
  while (values.length < count - 1 && at < characters.length) {
    const from = at
    while (at < characters.length && !separates(at)) at++
    values.push(text(from, at))
    at = afterSeparator(at)
  }
  if (values.length === count - 1 && at < characters.length) {
    let end = at
    while (end < characters.length && !separates(end)) end++
    // One field and the separator that ends it, or everything that is left.
    if (afterSeparator(end) < characters.length) {
      end = characters.length
      while (end > at && space(end - 1)) end--
    }
    values.push(text(at, end))
  }
  while (values.length < count) values.push("")
  return values
}

/** All fields of a line, for `read -a`. */
const splitAll = (characters: ReadonlyArray<Character>, ifs: string): ReadonlyArray<string> => {
  const many = split(characters, ifs, characters.length + 1)
  let end = many.length
  while (end > 0 && many[end - 1] === "") end--
  return many.slice(0, end)
}

/** Sets the terminal up for a read of single characters, or without echo; answers what it was. */
function* prepare(shell: Shell, fd: number, silent: boolean, characters: boolean): Run<Termios | undefined> {
  if (!silent && !characters) return undefined
  const before = yield* call(shell.sys.tcgetattr(fd))
  if (Errno.isErrno(before)) return undefined
  const lflag = before.lflag & ~((silent ? ECHO : 0) | (characters ? ICANON : 0))
  yield* call(shell.sys.tcsetattr(fd, TCSANOW, { ...before, lflag }))
  return before
}

const seconds = (text: string): bigint | undefined =>
  /^[0-9]*\.?[0-9]*$/.test(text) && text !== "" && text !== "." ? BigInt(Math.round(Number(text) * 1e9)) : undefined

/** The descriptor that `-u` names, or standard input; `undefined` when there is none such, which is told. */
function* descriptor(shell: Shell, builtin: string, text = "0"): Run<number | undefined> {
  if (!/^[0-9]+$/.test(text)) {
    yield* complain(shell, builtin, `${text}: invalid file descriptor specification`)
    return undefined
  }
  const fd = Number(text)
  const open = yield* call(shell.sys.fcntl(fd, F_GETFD))
  if (fd === 0 || !Errno.isErrno(open)) return fd
  yield* complain(shell, builtin, `${text}: invalid file descriptor: ${Errno.text(open._tag)}`)
  return undefined
}

const statusOf = (result: ReadResult, shell: Shell): number => {
  if (result.end === "timeout") return 142
  if (result.end === "signal") return 128 + (shell.traps.pending[0] ?? 0)
  return result.end === "file" || result.end === "error" ? 1 : 0
}

export const read: Builtin = function*(shell, argv) {
  const given = flags(argv, "ra:d:ei:n:N:p:st:u:")
  if (typeof given === "string") return yield* misuse(shell, "read", given)
  const { letters, rest, values } = given
  const raw = letters.includes("r")
  const fd = yield* descriptor(shell, "read", values.get("u"))
  if (fd === undefined) return 1
  const names = rest.length === 0 ? ["REPLY"] : rest
  for (const name of names) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*(\[.*\])?$/.test(name)) {
      return yield* complain(shell, "read", `\`${name}': not a valid identifier`)
    }
  }
  const timeout = values.has("t") ? seconds(values.get("t")!) : undefined
  if (values.has("t") && timeout === undefined) {
    return yield* complain(shell, "read", `${values.get("t")}: invalid timeout specification`)
  }
  const count = values.get("N") ?? values.get("n")
  if (count !== undefined && !/^[0-9]+$/.test(count)) return yield* complain(shell, "read", `${count}: invalid number`)
  const now = timeout === undefined ? 0n : yield* shell.sys.clockGettime("monotonic")
  if (timeout === 0n) return (yield* ready(shell, fd, now)) ? 0 : 1
  const delimiter = values.get("d")
  const prompt = values.get("p")
  if (prompt !== undefined && (yield* call(shell.sys.isatty(fd))) === true) {
    yield* writeAll(shell, 2, Bytes.encode(prompt))
  }
  const before = yield* prepare(shell, fd, letters.includes("s"), count !== undefined || delimiter !== undefined)
  const result = yield* readUntil(shell, fd, {
    delimiter: delimiter === undefined ? 10 : delimiter === "" ? 0 : Bytes.encode(delimiter)[0]!,
    exactly: values.has("N"),
    quoting: !raw,
    ...(count === undefined ? {} : { limit: Number(count) }),
    ...(timeout === undefined ? {} : { until: now + timeout })
  })
  if (before !== undefined) yield* call(shell.sys.tcsetattr(fd, TCSANOW, before))
  if (result.end === "error") return yield* complain(shell, "read", `read error: ${fd}: Bad file descriptor`)
  const characters = unquote(result.text, raw)
  const array = values.get("a")
  const ifs = Values.separators(shell)
  if (array !== undefined && !Values.isName(array)) {
    return yield* complain(shell, "read", `\`${array}': not a valid identifier`)
  }
  if (array !== undefined) {
    shell.variables.makeArray(array, false, false)
    splitAll(characters, ifs).forEach((value, index) => shell.variables.setElement(array, index, value))
  } else if (values.has("N") || rest.length === 0) {
    yield* assignTo(shell, names[0]!, characters.map(({ c }) => c).join(""))
    for (const name of names.slice(1)) yield* assignTo(shell, name, "")
  } else {
    const fields = split(characters, ifs, names.length)
    for (let at = 0; at < names.length; at++) yield* assignTo(shell, names[at]!, fields[at]!)
  }
  return statusOf(result, shell)
}

/** A count that an option gives; `undefined` when it is none, which is told. */
function* counted(shell: Shell, what: string, text: string | undefined, otherwise: number): Run<number | undefined> {
  if (text === undefined) return otherwise
  if (/^[0-9]+$/.test(text)) return Number(text)
  yield* complain(shell, "mapfile", `${text}: invalid ${what}`)
  return undefined
}

/** Lines between two calls of what `-C` names, unless `-c` says otherwise. */
const QUANTUM = 5000

export const mapfile: Builtin = function*(shell, argv) {
  const given = flags(argv, "c:C:d:n:O:s:tu:")
  if (typeof given === "string") return yield* misuse(shell, argv[0]!, given)
  const { letters, rest, values } = given
  const name = rest[0] ?? "MAPFILE"
  if (!Values.isName(name)) return yield* complain(shell, argv[0]!, `\`${name}': not a valid identifier`)
  const fd = yield* descriptor(shell, argv[0]!, values.get("u"))
  const limit = yield* counted(shell, "line count", values.get("n"), 0)
  const skip = yield* counted(shell, "line count", values.get("s"), 0)
  const origin = yield* counted(shell, "array origin", values.get("O"), 0)
  const quantum = yield* counted(shell, "callback quantum", values.get("c"), QUANTUM)
  if (
    fd === undefined || limit === undefined || skip === undefined || origin === undefined || quantum === undefined
  ) return 1
  if (quantum === 0) return yield* complain(shell, argv[0]!, `${values.get("c")}: invalid callback quantum`)
  const delimiter = values.get("d")
  const byte = delimiter === undefined ? 10 : delimiter === "" ? 0 : Bytes.encode(delimiter)[0]!
  const callback = values.get("C")
  for (let skipped = 0; skipped < skip; skipped++) {
    if ((yield* readUntil(shell, fd, { delimiter: byte })).end !== "delimiter") break
  }
  shell.variables.makeArray(name, false, values.has("O"))
  for (let count = 0; limit === 0 || count < limit;) {
    const { end, text } = yield* readUntil(shell, fd, { delimiter: byte })
    if (end !== "delimiter" && text === "") break
    const value = letters.includes("t") || end !== "delimiter" ? text : text + String.fromCharCode(byte)
    const index = origin + count++
    if (callback !== undefined && count % quantum === 0) {
      yield* evaluateText(shell, `${callback} ${index} ${Quote.always(value)}`)
    }
    shell.variables.setElement(name, index, value)
    if (end !== "delimiter") break
  }
  return 0
}
