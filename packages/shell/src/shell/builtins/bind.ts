/**
 * `bind`: what keys do at a prompt.
 *
 * @see bash(1) READLINE
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import { functionNames, isFunction } from "../readline/keymap.js"
import * as Notation from "../readline/notation.js"
import * as Readline from "../readline/Readline.js"
import { print, report, writeAll } from "../run/report.js"
import type { Run, Shell } from "../state/Shell.js"
import { type Builtin, complain, flags, misuse } from "./Builtin.js"
import { readFile } from "./flow.js"

function* complainOf(shell: Shell, complaints: ReadonlyArray<string>): Run<void> {
  yield* writeAll(shell, 2, Bytes.encode(complaints.map((each) => `readline: ${each}\n`).join("")))
}

/** Takes in an init file; answers why not. */
export function* readInit(shell: Shell, path: string): Run<Errno.Any | undefined> {
  const text = yield* readFile(shell, path)
  if (typeof text !== "string") return text
  const read = yield* Readline.readFile(
    shell.readline,
    path,
    text,
    shell.variables.value("TERM") ?? "",
    function*(inner) {
      const included = yield* readFile(shell, inner)
      return typeof included === "string" ? included : undefined
    }
  )
  shell.readline = read.readline
  yield* complainOf(shell, read.complaints)
  return undefined
}

/** Up to five keys, and a sign that there are more. */
const few = (keys: ReadonlyArray<string>): string =>
  keys.length > 5 ? `${keys.slice(0, 5).join(", ")}, ...` : `${keys.join(", ")}.`

const functions = (readline: Readline.Readline, readable: boolean): string =>
  `\n${
    functionNames.map((name) => {
      const keys = Readline.keysOf(readline, name)
      if (readable) {
        return keys.length === 0
          ? `${name} is not bound to any keys\n`
          : `${name} can be found on ${few(keys)}\n`
      }
      return keys.length === 0 ? `# ${name} (not bound)\n` : keys.map((each) => `${each}: ${name}\n`).join("")
    }).join("")
  }`

const texts = (readline: Readline.Readline, kind: "Macro" | "Command", readable: boolean): string =>
  Readline.ordered(readline).map(([keys, binding]) => {
    if (binding._tag !== kind) return ""
    const sequence = Notation.shown(keys, true)
    if (kind === "Command") return `"${sequence}": "${binding.text.replace(/["\\]/g, "\\$&")}"\n`
    const text = Notation.shown(binding.text, false)
    return readable ? `${sequence} outputs ${text}\n` : `"${sequence}": "${text}"\n`
  }).join("")

const settings = ({ settings: all }: Readline.Readline, readable: boolean): string =>
  [...all].map(([name, value]) => readable ? `${name} is set to \`${value}'\n` : `set ${name} ${value}\n`).join("")

const listings: Readonly<Record<string, (readline: Readline.Readline) => string>> = {
  l: () => functionNames.map((name) => `${name}\n`).join(""),
  p: (readline) => functions(readline, false),
  P: (readline) => functions(readline, true),
  s: (readline) => texts(readline, "Macro", false),
  S: (readline) => texts(readline, "Macro", true),
  v: (readline) => settings(readline, false),
  V: (readline) => settings(readline, true)
}

function* unknown(shell: Shell, name: string): Run<number> {
  return yield* complain(shell, "bind", `\`${name}': unknown function name`)
}

function* query(shell: Shell, name: string): Run<number> {
  if (!isFunction(name)) return yield* unknown(shell, name)
  const keys = Readline.keysOf(shell.readline, name)
  if (keys.length > 0) return yield* print(shell, "bind", `${name} can be invoked via ${few(keys)}\n`)
  yield* print(shell, "bind", `${name} is not bound to any keys.\n`)
  return 1
}

function* unbind(shell: Shell, name: string): Run<number> {
  if (!isFunction(name)) return yield* unknown(shell, name)
  for (const [keys, binding] of shell.readline.keys) {
    if (binding._tag === "Function" && binding.name === name) {
      const left = new Map(shell.readline.keys)
      left.delete(keys)
      shell.readline = { ...shell.readline, keys: left }
    }
  }
  return 0
}

/** `bind -x`: keys for a command of the shell. */
function* command(shell: Shell, given: string): Run<number> {
  const line = given.trimStart()
  if (!line.startsWith("\"")) {
    return yield* complain(shell, "bind", `${line}: first non-whitespace character is not \`"'`)
  }
  const parts = Readline.split(line)
  if (typeof parts === "string") return yield* complain(shell, "bind", parts.replace(/ in key binding$/, ` in ${line}`))
  if (!/^"(?:[^"\\]|\\.)*"\s*:/s.test(line)) return yield* complain(shell, "bind", `${line}: missing colon separator`)
  const text = parts.rest.replace(/^"([\s\S]*)"$/, (_, inner: string) => inner.replace(/\\(["\\])/g, "$1"))
  shell.readline = Readline.bind(shell.readline, parts.keys, { _tag: "Command", text })
  return 0
}

export const bind: Builtin = function*(shell, argv) {
  if (!shell.options.emacs) yield* report(shell, "bind: warning: line editing not enabled")
  const given = flags(argv, "lpsvPSVXm:f:q:u:r:x:")
  if (typeof given === "string") return yield* misuse(shell, "bind", given)
  const { letters, rest, values } = given
  const outer = shell.readline.settings.get("keymap") ?? "emacs"
  const keymap = values.get("m")
  if (keymap !== undefined && Readline.keymap(keymap) === undefined) {
    return yield* complain(shell, "bind", `\`${keymap}': invalid keymap name`)
  }
  const within = (name: string): void => {
    shell.readline = { ...shell.readline, settings: new Map(shell.readline.settings).set("keymap", name) }
  }
  if (keymap !== undefined) within(keymap)
  const status = yield* carryOut(shell, letters, values, rest)
  if (keymap !== undefined) within(outer)
  return status
}

function* carryOut(
  shell: Shell,
  letters: ReadonlyArray<string>,
  values: ReadonlyMap<string, string>,
  rest: ReadonlyArray<string>
): Run<number> {
  for (const [letter, list] of Object.entries(listings)) {
    if (letters.includes(letter)) yield* print(shell, "bind", list(shell.readline))
  }
  let status = 0
  for (const [letter, value] of values) {
    if (letter === "f") {
      const wrong = yield* readInit(shell, value)
      if (wrong !== undefined) return yield* complain(shell, "bind", `${value}: cannot read: ${Errno.text(wrong._tag)}`)
    } else if (letter === "q") status = yield* query(shell, value)
    else if (letter === "u") status = yield* unbind(shell, value)
    else if (letter === "r") shell.readline = Readline.bind(shell.readline, Notation.read(value), undefined)
    else if (letter === "x") status = yield* command(shell, value)
  }
  if (letters.includes("X")) yield* print(shell, "bind", texts(shell.readline, "Command", false))
  for (const line of rest) {
    const after = Readline.apply(shell.readline, line)
    if (typeof after === "string") yield* complainOf(shell, [after])
    else shell.readline = after
  }
  return status
}
