/** Sending to sockets that have no room. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Abi from "../../../src/abi/Socket.js"
import type { Socket } from "../../../src/socket/Socket.js"
import { UnixSocket } from "../../../src/socket/unix/UnixSocket.js"
import * as Machine from "../machine.js"
import {
  bytes,
  type Call,
  complain,
  does,
  FIRST,
  isWritable,
  letGo,
  type Row,
  type Situation,
  type World
} from "./row.js"
import { cutShort, type Kind, make, name, pairOf, takeOne, timed } from "./socketPairs.js"

const MINE = 7

/** Sends into what is full; the other side takes what is there from time to time. */
const full = (
  kind: Kind,
  what: string,
  calls: Row["calls"],
  size: number,
  call: (from: Uint8Array) => Call,
  more: Partial<Row> = {},
  prepare: (near: Socket, far: Socket, world: World) => Partial<Situation> = () => ({})
): Row => ({
  name: `${what}, ${kind}`,
  calls,
  signals: "restarts",
  ...more,
  set: (world) => {
    const { init } = world
    const [near, far] = pairOf(world, kind)
    const extra = prepare(near, far, world)
    Machine.ready(near.setOption(Abi.SOL_SOCKET, Abi.SO_SNDBUF, 1, init))
    const fill = (piece: number) => Effect.runSyncExit(near.send(bytes(piece), Abi.MSG_DONTWAIT, undefined, init))
    for (const piece of [1000, 1]) while (Exit.isSuccess(fill(piece))) continue
    let mine = 0
    const into = bytes(70_000, 0)
    const drain = () => {
      for (let count = takeOne(far, into); count !== undefined && count > 0; count = takeOne(far, into)) {
        for (let at = 0; at < count; at++) if (into[at] === MINE) mine++
      }
    }
    return {
      fds: [near],
      call: call(bytes(size, MINE)),
      heir: call(bytes(size, 2)),
      grant: does(drain),
      there: () => isWritable(near),
      check: ({ seen: { answer, status } }) => {
        const told = answer?._tag === "Success" ? Number(answer.value) : 0
        const certain = status?._tag === "Exited" && (answer?._tag === "Success" || answer?.cause._tag === "Fail")
        if (certain ? mine !== told : mine > size) complain(`told of ${told}, sent ${mine}`)
      },
      queues: () => [near.canReceive, near.canSend, far.canReceive, far.canSend],
      end: Effect.zipRight(does(drain), letGo(near, far)),
      ...extra
    }
  }
})

const large = 9000
const send = (from: Uint8Array): Call => (sys) => sys.send(FIRST, from)
const write = (from: Uint8Array): Call => (sys) => sys.write(FIRST, from)
const sendmsg = (from: Uint8Array): Call => (sys) => sys.sendmsg(FIRST, { data: from })

/** Sends a pipe along with what has no room. */
const sendRights = (from: Uint8Array): Call => (sys) =>
  Effect.flatMap(
    sys.pipe(),
    ([reader, writer]) =>
      Effect.tapBoth(sys.sendmsg(FIRST, { data: from, control: [{ _tag: "Rights", fds: [reader] }] }), {
        onFailure: () => Effect.zipRight(sys.close(reader), sys.close(writer)),
        onSuccess: () => Effect.zipRight(sys.close(reader), sys.close(writer))
      })
  )

export const sending: ReadonlyArray<Row> = [
  full("unix stream", "send", ["send"], 1, send),
  full("tcp", "send", ["send"], 1, send),
  full("unix seqpacket", "send", ["send"], 1, send),
  full("unix datagram", "send", ["send"], 1, send),
  full("unix stream", "write of more than there is room for", ["write"], large, write, { partial: true }),
  full("tcp", "write of more than there is room for", ["write"], large, write, { partial: true }),
  full("tcp", "writev", ["writev"], 1, (from) => (sys) => sys.writev(FIRST, [from])),
  full("unix seqpacket", "sendmsg", ["sendmsg"], 1, sendmsg),
  full("unix stream", "sendmsg of a descriptor", ["sendmsg"], 1, sendRights),
  full("unix datagram", "sendmsg of a descriptor", ["sendmsg"], 1, sendRights),
  full("unix stream", "send with a timeout", ["send"], 1, send, cutShort, (near, _, world) => {
    timed(Abi.SO_SNDTIMEO)(near, world)
    return {}
  }),
  full("tcp", "send with a timeout", ["send"], 1, send, cutShort, (near, _, world) => {
    timed(Abi.SO_SNDTIMEO)(near, world)
    return {}
  }),
  {
    ...full("unix datagram", "sendto of a full receiver", ["sendto"], 1, send),
    set: (world) => {
      const { init } = world
      const receiver = make(world, "unix datagram")
      const sender = make(world, "unix datagram")
      Machine.ready(receiver.bind(name, init))
      const fill = () => Effect.runSyncExit(sender.sendTo(name, bytes(1), Abi.MSG_DONTWAIT, undefined, init))
      while (Exit.isSuccess(fill())) continue
      let mine = 0
      const into = bytes(8)
      const drain = () => {
        while (takeOne(receiver, into) !== undefined) if (into[0] === MINE) mine++
      }
      return {
        fds: [sender],
        call: (sys) => sys.sendto(FIRST, bytes(1, MINE), 0, name),
        heir: (sys) => sys.sendto(FIRST, bytes(1, 2), 0, name),
        grant: does(drain),
        there: () => receiver instanceof UnixSocket && receiver.queue.count <= receiver.backlog,
        check: ({ seen: { answer, status } }) => {
          const told = answer?._tag === "Success" ? 1 : 0
          const certain = status?._tag === "Exited" && (answer?._tag === "Success" || answer?.cause._tag === "Fail")
          if (certain ? mine !== told : mine > 1) complain(`told of ${told}, sent ${mine}`)
        },
        queues: () => [receiver.canReceive, receiver.canSend, sender.canReceive, sender.canSend],
        end: Effect.zipRight(does(drain), letGo(receiver, sender))
      }
    }
  }
]
