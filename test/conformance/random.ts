/**
 * Chance that a seed repeats.
 */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = seed >>> 0
  }

  /** From 0 up to, but without, 1. @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000
  }

  /** From `low` to `high`, both of them included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  chance(of: number): boolean {
    return this.next() < of
  }

  pick<A>(from: ReadonlyArray<A>): A {
    return from[this.between(0, from.length - 1)]!
  }

  /** Something from a list in which each has its weight. */
  weighted<A>(from: ReadonlyArray<readonly [weight: number, value: A]>): A {
    let left = this.next() * from.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, value] of from) {
      left -= weight
      if (left < 0) return value
    }
    return from[from.length - 1]![1]
  }

  /** The sum of some of `bits`, each taken with this chance. */
  bits(bits: ReadonlyArray<number>, of: number): number {
    return bits.reduce((sum, bit) => this.chance(of) ? sum | bit : sum, 0)
  }
}
