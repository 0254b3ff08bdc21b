/**
 * From a host's name to its address, as a process of the kernel sees it.
 *
 * @see hosts(5)
 */
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { SocketAddress } from "@effix/kernel/Sockets"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"

const readText = (sys: SystemCalls, path: string): Effect.Effect<string, Errno.Any> =>
  Effect.acquireUseRelease(
    sys.open(path, O_RDONLY),
    (fd) =>
      Effect.gen(function*() {
        const into = new Uint8Array(65_536)
        let text = ""
        for (;;) {
          const count = yield* sys.read(fd, into)
          if (count === 0) return text
          text += Bytes.decode(into.subarray(0, count))
        }
      }),
    (fd) => Effect.ignore(sys.close(fd))
  )

const literal = (host: string, port: number): SocketAddress | undefined => {
  if (/^\d+(\.\d+){3}$/.test(host)) return { family: "inet", address: host, port }
  const bare = host.replace(/^\[(.*)\]$/, "$1")
  return bare.includes(":") ? { family: "inet6", address: bare, port } : undefined
}

/** The address of `host`, which may be an address itself; the first line of `/etc/hosts` that names it counts. */
export const addressOf = (host: string, port: number): Effect.Effect<SocketAddress, Errno.Any, Sys> =>
  Effect.gen(function*() {
    const address = literal(host, port)
    if (address !== undefined) return address
    const sys = yield* Sys
    const text = yield* Effect.orElseSucceed(readText(sys, "/etc/hosts"), () => "")
    for (const line of text.split("\n")) {
      const [numbers = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/)
      const found = names.includes(host.toLowerCase()) ? literal(numbers, port) : undefined
      if (found !== undefined) return found
    }
    return yield* Errno.fail("ENOENT", { syscall: "connect", path: host, remedy: "no such host in /etc/hosts" })
  })
