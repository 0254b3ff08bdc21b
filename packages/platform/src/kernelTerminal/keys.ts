/**
 * What a terminal sends for a key, by the names that node's `readline` gives to keys, since that is what programs written
 * for `Terminal` compare with.
 *
 * @see console_codes(4)
 */
import type { Key, UserInput } from "@effect/platform/Terminal"
import * as Option from "effect/Option"

export interface Parsed {
  readonly input: UserInput
  /** How much of the text it is. */
  readonly length: number
}

/** By the final letter of `ESC [` and `ESC O`. */
const letters: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  E: "clear",
  F: "end",
  H: "home",
  P: "f1",
  Q: "f2",
  R: "f3",
  S: "f4"
}

/** By the number before `~`; `$` and `^` mean Shift and Ctrl. */
const numbers: Readonly<Record<string, string>> = {
  1: "home",
  2: "insert",
  3: "delete",
  4: "end",
  5: "pageup",
  6: "pagedown",
  7: "home",
  8: "end",
  11: "f1",
  12: "f2",
  13: "f3",
  14: "f4",
  15: "f5",
  17: "f6",
  18: "f7",
  19: "f8",
  20: "f9",
  21: "f10",
  23: "f11",
  24: "f12"
}

const none = { ctrl: false, meta: false, shift: false }

/** What is added to 1 to say which keys were held: Shift, left Alt, Ctrl, right Alt. */
const held = (modifier: string | undefined) => {
  const bits = Number(modifier ?? 1) - 1
  return { shift: (bits & 1) !== 0, meta: (bits & 10) !== 0, ctrl: (bits & 4) !== 0 }
}

const unknown = "undefined"

const ofO = (letter: string, modifier: string | undefined): Key => {
  const keys = held(modifier)
  if (/[a-e]/.test(letter)) return { ...keys, name: letters[letter.toUpperCase()]!, ctrl: true }
  return { ...keys, name: letters[letter] ?? unknown }
}

const ofNumber = (number: string, modifier: string | undefined, final: string): Key => {
  const name = numbers[number] ?? unknown
  if (final === "~") return { ...held(modifier), name }
  if (!/^[235678]$/.test(number)) return { ...held(modifier), name: unknown }
  return { ...held(modifier), name, ...(final === "$" ? { shift: true } : { ctrl: true }) }
}

const ofLetter = (letter: string, modifier: string | undefined): Key => {
  const keys = held(modifier)
  if (letter === "Z") return { ...keys, name: "tab", shift: true }
  if (/[a-e]/.test(letter)) return { ...keys, name: letters[letter.toUpperCase()]!, shift: true }
  return { ...keys, name: letters[letter] ?? unknown }
}

/** The Linux console and Cygwin: `ESC [ [ A`. */
const ofDouble = (body: string): Key => {
  const at = "ABCDE".indexOf(body)
  const name = body.length === 1 && at >= 0
    ? `f${at + 1}`
    : body === "5~"
    ? "pageup"
    : body === "6~"
    ? "pagedown"
    : unknown
  return { ...none, name }
}

const ofSequence = (body: string): Key => {
  const o = /^O(\d)?(.)$/su.exec(body)
  if (o !== null) return ofO(o[2]!, o[1])
  if (body.startsWith("[[")) return ofDouble(body.slice(2))
  const numbered = /^\[(\d\d?)(?:;(\d))?([~^$])$/.exec(body)
  if (numbered !== null) return ofNumber(numbered[1]!, numbered[2], numbered[3]!)
  const lettered = /^\[(?:(?:\d;)?(\d))?([A-Za-z])$/.exec(body)
  return lettered === null ? { ...none, name: unknown } : ofLetter(lettered[2]!, lettered[1])
}

const plainNames: Readonly<Record<string, string>> = {
  "\r": "return",
  "\n": "enter",
  "\t": "tab",
  "\b": "backspace",
  "\u007f": "backspace",
  "\u001b": "escape",
  " ": "space"
}

/** A character, alone or behind ESC. */
const ofCharacter = (character: string, escaped: boolean): Key => {
  const named = plainNames[character]
  if (named !== undefined) return { ...none, name: named, meta: escaped }
  if (!escaped && character <= "\u001a") {
    return { ...none, name: String.fromCharCode(character.charCodeAt(0) + 96), ctrl: true }
  }
  if (/^[0-9A-Za-z]$/.test(character)) {
    return { name: character.toLowerCase(), ctrl: false, meta: escaped, shift: /[A-Z]/.test(character) }
  }
  return { ...none, name: "", meta: escaped }
}

const complete = /^\u001b\u001b?(O\d?[^\d]|\[\[?\d{0,2}(?:;\d?)?[^\d;]|[^O[\u001b])/su
const incomplete = /^\u001b\u001b?(?:O\d?|\[\[?\d{0,2}(?:;\d?)?)?$/

/** The key at the beginning of a text; `undefined` when more has to come, unless it is `final`. */
export const parse = (text: string, final: boolean): Parsed | undefined => {
  if (text === "") return undefined
  if (!text.startsWith("\u001b")) {
    const [character = ""] = text
    return { input: { input: Option.some(character), key: ofCharacter(character, false) }, length: character.length }
  }
  const found = complete.exec(text)
  if (found !== null) {
    const [whole, body = ""] = found
    const key = /^(?:O|\[)./su.test(body) ? ofSequence(body) : ofCharacter(body, true)
    return { input: { input: Option.none(), key }, length: whole.length }
  }
  if (!incomplete.test(text)) return { input: { input: Option.none(), key: { ...none, name: unknown } }, length: 3 }
  if (!final) return undefined
  const key = /^\u001b+$/.test(text) ? { ...none, name: "escape", meta: true } : { ...none, name: unknown }
  return { input: { input: Option.none(), key }, length: text.length }
}
