/**
 * Packs bytes as gzip does, piece by piece.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1952
 */
import * as Bytes from "@effix/kernel/Bytes"
// The way in for browsers: the other one looks for worker threads of Node.
import { Deflate } from "fflate/browser"
import * as Crc from "./crc.js"

/** From the fastest to the smallest. */
export type Level = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9

/** The level that gzip takes where it is not told. */
export const usual: Level = 6

export interface Header {
  readonly level: Level
  /** The name of the file, if it is to be kept. */
  readonly name?: string | undefined
  /** When it was changed, in seconds since the epoch; 0 to say nothing of it. */
  readonly time?: number
}

const UNIX = 3

const put = (bytes: Uint8Array, at: number, value: number): void => {
  for (let i = 0; i < 4; i++) bytes[at + i] = value >>> i * 8
}

export class GzipWriter {
  /** Bytes that were packed. */
  size = 0
  private crc = 0
  private readonly deflate: Deflate

  /** Every piece of the packed file is given to `emit`, in order, and belongs to it. */
  constructor({ level, name, time = 0 }: Header, private readonly emit: (bytes: Uint8Array) => void) {
    const named = name === undefined ? new Uint8Array(0) : Bytes.encode(`${name}\0`)
    const header = new Uint8Array(10 + named.length)
    header.set([0x1f, 0x8b, 8, named.length > 0 ? 8 : 0])
    put(header, 4, time > 0 && time < 2 ** 32 ? time : 0)
    header[8] = level === 9 ? 2 : level === 1 ? 4 : 0
    header[9] = UNIX
    header.set(named, 10)
    emit(header)
    this.deflate = new Deflate({ level }, (packed) => emit(packed))
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.size += bytes.length
    this.crc = Crc.update(this.crc, bytes)
    this.deflate.push(bytes)
  }

  end(): void {
    this.deflate.push(new Uint8Array(0), true)
    const trailer = new Uint8Array(8)
    put(trailer, 0, this.crc)
    put(trailer, 4, this.size % 2 ** 32)
    this.emit(trailer)
  }
}
