/**
 * Sockets as `/proc/net` shows them: what `ss` and `netstat` have in common.
 *
 * @see proc_pid_net(5)
 */
import * as Errno from "@effix/kernel/Errno"
import * as Accounts from "./Accounts.js"
import * as Directory from "./Directory.js"
import * as ProcessList from "./ProcessList.js"
import { attempt, type Steps } from "./Steps.js"
import type * as Utility from "./Utility.js"

export interface Endpoint {
  /** In numbers. */
  readonly address: string
  /** 0 for none. */
  readonly port: number
}

/** A socket of the internet. */
export interface Inet {
  readonly protocol: "tcp" | "udp" | "raw"
  readonly family: "inet" | "inet6"
  readonly local: Endpoint
  readonly remote: Endpoint
  /** 1 is connected, 7 is not, 10 is a listener. */
  readonly state: number
  /** Bytes that wait to be received, and that wait to be sent. */
  readonly received: number
  readonly sent: number
  readonly ino: number
}

/** A Unix socket. */
export interface Unix {
  readonly references: number
  readonly listening: boolean
  /** 1 is a stream, 2 are datagrams, 5 are packets. */
  readonly type: number
  readonly connected: boolean
  readonly ino: number
  /** Empty without one; `@` stands for an abstract name. */
  readonly name: string
}

const bytesOf = (hex: string): ReadonlyArray<number> =>
  // Words of this machine: the last byte of each comes first.
  (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse().map((byte) => parseInt(byte, 16)))

/** Sixteen bytes as inet_ntop(3) writes them. */
const six = (bytes: ReadonlyArray<number>): string => {
  const groups = Array.from({ length: 8 }, (_, i) => bytes[2 * i]! << 8 | bytes[2 * i + 1]!)
  let [at, length] = [-1, 1]
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === 0) end++
    if (end - i > length) [at, length] = [i, end - i]
  }
  const dotted = at === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff))
  const words = groups.slice(0, dotted ? 6 : 8).map((group) => group.toString(16))
  if (dotted) words.push(bytes.slice(12).join("."))
  if (at < 0) return words.join(":")
  return `${words.slice(0, at).join(":")}::${words.slice(at + length).join(":")}`
}

const endpoint = (text: string): Endpoint => {
  const [hex = "", port = "0"] = text.split(":")
  const bytes = bytesOf(hex)
  return { address: bytes.length === 4 ? bytes.join(".") : six(bytes), port: parseInt(port, 16) }
}

function* linesOf(run: Utility.Run, name: string): Steps<ReadonlyArray<string>> {
  const text = (yield* Accounts.readSmallFile(run.sys, `/proc/net/${name}`)) ?? ""
  return text.split("\n").slice(1).filter((line) => line !== "")
}

/** Those of a protocol, as they stand there. */
export function* inet(
  run: Utility.Run,
  protocol: Inet["protocol"],
  family: Inet["family"]
): Steps<ReadonlyArray<Inet>> {
  const lines = yield* linesOf(run, family === "inet" ? protocol : `${protocol}6`)
  return lines.map((line) => {
    const [, local = "", remote = "", state = "", queues = "", , , , , ino] = line.trim().split(/ +/)
    const [sent = 0, received = 0] = queues.split(":").map((hex) => parseInt(hex, 16))
    return {
      protocol,
      family,
      local: endpoint(local),
      remote: endpoint(remote),
      state: parseInt(state, 16),
      received,
      sent,
      ino: Number(ino)
    }
  })
}

export function* unix(run: Utility.Run): Steps<ReadonlyArray<Unix>> {
  return (yield* linesOf(run, "unix")).map((line) => {
    const [, references = "", , flags = "", type = "", state = "", ino, ...name] = line.split(/ +/)
    return {
      references: parseInt(references, 16),
      listening: (parseInt(flags, 16) & 0x10000) !== 0,
      type: parseInt(type, 16),
      connected: parseInt(state, 16) === 3,
      ino: Number(ino),
      name: name.join(" ")
    }
  })
}

/** Who holds a socket, and by which descriptor. */
export interface Holder {
  readonly process: ProcessList.Process
  readonly fd: number
}

/** Those whom the caller may look at, by the number of the socket. */
export function* holders(run: Utility.Run): Steps<ReadonlyMap<number, ReadonlyArray<Holder>>> {
  const found = new Map<number, Array<Holder>>()
  for (const process of (yield* ProcessList.load(run)).all) {
    const entries = yield* Directory.list(run.sys, `/proc/${process.pid}/fd`)
    if (Errno.isErrno(entries)) continue
    for (const fd of entries.map(({ name }) => Number(name)).filter((fd) => fd >= 0).sort((a, b) => a - b)) {
      const target = yield* attempt(run.sys.readlink(`/proc/${process.pid}/fd/${fd}`))
      const ino = Errno.isErrno(target) ? undefined : /^socket:\[(\d+)\]$/.exec(target)?.[1]
      if (ino === undefined) continue
      const all = found.get(Number(ino))
      if (all === undefined) found.set(Number(ino), [{ process, fd }])
      else all.push({ process, fd })
    }
  }
  return found
}

/** The names of a file in which each line has one and what it stands for, by the latter, which is word number `key`. */
function* namesIn(run: Utility.Run, path: string, key: 0 | 1): Steps<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for (const line of ((yield* Accounts.readSmallFile(run.sys, path)) ?? "").split("\n")) {
    const words = line.replace(/#.*/, "").trim().split(/\s+/)
    const [meant, name] = [words[key], words[1 - key]]
    if (meant !== undefined && name !== undefined && !names.has(meant)) names.set(meant, name)
  }
  return names
}

/** Names of ports, by number and protocol, as services(5) has them. */
export const services = (run: Utility.Run): Steps<ReadonlyMap<string, string>> => namesIn(run, "/etc/services", 1)

/** Names of addresses, as hosts(5) has them. */
export const hosts = (run: Utility.Run): Steps<ReadonlyMap<string, string>> => namesIn(run, "/etc/hosts", 0)
