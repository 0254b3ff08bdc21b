/** Sockets of every kind, connected, and with timeouts. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Abi from "../../../src/abi/Socket.js"
import { drop } from "../../../src/Description.js"
import type { SocketAddress } from "../../../src/socket/Address.js"
import type { Socket } from "../../../src/socket/Socket.js"
import * as Machine from "../machine.js"
import { bytes, hold, type World } from "./row.js"

export const here = { family: "inet", address: "127.0.0.1", port: 7000 } as const
const there = { family: "inet", address: "127.0.0.1", port: 7001 } as const
export const name = { family: "unix", abstract: "here" } as const

export type Kind = "unix stream" | "unix seqpacket" | "unix datagram" | "tcp" | "udp"

export const typeOf = (kind: Kind): readonly [domain: number, type: number] => {
  switch (kind) {
    case "unix stream":
      return [Abi.AF_UNIX, Abi.SOCK_STREAM]
    case "unix seqpacket":
      return [Abi.AF_UNIX, Abi.SOCK_SEQPACKET]
    case "unix datagram":
      return [Abi.AF_UNIX, Abi.SOCK_DGRAM]
    case "tcp":
      return [Abi.AF_INET, Abi.SOCK_STREAM]
    case "udp":
      return [Abi.AF_INET, Abi.SOCK_DGRAM]
  }
}

export const make = ({ init, machine }: World, kind: Kind): Socket => {
  const [domain, type] = typeOf(kind)
  return hold(Machine.ready(machine.rooms.sockets.create(domain, type, 0, 0, init)))
}

export const listening = (world: World, kind: Kind, address: SocketAddress, backlog: number): Socket => {
  const listener = make(world, kind)
  Machine.ready(listener.bind(address, world.init))
  Machine.ready(listener.listen(backlog, world.init))
  return listener
}

/** Two sockets that are connected. */
export const pairOf = (world: World, kind: Kind): readonly [near: Socket, far: Socket] => {
  const { init, machine: { rooms: { sockets } } } = world
  if (kind === "tcp") {
    const listener = listening(world, kind, here, 1)
    const near = make(world, kind)
    Machine.ready(near.connect(here, init))
    const far = hold(Machine.ready(listener.accept(init, Exit.succeed)))
    Machine.ready(drop(listener))
    return [near, far]
  }
  if (kind === "udp") {
    const near = make(world, kind)
    const far = make(world, kind)
    Machine.ready(near.bind(here, init))
    Machine.ready(far.bind(there, init))
    Machine.ready(near.connect(there, init))
    Machine.ready(far.connect(here, init))
    return [near, far]
  }
  const [domain, type] = typeOf(kind)
  const [near, far] = Machine.ready(sockets.pair(domain, type, 0, 0, init))
  return [hold(near), hold(far)]
}

/** Reads without waiting what is there, and answers how many bytes; nothing there is `undefined`. */
export const takeOne = (from: Socket, into: Uint8Array): number | undefined => {
  const answer = Effect.runSyncExit(from.receive(into, Abi.MSG_DONTWAIT, undefined))
  return answer._tag === "Success" ? answer.value : undefined
}

export const countLeft = (near: Socket): number => {
  let count = 0
  for (const into = bytes(1); (takeOne(near, into) ?? 0) > 0;) count++
  return count
}

export type Prepare = (near: Socket, world: World) => void

/** Milliseconds: longer than any run. */
const LONG = 10_000

export const timed = (option: number): Prepare => (near, { init }) =>
  void Machine.ready(near.setOption(Abi.SOL_SOCKET, option, LONG, init))

export const cutShort = { signals: "fails", stops: true } as const
