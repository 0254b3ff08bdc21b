/**
 * The check value that gzip keeps of what it packed.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1952#section-8
 */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? value >>> 1 ^ 0xedb88320 : value >>> 1
  return value
})

/** The check value of what had the value `before` and `bytes` behind it; it begins with 0. */
export const update = (before: number, bytes: Uint8Array): number => {
  let value = ~before
  for (let i = 0; i < bytes.length; i++) value = table[(value ^ bytes[i]!) & 0xff]! ^ value >>> 8
  return ~value >>> 0
}
