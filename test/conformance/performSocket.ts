/**
 * Calls on sockets and calls that wait for several descriptors, as `perform` has the others.
 */
import { type Errno, Netdevice, Socket as Abi, type Sockets, type Sys } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { pattern } from "./pattern.js"
import type { Answer } from "./perform.js"
import { escape, type Step } from "./program.js"
import type { Said } from "./said.js"

const EPHEMERAL = 32_768

const done = <E extends Errno.Any>(call: Effect.Effect<unknown, E>): Answer => Effect.as(call, "0")

const numbers = (text: string): ReadonlyArray<number> => text === "" ? [] : text.split(",").map(Number)

/** The port that a word stands for: that of a descriptor, or a number. */
const portOf = (sys: Sys.SystemCalls, word: string): Effect.Effect<number> =>
  word.startsWith("@")
    ? Effect.match(sys.getsockname(Number(word.slice(1))), {
      onFailure: () => 1,
      onSuccess: (name) => "port" in name ? name.port : 1
    })
    : Effect.succeed(Number(word))

const addressOf = (sys: Sys.SystemCalls, told: string): Effect.Effect<Sockets.SocketAddress> => {
  const [kind, name = "", port = "0", scope] = told.split(" ")
  switch (kind) {
    case "path":
      return Effect.succeed({ family: "unix", path: name })
    case "abstract":
      return Effect.succeed({ family: "unix", abstract: name })
    case "unnamed":
      return Effect.succeed({ family: "unix" })
    case "inet":
      return Effect.map(portOf(sys, port), (port) => ({ family: kind, address: name, port }))
    case "inet6":
      return Effect.map(portOf(sys, port), (port) => ({
        family: kind,
        address: name,
        port,
        ...(scope === undefined ? {} : { scope: Number(scope) })
      }))
    default:
      return Effect.succeed({ family: "unspecified" })
  }
}

const show = (address: Sockets.SocketAddress | undefined): string => {
  if (address === undefined || address.family === "unspecified") return "none"
  if (address.family !== "unix") {
    return `${address.family} ${address.address} ${address.port >= EPHEMERAL ? "ephemeral" : address.port}`
  }
  if ("path" in address) return `path ${escape(address.path)}`
  if (!("abstract" in address)) return "none"
  return address.abstract.length === 5 ? "auto" : `abstract ${address.abstract}`
}

const received = (said: Said, into: Uint8Array, count: number, flags: number): string =>
  `${said.bytes(into.subarray(0, (flags & Abi.MSG_TRUNC) !== 0 ? 0 : count))} ${count}`

const receiveMessage = (
  sys: Sys.SystemCalls,
  said: Said,
  fd: number,
  length: number,
  flags: number,
  room: number
): Answer =>
  Effect.gen(function*() {
    const into = new Uint8Array(length)
    const own = yield* sys.getpid()
    const message = yield* sys.recvmsg(fd, { into, controlLength: room }, flags)
    const along = message.control.map((each) => {
      if (each._tag === "Segment") return ` segment=${each.size}`
      if (each._tag === "Pidfd") return ` pidfd=${each.fd}`
      if (each._tag === "Rights") return each.fds.map((fd) => ` fd=${fd}`).join("")
      const name = said.process(each.pid)
      return ` from=${each.pid === own && !name.startsWith("a") ? "me" : name},${each.uid},${each.gid}`
    })
    const kinds = (message.flags & ~Abi.MSG_CMSG_CLOEXEC).toString(16)
    return `${received(said, into, message.count, flags)} ${show(message.from)} ${kinds}${along.join("")}`
  })

const getOption = (sys: Sys.SystemCalls, said: Said, fd: number, level: number, option: number): Answer =>
  Effect.flatMap(Effect.zip(sys.getsockopt(fd, level, option), sys.getpid()), ([value, own]) => {
    if (typeof value !== "object") return Effect.succeed(String(value))
    if ("on" in value) return Effect.succeed(`${value.on ? 1 : 0} ${value.seconds}`)
    if (!("pid" in value)) return Effect.succeed(String(value))
    const name = said.process(value.pid)
    const who = value.pid === own && !name.startsWith("a") ? "me" : name
    // Numbers of users are signed there.
    return Effect.succeed(`${who} ${value.uid | 0} ${value.gid | 0}`)
  })

const setOption = (sys: Sys.SystemCalls, fd: number, level: number, option: number, value: number): Answer =>
  done(sys.setsockopt(
    fd,
    level,
    option,
    level === Abi.SOL_SOCKET && option === Abi.SO_LINGER ? { on: value >= 0, seconds: Math.max(0, value) } : value
  ))

const joinGroup = (sys: Sys.SystemCalls, fd: number, group: string, joins: boolean): Answer => {
  const membership = { group, interface: 1 }
  return done(
    group.includes(":")
      ? sys.setsockopt(fd, Abi.SOL_IPV6, joins ? Abi.IPV6_ADD_MEMBERSHIP : Abi.IPV6_DROP_MEMBERSHIP, membership)
      : sys.setsockopt(fd, Abi.SOL_IP, joins ? Abi.IP_ADD_MEMBERSHIP : Abi.IP_DROP_MEMBERSHIP, membership)
  )
}

/** What an interface says of itself; where a request is for a name, the word is a number. */
export const netdevice = (sys: Sys.SystemCalls, fd: number, request: number, word: string): Answer => {
  switch (request) {
    case Netdevice.SIOCGIFCONF:
      return Effect.map(
        sys.netdevice(fd, request),
        (all) => all.map(({ address, name }) => `${name} ${address} `).join("")
      )
    case Netdevice.SIOCGIFNAME:
      return sys.netdevice(fd, request, Number(word))
    case Netdevice.SIOCGIFADDR:
    case Netdevice.SIOCGIFDSTADDR:
    case Netdevice.SIOCGIFBRDADDR:
    case Netdevice.SIOCGIFNETMASK:
      return sys.netdevice(fd, request, word)
    case Netdevice.SIOCGIFHWADDR:
      return Effect.map(sys.netdevice(fd, request, word), ({ address, type }) => `${type} ${address}`)
    default:
      // Others than these are asked for as well.
      return Effect.map(sys.netdevice(fd, request as typeof Netdevice.SIOCGIFMTU, word), String)
  }
}

const set = (fds: ReadonlyArray<number>): string => `[${fds.map((fd) => ` ${fd}`).join("")} ]`

/** Calls that wait for several descriptors, or that make some to wait for. */
const readiness = (sys: Sys.SystemCalls, [call, ...args]: Step): Answer | undefined => {
  const n = (i: number): number => args[i] as number
  const s = (i: number): string => args[i] as string
  switch (call) {
    case "eventfd":
      return Effect.map(sys.eventfd(n(0), n(1)), String)
    case "epoll_create":
      return Effect.map(sys.epollCreate(n(0)), String)
    case "epoll_ctl":
      return done(sys.epollCtl(n(0), n(1), n(2), { events: n(3), data: n(4) }))
    case "epoll_wait":
      return Effect.map(
        sys.epollWait(n(0), n(1), n(2)),
        (found) => `${found.length}${found.map(({ data, events }) => ` ${events.toString(16)}:${data}`).join("")}`
      )
    case "select":
      return Effect.map(
        sys.select(
          { read: numbers(s(0)), write: numbers(s(1)), except: numbers(s(2)) },
          n(3) === -1 ? undefined : n(3)
        ),
        ({ except, read, write }) => set(read) + set(write) + set(except)
      )
    case "poll2": {
      const two = [{ fd: n(0), events: n(1) }, ...(n(2) === -1 ? [] : [{ fd: n(2), events: n(3) }])]
      return Effect.map(
        sys.poll(two, n(4)),
        ([first = 0, second = 0]) => `${first.toString(16)} ${second.toString(16)}`
      )
    }
    default:
      return undefined
  }
}

/** `undefined` for any other call. */
export const performSocket = (sys: Sys.SystemCalls, said: Said, step: Step): Answer | undefined => {
  const [call, ...args] = step
  const n = (i: number): number => args[i] as number
  const s = (i: number): string => args[i] as string
  const at = <A, E extends Errno.Any>(
    i: number,
    ask: (address: Sockets.SocketAddress) => Effect.Effect<A, E>
  ): Effect.Effect<A, Errno.Any> => Effect.flatMap(addressOf(sys, s(i)), ask)
  switch (call) {
    case "socket":
      return Effect.flatMap(sys.socket(n(0), n(1), n(2)), (fd) => {
        const tcp = n(0) !== Abi.AF_UNIX && (n(1) & Abi.SOCK_TYPE_MASK) === Abi.SOCK_STREAM
        return Effect.as(tcp ? sys.setsockopt(fd, Abi.SOL_TCP, Abi.TCP_NODELAY, 1) : Effect.void, String(fd))
      })
    case "socketpair":
      return Effect.map(sys.socketpair(n(0), n(1), n(2)), ([a, b]) => `${a} ${b}`)
    case "bind":
      return done(at(1, (address) => sys.bind(n(0), address)))
    case "listen":
      return done(sys.listen(n(0), n(1)))
    case "accept":
      return Effect.map(sys.accept(n(0), n(1)), ({ address, fd }) => `${fd} ${show(address)}`)
    case "connect":
      return done(at(1, (address) => sys.connect(n(0), address)))
    case "send":
      return Effect.map(sys.send(n(0), pattern(n(1), n(2)), n(3)), String)
    case "sendto":
      return Effect.map(at(4, (to) => sys.sendto(n(0), pattern(n(1), n(2)), n(3), to)), String)
    case "sendmsg": {
      const [pid, uid = 0, gid = 0] = numbers(s(5))
      const fds = numbers(s(4))
      return Effect.flatMap(sys.getpid(), (own) => {
        const rights = fds.length === 0 ? [] : [{ _tag: "Rights", fds } as const]
        const who = pid === undefined ? [] : [{ _tag: "Credentials", pid: pid === 0 ? own : pid, uid, gid } as const]
        return Effect.map(sys.sendmsg(n(0), { data: pattern(n(1), n(2)), control: [...rights, ...who] }, n(3)), String)
      })
    }
    case "recv": {
      const into = new Uint8Array(n(1))
      return Effect.map(sys.recv(n(0), into, n(2)), (count) => received(said, into, count, n(2)))
    }
    case "recvfrom": {
      const into = new Uint8Array(n(1))
      return Effect.map(
        sys.recvfrom(n(0), into, n(2)),
        ({ count, from }) => `${received(said, into, count, n(2))} ${show(from)}`
      )
    }
    case "recvmsg":
      return receiveMessage(sys, said, n(0), n(1), n(2), n(3))
    case "shutdown":
      return done(sys.shutdown(n(0), n(1)))
    case "getsockname":
      return Effect.map(sys.getsockname(n(0)), show)
    case "getpeername":
      return Effect.map(sys.getpeername(n(0)), show)
    case "getsockopt":
      return getOption(sys, said, n(0), n(1), n(2))
    case "setsockopt":
      return setOption(sys, n(0), n(1), n(2), n(3))
    case "netdevice":
      return netdevice(sys, n(0), n(1), s(2))
    case "group":
      return joinGroup(sys, n(0), s(1), n(2) !== 0)
    default:
      return readiness(sys, step)
  }
}
