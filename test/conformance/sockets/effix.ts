/**
 * Performs a program of socket calls in a process of Effix, and says what each call answered, as the helper does.
 */
import {
  AbiSignals,
  Bytes,
  type Errno,
  Fcntl,
  Kernel,
  OpenFlags,
  Socket as Abi,
  type Sockets,
  Sys
} from "@effix/kernel"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { netdevice } from "../performSocket.js"
import type { Address, Program, Step } from "./program.js"

const ALL = 0x3ff | 0x2000
const RT = 40
const signals = [
  ["SIGPIPE", AbiSignals.SIGPIPE],
  ["SIGURG", AbiSignals.SIGURG],
  ["SIGIO", AbiSignals.SIGIO],
  ["RT", RT]
] as const
const blocked = signals.reduce((set, [, signal]) => set | 1n << BigInt(signal - 1), 0n)
const counted = ["InDatagrams", "NoPorts", "InErrors", "OutDatagrams", "RcvbufErrors"]
const families = { unix: Abi.AF_UNIX, inet: Abi.AF_INET, inet6: Abi.AF_INET6 }

type Answer = Effect.Effect<string, Errno.Any>

class Machine {
  private readonly slots = new Map<number, number>()
  private sent = 0
  /** What was counted before it began. */
  before: ReadonlyArray<number> = []

  constructor(private readonly sys: Sys.SystemCalls, private readonly number: number) {}

  private port(of: number | readonly ["port", number]): Effect.Effect<number, Errno.Any> {
    if (typeof of === "number") return Effect.succeed(of)
    const fd = this.slots.get(of[1])
    if (fd === undefined) return Effect.succeed(1)
    return Effect.map(this.sys.getsockname(fd), (name) => "port" in name ? name.port : 1)
  }

  private address(address: Address): Effect.Effect<Sockets.SocketAddress, Errno.Any> {
    switch (address[0]) {
      case "path":
        return Effect.succeed({ family: "unix", path: address[1] })
      case "abstract":
        return Effect.succeed({ family: "unix", abstract: `${this.number}-${address[1]}` })
      case "unnamed":
        return Effect.succeed({ family: "unix" })
      case "unspecified":
        return Effect.succeed({ family: "unspecified" })
      default: {
        const [family, text] = address
        return Effect.map(this.port(address[2]), (port) => ({ family, address: text, port }))
      }
    }
  }

  private show(address: Sockets.SocketAddress | undefined): string {
    if (address === undefined) return "none"
    if ("path" in address) return `path ${address.path}`
    if ("abstract" in address) {
      const prefix = `${this.number}-`
      return address.abstract.startsWith(prefix) ? `abstract ${address.abstract.slice(prefix.length)}` : "auto"
    }
    if (!("port" in address)) return "none"
    return `${address.address} ${address.port >= 32_768 ? "ephemeral" : address.port}`
  }

  private data(length: number): Uint8Array {
    const start = this.sent
    this.sent += 7
    return Uint8Array.from({ length }, (_, i) => start + i % 256)
  }

  private got(buffer: Uint8Array, count: number): string {
    let total = 0
    for (let i = 0; i < Math.min(count, buffer.length); i++) total = (total * 31 + buffer[i]!) % 65_521
    return `${count}:${total}`
  }

  /** Whose descriptor it is, which is closed. */
  private pidfd(fd: number): Effect.Effect<string, Errno.Any> {
    const { sys } = this
    return Effect.gen(function*() {
      const info = yield* sys.open(`/proc/self/fdinfo/${fd}`, 0)
      const into = new Uint8Array(200)
      const text = Bytes.decode(into.subarray(0, yield* sys.read(info, into)))
      const pid = Number(/\nPid:\t(-?\d+)/.exec(text)?.[1])
      const closes = (yield* sys.fcntl(fd, Fcntl.F_GETFD)) === 1
      yield* Effect.all([sys.close(info), sys.close(fd)])
      return `pidfd ${pid === (yield* sys.getpid()) ? "me" : pid} ${closes}`
    })
  }

  private text(path: string): Effect.Effect<string, Errno.Any> {
    const { sys } = this
    return Effect.gen(function*() {
      const fd = yield* sys.open(path, 0)
      const into = new Uint8Array(4096)
      const count = yield* sys.read(fd, into)
      yield* sys.close(fd)
      return Bytes.decode(into.subarray(0, count))
    })
  }

  /** What was counted of datagrams: of IPv4, then of IPv6. */
  get counts(): Effect.Effect<ReadonlyArray<number>, Errno.Any> {
    return Effect.map(Effect.all([this.text("/proc/net/snmp"), this.text("/proc/net/snmp6")]), ([four, six]) => {
      const [names = [], values = []] = four.split("\n").filter((line) => line.startsWith("Udp:")).map((line) =>
        line.split(" ")
      )
      return [
        ...counted.map((name) => Number(values[names.indexOf(name)])),
        ...counted.map((name) => Number(new RegExp(`^Udp6${name}\\s+(\\d+)$`, "m").exec(six)?.[1]))
      ]
    })
  }

  /** Its owner is told of what is urgent (0), of whatever can be done (1), of that no more (2), by another signal (3) or not (4). */
  private telling(fd: number, how: number): Effect.Effect<number, Errno.Any> {
    const { sys } = this
    const own = Effect.flatMap(sys.getpid(), (pid) => sys.fcntl(fd, Fcntl.F_SETOWN, pid))
    const flags = (of: (flags: number) => number) =>
      Effect.flatMap(sys.fcntl(fd, Fcntl.F_GETFL), (flags) => sys.fcntl(fd, Fcntl.F_SETFL, of(flags)))
    switch (how) {
      case 0:
        return own
      case 1:
        return Effect.zipRight(own, flags((flags) => flags | OpenFlags.O_ASYNC))
      case 2:
        return flags((flags) => flags & ~OpenFlags.O_ASYNC)
      default:
        return sys.fcntl(fd, Fcntl.F_SETSIG, how === 3 ? RT : 0)
    }
  }

  private put(slot: number, fd: number): Effect.Effect<void, Errno.Any> {
    const old = this.slots.get(slot)
    this.slots.set(slot, fd)
    return old === undefined ? Effect.void : this.sys.close(old)
  }

  private perform(step: Step): Answer {
    const { slots, sys } = this
    if (step[0] === "socket") {
      const tcp = step[2] !== "unix" && step[3] === Abi.SOCK_STREAM
      return Effect.as(
        Effect.flatMap(sys.socket(families[step[2]], step[3] | Abi.SOCK_NONBLOCK), (fd) =>
          Effect.zipRight(
            tcp ? sys.setsockopt(fd, Abi.SOL_TCP, Abi.TCP_NODELAY, 1) : Effect.void,
            this.put(step[1], fd)
          )),
        "ok"
      )
    }
    if (step[0] === "pair") {
      return Effect.as(
        Effect.flatMap(
          sys.socketpair(Abi.AF_UNIX, step[3] | Abi.SOCK_NONBLOCK),
          ([a, b]) => Effect.zipRight(this.put(step[1], a), this.put(step[2], b))
        ),
        "ok"
      )
    }
    const fd = slots.get(step[1])
    if (fd === undefined) return Effect.succeed("empty")
    switch (step[0]) {
      case "bind":
        return Effect.as(Effect.flatMap(this.address(step[2]), (address) => sys.bind(fd, address)), "ok")
      case "listen":
        return Effect.as(sys.listen(fd, step[2]), "ok")
      case "connect":
        return Effect.as(Effect.flatMap(this.address(step[2]), (address) => sys.connect(fd, address)), "ok")
      case "accept":
        return Effect.flatMap(
          sys.accept(fd, Abi.SOCK_NONBLOCK),
          (accepted) => Effect.as(this.put(step[2], accepted.fd), `ok ${this.show(accepted.address)}`)
        ).pipe(Effect.map((answer) => answer.replace(/ $/, "")))
      case "send":
        return Effect.map(sys.send(fd, this.data(step[2]), step[3]), String)
      case "sendto": {
        const data = this.data(step[2])
        return Effect.flatMap(this.address(step[4]), (to) => Effect.map(sys.sendto(fd, data, step[3], to), String))
      }
      case "recv": {
        const into = new Uint8Array(step[2])
        return Effect.map(sys.recv(fd, into, step[3]), (count) => this.got(into, count))
      }
      case "recvfrom": {
        const into = new Uint8Array(step[2])
        return Effect.map(
          sys.recvfrom(fd, into, step[3]),
          ({ count, from }) => `${this.got(into, count)} ${this.show(from)}`
        )
      }
      case "rights": {
        const fds = Array.from({ length: step[3] }, () => 0)
        const control = [{ _tag: "Rights", fds }] as const
        return Effect.map(sys.sendmsg(fd, { data: this.data(step[2]), control }), String)
      }
      case "credentials": {
        const data = this.data(step[2])
        return Effect.flatMap(sys.getpid(), (own) => {
          const who = { _tag: "Credentials", pid: step[3] === 0 ? own : step[3], uid: step[4], gid: step[4] } as const
          return Effect.map(sys.sendmsg(fd, { data, control: [who] }), String)
        })
      }
      case "recvmsg": {
        const into = new Uint8Array(step[2])
        return Effect.gen(this, function*() {
          const message = yield* sys.recvmsg(fd, { into, controlLength: step[3] }, step[4])
          const told: Array<string> = []
          for (const each of message.control) {
            if (each._tag === "Rights") {
              told.push(`rights ${each.fds.length}`)
              for (const right of each.fds) yield* sys.close(right)
            } else if (each._tag === "Segment") told.push(`segment ${each.size}`)
            else if (each._tag === "Pidfd") told.push(yield* this.pidfd(each.fd))
            else {
              const me = each.pid === (yield* sys.getpid()) ? "me" : each.pid
              told.push(`credentials ${me} ${each.uid} ${each.gid}`)
            }
          }
          const flags = (message.flags & ~Abi.MSG_CMSG_CLOEXEC).toString(16)
          return `${this.got(into, message.count)} ${this.show(message.from)} 0x${flags} ${told.join(",")}`
        })
      }
      case "shutdown":
        return Effect.as(sys.shutdown(fd, step[2]), "ok")
      case "close":
        slots.delete(step[1])
        return Effect.as(sys.close(fd), "ok")
      case "poll":
        return Effect.map(sys.poll([{ fd, events: ALL }], 0), ([events]) => `0x${events!.toString(16)}`)
      case "name":
        return Effect.map(sys.getsockname(fd), (name) => this.show(name))
      case "peer":
        return Effect.map(sys.getpeername(fd), (name) => this.show(name))
      case "fionread":
        return Effect.map(sys.fionread(fd), String)
      case "getopt":
        return Effect.flatMap(sys.getsockopt(fd, step[2], step[3]), (value): Answer => {
          if (step[2] === Abi.SOL_SOCKET && step[3] === Abi.SO_PEERPIDFD) return this.pidfd(Number(value))
          if (typeof value !== "object") return Effect.succeed(String(value))
          if ("state" in value) {
            const { bytesReceived, bytesSent, sacked, state, unacked } = value
            return Effect.succeed(`${state} ${unacked} ${sacked} ${bytesSent} ${bytesReceived}`)
          }
          return Effect.succeed("on" in value ? `${value.on ? 1 : 0} ${value.seconds}` : String(value))
        })
      case "netdevice":
        return netdevice(sys, fd, step[2], step[3])
      case "group": {
        const value = { group: step[4], interface: 1, ...(step[5] === "" ? {} : { source: step[5] }) }
        return Effect.as(sys.setsockopt(fd, step[2], step[3], value), "ok")
      }
      case "filter": {
        const filter = { group: step[4], interface: 1, mode: step[5], sources: step[6] }
        return Effect.as(sys.setsockopt(fd, step[2], step[3], filter), "ok")
      }
      case "filterof":
        return Effect.map(
          sys.getsockopt(fd, step[2], step[3], { group: step[4], interface: 1 }),
          (filter) =>
            typeof filter === "object" && "sources" in filter
              ? `${filter.mode} ${filter.sources.join(" ")}`
              : String(filter)
        )
      case "atmark":
        return Effect.map(sys.sockatmark(fd), (at) => at ? "1" : "0")
      case "counts":
        return Effect.map(this.counts, (now) => now.map((each, i) => each - this.before[i]!).join(" "))
      case "telling":
        return Effect.as(this.telling(fd, step[2]), "ok")
      case "pieces": {
        const control = [{ _tag: "Segment", size: step[3] }] as const
        return Effect.map(sys.sendmsg(fd, { data: this.data(step[2]), control }), String)
      }
      case "device":
        return Effect.flatMap(
          sys.setsockopt(fd, Abi.SOL_SOCKET, Abi.SO_BINDTODEVICE, step[2]),
          () => Effect.map(sys.getsockopt(fd, Abi.SOL_SOCKET, Abi.SO_BINDTODEVICE), (name) => `ok ${name}`)
        )
      case "setopt": {
        const linger = step[2] === Abi.SOL_SOCKET && step[3] === Abi.SO_LINGER
        const value = linger ? { on: step[4] >= 0, seconds: Math.max(0, step[4]) } : step[4]
        return Effect.as(sys.setsockopt(fd, step[2], step[3], value), "ok")
      }
    }
  }

  step(step: Step): Effect.Effect<string, Errno.Any> {
    const { sys } = this
    return Effect.gen(this, function*() {
      const exit = yield* Effect.exit(this.perform(step))
      const answer = exit._tag === "Success"
        ? exit.value
        : exit.cause._tag === "Fail"
        ? `!${exit.cause.error._tag}`
        : `defect: ${Cause.pretty(exit.cause)}`
      const told: Array<string> = [answer]
      for (const [name, signal] of signals) {
        const set = 1n << BigInt(signal - 1)
        // One of real time may wait several times.
        if (((yield* sys.sigpending()) & set) !== 0n) told.push(name)
        while (((yield* sys.sigpending()) & set) !== 0n) yield* sys.sigtimedwait(set, 0)
      }
      return told.join(" ")
    })
  }
}

let programs = 0

export const run = (program: Program): Effect.Effect<ReadonlyArray<string>, Errno.Any, Kernel.Kernel> =>
  Effect.scoped(Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const number = programs++
    const lines: Array<string> = []
    const handle = yield* kernel.spawn(Effect.gen(function*() {
      const sys = yield* Sys.Sys
      yield* sys.mkdir(`/tmp/${number}`)
      yield* sys.chdir(`/tmp/${number}`)
      yield* sys.sigprocmask(0, blocked)
      const machine = new Machine(sys, number)
      if (program.some(([call]) => call === "counts")) machine.before = yield* machine.counts
      for (const step of program) lines.push(yield* machine.step(step))
      return 0
    }))
    const status = yield* handle.wait
    if (status._tag !== "Exited" || status.code !== 0) lines.push(`ended: ${JSON.stringify(status)}`)
    return lines
  }))
