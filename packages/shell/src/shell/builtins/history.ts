/**
 * `history` and `fc`: the lines that were typed, shown, kept and run again.
 *
 * @see bash(1) HISTORY
 * @see fc(1p)
 */
import { O_APPEND, O_CLOEXEC, O_CREAT, O_EXCL, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { expandEvents } from "../expand/events.js"
import * as Quote from "../expand/quote.js"
import { print, writeAll } from "../run/report.js"
import { evaluateText } from "../run/source.js"
import type { Rules } from "../state/History.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"
import { readFile } from "./flow.js"

/** Lines that are kept unless HISTSIZE says otherwise. */
const SIZE = 500

const sizeOf = (text: string | undefined): number =>
  text === undefined ? SIZE : /^-?[0-9]+$/.test(text) ? Number(text) : -1

/** What the shell's variables say about the history. */
export const rules = ({ variables }: Shell): Rules => ({
  control: variables.value("HISTCONTROL") ?? "",
  ignore: variables.value("HISTIGNORE") ?? "",
  size: sizeOf(variables.value("HISTSIZE"))
})

/** Takes in the lines of the file; answers why not. */
export function* readHistory(shell: Shell, path: string): Run<Errno.Any | undefined> {
  const text = yield* readFile(shell, path)
  if (typeof text !== "string") return text
  for (const line of text.split("\n")) if (line !== "") shell.history.push(line)
  shell.history.stifle(rules(shell).size)
  shell.history.fresh = 0
  return undefined
}

/** Writes lines to the file, in place of what is there or behind it; answers why not. */
function* writeHistory(
  shell: Shell,
  path: string,
  lines: ReadonlyArray<string>,
  append: boolean
): Run<Errno.Any | undefined> {
  const how = append ? O_APPEND : O_TRUNC
  const fd = yield* call(shell.sys.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | how, 0o600))
  if (Errno.isErrno(fd)) return fd
  const wrong = yield* writeAll(shell, fd, Bytes.encode(lines.map((line) => `${line}\n`).join("")))
  yield* call(shell.sys.close(fd))
  return wrong
}

/** Keeps no more than the last lines of the file that HISTFILESIZE allows for. */
function* truncate(shell: Shell, path: string): Run<void> {
  const { variables } = shell
  const most = sizeOf(variables.value("HISTFILESIZE") ?? variables.value("HISTSIZE"))
  const text = most < 0 ? undefined : yield* readFile(shell, path)
  const lines = typeof text === "string" ? text.split("\n").slice(0, -1) : []
  if (lines.length > most) yield* writeHistory(shell, path, most === 0 ? [] : lines.slice(-most), false)
}

/** Keeps what was typed for the next shell of the same user. */
export function* saveHistory(shell: Shell): Run<void> {
  const path = shell.variables.value("HISTFILE")
  if (path === undefined || path === "" || shell.history.fresh === 0) return
  const { history } = shell
  const appends = shell.accepted.get("histappend") === true || history.fresh < history.lines.length
  const lines = appends ? history.lines.slice(-history.fresh) : history.lines
  yield* writeHistory(shell, path, lines, appends)
  history.fresh = 0
  yield* truncate(shell, path)
}

function* withFile(shell: Shell, letter: string, given: string | undefined): Run<number> {
  const { history } = shell
  const path = given ?? shell.variables.value("HISTFILE")
  if (path === undefined || path === "") return 0
  const failed = letter === "r" || letter === "n"
    ? yield* readHistory(shell, path)
    : letter === "w"
    ? yield* writeHistory(shell, path, history.lines, false)
    : yield* writeHistory(shell, path, history.fresh === 0 ? [] : history.lines.slice(-history.fresh), true)
  if (failed !== undefined) return yield* complain(shell, "history", `${path}: ${Errno.text(failed._tag)}`)
  if (letter !== "r") history.fresh = 0
  return 0
}

function* forget(shell: Shell, range: string): Run<number> {
  const { history } = shell
  const match = /^(-?[0-9]+)(?:-(-?[0-9]+))?$/.exec(range)
  const number = (text: string): number => text.startsWith("-") ? history.next + Number(text) : Number(text)
  const [from, to] = match === null ? [0, 0] : [number(match[1]!), number(match[2] ?? match[1]!)]
  return history.delete(from, to) ? 0 : yield* complain(shell, "history", `${range}: history position out of range`)
}

export const history: Builtin = function*(shell, argv) {
  const given = flags(argv, "acd:nprsw")
  if (typeof given === "string") return yield* misuse(shell, "history", given)
  const { letters, rest, values } = given
  const { history: past } = shell
  if (letters.includes("c")) past.clear()
  const position = values.get("d")
  if (position !== undefined) return yield* forget(shell, position)
  const file = letters.find((letter) => "anrw".includes(letter))
  if (file !== undefined) return yield* withFile(shell, file, rest[0])
  // What asks for it does not count.
  if (shell.interactive && (letters.includes("s") || letters.includes("p"))) past.lines.pop()
  if (letters.includes("s")) {
    if (rest.length > 0) past.push(rest.join(" "))
    return 0
  }
  if (letters.includes("p")) {
    for (const each of rest) {
      const expanded = expandEvents(each, past, shell.lastSubstitution)
      if (typeof expanded === "string") {
        return yield* complain(shell, "history", `${each}: history expansion failed`)
      }
      yield* print(shell, "history", `${expanded?.line ?? each}\n`)
    }
    return 0
  }
  if (letters.includes("c")) return 0
  const [asked] = rest
  if (asked !== undefined && !/^-?[0-9]+$/.test(asked)) {
    return yield* complain(shell, "history", `${asked}: numeric argument required`)
  }
  const from = asked === undefined ? 0 : Math.max(0, past.lines.length - Math.abs(Number(asked)))
  const lines = past.lines.slice(from).map((line, index) => {
    const changed = past.changesOf(from + index).length > 0
    return `${String(past.base + from + index).padStart(5)}${changed ? "*" : " "} ${line}\n`
  })
  return yield* print(shell, "history", lines.join(""))
}

/** The number of the line that `fc` is told of: by number, from the end, or by how it begins. */
const numberOf = ({ history: past }: Shell, text: string): number | undefined => {
  // The last line is the `fc` itself.
  const end = past.next - 1
  if (/^-?[0-9]+$/.test(text)) {
    const number = Number(text)
    const asked = number <= 0 ? end + (number === 0 ? -1 : number) : number
    return Math.min(Math.max(asked, past.base), Math.max(past.base, end - 1))
  }
  for (let number = end - 1; number >= past.base; number--) if (past.at(number)!.startsWith(text)) return number
  return undefined
}

/** `fc -s [old=new]… [command]`: runs a line again. */
function* again(shell: Shell, args: ReadonlyArray<string>): Run<number> {
  const pairs = args.filter((each) => /^[^=]+=/.test(each))
  const number = numberOf(shell, args.find((each) => !pairs.includes(each)) ?? "-1")
  let line = number === undefined ? undefined : shell.history.at(number)
  if (line === undefined) return yield* complain(shell, "fc", "no command found")
  for (const pair of pairs) {
    const at = pair.indexOf("=")
    line = line.split(pair.slice(0, at)).join(pair.slice(at + 1))
  }
  return yield* repeat(shell, line)
}

/** Runs lines that take the place of the `fc` in the history, after showing them. */
function* repeat(shell: Shell, text: string): Run<number> {
  yield* writeAll(shell, 2, Bytes.encode(`${text}\n`))
  if (shell.history.last !== undefined) shell.history.lines[shell.history.lines.length - 1] = text
  return yield* evaluateText(shell, text, shell.line)
}

/** Has lines edited, and runs what comes of them. */
function* edited(shell: Shell, editor: string, lines: ReadonlyArray<string>): Run<number> {
  const random = new Uint8Array(8)
  yield* call(shell.sys.getrandom(random))
  const path = `/tmp/fc-${Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")}`
  const fd = yield* call(shell.sys.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
  if (Errno.isErrno(fd)) return yield* complain(shell, "fc", `${path}: ${Errno.text(fd._tag)}`)
  try {
    yield* writeAll(shell, fd, Bytes.encode(lines.map((line) => `${line}\n`).join("")))
    yield* call(shell.sys.close(fd))
    const status = yield* evaluateText(shell, `${editor} ${Quote.always(path)}`, shell.line)
    if (status !== 0) return status
    const text = yield* readFile(shell, path)
    return typeof text === "string" ? yield* repeat(shell, text.replace(/\n$/, "")) : 1
  } finally {
    yield* call(shell.sys.unlink(path))
  }
}

export const fc: Builtin = function*(shell, argv) {
  // A number with a sign is no option.
  const end = argv.findIndex((each, index) => index > 0 && /^-[0-9]+$/.test(each))
  const given = flags(end < 0 ? argv : argv.slice(0, end), "e:lnrs")
  if (typeof given === "string") return yield* misuse(shell, "fc", given)
  const { letters, values } = given
  const rest = end < 0 ? given.rest : [...given.rest, ...argv.slice(end)]
  if (letters.includes("s") || values.get("e") === "-") return yield* again(shell, rest)
  const listing = letters.includes("l")
  const [first = listing ? "-16" : "-1", second = listing ? "-1" : first] = rest
  const [from, to] = [numberOf(shell, first), numberOf(shell, second)]
  if (from === undefined || to === undefined) return yield* complain(shell, "fc", "no command found")
  const numbers = Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => from < to ? from + index : from - index)
    .filter((number) => shell.history.at(number) !== undefined)
  if (letters.includes("r")) numbers.reverse()
  if (!listing) {
    const editor = values.get("e") ?? shell.variables.value("FCEDIT") ?? shell.variables.value("EDITOR") ?? "vi"
    return yield* edited(shell, editor, numbers.map((number) => shell.history.at(number)!))
  }
  const lines = numbers.map((number) => `${letters.includes("n") ? "" : number}\t ${shell.history.at(number)}\n`)
  return yield* print(shell, "fc", lines.join(""))
}
