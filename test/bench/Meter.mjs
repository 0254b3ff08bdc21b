/**
 * CPU time, of this process and all its threads, for one of many operations.
 *
 * A batch is made so long that the clock can tell, then repeated; the answer is the median. Where an operation changes
 * what the next one finds, the row gives the number of operations itself and prepares each batch anew.
 */
export const quick = process.env.BENCH_QUICK === "1"

/**
 * Microseconds of CPU time that operations run before they count, at least and at most: for as long as the compiler
 * makes them faster. Code that is many functions long takes a while, the more so on a busy machine: it is warm when it
 * has not become faster for a third of the time that it has run.
 */
const WARM = quick ? 40_000 : 2_500_000
const WARM_MAX = quick ? 150_000 : 8_000_000
const SETTLED = 1 / 3

/** Microseconds of CPU time in one batch. */
const BATCH = quick ? 15_000 : 40_000
const BATCHES = quick ? 3 : 5

const cpuTime = () => {
  const { system, user } = process.cpuUsage()
  return user + system
}

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

export class Meter {
  times = []
  count
  #fixed
  #batches
  #warmed = 0
  #best = Infinity
  /** How long it had run when it was last found to have become faster. */
  #improved = 0
  #began = 0

  /** `count`: operations in a batch, for what may not be repeated at will. */
  constructor({ batches = BATCHES, count } = {}) {
    this.#fixed = count !== undefined
    this.count = count ?? 1
    this.#batches = batches
  }

  /** Whether there is another batch to run. */
  next() {
    return this.times.length < this.#batches
  }

  begin() {
    this.#began = cpuTime()
  }

  end() {
    const elapsed = cpuTime() - this.#began
    if (this.#fixed || this.#isWarm(elapsed)) this.times.push(elapsed * 1000 / this.count)
    else if (elapsed < BATCH) this.count *= elapsed * 16 < BATCH ? 8 : 2
  }

  #isWarm(elapsed) {
    if (this.times.length > 0) return true
    this.#warmed += elapsed
    // A shorter batch may be over before the clock has moved.
    if (elapsed < BATCH) return false
    const each = elapsed / this.count
    if (each < this.#best * 0.95) this.#improved = this.#warmed
    this.#best = Math.min(this.#best, each)
    if (this.#warmed < WARM) return false
    return this.#warmed - this.#improved >= this.#warmed * SETTLED || this.#warmed >= WARM_MAX
  }

  /** Nanoseconds for one operation. */
  get result() {
    return median(this.times)
  }
}

/** For subjects that answer at once or with a promise. */
export const measure = async (run, { batches, count, prepare } = {}) => {
  const meter = new Meter({ batches, count })
  while (meter.next()) {
    await prepare?.()
    meter.begin()
    const answer = run(meter.count)
    if (answer !== undefined) await answer
    meter.end()
  }
  return meter.result
}

/** MiB in a second for something of `bytes` that takes so many nanoseconds. */
export const throughput = (bytes, nanoseconds) => bytes / 1_048_576 / (nanoseconds / 1e9)

/** Bytes of memory for each of `count` things that `make` makes and answers, so that they stay alive. */
export const bytesOf = async (count, make) => {
  const used = () => {
    for (let i = 0; i < 3; i++) globalThis.gc()
    const { arrayBuffers, heapUsed } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const before = used()
  const made = await make(count)
  const after = used()
  if (made === undefined) throw new Error("what is measured must stay alive")
  return (after - before) / count
}
