/**
 * What kind of text bytes are: their encoding, their lines, and the languages that show by how they begin.
 *
 * @see file(1)
 */
import * as Bytes from "@effix/kernel/Bytes"

/** What a file holds, in words and as a type of MIME. */
export interface Kind {
  readonly words: string
  readonly mime: string
  readonly charset: string
}

interface Encoding {
  readonly words: string
  readonly charset: string
}

const isText = (byte: number): boolean => (byte >= 7 && byte <= 13) || byte === 27 || (byte >= 32 && byte < 127)

const utf16 = (bytes: Uint8Array): Encoding | undefined => {
  const [a, b] = bytes
  if (bytes.length < 2 || bytes.length % 2 !== 0) return undefined
  if (a === 0xff && b === 0xfe) return { words: "Unicode text, UTF-16, little-endian", charset: "utf-16le" }
  return a === 0xfe && b === 0xff ? { words: "Unicode text, UTF-16, big-endian", charset: "utf-16be" } : undefined
}

/** Whether bytes are well-formed UTF-8; a character that the end cuts off does not count. */
const isUtf8 = (bytes: Uint8Array): boolean => {
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]!
    if (byte < 0x80) {
      if (!isText(byte)) return false
      at++
      continue
    }
    const length = byte >= 0xc2 && byte < 0xe0
      ? 2
      : byte >= 0xe0 && byte < 0xf0
      ? 3
      : byte >= 0xf0 && byte < 0xf5
      ? 4
      : 0
    if (length === 0) return false
    for (let next = at + 1; next < at + length && next < bytes.length; next++) {
      if ((bytes[next]! & 0xc0) !== 0x80) return false
    }
    at += length
  }
  return true
}

const encodingOf = (bytes: Uint8Array): Encoding | undefined => {
  if (bytes.every(isText)) return { words: "ASCII", charset: "us-ascii" }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf && isUtf8(bytes.subarray(3))) {
    return { words: "Unicode text, UTF-8 (with BOM)", charset: "utf-8" }
  }
  if (isUtf8(bytes)) return { words: "Unicode text, UTF-8", charset: "utf-8" }
  const wide = utf16(bytes)
  if (wide !== undefined) return wide
  if (bytes.every((byte) => isText(byte) || byte >= 0xa0)) return { words: "ISO-8859", charset: "iso-8859-1" }
  if (bytes.every((byte) => isText(byte) || byte >= 0x80)) {
    return { words: "Non-ISO extended-ASCII", charset: "unknown-8bit" }
  }
  return undefined
}

/** What is said of lines and of single characters. */
const details = (text: string): ReadonlyArray<string> => {
  const said: Array<string> = []
  let longest = 0
  for (const line of text.split(/\r\n|\n|\r|\u0085/)) longest = Math.max(longest, line.length)
  if (longest > 300) said.push(`with very long lines (${longest})`)
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0
  const kinds = ([["CRLF", /\r\n/g], ["CR", /\r(?!\n)/g], ["LF", /(?<!\r)\n/g]] as const)
    .filter(([, pattern]) => count(pattern) > 0).map(([name]) => name)
  if (kinds.length === 0) said.push("with no line terminators")
  else if (kinds.length > 1 || kinds[0] !== "LF") said.push(`with ${kinds.join(", ")} line terminators`)
  if (text.includes("\u001b")) said.push("with escape sequences")
  if (text.includes("\b")) said.push("with overstriking")
  return said
}

interface Language {
  readonly pattern: RegExp
  readonly words: string
  readonly mime: string
  /** What is said of its encoding: nothing, that it is text, or that it is executable, too. */
  readonly how: "" | "text" | "executable"
}

const language = (pattern: RegExp, words: string, mime: string, how: Language["how"] = "text"): Language => ({
  pattern,
  words,
  mime,
  how
})

const interpreter = (name: string): RegExp =>
  new RegExp(`^#! ?(?:\\S*/)?(?:env +)?(?:\\S*/)?(?:${name})(?:[ \\n\\r]|$)`)

const languages: ReadonlyArray<Language> = [
  language(interpreter("sh|dash"), "POSIX shell script", "text/x-shellscript", "executable"),
  language(interpreter("bash"), "Bourne-Again shell script", "text/x-shellscript", "executable"),
  language(interpreter("zsh"), "Paul Falstad's zsh script", "text/x-shellscript", "executable"),
  language(interpreter("ksh"), "Korn shell script", "text/x-shellscript", "executable"),
  language(interpreter("python[0-9.]*"), "Python script", "text/x-script.python", "executable"),
  language(interpreter("node"), "Node.js script executable", "application/javascript"),
  language(interpreter("perl"), "Perl script text executable", "text/x-perl", ""),
  language(interpreter("ruby"), "Ruby script", "text/x-ruby", "executable"),
  language(interpreter("gawk"), "GNU awk script", "text/x-gawk", "executable"),
  language(interpreter("awk"), "awk script", "text/x-awk", "executable"),
  language(interpreter("php"), "PHP script", "text/x-php", "executable"),
  language(/^%!PS-Adobe-([0-9.]+)/, "PostScript document text conforming DSC level $1", "application/postscript", ""),
  language(/^-----BEGIN CERTIFICATE-----/, "PEM certificate", "text/plain", ""),
  language(/^-----BEGIN RSA PRIVATE KEY-----/, "PEM RSA private key", "text/plain", ""),
  language(/^-----BEGIN OPENSSH PRIVATE KEY-----/, "OpenSSH private key", "text/plain", ""),
  language(
    /^(?:\s*<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)?(?:<!DOCTYPE svg[^>]*>\s*)?<svg[ >]/,
    "SVG Scalable Vector Graphics image",
    "image/svg+xml",
    ""
  ),
  language(/^\s*<\?xml version=['"]([0-9.]+)['"]/, "XML $1 document", "text/xml"),
  language(/^\s*(?:<!doctype html|<html|<head|<title)[\s>]/i, "HTML document", "text/html"),
  language(/^<\?php/, "PHP script", "text/x-php"),
  language(/^diff /, "diff output", "text/x-diff"),
  language(/^--- [^\n]*\n\+\+\+ [^\n]*\n@@/, "unified diff output", "text/x-diff"),
  language(/^\*\*\* [^\n]*\n--- /, "context diff output", "text/x-diff"),
  language(/^(?:CFLAGS|VPATH|LDFLAGS|all:|\.PRECIOUS|\.PHONY|\.BEGIN)/m, "makefile script", "text/x-makefile"),
  language(/^#include\s*[<"]/m, "C source", "text/x-c"),
  language(
    /^(?:from [\w.]+ import |import \w[\w.]*(?: as \w+)?(?:, *\w+)*\s*\n)/m,
    "Python script",
    "text/x-script.python",
    "executable"
  )
]

const isJson = (text: string): boolean => {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Ten lines at most, of as many fields each, and of two at least. */
const isCsv = (text: string): boolean => {
  const lines = text.split("\n").slice(0, 10)
  if (lines.at(-1) === "") lines.pop()
  const fields = lines.map((line) => line.replace(/"(?:[^"]|"")*"/g, "").split(",").length)
  return lines.length >= 2 && fields[0]! > 1 && fields.every((count) => count === fields[0])
}

/** What a text is; `undefined` for what is none. */
export const textKind = (bytes: Uint8Array, whole: boolean): Kind | undefined => {
  const encoding = encodingOf(bytes)
  if (encoding === undefined) return undefined
  const { charset } = encoding
  const text = charset.startsWith("utf-16")
    ? Array.from({ length: bytes.length / 2 - 1 }, (_, index) => {
      const [a, b] = [bytes[index * 2 + 2]!, bytes[index * 2 + 3]!]
      return String.fromCharCode(charset.endsWith("le") ? a | b << 8 : a << 8 | b)
    }).join("")
    : Bytes.decode(bytes).replace(/^\ufeff/, "")
  const described = (how: string): string => [`${encoding.words}${how}`, ...details(text)].join(", ")
  if (whole && isJson(text)) return { words: "JSON text data", mime: "application/json", charset }
  for (const { how, mime, pattern, words } of languages) {
    const match = pattern.exec(text)
    if (match === null) continue
    const named = words.replace("$1", match[1] ?? "")
    return {
      words: how === "" ? named : `${named}, ${described(how === "text" ? " text" : " text executable")}`,
      mime,
      charset
    }
  }
  const script = /^#! ?([^\n]*[^\s])/.exec(text)
  if (script !== null) {
    return { words: `a ${script[1]} script, ${described(" text executable")}`, mime: "text/plain", charset }
  }
  if (isCsv(text)) return { words: "CSV text", mime: "text/csv", charset }
  return { words: described(" text"), mime: "text/plain", charset }
}
