/**
 * The buffers that utilities read into: small to begin with, for most inputs are, and 64 KiB for those that go on.
 *
 * @see read(2)
 */
import { blockSize } from "./BufferedWriter.js"

const FIRST = 4096

export const first = (): Uint8Array => new Uint8Array(FIRST)

/** The buffer for the next read: a larger one when the last read filled this one. What it held has been used. */
export const next = (buffer: Uint8Array, count: number): Uint8Array =>
  count === buffer.length && count < blockSize ? new Uint8Array(Math.min(count * 4, blockSize)) : buffer
