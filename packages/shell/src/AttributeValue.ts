/**
 * Values of extended attributes as getfattr and setfattr write them: `"text"`, `0x7f`, `0sfw==`.
 *
 * @see getfattr(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"

export type Encoded = "text" | "hex" | "base64"

const QUOTE = 34
const BACKSLASH = 92

const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, "0")}`

/** The names of attributes and files: what would end their line or their name is octal. */
export const quoted = (text: string, more = ""): string =>
  Array.from(text, (each) => `\n\r\\${more}`.includes(each) ? octal(each.charCodeAt(0)) : each).join("")

/** At most one byte of eight cannot be printed. */
const isText = (value: Uint8Array): boolean =>
  value.length >= 8 * value.filter((byte) => byte < 32 || byte > 126).length

const plain = (byte: number): number | string =>
  byte === 0 || byte === 10 || byte === 13
    ? octal(byte)
    : byte === QUOTE || byte === BACKSLASH
    ? `\\${String.fromCharCode(byte)}`
    : byte

/** As bytes, for text is whatever bytes it is. */
export const encode = (value: Uint8Array, as: Encoded | undefined): Uint8Array => {
  // The NUL of a text in C is no part of it.
  const text = value[value.length - 1] === 0 ? value.subarray(0, -1) : value
  switch (as ?? (isText(text) ? "text" : "base64")) {
    case "hex":
      return Bytes.encode(`0x${Encoding.encodeHex(value)}`)
    case "base64":
      return Bytes.encode(`0s${Encoding.encodeBase64(value)}`)
    default: {
      const bytes = Array.from(text, plain).flatMap((each) =>
        typeof each === "number" ? [each] : [...Bytes.encode(each)]
      )
      return Uint8Array.from([QUOTE, ...bytes, QUOTE])
    }
  }
}

const orNothing = <E>(decoded: Either.Either<Uint8Array, E>): Uint8Array | undefined => Either.getOrUndefined(decoded)

/** `undefined` for what is badly encoded. */
export const decode = (text: string): Uint8Array | undefined => {
  if (/^0x/i.test(text)) return orNothing(Encoding.decodeHex(text.slice(2).replace(/\s+/g, "").toLowerCase()))
  if (/^0s/i.test(text)) {
    const base64 = text.slice(2).replace(/\s+/g, "")
    return base64.length % 4 === 0 ? orNothing(Encoding.decodeBase64(base64)) : undefined
  }
  const inner = /^"(.*)"$/s.exec(text)?.[1] ?? text
  const parts = inner.matchAll(/\\([0-7]{1,3})|\\(["\\])|[^\\]+|\\/g)
  const bytes: Array<number> = []
  for (const [whole, code, escaped] of parts) {
    if (code !== undefined) bytes.push(Number.parseInt(code, 8) & 0xff)
    else bytes.push(...Bytes.encode(escaped ?? whole))
  }
  return Uint8Array.from(bytes)
}
