/**
 * Names in messages and listings, quoted as GNU quotes them in the C locale.
 *
 * @see ls(1)
 */
import * as Bytes from "@effix/kernel/Bytes"

const escapes: Readonly<Record<number, string>> = { 7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r" }

const plain = /^[%+,\-./0-9A-Z\]_a-z@]+$/
const special = new Set("!\"$&()*;<=>[^`|?\\' ")

const octal = (byte: number): string => "\\" + byte.toString(8).padStart(3, "0")

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f

const escaped = (byte: number): string => {
  const letter = escapes[byte]
  return letter === undefined ? octal(byte) : "\\" + letter
}

const needsQuotes = (text: string, bytes: Uint8Array): boolean => {
  if (text === "" || text === "{" || text === "}" || text[0] === "#" || text[0] === "~") return true
  for (const byte of bytes) if (!isPrintable(byte) || special.has(String.fromCharCode(byte))) return true
  return false
}

const always = (bytes: Uint8Array): string => {
  let result = "'"
  let escaping = false
  let onlyQuotes = false
  let compatible = true
  for (const byte of bytes) {
    if (!isPrintable(byte)) {
      result += (escaping ? "" : "'$'") + escaped(byte)
      escaping = true
      compatible = false
      continue
    }
    if (escaping) result += "''"
    escaping = false
    const char = String.fromCharCode(byte)
    if (char === "'") {
      result += "'\\''"
      onlyQuotes = true
    } else {
      result += char
      if (char !== " " && special.has(char)) compatible = false
    }
  }
  // Where apostrophes are all that is in the way, double quotes read better.
  return onlyQuotes && compatible ? `"${Bytes.decode(bytes)}"` : result + "'"
}

/** As a shell would have it, in quotes only if it needs them. */
export const shell = (text: string): string => {
  if (plain.test(text)) return text
  const bytes = Bytes.encode(text)
  return needsQuotes(text, bytes) ? always(bytes) : text
}

/** In single quotes where a shell needs them, control characters as they are. */
export const shellPlain = (text: string, evenIfPlain: boolean): string =>
  evenIfPlain ||
    (!plain.test(text) &&
      (needsQuotes(text.replace(/[^ -~]/g, "a"), Bytes.encode(text.replace(/[^ -~]/g, "a"))) || /[\t-\r]/.test(text)))
    ? `'${text.replaceAll("'", "'\\''")}'`
    : text

/** A name in front of a colon: `cat: NAME: No such file or directory`. */
export const name = (text: string): string => text.includes(":") ? always(Bytes.encode(text)) : shell(text)

/** A name inside a sentence: always in quotes. */
export const quoted = (text: string): string => always(Bytes.encode(text))

/** A value that was not understood: in quotes, with C's escapes. */
export const value = (text: string): string => {
  let result = "'"
  for (const byte of Bytes.encode(text)) {
    result += byte === 0x27 || byte === 0x5c
      ? "\\" + String.fromCharCode(byte)
      : isPrintable(byte)
      ? String.fromCharCode(byte)
      : escaped(byte)
  }
  return result + "'"
}

/** As C would have it, in double quotes. */
export const c = (text: string): string => {
  let result = "\""
  for (const byte of Bytes.encode(text)) {
    result += byte === 0x22 || byte === 0x5c
      ? "\\" + String.fromCharCode(byte)
      : isPrintable(byte)
      ? String.fromCharCode(byte)
      : escaped(byte)
  }
  return result + "\""
}
