/**
 * What may be reached over a network: by a kernel on its host's, and by a process on whatever its machine is on.
 *
 * Nothing, unless a rule allows it. A rule that gives an address or a block means just that. One that gives a name means
 * the public addresses that the name has been looked up to, and no others: a name that resolves to this machine or its
 * neighbours does not lead there, however often it changes.
 */
import { isPublic, isWithin } from "./addresses.js"

export interface Rule {
  /** Default: both. */
  readonly protocol?: "tcp" | "udp"
  /** A name, `*.` and a name for all below it, an address, a block such as `10.1.0.0/16`, or `*` for all that is public. */
  readonly host: string
  /** A port, or the first and the last. Default: all. */
  readonly port?: number | readonly [first: number, last: number]
}

const isAddress = (host: string): boolean => /^[\d.]+(\/\d+)?$/.test(host) || host.includes(":")

const matchesName = (rule: Rule, name: string): boolean => {
  const host = rule.host.toLowerCase()
  if (host === "*") return true
  return host.startsWith("*.") ? name.endsWith(host.slice(1)) : name === host
}

const matchesPort = ({ port }: Rule, wanted: number): boolean =>
  port === undefined || (typeof port === "number" ? port === wanted : port[0] <= wanted && wanted <= port[1])

/** Addresses that names were looked up to, which are kept. */
const KEPT = 4096

export class Gate {
  /** By address, the rules whose names have it. */
  private readonly known = new Map<string, Set<Rule>>()

  constructor(private readonly rules: ReadonlyArray<Rule>) {}

  /** The rules under which an address may be reached, on whatever port. */
  private leading(address: string): ReadonlyArray<Rule> {
    const found = this.known.get(address)
    return this.rules.filter((rule) =>
      isAddress(rule.host)
        ? isWithin(address, rule.host)
        : isPublic(address) && (rule.host === "*" || found?.has(rule) === true)
    )
  }

  /** Whether an address may be reached at all. */
  leads(address: string): boolean {
    return this.leading(address).length > 0
  }

  allows(protocol: "tcp" | "udp", address: string, port: number): boolean {
    return this.leading(address).some((rule) =>
      (rule.protocol === undefined || rule.protocol === protocol) && matchesPort(rule, port)
    )
  }

  /** Whether a name may be looked up. */
  names(name: string): boolean {
    return this.rules.some((rule) => !isAddress(rule.host) && matchesName(rule, name))
  }

  /** Takes what a name was looked up to, and answers the addresses that it may stand for. */
  learn(name: string, addresses: ReadonlyArray<string>): ReadonlyArray<string> {
    const named = this.rules.filter((rule) => !isAddress(rule.host) && matchesName(rule, name))
    return addresses.filter((address) => {
      if (!isPublic(address)) return this.rules.some((rule) => isAddress(rule.host) && isWithin(address, rule.host))
      if (this.known.size >= KEPT && !this.known.has(address)) this.known.clear()
      const rules = this.known.get(address) ?? new Set()
      for (const rule of named) rules.add(rule)
      this.known.set(address, rules)
      return true
    })
  }
}
