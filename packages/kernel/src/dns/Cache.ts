/**
 * What a resolver answered, for as long as it said that it is so.
 */
interface Entry {
  readonly until: number
  readonly addresses: ReadonlyArray<string>
}

/** Names that are kept. */
const KEPT = 1024
/** Nothing is kept for longer than that, whatever it says: a week, in seconds. */
const SECONDS_MAX = 604_800

export class Cache {
  private readonly entries = new Map<string, Entry>()

  constructor(private readonly now: () => number) {}

  /** The addresses of a name, none if it has none; `undefined` if that is not known. */
  get(name: string, family: number): ReadonlyArray<string> | undefined {
    const key = `${family} ${name}`
    const entry = this.entries.get(key)
    if (entry === undefined) return undefined
    if (entry.until > this.now()) return entry.addresses
    this.entries.delete(key)
    return undefined
  }

  set(name: string, family: number, addresses: ReadonlyArray<string>, seconds: number): void {
    if (!(seconds > 0)) return
    if (this.entries.size >= KEPT) {
      // The one that has been here longest goes.
      for (const [oldest] of this.entries) {
        this.entries.delete(oldest)
        break
      }
    }
    this.entries.set(`${family} ${name}`, { until: this.now() + Math.min(seconds, SECONDS_MAX) * 1000, addresses })
  }
}
