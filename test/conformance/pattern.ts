/**
 * Bytes that programs write: all follow from how many they are and from one number, as `native/step.h` has them.
 */
export const BUFFER_MAX = 1 << 20

export const pattern = (length: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(Math.min(length, BUFFER_MAX))
  for (let at = 0; at < bytes.length; at++) bytes[at] = seed + at * 7 + (at >> 8) * 13
  return bytes
}
