/**
 * Reading a line and not a byte more, so that the next reader of the descriptor finds what follows.
 *
 * @see read(1p)
 */
import { SEEK_CUR } from "@effix/kernel/abi/Fcntl"
import { POLLERR, POLLHUP, POLLIN } from "@effix/kernel/abi/PollEvents"
import * as Bytes from "@effix/kernel/Bytes"
import { call, type Run, type Shell } from "../state/Shell.js"

export interface ReadOptions {
  readonly delimiter: number
  /** The most characters to read. */
  readonly limit?: number
  /** Whether the delimiter counts as any other character. */
  readonly exactly?: boolean
  /** When to give up, in nanoseconds of the monotonic clock. */
  readonly until?: bigint
  /** Whether a backslash quotes the delimiter, so that reading goes on. */
  readonly quoting?: boolean
}

export interface ReadResult {
  readonly text: string
  readonly end: "delimiter" | "limit" | "file" | "timeout" | "signal" | "error"
}

const byteLengthOf = (lead: number): number => lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4

/** Reads up to the delimiter, which is not part of the text. */
export function* readUntil(shell: Shell, fd: number, options: ReadOptions): Run<ReadResult> {
  const { delimiter, exactly = false, limit, quoting = false, until } = options
  const seekable = until === undefined && typeof (yield* call(shell.sys.lseek(fd, 0, SEEK_CUR))) === "number"
  const block = new Uint8Array(seekable ? 512 : 1)
  let bytes = new Uint8Array(128)
  let length = 0
  let characters = 0
  let rest = 0
  let escaped = false
  const answer = (end: ReadResult["end"]): ReadResult => ({ text: Bytes.decode(bytes.subarray(0, length)), end })
  if (limit === 0) return answer("limit")
  for (;;) {
    if (until !== undefined && !(yield* ready(shell, fd, until))) return answer("timeout")
    const count = yield* call(shell.sys.read(fd, block))
    if (typeof count !== "number") {
      if (count._tag !== "EINTR") return answer("error")
      if (shell.traps.pending.length > 0) return answer("signal")
      continue
    }
    if (count === 0) return answer("file")
    for (let at = 0; at < count; at++) {
      const byte = block[at]!
      const ends = byte === delimiter && !exactly && !(quoting && escaped && delimiter === 10)
      if (!ends && !(byte === 0 && delimiter !== 0)) {
        if (length === bytes.length) {
          const larger = new Uint8Array(length * 2)
          larger.set(bytes)
          bytes = larger
        }
        bytes[length++] = byte
      }
      escaped = quoting && byte === 92 && !escaped
      if (rest > 0) rest--
      else rest = byteLengthOf(byte) - 1
      if (rest === 0) characters++
      if (!ends && (limit === undefined || characters < limit)) continue
      if (at + 1 < count) yield* call(shell.sys.lseek(fd, at + 1 - count, SEEK_CUR))
      return answer(ends ? "delimiter" : "limit")
    }
  }
}

/** Whether there is something to read before the time is over. */
export function* ready(shell: Shell, fd: number, until: bigint): Run<boolean> {
  const now = yield* shell.sys.clockGettime("monotonic")
  const left = Number((until - now) / 1_000_000n)
  const events = yield* call(shell.sys.poll([{ fd, events: POLLIN }], Math.max(0, left)))
  return Array.isArray(events) && ((events[0] as number) & (POLLIN | POLLHUP | POLLERR)) !== 0
}

/** The next line; `undefined` at the end of the file. */
export function* readLine(shell: Shell, fd: number): Run<string | undefined> {
  const { end, text } = yield* readUntil(shell, fd, { delimiter: 10 })
  return end === "delimiter" || text !== "" ? text : undefined
}
