/**
 * What lies beyond a machine: the network that its kernel is on, if any.
 *
 * A kernel always has its own loopback network. Whatever else its sockets reach comes through this tag: a
 * {@link VirtualNetwork} that joins several kernels, the network of the host (`NodeHostNetwork` in `@effix/platform`), or
 * one of your own. What a network has to do is little and is told with {@link Attach}.
 *
 * @see ip(7)
 */
import * as Context from "effect/Context"
import * as Errno from "./Errno.js"
import type { Attach, Network as Attached } from "./socket/Network.js"

export { ByteStream } from "./socket/ByteStream.js"
export type { Attach, Connection, Endpoint, Interface, Outcome, Party, Stack } from "./socket/Network.js"

/**
 * The network that kernels are attached to which are built in this context. Default: none.
 *
 * @category tags
 */
export class Network extends Context.Reference<Network>()("@effix/kernel/Network", {
  defaultValue: (): Attach | undefined => undefined
}) {}

/** A machine on several networks: the first that knows a way to an address takes it there. */
export const several = (...networks: ReadonlyArray<Attach>): Attach => (stack) => {
  const attached = networks.map((attach) => attach(stack))
  const towards = (address: string): Attached | undefined =>
    attached.find((network) => network.route(address)._tag === "Success")
  let index = 1
  return {
    interfaces: attached.flatMap(({ interfaces }) => interfaces).map((each) => ({ ...each, index: ++index })),
    // Where none knows a way, the last one says why.
    route: (to) => (towards(to) ?? attached.at(-1))?.route(to) ?? Errno.fail("ENETUNREACH"),
    connect: (from, to, connection, answer, abandoned) => {
      const network = towards(to.address)
      if (network === undefined) answer("unreachable")
      else network.connect(from, to, connection, answer, abandoned)
    },
    send: (from, to, data) => towards(to.address)?.send(from, to, data) ?? Errno.fail("ENETUNREACH")
  }
}
