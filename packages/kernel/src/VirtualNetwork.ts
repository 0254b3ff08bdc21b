/**
 * A network of kernels: machines with addresses that talk to each other in one program, under conditions of your choice.
 *
 * Latency, loss, duplication, reordering and partitions happen under a seed and in the time of Effect's `Clock`, so that a
 * whole distributed system runs in one test, the same way each time, as fast as `TestClock` is moved.
 *
 * @see netem(8)
 *
 * @example
 * ```ts
 * import { Kernel, Sys, VirtualNetwork } from "@effix/kernel"
 * import { Effect, Layer, Stream } from "effect"
 *
 * const AF_INET = 2
 * const SOCK_STREAM = 1
 * const server = { family: "inet", address: "10.0.0.1", port: 80 } as const
 *
 * const serve = Effect.gen(function*() {
 *   const sys = yield* Sys.Sys
 *   const listener = yield* sys.socket(AF_INET, SOCK_STREAM)
 *   yield* sys.bind(listener, server)
 *   yield* sys.listen(listener, 8)
 *   const { address, fd } = yield* sys.accept(listener)
 *   yield* sys.write(fd, new TextEncoder().encode(`hello, ${"address" in address ? address.address : "you"}`))
 *   return 0
 * })
 *
 * const ask = Effect.gen(function*() {
 *   const sys = yield* Sys.Sys
 *   const fd = yield* sys.socket(AF_INET, SOCK_STREAM)
 *   yield* sys.connect(fd, server)
 *   const into = new Uint8Array(100)
 *   const count = yield* sys.read(fd, into)
 *   yield* sys.write(1, into.subarray(0, count))
 *   return 0
 * })
 *
 * const main = Effect.gen(function*() {
 *   const network = yield* VirtualNetwork.make({ latency: 5 })
 *   const boot = (address: string) =>
 *     Layer.build(Kernel.layer.pipe(Layer.provide(VirtualNetwork.layer(network, [address])))).pipe(
 *       Effect.flatMap((machine) => Effect.provide(Kernel.Kernel, machine))
 *     )
 *   const one = yield* boot("10.0.0.1")
 *   const two = yield* boot("10.0.0.2")
 *   yield* one.spawn(serve)
 *   const asking = yield* two.spawn(ask)
 *   console.log(yield* Stream.mkString(Stream.decodeText(asking.stdout))) // hello, 10.0.0.2
 * }).pipe(Effect.scoped)
 *
 * Effect.runPromise(main)
 * ```
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Errno from "./Errno.js"
import * as Host from "./Host.js"
import { Network } from "./Network.js"
import { carry } from "./network/carry.js"
import { Line } from "./network/Line.js"
import { type Conditions, type Machine, Wire } from "./network/Wire.js"
import { ByteStream } from "./socket/ByteStream.js"
import * as Ip from "./socket/inet/Ip.js"
import type { Attach } from "./socket/Network.js"
import * as Timers from "./Timers.js"

export type { Conditions } from "./network/Wire.js"

export interface Options extends Conditions {
  /** From which all chance comes. Default: 0. */
  readonly seed?: number
}

export interface VirtualNetwork {
  /**
   * Puts a machine at `addresses`, of IPv4 or IPv6; a later machine takes an address over. One of IPv4 may say how large its
   * network is, `10.0.0.1/16`, for the address that means all of it; `/24` where it does not.
   */
  readonly attach: (addresses: ReadonlyArray<string>) => Attach
  /** Changes the conditions for what is sent from now on; what is left out stays as it is. */
  readonly change: (conditions: Conditions) => Effect.Effect<void>
  /**
   * Parts the network: addresses on different sides do not reach each other, those on none reach everybody. Connections
   * stand still until they are reached again; datagrams are lost.
   */
  readonly partition: (...sides: ReadonlyArray<ReadonlyArray<string>>) => Effect.Effect<void>
  /** Ends a partition. */
  readonly heal: Effect.Effect<void>
}

/** Begins a connection, which is accepted or refused by the machine that it leads to. */
const connect = (wire: Wire): ReturnType<Attach>["connect"] => (from, to, near, answer, abandoned) => {
  const machine = wire.machines.get(to.address)
  if (machine === undefined) return answer("unreachable")
  const there = new Line(wire, from.address, to.address)
  const back = new Line(wire, to.address, from.address)
  there.send(() => {
    if (abandoned()) return
    const far = { incoming: new ByteStream(0), outgoing: new ByteStream(0) }
    machine.stack.connect(from, to, far, (outcome) => {
      if (outcome === "accepted") {
        carry(there, back, near.outgoing, far.incoming)
        carry(back, there, far.outgoing, near.incoming)
      }
      back.send(() => {
        if (!abandoned()) answer(outcome)
        else if (outcome === "accepted") far.incoming.reader.cut()
      })
    }, abandoned)
  })
}

const send = (wire: Wire, sender: Machine): ReturnType<Attach>["send"] => (from, to, data) => {
  const bytes = data.slice()
  if (sender.broadcasts.includes(to.address) || Ip.isMulticast(to.address) || Ip.isBroadcast(to.address)) {
    const four = Ip.is4(to.address)
    const directed = sender.broadcasts.includes(to.address)
    for (const machine of new Set(wire.machines.values())) {
      const address = machine.addresses.find((each) => Ip.is4(each) === four)
      if (machine === sender || address === undefined) continue
      if (directed && !machine.broadcasts.includes(to.address)) continue
      wire.carry(from.address, address, () => void machine.stack.deliver(from, to, bytes))
    }
    return Exit.void
  }
  const machine = wire.machines.get(to.address)
  if (machine === undefined) return Exit.void
  wire.carry(from.address, to.address, () => {
    if (machine.stack.deliver(from, to, bytes)) return
    wire.carry(to.address, from.address, () => sender.stack.unreachable(from, to))
  })
  return Exit.void
}

/** The bits of an address of IPv4 that name its network, where nobody says. */
const PREFIX = 24

/** An address, what means all of its network, which is the last address there, and how many bits name that. */
interface Parsed {
  readonly address: string
  readonly broadcast: string | undefined
  readonly prefix: number | undefined
}

const parse = (text: string): Parsed => {
  const [written = "", length] = text.split("/", 2)
  const address = Ip.canonical(written) ?? written
  const isKnown = length !== undefined && Number(length) >= 0 && Number(length) <= (Ip.is4(address) ? 32 : 128)
  if (!Ip.is4(address)) return { address, broadcast: undefined, prefix: isKnown ? Number(length) : undefined }
  const prefix = length === undefined ? PREFIX : Number(length)
  // Networks of one or two machines have none.
  if (!(prefix >= 0 && prefix <= 30)) return { address, broadcast: undefined, prefix: isKnown ? prefix : undefined }
  const bits = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - prefix)
  const last = Math.floor(bits / size) * size + size - 1
  return { address, broadcast: [24, 16, 8, 0].map((shift) => Math.floor(last / 2 ** shift) % 256).join("."), prefix }
}

const attach = (wire: Wire, written: ReadonlyArray<string>): Attach => (stack) => {
  const parsed = written.map(parse)
  const addresses = parsed.map(({ address }) => address)
  const broadcasts = parsed.flatMap(({ broadcast }) => broadcast ?? []).filter((each) => !addresses.includes(each))
  const prefixes = Object.fromEntries(
    parsed.flatMap(({ address, prefix }) => prefix === undefined ? [] : [[address, prefix]])
  )
  const machine: Machine = { addresses, broadcasts, stack }
  for (const address of addresses) wire.machines.set(address, machine)
  const own4 = addresses.find(Ip.is4)
  const own6 = addresses.find((address) => !Ip.is4(address))
  return {
    interfaces: [{ name: "eth0", index: 2, addresses, broadcasts, prefixes }],
    route: (to) => {
      const own = Ip.is4(to) ? own4 : own6
      return own === undefined ? Errno.fail("ENETUNREACH") : Exit.succeed(own)
    },
    connect: connect(wire),
    send: send(wire, machine)
  }
}

/** A network without machines; what is still under way when the scope closes is lost. */
export const make = ({ seed = 0, ...conditions }: Options = {}): Effect.Effect<VirtualNetwork, never, Scope.Scope> =>
  Effect.withFiberRuntime((fiber) =>
    Effect.gen(function*() {
      const clock = yield* Effect.clock
      const timers = Timers.make(clock, Host.make(yield* Effect.runtime<never>(), fiber.currentScheduler))
      yield* Effect.addFinalizer(() => Effect.sync(timers.close))
      const wire = new Wire(conditions, seed, timers.now, timers.after)
      return {
        attach: (addresses) => attach(wire, addresses),
        change: (changed) =>
          Effect.sync(() => {
            wire.conditions = { ...wire.conditions, ...changed }
          }),
        partition: (...sides) =>
          Effect.sync(() => wire.partition(sides.map((side) => side.map((each) => parse(each).address)))),
        heal: Effect.sync(() => wire.partition([]))
      }
    })
  )

/**
 * Puts the kernels that are built with it at these addresses.
 *
 * @category layers
 */
export const layer = (network: VirtualNetwork, addresses: ReadonlyArray<string>): Layer.Layer<Network> =>
  Layer.succeed(Network, network.attach(addresses))
