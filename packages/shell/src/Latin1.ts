/**
 * Bytes as strings of one character each, for comparing, slicing and matching them.
 *
 * @see iso_8859-1(7)
 */
import * as Bytes from "@effix/kernel/Bytes"

/** Handing the array over as it is costs a twentieth of spreading it. */
const chunk = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode.apply(undefined, bytes.subarray(from, to) as unknown as Array<number>)

/** Looked at in words of four bytes, this costs far less than decoding by hand. */
const isAscii = (bytes: Uint8Array, from: number, to: number): boolean => {
  let at = from
  while (at < to && ((bytes.byteOffset + at) & 3) !== 0) if (bytes[at++]! > 127) return false
  const count = (to - at) >> 2
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + at, count)
  for (let i = 0; i < count; i++) if ((words[i]! & 0x80808080) !== 0) return false
  for (at += count * 4; at < to; at++) if (bytes[at]! > 127) return false
  return true
}

/** The bytes `[from, to)` as characters U+0000 to U+00FF. */
export const decode = (bytes: Uint8Array, from = 0, to = bytes.length): string => {
  if (to - from >= 256 && isAscii(bytes, from, to)) return Bytes.decode(bytes.subarray(from, to))
  if (to - from <= 8192) return chunk(bytes, from, to)
  let text = ""
  for (let at = from; at < to; at += 8192) text += chunk(bytes, at, Math.min(to, at + 8192))
  return text
}

/** What {@link decode} would make of the bytes of `text`. */
export const fromText = (text: string): string => decode(Bytes.encode(text))

/** The text whose bytes `latin1` holds. */
export const toText = (latin1: string): string => Bytes.decode(encode(latin1))

export const encode = (latin1: string): Uint8Array => {
  const bytes = new Uint8Array(latin1.length)
  for (let i = 0; i < latin1.length; i++) bytes[i] = latin1.charCodeAt(i)
  return bytes
}
