/**
 * Several buffers of one call as if they were one: bytes go into each and come out of each, and lie in none between.
 *
 * @see readv(2)
 */
export class Pieces {
  readonly length: number

  constructor(private readonly parts: ReadonlyArray<Uint8Array>) {
    this.length = parts.reduce((length, part) => length + part.length, 0)
  }

  /**
   * Hands out, part by part, where the `count` bytes from `start` on lie: the place in the part, how many of them, and how
   * many came before.
   */
  each(
    start: number,
    count: number,
    use: (part: Uint8Array, at: number, some: number, done: number) => void
  ): void {
    let skip = start
    let done = 0
    for (const part of this.parts) {
      const some = Math.min(part.length - skip, count - done)
      if (some > 0) {
        use(part, skip, some, done)
        done += some
      }
      skip = Math.max(0, skip - part.length)
    }
  }

  /** A copy in one piece. */
  gathered(): Uint8Array {
    const whole = new Uint8Array(this.length)
    this.each(0, this.length, (part, _at, _some, done) => whole.set(part, done))
    return whole
  }
}

/** What a call moves bytes into or out of. */
export type Piecewise = Uint8Array | Pieces

/** In one piece, for whoever can do with nothing else. */
export const inOne = (bytes: Piecewise): Uint8Array => bytes instanceof Uint8Array ? bytes : bytes.gathered()

export const putByte = (into: Piecewise, at: number, byte: number): void => {
  if (into instanceof Uint8Array) into[at] = byte
  else into.each(at, 1, (part, at) => part[at] = byte)
}

export const byteAt = (from: Piecewise, at: number): number => {
  if (from instanceof Uint8Array) return from[at]!
  let byte = 0
  from.each(at, 1, (part, at) => byte = part[at]!)
  return byte
}
