/**
 * Connects standard input and output to a socket, as the nc of OpenBSD does.
 *
 * @see nc(1)
 */
import { POLLERR, POLLHUP, POLLIN } from "@effix/kernel/abi/PollEvents"
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  SHUT_WR,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET
} from "@effix/kernel/abi/Socket"
import * as Errno from "@effix/kernel/Errno"
import { blockSize, writeAll } from "../BufferedWriter.js"
import * as Connect from "../Connect.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const NAMELESS = "Name or service not known"

const utility: Utility.Utility = {
  usage: "[-46CdNnUuvz] [-p PORT] [-q SECONDS] [-s ADDRESS] [-W COUNT] [-w SECONDS] HOST PORT\n" +
    "-l [-46CdkNnUuv] [-p PORT] [-s ADDRESS] [HOST] [PORT]",
  does: "Relay between standard input and output and a socket.",
  short: "46CdklNnp:q:s:UuvW:w:z"
}

interface Options {
  readonly family: "inet" | "inet6" | undefined
  readonly type: number
  /** Whether standard input is not read. */
  readonly deaf: boolean
  /** Whether the end of standard input is passed on. */
  readonly shuts: boolean
  /** Milliseconds without a byte from anybody, after which it is over; -1 for ever. */
  readonly wait: number
  /** Whether the ends of lines of standard input get a carriage return. */
  readonly crlf: boolean
  /** Milliseconds that it goes on after the end of standard input; -1 for ever. */
  readonly quits: number
  /** How often it receives at most. */
  readonly receives: number
  /** Whether it tells what happens. */
  readonly tells: boolean
}

/** `\n` as `\r\n`, but where it is that already. */
const withReturns = (bytes: Uint8Array): Uint8Array => {
  const out: Array<number> = []
  for (const [i, byte] of bytes.entries()) {
    if (byte === 10 && bytes[i - 1] !== 13) out.push(13)
    out.push(byte)
  }
  return Uint8Array.from(out)
}

/** Copies both ways until the other side has ended. Answers whether it went well. */
function* relay(run: Utility.Run, fd: number, options: Options): Steps<boolean> {
  const { crlf, deaf, quits, receives, shuts, type, wait } = options
  const { sys } = run
  const buffer = new Uint8Array(blockSize)
  let reads = !deaf
  let end: bigint | undefined
  let received = 0
  while (true) {
    const requests = [{ fd, events: POLLIN }, ...(reads ? [{ fd: 0, events: POLLIN }] : [])]
    const left = end === undefined ? -1 : Math.max(0, Number(end - (yield* sys.clockGettime("monotonic"))) / 1e6)
    const patience = left < 0 ? wait : wait < 0 ? left : Math.min(left, wait)
    const [far = 0, near = 0] = yield* sys.poll(requests, patience)
    if (far === 0 && near === 0) return true
    if ((far & (POLLIN | POLLHUP | POLLERR)) !== 0) {
      const count = yield* attempt(sys.read(fd, buffer))
      if (Errno.isErrno(count)) return false
      if (count === 0 && type !== SOCK_DGRAM) return true
      if ((yield* writeAll(sys, 1, buffer.subarray(0, count))) !== undefined) return false
      if (++received >= receives) return true
    }
    if (near !== 0) {
      const count = yield* attempt(sys.read(0, buffer))
      if (Errno.isErrno(count)) return false
      if (count === 0) {
        reads = false
        if (shuts && type === SOCK_STREAM) yield* attempt(sys.shutdown(fd, SHUT_WR))
        if (quits >= 0) end = (yield* sys.clockGettime("monotonic")) + BigInt(quits) * 1_000_000n
        continue
      }
      const bytes = buffer.subarray(0, count)
      if ((yield* writeAll(sys, fd, crlf ? withReturns(bytes) : bytes)) !== undefined) return false
    }
  }
}

/** Waits for whoever sends the first datagram, and talks to nobody else from then on. */
function* firstSender(run: Utility.Run, fd: number): Steps<void> {
  const buffer = new Uint8Array(blockSize)
  const { count, from } = yield* run.sys.recvfrom(fd, buffer)
  if (from !== undefined) yield* attempt(run.sys.connect(fd, from))
  yield* writeAll(run.sys, 1, buffer.subarray(0, count))
}

function* listening(
  run: Utility.Run,
  address: { readonly path: string } | { readonly host: string | undefined; readonly port: number },
  options: Options,
  keeps: boolean
): Steps<number> {
  const { sys } = run
  const six = options.family === "inet6" || "host" in address && address.host?.includes(":") === true
  const fd = yield* sys.socket("path" in address ? AF_UNIX : six ? AF_INET6 : AF_INET, options.type)
  if ("path" in address) yield* sys.bind(fd, { family: "unix", path: address.path })
  else {
    yield* sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1)
    const any = { family: six ? "inet6" : "inet", address: six ? "::" : "0.0.0.0", port: address.port } as const
    const found = address.host === undefined
      ? [any]
      : yield* attempt(sys.getaddrinfo(address.host, address.port, six ? "inet6" : "inet"))
    if (Errno.isErrno(found)) return yield* run.die(`getaddrinfo: ${Connect.nameless(found)}`)
    const bound = yield* attempt(sys.bind(fd, found[0] ?? any))
    if (Errno.isErrno(bound)) return yield* run.die(Errno.text(bound._tag))
  }
  if (options.tells) {
    yield* run.error(`${options.type === SOCK_DGRAM ? "Bound on" : "Listening on"} ${yield* where(run, fd)}\n`)
  }
  if (options.type === SOCK_DGRAM) {
    yield* firstSender(run, fd)
    return (yield* relay(run, fd, options)) ? 0 : 1
  }
  yield* sys.listen(fd, 16)
  let good = true
  do {
    const accepted = yield* sys.accept(fd)
    if (options.tells) {
      const { address } = accepted
      const from = "port" in address ? `${address.address} ${address.port}` : yield* where(run, fd)
      yield* run.error(`Connection received on ${from}\n`)
    }
    // As the original: who is not kept waiting finds nobody listening.
    if (!keeps) yield* attempt(sys.close(fd))
    good = yield* relay(run, accepted.fd, options)
    yield* attempt(sys.close(accepted.fd))
  } while (keeps)
  return good ? 0 : 1
}

/** Where a descriptor is bound, as the original writes it. */
function* where(run: Utility.Run, fd: number): Steps<string> {
  const name = yield* run.sys.getsockname(fd)
  return "port" in name ? `${name.address} ${name.port}` : "path" in name ? name.path : ""
}

/** Whether somebody takes datagrams: it is told by the second one. */
function* isTaken(run: Utility.Run, fd: number): Steps<boolean> {
  for (let i = 0; i < 4; i++) {
    if (Errno.isErrno(yield* attempt(run.sys.write(fd, Uint8Array.of(88))))) return false
  }
  return true
}

/** The first and the last of `80` or `80-90`. */
const portsOf = (text: string): readonly [number, number] | undefined => {
  const found = /^(\d+)(?:-(\d+))?$/.exec(text)
  if (found === null) return undefined
  const [first, last] = [Number(found[1]), Number(found[2] ?? found[1])]
  return first >= 1 && last <= 65_535 && first <= last ? [first, last] : undefined
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (key: string): boolean => options.some((option) => option.key === key)
  const value = (key: string): string | undefined => options.find((option) => option.key === key)?.value
  const seconds = value("w")
  if (seconds !== undefined && !/^\d+$/.test(seconds)) return yield* run.die(`timeout invalid: ${seconds}`)
  const quits = value("q") ?? "-1"
  if (!/^-?\d+$/.test(quits)) return yield* run.die(`quit timer invalid: ${quits}`)
  const receives = value("W")
  if (receives !== undefined && !/^[1-9]\d*$/.test(receives)) {
    return yield* run.die(`receive limit invalid: ${receives}`)
  }
  const how: Options = {
    family: has("4") ? "inet" : has("6") ? "inet6" : undefined,
    type: has("u") ? SOCK_DGRAM : SOCK_STREAM,
    deaf: has("d"),
    shuts: has("N"),
    wait: seconds === undefined ? -1 : Number(seconds) * 1000,
    crlf: has("C"),
    quits: Number(quits) < 0 ? -1 : Number(quits) * 1000,
    receives: receives === undefined ? Number.POSITIVE_INFINITY : Number(receives),
    tells: has("v")
  }
  const { sys } = run
  if (has("U")) {
    const [path] = operands
    if (path === undefined) return yield* run.misuse("missing path")
    if (has("l")) return yield* listening(run, { path }, how, has("k"))
    const fd = yield* sys.socket(AF_UNIX, how.type)
    const answer = yield* attempt(sys.connect(fd, { family: "unix", path }))
    if (Errno.isErrno(answer)) return yield* run.die(`${path}: ${Errno.text(answer._tag)}`)
    return has("z") || (yield* relay(run, fd, how)) ? 0 : 1
  }
  const own = value("p")
  const [host, text] = has("l") && operands.length < 2
    ? [own === undefined ? undefined : operands[0], own ?? operands[0]]
    : operands
  if (text === undefined) return yield* run.misuse("missing port number")
  const ports = portsOf(text)
  if (ports === undefined) return yield* run.die(`port number invalid: ${text}`)
  const source = value("s")
  if (has("l")) return yield* listening(run, { host: host ?? source, port: ports[0] }, how, has("k"))
  // A number is asked for, and no name is looked up.
  if (has("n") && !/^[\d.]+$|:/.test(host ?? "")) {
    return yield* run.die(`getaddrinfo for host "${host}" port ${ports[0]}: ${NAMELESS}`)
  }
  const from = own === undefined && source === undefined
    ? undefined
    : { address: source ?? "", port: Number(own ?? "0") }
  let status = 1
  for (let port = ports[0]; port <= ports[1]; port++) {
    const connected = yield* Connect.to(sys, host ?? "", port, { ...how, from, milliseconds: how.wait })
    const kind = how.type === SOCK_DGRAM ? "udp" : "tcp"
    if ("nameless" in connected) {
      return yield* run.die(`getaddrinfo for host "${host}" port ${port}: ${Connect.nameless(connected.nameless)}`)
    }
    if ("refused" in connected) {
      if (has("v")) {
        const why = Errno.text(connected.refused._tag)
        const there = connected.address === host ? host : `${host} (${connected.address})`
        yield* run.warn(`connect to ${there} port ${port} (${kind}) failed: ${why}`)
      }
      continue
    }
    if (how.type === SOCK_DGRAM && has("z") && !(yield* isTaken(run, connected.fd))) {
      yield* attempt(sys.close(connected.fd))
      continue
    }
    status = 0
    if (has("v")) yield* run.error(`Connection to ${host} ${port} port [${kind}/*] succeeded!\n`)
    if (!has("z")) return (yield* relay(run, connected.fd, how)) ? 0 : 1
    yield* attempt(sys.close(connected.fd))
  }
  return status
})
