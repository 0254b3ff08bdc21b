/**
 * What has gone through interfaces, and what became of it: plain numbers that only grow.
 *
 * What stays on this machine goes through `lo`, which receives what it sends: one count for both.
 *
 * @see proc_pid_net(5)
 */
import * as Loopback from "./Loopback.js"

/** Headers behind that of IP; those of TCP with the options that Linux sends. */
const UDP_HEAD = 8
const TCP_HEAD = 32

/** What has gone one way. */
export class Count {
  datagrams = 0
  segments = 0
  bytes = 0

  constructor(
    /** Bytes in front of each: the header of its version of IP. */
    private readonly head: number
  ) {}

  get packets(): number {
    return this.datagrams + this.segments
  }

  datagram(length: number): void {
    this.datagrams++
    this.bytes += this.head + UDP_HEAD + length
  }

  segment(length: number): void {
    this.segments++
    this.bytes += this.head + TCP_HEAD + length
  }
}

/** Both ways through one interface, in one version of IP. */
export interface Flow {
  readonly received: Count
  readonly sent: Count
}

/** Those of IPv4 and of IPv6. */
export type Flows = readonly [four: Flow, six: Flow]

/** What became of datagrams. */
const datagrams = () => ({ received: 0, noPorts: 0, noRoom: 0 })

export class Traffic {
  /** By the number of the interface. */
  private readonly flows: Array<Flows> = []
  readonly udp = [datagrams(), datagrams()] as const
  readonly tcp = { active: 0, passive: 0, failed: 0, reset: 0 }

  at(device: number): Flows {
    return this.flows[device] ??= [flow(device, 20), flow(device, 40)]
  }

  /** Of all interfaces together. */
  sum(version: 0 | 1, way: keyof Flow): Count {
    const sum = new Count(0)
    this.flows.forEach((each) => {
      sum.datagrams += each[version][way].datagrams
      sum.segments += each[version][way].segments
      sum.bytes += each[version][way].bytes
    })
    return sum
  }
}

const flow = (device: number, head: number): Flow => {
  const sent = new Count(head)
  return { sent, received: device === Loopback.INDEX ? sent : new Count(head) }
}
