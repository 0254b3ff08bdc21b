/**
 * What joins the machines of a virtual network: who is where, how long things take, what gets lost, who is cut off.
 */
import { PCGRandom } from "effect/Utils"
import type { Stack } from "../socket/Network.js"

/** How a network behaves. */
export interface Conditions {
  /** Milliseconds that anything takes to arrive, or the least and the most. Default: 0, in the same step. */
  readonly latency?: number | readonly [least: number, most: number]
  /** The share of datagrams that is lost, from 0 to 1; a connection's bytes arrive later instead. Default: 0. */
  readonly loss?: number
  /** The share of datagrams that arrives twice, from 0 to 1. Default: 0. */
  readonly duplication?: number
  /** Whether a datagram may overtake another that was sent before it. Default: `false`. */
  readonly reordering?: boolean
}

export interface Machine {
  readonly addresses: ReadonlyArray<string>
  /** Those that mean every machine of its network. */
  readonly broadcasts: ReadonlyArray<string>
  readonly stack: Stack
}

/** Milliseconds until TCP sends once more what was not acknowledged. */
const RETRY = 200

export class Wire {
  readonly machines = new Map<string, Machine>()
  conditions: Conditions
  /** The side of a partition that an address is on; those on none reach everybody. */
  private sides = new Map<string, number>()
  private readonly waiting = new Set<() => void>()
  private readonly random: PCGRandom
  /** Until when the last datagram between two machines is under way. */
  private readonly lastArrivals = new Map<string, number>()

  constructor(
    conditions: Conditions,
    seed: number,
    readonly now: () => number,
    readonly after: (milliseconds: number, run: () => void) => void
  ) {
    this.conditions = conditions
    this.random = new PCGRandom(seed)
  }

  private chance(share: number | undefined): boolean {
    return share !== undefined && share > 0 && this.random.number() < share
  }

  private get latency(): number {
    const { latency = 0 } = this.conditions
    return typeof latency === "number" ? latency : latency[0] + this.random.number() * (latency[1] - latency[0])
  }

  /** How long a piece of a connection takes, with the times that it has to be sent once more. */
  get delay(): number {
    let delay = this.latency
    // What is always lost would never arrive: TCP gives up at some time, and we do long before.
    for (let retries = 0; retries < 6 && this.chance(this.conditions.loss); retries++) delay += RETRY << retries
    return delay
  }

  reaches(from: string, to: string): boolean {
    const a = this.sides.get(from)
    const b = this.sides.get(to)
    return a === undefined || b === undefined || a === b
  }

  partition(sides: ReadonlyArray<ReadonlyArray<string>>): void {
    this.sides = new Map(sides.flatMap((addresses, side) => addresses.map((address) => [address, side] as const)))
    for (const goOn of Array.from(this.waiting)) goOn()
  }

  /** Is called whenever somebody may reach somebody again, until the answered function is. */
  onChange(goOn: () => void): () => void {
    this.waiting.add(goOn)
    return () => this.waiting.delete(goOn)
  }

  /** Runs `arrive` when a datagram gets there, as often as it does. */
  carry(from: string, to: string, arrive: () => void): void {
    if (!this.reaches(from, to) || this.chance(this.conditions.loss)) return
    this.deliver(from, to, arrive)
    if (this.chance(this.conditions.duplication)) this.deliver(from, to, arrive)
  }

  private deliver(from: string, to: string, arrive: () => void): void {
    const { latency } = this
    if (this.conditions.reordering === true) return latency === 0 ? arrive() : this.after(latency, arrive)
    const way = `${from} ${to}`
    const now = this.now()
    const at = Math.max(now + latency, this.lastArrivals.get(way) ?? 0)
    if (at <= now) return arrive()
    this.lastArrivals.set(way, at)
    this.after(at - now, arrive)
  }
}
