/** Sockets: receiving, accepting and connecting. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { O_NONBLOCK } from "../../../src/abi/OpenFlags.js"
import * as Abi from "../../../src/abi/Socket.js"
import { drop } from "../../../src/Description.js"
import type { SocketAddress } from "../../../src/socket/Address.js"
import type { Socket } from "../../../src/socket/Socket.js"
import * as Machine from "../machine.js"
import { bytes, type Call, complain, does, FIRST, hold, isReadable, letGo, type Row } from "./row.js"
import {
  countLeft,
  cutShort,
  here,
  type Kind,
  listening,
  make,
  name,
  pairOf,
  type Prepare,
  timed,
  typeOf
} from "./socketPairs.js"

/** Takes a byte, or a message of one, that the other side sends. */
const receiving = (
  kind: Kind,
  what: string,
  calls: Row["calls"],
  call: Call,
  more: Partial<Row> = {},
  prepare: Prepare = () => {}
): Row => ({
  name: `${what}, ${kind}`,
  calls,
  signals: "restarts",
  ...more,
  set: (world) => {
    const [near, far] = pairOf(world, kind)
    prepare(near, world)
    return {
      fds: [near],
      call,
      grant: does(() => Machine.ready(far.send(bytes(1), 0, undefined, world.init))),
      there: () => isReadable(near),
      left: () => countLeft(near),
      queues: () => [near.canReceive, near.canSend, far.canReceive, far.canSend],
      end: letGo(near, far)
    }
  }
})

/** Takes the next of those who connect. */
const accepting = (kind: Kind, address: SocketAddress, more: Partial<Row> = {}): Row => ({
  name: `accept${more.stops === true ? " with a timeout" : ""}, ${kind}`,
  calls: ["accept"],
  signals: "restarts",
  ...more,
  set: (world) => {
    const { init } = world
    const listener = listening(world, kind, address, 5)
    if (more.stops === true) timed(Abi.SO_RCVTIMEO)(listener, world)
    const clients: Array<Socket> = []
    return {
      fds: [listener],
      call: (sys) => Effect.flatMap(sys.accept(FIRST), ({ fd }) => sys.close(fd)),
      grant: does(() => {
        const client = make(world, kind)
        clients.push(client)
        Machine.ready(client.connect(address, init))
      }),
      there: () => isReadable(listener),
      left: () => {
        listener.flags |= O_NONBLOCK
        for (let count = 0;; count++) {
          const next = Effect.runSyncExit(listener.accept(init, Exit.succeed))
          if (Exit.isFailure(next)) return count
          Machine.ready(drop(hold(next.value)))
        }
      },
      queues: () => [listener.canReceive, listener.canSend],
      end: Effect.suspend(() => letGo(listener, ...clients))
    }
  }
})

/** Waits for room among those who wait to be accepted. */
const connecting = (kind: Kind, address: SocketAddress, more: Partial<Row> = {}): Row => ({
  name: `connect to a full queue, ${kind}`,
  calls: ["connect"],
  signals: "restarts",
  repeats: true,
  ...more,
  set: (world) => {
    const { init } = world
    const [domain, type] = typeOf(kind)
    const listener = listening(world, kind, address, 0)
    const early: Array<Socket> = []
    for (let full = false; !full;) {
      const client = make(world, kind)
      client.flags |= O_NONBLOCK
      early.push(client)
      full = early.length > 2 || Exit.isFailure(Effect.runSyncExit(client.connect(address, init)))
    }
    listener.flags |= O_NONBLOCK
    return {
      call: (sys) =>
        Effect.flatMap(
          sys.socket(domain, type),
          (fd) => Effect.zipRight(Effect.tapError(sys.connect(fd, address), () => sys.close(fd)), sys.close(fd))
        ),
      grant: does(() => {
        const next = Effect.runSyncExit(listener.accept(init, Exit.succeed))
        if (Exit.isSuccess(next)) Machine.ready(drop(hold(next.value)))
      }),
      queues: () => [listener.canReceive, listener.canSend],
      end: Effect.suspend(() => letGo(listener, ...early))
    }
  }
})

/** MSG_WAITALL: what has come is kept, and told when the call is cut short. */
const waitingForAll = (kind: Kind, size: number): Row => ({
  name: `recv of ${size} bytes with MSG_WAITALL, ${kind}`,
  calls: ["recv"],
  signals: "restarts",
  alone: true,
  repeats: true,
  set: (world) => {
    const [near, far] = pairOf(world, kind)
    let sent = 0
    let left = 0
    return {
      fds: [near],
      call: (sys) => sys.recv(FIRST, bytes(size), Abi.MSG_WAITALL),
      grant: does(() => {
        if (sent++ < 40) Machine.ready(far.send(bytes(size / 3), 0, undefined, world.init))
      }),
      check: ({ seen: { answer, status } }) => {
        const told = answer?._tag === "Success" ? Number(answer.value) : 0
        const certain = status?._tag === "Exited" && (answer?._tag === "Success" || answer?.cause._tag === "Fail")
        const gone = Math.min(sent, 40) * size / 3 - left
        if (certain ? gone !== told : gone > size) complain(`${gone} are gone, told of ${told}`)
      },
      queues: () => [near.canReceive, near.canSend, far.canReceive, far.canSend],
      end: Effect.zipRight(does(() => (left = countLeft(near))), letGo(near, far))
    }
  }
})

/** A message that takes a descriptor along. */
const passing: Row = {
  name: "recvmsg of a descriptor",
  calls: ["recvmsg"],
  signals: "restarts",
  set: (world) => {
    const [near, far] = pairOf(world, "unix stream")
    const { reader, writer } = world.machine.pipe()
    hold(reader)
    hold(writer)
    const attached = { rights: { descriptions: [reader], uid: 0 }, credentials: undefined, process: undefined }
    return {
      fds: [near],
      call: (sys) =>
        Effect.flatMap(
          sys.recvmsg(FIRST, { into: bytes(1), controlLength: 20 }),
          ({ control: [first] }) => first?._tag === "Rights" ? sys.close(first.fds[0]!) : complain("no descriptor")
        ),
      grant: does(() => Machine.ready(far.send(bytes(1), 0, attached, world.init))),
      there: () => isReadable(near),
      left: () => countLeft(near),
      end: letGo(near, far, reader, writer)
    }
  }
}

const one = () => bytes(1)

const recv: Call = (sys) => sys.recv(FIRST, one())

/** So long that it is filled while the reader sleeps. */
const long: Call = (sys) => sys.recv(FIRST, bytes(600))

export const sockets: ReadonlyArray<Row> = [
  receiving("unix stream", "recv", ["recv"], recv),
  receiving("unix seqpacket", "recv", ["recv"], recv),
  receiving("unix datagram", "recv", ["recv"], recv),
  receiving("tcp", "recv", ["recv"], recv),
  receiving("udp", "recv", ["recv"], recv),
  receiving("unix stream", "read of a socket", ["read"], (sys) => sys.read(FIRST, one())),
  receiving("tcp", "readv of a socket", ["readv"], (sys) => sys.readv(FIRST, [one()])),
  receiving("udp", "recvfrom", ["recvfrom"], (sys) => sys.recvfrom(FIRST, one())),
  receiving("unix datagram", "recvfrom", ["recvfrom"], (sys) => sys.recvfrom(FIRST, one())),
  receiving("tcp", "recvmsg", ["recvmsg"], (sys) => sys.recvmsg(FIRST, { into: one() })),
  receiving("unix stream", "recv into a long buffer", ["recv"], long),
  receiving("tcp", "recv into a long buffer", ["recv"], long),
  receiving("tcp", "recv into a long buffer with a timeout", ["recv"], long, cutShort, timed(Abi.SO_RCVTIMEO)),
  receiving("unix stream", "recv with a timeout", ["recv"], recv, cutShort, timed(Abi.SO_RCVTIMEO)),
  receiving("unix datagram", "recv with a timeout", ["recv"], recv, cutShort, timed(Abi.SO_RCVTIMEO)),
  receiving("tcp", "recv with a timeout", ["recv"], recv, cutShort, timed(Abi.SO_RCVTIMEO)),
  receiving("udp", "recv with a timeout", ["recv"], recv, cutShort, timed(Abi.SO_RCVTIMEO)),
  waitingForAll("unix stream", 3),
  waitingForAll("tcp", 3),
  waitingForAll("unix stream", 900),
  waitingForAll("tcp", 900),
  passing,
  accepting("unix stream", name),
  accepting("unix seqpacket", name),
  accepting("tcp", here),
  accepting("unix stream", name, cutShort),
  accepting("tcp", here, cutShort),
  connecting("unix stream", name),
  connecting("unix seqpacket", name),
  connecting("tcp", here)
]
