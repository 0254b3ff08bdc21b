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

const utility: Utility.Utility = {
  usage: "[-46kNUuvz] [-w SECONDS] HOST PORT\n-l [-46kNUuv] [-p PORT] [HOST] [PORT]",
  does: "Relay between standard input and output and a socket.",
  short: "46dklNp:Uuvw:z"
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
}

/** Copies both ways until the other side has ended. Answers whether it went well. */
function* relay(run: Utility.Run, fd: number, { deaf, shuts, type, wait }: Options): Steps<boolean> {
  const { sys } = run
  const buffer = new Uint8Array(blockSize)
  let reads = !deaf
  while (true) {
    const requests = [{ fd, events: POLLIN }, ...(reads ? [{ fd: 0, events: POLLIN }] : [])]
    const [far = 0, near = 0] = yield* sys.poll(requests, wait)
    if (far === 0 && near === 0) return true
    if ((far & (POLLIN | POLLHUP | POLLERR)) !== 0) {
      const count = yield* attempt(sys.read(fd, buffer))
      if (Errno.isErrno(count)) return false
      if (count === 0 && type !== SOCK_DGRAM) return true
      if ((yield* writeAll(sys, 1, buffer.subarray(0, count))) !== undefined) return false
    }
    if (near !== 0) {
      const count = yield* attempt(sys.read(0, buffer))
      if (Errno.isErrno(count)) return false
      if (count === 0) {
        reads = false
        if (shuts && type === SOCK_STREAM) yield* attempt(sys.shutdown(fd, SHUT_WR))
      } else if ((yield* writeAll(sys, fd, buffer.subarray(0, count))) !== undefined) return false
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
    yield* sys.bind(fd, found[0] ?? any)
  }
  if (options.type === SOCK_DGRAM) {
    yield* firstSender(run, fd)
    return (yield* relay(run, fd, options)) ? 0 : 1
  }
  yield* sys.listen(fd, 16)
  let good = true
  do {
    const accepted = yield* sys.accept(fd)
    // As the original: who is not kept waiting finds nobody listening.
    if (!keeps) yield* attempt(sys.close(fd))
    good = yield* relay(run, accepted.fd, options)
    yield* attempt(sys.close(accepted.fd))
  } while (keeps)
  return good ? 0 : 1
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
  if (seconds !== undefined && !/^\d+$/.test(seconds)) return yield* run.die(`timeout too small: ${seconds}`)
  const how: Options = {
    family: has("4") ? "inet" : has("6") ? "inet6" : undefined,
    type: has("u") ? SOCK_DGRAM : SOCK_STREAM,
    deaf: has("d"),
    shuts: has("N"),
    wait: seconds === undefined ? -1 : Number(seconds) * 1000
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
  if (has("l")) return yield* listening(run, { host, port: ports[0] }, how, has("k"))
  let status = 1
  for (let port = ports[0]; port <= ports[1]; port++) {
    const connected = yield* Connect.to(sys, host ?? "", port, { ...how, milliseconds: how.wait })
    const kind = how.type === SOCK_DGRAM ? "udp" : "tcp"
    if ("nameless" in connected) {
      return yield* run.die(`getaddrinfo for host "${host}" port ${port}: ${Connect.nameless(connected.nameless)}`)
    }
    if ("refused" in connected) {
      if (has("v")) {
        const why = Errno.text(connected.refused._tag)
        yield* run.warn(`connect to ${host} port ${port} (${kind}) failed: ${why}`)
      }
      continue
    }
    status = 0
    if (has("v")) yield* run.error(`Connection to ${host} ${port} port [${kind}/*] succeeded!\n`)
    if (!has("z")) return (yield* relay(run, connected.fd, how)) ? 0 : 1
    yield* attempt(sys.close(connected.fd))
  }
  return status
})
