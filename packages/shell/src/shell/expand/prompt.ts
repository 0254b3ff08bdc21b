/**
 * Prompts: the escapes of `PS1`, then the expansions in what they make.
 *
 * @see bash(1) PROMPTING
 */
import * as Errno from "@effix/kernel/Errno"
import { call, type Run, type Shell } from "../state/Shell.js"
import type { Word } from "../syntax/Ast.js"
import { parseDocument } from "../syntax/parse.js"
import { userName } from "./tilde.js"
import * as Values from "./values.js"
import { expandText } from "./words.js"

const directory = (shell: Shell, last: boolean): string => {
  const home = Values.parameter(shell, "HOME") ?? ""
  const { cwd } = shell
  const short = home !== "" && home !== "/" && (cwd === home || cwd.startsWith(`${home}/`))
    ? `~${cwd.slice(home.length)}`
    : cwd
  return last && short !== "/" && short !== "~" ? short.slice(short.lastIndexOf("/") + 1) : short
}

function* clock(shell: Shell, letter: string): Run<string> {
  const seconds = Number((yield* shell.sys.clockGettime("realtime")) / 1_000_000_000n)
  const inDay = ((seconds % 86400) + 86400) % 86400
  const two = (value: number): string => String(value).padStart(2, "0")
  const hour = Math.floor(inDay / 3600)
  const minute = two(Math.floor(inDay / 60) % 60)
  if (letter === "A") return `${two(hour)}:${minute}`
  if (letter === "t") return `${two(hour)}:${minute}:${two(inDay % 60)}`
  const twelve = two(hour % 12 === 0 ? 12 : hour % 12)
  return letter === "T" ? `${twelve}:${minute}:${two(inDay % 60)}` : `${twelve}:${minute} ${hour < 12 ? "AM" : "PM"}`
}

function* escape(shell: Shell, letter: string): Run<string | undefined> {
  switch (letter) {
    case "w":
      return directory(shell, false)
    case "W":
      return directory(shell, true)
    case "u": {
      const { euid } = yield* shell.sys.credentials()
      return yield* userName(shell, euid)
    }
    case "h":
    case "H": {
      const { nodename } = yield* shell.sys.uname()
      return letter === "h" ? nodename.split(".")[0]! : nodename
    }
    case "$": {
      const { euid } = yield* shell.sys.credentials()
      return euid === 0 ? "#" : "\\$"
    }
    case "s":
      return shell.label.slice(shell.label.lastIndexOf("/") + 1)
    case "j":
      return String(shell.jobs.list.length)
    case "l": {
      const name = yield* call(shell.sys.ttyname(0))
      return Errno.isErrno(name) ? "tty" : name.slice(name.lastIndexOf("/") + 1)
    }
    case "A":
    case "t":
    case "T":
    case "@":
      return yield* clock(shell, letter)
    case "!":
    case "#":
      return String(shell.history.next)
    case "v":
    case "V":
      return "5.2"
    case "n":
      return "\n"
    case "r":
      return "\r"
    case "a":
      return "\u0007"
    case "e":
      return "\u001b"
    case "\\":
      return "\\\\"
    // What stands between these is not counted by the line editor, which counts escape sequences as nothing anyway.
    case "[":
    case "]":
      return ""
    default:
      return undefined
  }
}

/** The text of a prompt. */
export function* prompt(shell: Shell, text: string): Run<string> {
  let out = ""
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== "\\" || at + 1 === text.length) {
      out += text[at]
      continue
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1))?.[0]
    if (octal !== undefined) {
      out += String.fromCharCode(parseInt(octal, 8))
      at += octal.length
      continue
    }
    const letter = text[++at]!
    const made = yield* escape(shell, letter)
    out += made ?? `\\${letter}`
  }
  const status = shell.status
  const word: Word = { pieces: parseDocument(out), literal: undefined, source: out }
  const expanded = yield* expandText(shell, word)
  shell.status = status
  return expanded
}
