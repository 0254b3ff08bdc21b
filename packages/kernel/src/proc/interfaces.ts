/**
 * `/proc/net`: every interface, its addresses and where it leads.
 *
 * @see proc_pid_net(5)
 */
import { netmask, networkOf, prefixOf } from "../socket/inet/interfaces.js"
import * as Ip from "../socket/inet/Ip.js"
import type { Flows } from "../socket/inet/Traffic.js"
import { bytes6, hex, word } from "./net.js"
import type { ProcParts } from "./parts.js"

const counted = ([four, six]: Flows, way: "received" | "sent", widths: ReadonlyArray<number>): string => {
  const counts = [four[way].bytes + six[way].bytes, four[way].packets + six[way].packets]
  return widths.map((width, i) => `${counts[i] ?? 0}`.padStart(width)).join(" ")
}

const devices = ({ sockets }: ProcParts): string =>
  [
    "Inter-|   Receive                                                |  Transmit",
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed",
    ...sockets.interfaces().map(({ index, name }) => {
      const flows = sockets.traffic.at(index)
      const received = counted(flows, "received", [7, 7, 4, 4, 4, 5, 10, 9])
      return `${name.padStart(6)}: ${received} ${counted(flows, "sent", [8, 7, 4, 4, 4, 5, 7, 10])}`
    }),
    ""
  ].join("\n")

/** What addresses of IPv6 are good for. */
const HOST = 0x10
const LINK = 0x20
const SITE = 0x40
/** They were given, and not found out. */
const PERMANENT = 0x80

const scopeOf = (address: string): number => {
  if (address === Ip.LOOPBACK6) return HOST
  return /^fe[89ab]/.test(address) ? LINK : /^fe[c-f]/.test(address) ? SITE : 0
}

const byte = (value: number): string => value.toString(16).padStart(2, "0")

const addresses6 = ({ sockets }: ProcParts): string =>
  sockets.interfaces().flatMap((each) =>
    each.addresses.filter((address) => !Ip.is4(address)).map((address) => {
      const numbers = [each.index, prefixOf(each, address), scopeOf(address), PERMANENT].map(byte).join(" ")
      return `${bytes6(address).map(byte).join("")} ${numbers} ${each.name.padStart(8)}\n`
    })
  ).join("")

const UP = 1
const OVER_GATEWAY = 2
/** The length of a line, whatever stands in it. */
const LENGTH = 127

const route = (name: string, to: string, gateway: string | undefined, mask: string): string => {
  const [destination, over, bits] = [to, gateway ?? Ip.ANY, mask].map((each) => word(each.split(".").map(Number)))
  const flags = hex(gateway === undefined ? UP : UP | OVER_GATEWAY, 4)
  return `${name}\t${destination}\t${over}\t${flags}\t0\t0\t0\t${bits}\t0\t0\t0`
}

/** Ways of IPv4 that lead off this machine: one to everywhere, and one to each network that it is in. */
const routes = ({ sockets }: ProcParts): string => {
  const outside = sockets.interfaces().slice(1).filter(({ addresses }) => addresses.some(Ip.is4))
  const everywhere = outside.slice(0, 1).map(({ gateway, name }) => route(name, Ip.ANY, gateway, Ip.ANY))
  const near = outside.flatMap((each) =>
    each.addresses.filter(Ip.is4).map((address) => {
      const prefix = prefixOf(each, address)
      return route(each.name, networkOf(address, prefix), undefined, netmask(prefix))
    })
  )
  const head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"
  return [head, ...everywhere, ...near].map((line) => `${line.padEnd(LENGTH)}\n`).join("")
}

/** The texts by path below `/proc`. */
export const interfaces: Readonly<Record<string, (parts: ProcParts) => string>> = {
  "net/dev": devices,
  "net/if_inet6": addresses6,
  "net/route": routes
}
