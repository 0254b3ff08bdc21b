/**
 * The numbers of `rand`: those that the additive generator of random(3) gives for a seed, so that a program which sets
 * none, or the same, gets the same again.
 *
 * @see random(3)
 */

const degree = 31
const separation = 3
/** One more than the largest number. */
const range = 2_147_483_648

export class RandomNumbers {
  readonly #state = new Int32Array(degree)
  #front = separation
  #rear = 0
  /** The seed that was set last. */
  seed = 1

  constructor() {
    this.#start(1)
  }

  setSeed(seed: number): void {
    this.seed = seed
    this.#start(seed)
  }

  #start(seed: number): void {
    const state = this.#state
    state[0] = seed | 0
    for (let i = 1; i < degree; i++) state[i] = next(state[i - 1]!)
    this.#front = separation
    this.#rear = 0
    for (let i = 0; i < 10 * degree; i++) this.#draw()
  }

  /** A whole number below 2 ** 31. */
  #draw(): number {
    const state = this.#state
    state[this.#front] = (state[this.#front]! + state[this.#rear]!) | 0
    const drawn = state[this.#front]! >>> 1
    this.#front = (this.#front + 1) % degree
    this.#rear = (this.#rear + 1) % degree
    return drawn
  }

  /** A number from 0 up to, but not including, 1. */
  next(): number {
    while (true) {
      // Two draws make one number: the higher bits, and the lower ones. Around a half the lowest bit is rounded off.
      const low = this.#draw()
      const high = this.#draw()
      const drawn = 0.5 + (low / range + high) / range - 0.5
      if (drawn !== 1) return drawn
    }
  }
}

/** One step of the multiplicative generator that fills the state; 0 would stay 0. */
const next = (value: number): number => {
  const from = value === 0 ? 123_459_876 : value
  const high = Math.trunc(from / 127_773)
  const made = 16_807 * (from - high * 127_773) - 2836 * high
  return made < 0 ? made + 2_147_483_647 : made
}
