/**
 * Keys: from the bytes of a terminal to what was pressed.
 *
 * @see console_codes(4)
 */
import * as Bytes from "@effix/kernel/Bytes"
import { call, type Run, type Shell } from "../state/Shell.js"

/** A character as it is, or the name of a key such as `left` or `ctrl-a`; `undefined` at the end of input. */
export type Key = { readonly text: string } | { readonly name: string }

const finals: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end"
}
const numbered: Readonly<Record<string, string>> = { 1: "home", 3: "delete", 4: "end", 7: "home", 8: "end" }

function* byte(shell: Shell): Run<number | undefined> {
  for (;;) {
    const read = yield* first(shell)
    if (read !== "interrupted") return read
  }
}

function* first(shell: Shell): Run<number | "interrupted" | undefined> {
  const one = new Uint8Array(1)
  const count = yield* call(shell.sys.read(0, one))
  if (typeof count !== "number") return count._tag === "EINTR" ? "interrupted" : undefined
  return count === 0 ? undefined : one[0]
}

function* sequence(shell: Shell): Run<Key> {
  const next = yield* byte(shell)
  if (next === undefined) return { name: "escape" }
  const first = String.fromCharCode(next)
  if (first !== "[" && first !== "O") return { name: `alt-${next === 127 ? "backspace" : first}` }
  let parameters = ""
  for (;;) {
    const code = yield* byte(shell)
    if (code === undefined) return { name: "escape" }
    const character = String.fromCharCode(code)
    if (/[0-9;]/.test(character)) {
      parameters += character
      continue
    }
    const control = parameters.endsWith(";5")
    if (character === "~") return { name: numbered[parameters.split(";")[0]!] ?? "unknown" }
    const name = finals[character] ?? "unknown"
    return { name: control && name === "left" ? "alt-b" : control && name === "right" ? "alt-f" : name }
  }
}

/** The next key, or that a signal came before it. */
export function* readKey(shell: Shell): Run<Key | "interrupted" | undefined> {
  const code = yield* first(shell)
  if (code === undefined || code === "interrupted") return code
  return yield* key(shell, code)
}

function* key(shell: Shell, first: number): Run<Key> {
  if (first === 27) return yield* sequence(shell)
  if (first === 13 || first === 10) return { name: "enter" }
  if (first === 9) return { name: "tab" }
  if (first === 127 || first === 8) return { name: "backspace" }
  if (first < 32) return { name: `ctrl-${String.fromCharCode(first + 96)}` }
  const length = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  const bytes = [first]
  while (bytes.length < length) {
    const next = yield* byte(shell)
    if (next === undefined) break
    bytes.push(next)
  }
  return { text: Bytes.decode(Uint8Array.from(bytes)) }
}
