/**
 * The numbers of `$RANDOM`: those of bash, so that a script that sets it sees the same ones again, there and here.
 *
 * They are a "minimal standard" generator's, after S. K. Park and K. W. Miller (CACM 31, 1988), folded to 15 bits.
 */
const MODULUS = 0x7fffffff
const MULTIPLIER = 16807
/** What stands for 0, from which nothing else would come. */
const NOT_ZERO = 123459876

export class Random {
  private state = 1
  private last = 0

  seed(seed: number): void {
    this.state = Math.trunc(seed) % 0x100000000 >>> 0
    this.last = 0
  }

  /** Another sequence that depends on this one and on a number: a subshell's, on its process. */
  fork(by: number): void {
    this.seed(this.state ^ Math.imul(by, 0x9e3779b1))
  }

  clone(): Random {
    const copy = new Random()
    copy.state = this.state
    copy.last = this.last
    return copy
  }

  /** From 0 to 32767, and never the same twice in a row. */
  next(): number {
    let value: number
    do {
      // No product is larger than a double can hold exactly.
      this.state = (this.state === 0 ? NOT_ZERO : this.state) * MULTIPLIER % MODULUS
      value = (this.state >>> 16 ^ this.state & 0xffff) & 0x7fff
    } while (value === this.last)
    this.last = value
    return value
  }
}
