/**
 * How keys are written: `\C-x\e` for what is pressed, `Control-x` for one key by name.
 *
 * A sequence of keys is a text with a character for each of its bytes.
 *
 * @see bash(1) Readline Key Bindings
 */
import * as Latin1 from "../../Latin1.js"

const escapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  d: "\u007f",
  e: "\u001b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v"
}

const control = (character: string): string =>
  character === "?" ? "\u007f" : String.fromCharCode(character.toUpperCase().charCodeAt(0) & 0x1f)

const meta = (character: string): string => String.fromCharCode(character.charCodeAt(0) | 0x80)

/** The bytes that a text between quotes stands for. */
export const read = (text: string): string => {
  const source = Latin1.fromText(text)
  let out = ""
  for (let at = 0; at < source.length; at++) {
    if (source[at] !== "\\" || at + 1 === source.length) {
      out += source[at]!
      continue
    }
    const rest = source.slice(at + 1)
    const prefixes = /^(?:C-|M-)(?:\\C-|\\M-)?/.exec(rest)?.[0]
    const key = prefixes === undefined ? undefined : rest[prefixes.length]
    if (prefixes !== undefined && key !== undefined) {
      // What is behind the prefixes may be written with a backslash itself.
      const escaped = key === "\\" ? rest[prefixes.length + 1] : undefined
      const plain = escaped === undefined ? key : escapes[escaped] ?? escaped
      const controlled = prefixes.includes("C-") ? control(plain) : plain
      out += prefixes.includes("M-") ? meta(controlled) : controlled
      at += prefixes.length + (escaped === undefined ? 1 : 2)
      continue
    }
    const number = /^(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3}))/.exec(rest)
    if (number !== null) {
      const [digits, hexadecimal, octal] = number
      out += String.fromCharCode((hexadecimal === undefined ? parseInt(octal!, 8) : parseInt(hexadecimal, 16)) & 0xff)
      at += digits.length
      continue
    }
    out += escapes[rest[0]!] ?? rest[0]!
    at++
  }
  return out
}

/** Bytes as they are written between quotes: keys, where those of eight bits are numbers, or what a macro types. */
export const shown = (bytes: string, keys: boolean): string => {
  let out = ""
  for (const byte of bytes) {
    const code = byte.charCodeAt(0)
    if (code === 27) out += "\\e"
    else if (code === 127) out += "\\C-?"
    else if (code < 32) out += `\\C-${String.fromCharCode(code + 64).toLowerCase()}`
    else if (byte === "\"" || byte === "\\") out += `\\${byte}`
    else out += code > 127 && keys ? `\\${code.toString(8)}` : byte
  }
  return out
}

const names: Readonly<Record<string, string>> = {
  del: "\u007f",
  rubout: "\u007f",
  esc: "\u001b",
  escape: "\u001b",
  lfd: "\n",
  newline: "\n",
  ret: "\r",
  return: "\r",
  spc: " ",
  space: " ",
  tab: "\t"
}

/** The one key that a name such as `Meta-Rubout` stands for. */
export const named = (text: string): string => {
  const last = text.slice(text.lastIndexOf("-", text.length - 2) + 1)
  const key = names[last.toLowerCase()] ?? Latin1.fromText(last)[0] ?? ""
  const controlled = /(?:control-|ctrl-|c-)/i.test(text) ? control(key) : key
  return /(?:meta-|m-)/i.test(text) ? meta(controlled) : controlled
}
