/**
 * Backslash escapes in text, as `echo -e` and printf(1) read them.
 *
 * @see printf(1)
 */

const letters: Readonly<Record<string, string>> = {
  "\\": "\\",
  "\"": "\"",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v"
}

/** One byte as a character of a string: see `Bytes`. */
export const byteText = (byte: number): string => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 | byte)

export interface Escape {
  /** What stands for it; `undefined` when the text is to be cut here (`\c`). */
  readonly text: string | undefined
  /** Where the text goes on. */
  readonly next: number
  /** What is wrong with it. */
  readonly wrong?: string
}

/**
 * Octal numbers: of up to three digits (the format of printf), those or up to three after a zero (`%b`, and echo(1)), or
 * the latter alone (the shell's own `echo`).
 */
export type Octal = "three" | "after-zero" | "only-after-zero"

const run = (text: string, from: number, pattern: RegExp, most: number): string => {
  let to = from
  while (to < from + most && to < text.length && pattern.test(text[to]!)) to++
  return text.slice(from, to)
}

const hexDigit = /[0-9a-fA-F]/
const octalDigit = /[0-7]/

/** The escape whose backslash stands at `at`. */
export const read = (text: string, at: number, octal: Octal): Escape => {
  const letter = text[at + 1]
  if (letter === undefined) return { text: "\\", next: at + 1 }
  if (letter === "c") return { text: undefined, next: text.length }
  const simple = letters[letter]
  if (simple !== undefined && (letter !== "\"" || octal === "three")) return { text: simple, next: at + 2 }
  if (octalDigit.test(letter) && (octal !== "only-after-zero" || letter === "0")) {
    const from = octal !== "three" && letter === "0" ? at + 2 : at + 1
    const digits = run(text, from, octalDigit, 3)
    return { text: byteText(Number.parseInt(digits || "0", 8) & 0xff), next: from + digits.length }
  }
  if (letter === "x") {
    const digits = run(text, at + 2, hexDigit, 2)
    if (digits === "") return { text: "\\x", next: at + 2, wrong: "missing hexadecimal number in escape" }
    return { text: byteText(Number.parseInt(digits, 16)), next: at + 2 + digits.length }
  }
  if (letter === "u" || letter === "U") {
    const digits = run(text, at + 2, hexDigit, letter === "u" ? 4 : 8)
    const point = Number.parseInt(digits, 16)
    if (digits === "" || point > 0x10ffff) return { text: `\\${letter}`, next: at + 2 }
    return { text: String.fromCodePoint(point), next: at + 2 + digits.length }
  }
  return { text: `\\${letter}`, next: at + 2 }
}

/** Expands all escapes of `text`; `cut` tells that a `\c` ended it. */
export const expand = (text: string, octal: Octal = "after-zero"): { readonly text: string; readonly cut: boolean } => {
  if (!text.includes("\\")) return { text, cut: false }
  let result = ""
  for (let at = 0; at < text.length;) {
    if (text[at] !== "\\") {
      result += text[at++]
      continue
    }
    const escape = read(text, at, octal)
    if (escape.text === undefined) return { text: result, cut: true }
    result += escape.text
    at = escape.next
  }
  return { text: result, cut: false }
}
