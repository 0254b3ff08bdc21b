/**
 * The network inside one machine: what is sent is there in the same step, and nothing is lost.
 *
 * @see Network.ts
 */
import * as Exit from "effect/Exit"
import type { Attach, Endpoint, Interface } from "../Network.js"
import * as Ip from "./Ip.js"

export const INDEX = 1
const INTERFACE: Interface = {
  name: "lo",
  index: INDEX,
  addresses: [Ip.LOOPBACK, Ip.LOOPBACK6],
  prefixes: { [Ip.LOOPBACK]: 8, [Ip.LOOPBACK6]: 128 },
  mtu: 65_536
}

const from4 = Exit.succeed(Ip.LOOPBACK)
const from6 = Exit.succeed(Ip.LOOPBACK6)

export const attach: Attach = (stack) => ({
  interfaces: [INTERFACE],
  route: (to) => Ip.is4(to) ? from4 : from6,
  connect: (from, to, { incoming, outgoing }, answer, abandoned) =>
    stack.connect(from, to, { incoming: outgoing, outgoing: incoming }, answer, abandoned),
  send: (from: Endpoint, to: Endpoint, data) => {
    if (!stack.deliver(from, to, data)) stack.unreachable(from, to)
    return Exit.void
  }
})
