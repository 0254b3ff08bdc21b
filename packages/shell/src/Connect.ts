/**
 * How programs reach a machine by its name: one address after the other, until one answers.
 *
 * @see getaddrinfo(3)
 */
import { AF_INET, AF_INET6, SO_REUSEADDR, SO_SNDTIMEO, SOCK_STREAM, SOL_SOCKET } from "@effix/kernel/abi/Socket"
import * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { attempt, type Steps } from "./Steps.js"

/** What getaddrinfo(3)'s errors are called. */
export const nameless = (errno: Errno.Any): string =>
  errno._tag === "ENOENT"
    ? "Name or service not known"
    : errno._tag === "EAGAIN"
    ? "Temporary failure in name resolution"
    : Errno.text(errno._tag)

/** What became of it: a connected descriptor, no such name, or the last address's refusal. */
export type Connected =
  | { readonly fd: number; readonly address: string }
  | { readonly nameless: Errno.Any }
  | { readonly refused: Errno.Any; readonly address: string }

export interface Options {
  readonly family?: "inet" | "inet6" | undefined
  /** SOCK_STREAM, or SOCK_DGRAM. */
  readonly type?: number
  /** How long an address may take, which is then EINPROGRESS; -1 for as long as it takes. */
  readonly milliseconds?: number
  /** What it is bound to before, if anything: an address, and a port or 0 for any. */
  readonly from?: { readonly address: string; readonly port: number } | undefined
}

/** Connects to the first address of `host` that answers. */
export function* to(
  sys: SystemCalls,
  host: string,
  port: number,
  { family, from, milliseconds = -1, type = SOCK_STREAM }: Options = {}
): Steps<Connected> {
  const found = yield* attempt(sys.getaddrinfo(host, port, family))
  if (Errno.isErrno(found)) return { nameless: found }
  let refused: { readonly refused: Errno.Any; readonly address: string } | undefined
  for (const address of found) {
    const fd = yield* attempt(sys.socket(address.family === "inet" ? AF_INET : AF_INET6, type))
    if (Errno.isErrno(fd)) {
      refused = { refused: fd, address: address.address }
      continue
    }
    if (milliseconds >= 0) {
      yield* attempt(sys.setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, Math.max(1, milliseconds)))
    }
    const bound = from === undefined ? undefined : yield* attempt(bind(sys, fd, address.family, from))
    const answer = Errno.isErrno(bound) ? bound : yield* attempt(sys.connect(fd, address))
    if (!Errno.isErrno(answer)) return { fd, address: address.address }
    refused = { refused: answer, address: address.address }
    yield* attempt(sys.close(fd))
  }
  return refused ?? { nameless: yield* Effect.flip(Errno.fail("ENOENT")) }
}

const bind = (
  sys: SystemCalls,
  fd: number,
  family: "inet" | "inet6",
  { address, port }: NonNullable<Options["from"]>
): Effect.Effect<void, Errno.Any> => {
  const any = family === "inet" ? "0.0.0.0" : "::"
  return Effect.zipRight(
    sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1),
    sys.bind(fd, { family, address: address === "" ? any : address, port })
  )
}
