/**
 * Text to bytes and back without loss.
 *
 * To Linux a name, an argument or a line of output is bytes. Here they are strings wherever a program thinks of them
 * as text: UTF-8, in which every byte that is not part of a valid sequence becomes one lone surrogate U+DC80 to
 * U+DCFF. So any bytes survive the way into a string and back.
 *
 * @see utf-8(7)
 */
const encoder = new TextEncoder()
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const lenient = new TextDecoder("utf-8", { ignoreBOM: true })

/** The bytes of `text`. */
export const encode = (text: string): Uint8Array => {
  // Escaped bytes are rare; looking for them is far cheaper than encoding by hand.
  return /[\udc80-\udcff]/.test(text) && hasEscapes(text) ? encodeByHand(text) : encoder.encode(text)
}

/** The text of `bytes`. */
export const decode = (bytes: Uint8Array): string => {
  try {
    return strict.decode(bytes)
  } catch {
    return decodeByHand(bytes)
  }
}

/** The number of bytes that {@link encode} would answer. */
export const byteLength = (text: string): number => {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) length++
    else if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) {
      length += 2
      i++
    } else if (!isEscape(unit)) length += 2
  }
  return length
}

/** Whether two arrays hold the same bytes. */
export const equal = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000
const isEscape = (unit: number): boolean => unit >= 0xdc80 && unit < 0xdd00

const hasEscapes = (text: string): boolean => {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) i++
    else if (isEscape(unit)) return true
  }
  return false
}

const encodeByHand = (text: string): Uint8Array => {
  const bytes = new Uint8Array(byteLength(text))
  let at = 0
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) i++
    else if (isEscape(unit)) {
      at += encoder.encodeInto(text.slice(from, i), bytes.subarray(at)).written
      bytes[at++] = unit & 0xff
      from = i + 1
    }
  }
  encoder.encodeInto(text.slice(from), bytes.subarray(at))
  return bytes
}

/** The length of the valid sequence that begins at `at`; 0 when there is none. */
const sequenceAt = (bytes: Uint8Array, at: number): number => {
  const lead = bytes[at] ?? 0
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  const second = bytes[at + 1] ?? 0
  if (lead === 0xe0 && second < 0xa0) return 0
  if (lead === 0xed && second > 0x9f) return 0
  if (lead === 0xf0 && second < 0x90) return 0
  if (lead === 0xf4 && second > 0x8f) return 0
  return length
}

const decodeByHand = (bytes: Uint8Array): string => {
  let text = ""
  let from = 0
  for (let at = 0; at < bytes.length;) {
    const length = sequenceAt(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    text += lenient.decode(bytes.subarray(from, at)) + String.fromCharCode(0xdc00 | bytes[at]!)
    from = ++at
  }
  return text + lenient.decode(bytes.subarray(from))
}
