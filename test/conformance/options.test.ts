/** Every option of sockets that is a number, set to some and read back, beside Linux. */
import { assert, describe, it } from "@effect/vitest"
import * as Abi from "@effix/kernel/abi/Socket"
import * as Kernel from "@effix/kernel/Kernel"
import { Sys } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const kinds = {
  "Unix stream": [Abi.AF_UNIX, Abi.SOCK_STREAM],
  "Unix datagram": [Abi.AF_UNIX, Abi.SOCK_DGRAM],
  TCP: [Abi.AF_INET, Abi.SOCK_STREAM],
  UDP: [Abi.AF_INET, Abi.SOCK_DGRAM],
  "TCP of IPv6": [Abi.AF_INET6, Abi.SOCK_STREAM],
  "UDP of IPv6": [Abi.AF_INET6, Abi.SOCK_DGRAM]
} as const

const levels = { SO: Abi.SOL_SOCKET, IP: Abi.SOL_IP, TCP: Abi.SOL_TCP, IPV6: Abi.SOL_IPV6, UDP: Abi.SOL_UDP } as const
const values = [-1, 0, 1, 2, 5, 16, 255, 256, 100_000]

/** What is no number, what counts time or memory in units of its own, and what is somebody's address. */
const left = new Set([
  "SO_BINDTODEVICE",
  "SO_COOKIE",
  "SO_LINGER",
  "SO_MEMINFO",
  "SO_PEERCRED",
  "SO_PEERGROUPS",
  "SO_PEERPIDFD",
  "SO_RCVTIMEO",
  "SO_SNDTIMEO",
  "IP_ADD_MEMBERSHIP",
  "IP_DROP_MEMBERSHIP",
  "IP_MULTICAST_IF",
  "IP_ADD_SOURCE_MEMBERSHIP",
  "IP_BLOCK_SOURCE",
  "IP_DROP_SOURCE_MEMBERSHIP",
  "IP_MSFILTER",
  "IP_UNBLOCK_SOURCE",
  "IPV6_ADD_MEMBERSHIP",
  "IPV6_DROP_MEMBERSHIP",
  "IPV6_MULTICAST_IF",
  "IPV6_PKTINFO",
  "TCP_CONGESTION",
  "TCP_INFO"
])

/** What -1 is cut to is a setting of the machine. */
const settings = new Set(["SO_SNDBUF", "SO_RCVBUF", "SO_RCVLOWAT", "SO_SNDBUFFORCE", "SO_RCVBUFFORCE"])

/** What Linux rounds to units that there are none of here, and what a build of it leaves out. */
const units = new Set(["TCP_WINDOW_CLAMP", "TCP_DEFER_ACCEPT", "TCP_LINGER2", "SO_BUSY_POLL", "SO_TIMESTAMPING"])

const options = Object.entries(Abi).flatMap(([name, option]) => {
  const [prefix = ""] = /^[A-Z0-9]+(?=_)/.exec(name) ?? []
  const level = prefix in levels && typeof option === "number" ? levels[prefix as keyof typeof levels] : undefined
  return level === undefined || left.has(name) || units.has(name) ? [] : [{ name, level, option }]
})

const asked = Object.entries(kinds).flatMap(([kind, [domain, type]]) =>
  options.flatMap(({ level, name, option }) =>
    values.filter((value) => value >= 0 || !settings.has(name)).map((value) => ({
      what: `${name} of ${kind} set to ${value}`,
      domain,
      type,
      level,
      option,
      value
    }))
  )
)

const onLinux = (): ReadonlyArray<unknown> | string => {
  if (process.getuid?.() !== 0) return "needs root: what is for the privileged is set too"
  const script = fileURLToPath(new URL("./sockets/options.py", import.meta.url))
  const input = JSON.stringify(
    asked.map(({ domain, level, option, type, value }) => [domain, type, level, option, value])
  )
  const ran = spawnSync("python3", [script], { input, encoding: "utf8", maxBuffer: 1e8 })
  if (ran.error !== undefined || process.platform !== "linux") return "needs Linux and python3"
  return ran.status === 0 ? JSON.parse(ran.stdout) : ran.stderr
}

const answers = Effect.gen(function*() {
  const sys = yield* Sys
  const told = <A, E extends { readonly _tag: string }>(call: Effect.Effect<A, E>) =>
    Effect.match(call, { onFailure: ({ _tag }): unknown => _tag, onSuccess: (answer): unknown => answer ?? "ok" })
  return yield* Effect.forEach(asked, ({ domain, level, option, type, value }) =>
    Effect.gen(function*() {
      const fd = yield* sys.socket(domain, type)
      const before = yield* told(sys.getsockopt(fd, level, option))
      const ended = yield* told(sys.setsockopt(fd, level, option, value))
      const after = yield* told(sys.getsockopt(fd, level, option))
      yield* sys.close(fd)
      return [before, ended, after]
    }))
})

describe("Options of sockets", () => {
  it.live("are read, set and read again as on Linux", ({ skip }) =>
    Effect.gen(function*() {
      const theirs = onLinux()
      if (typeof theirs === "string") return skip(theirs)
      const kernel = yield* Kernel.Kernel
      const ours: Array<unknown> = []
      const program = Effect.map(answers, (all) => {
        ours.push(...all)
        return 0
      })
      yield* Effect.flatMap(kernel.spawn(program), ({ wait }) => wait)
      const differences = asked.flatMap(({ what }, i) =>
        JSON.stringify(ours[i]) === JSON.stringify(theirs[i]) ? [] : [{ what, linux: theirs[i], effix: ours[i] }]
      )
      assert.deepStrictEqual(differences, [])
      assert.isAbove(asked.length, 3000)
    }).pipe(Effect.scoped, Effect.provide(Kernel.layer)))
})
