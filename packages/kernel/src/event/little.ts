/**
 * Numbers as bytes, the lowest first.
 */
const HALF = 2 ** 32

export const getUint32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24) >>> 0

export const putUint32 = (value: number, into: Uint8Array, at: number): void => {
  into[at] = value
  into[at + 1] = value >>> 8
  into[at + 2] = value >>> 16
  into[at + 3] = value >>> 24
}

/** Of 8 bytes. */
export const putCount = (value: number, into: Uint8Array, at: number): void => {
  putUint32(value, into, at)
  putUint32(value / HALF, into, at + 4)
}
