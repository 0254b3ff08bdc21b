/**
 * Answers of HTTP/1.1, read from a descriptor: the head, and the body however its length is told.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112
 */
import { POLLIN } from "@effix/kernel/abi/PollEvents"
import * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import { blockSize } from "./BufferedWriter.js"
import * as Latin1 from "./Latin1.js"
import { attempt, type Steps } from "./Steps.js"

/** Why an answer could not be read. */
export type Failure = "timeout" | "empty" | "partial" | "malformed" | "receive"

export interface Head {
  readonly status: number
  /** As it came, with the empty line behind it. */
  readonly text: string
  /** Names in small letters; of several, the last. */
  readonly headers: ReadonlyMap<string, string>
}

export const isFailure = (answer: Failure | Head | undefined): answer is Failure => typeof answer === "string"

/** Bytes that a head may have. */
const HEAD_MAX = 307_200

export class HttpReader {
  /** Bytes that came and were not used yet. */
  private text = ""
  private readonly block = new Uint8Array(blockSize)

  /** `left` answers the milliseconds until it takes too long, -1 where it may take for ever. */
  constructor(
    private readonly sys: SystemCalls,
    private readonly fd: number,
    private readonly left: () => Steps<number>
  ) {}

  /** Waits for more; `false` at the end. */
  private *more(): Steps<boolean | Failure> {
    const [ready = 0] = yield* this.sys.poll([{ fd: this.fd, events: POLLIN }], yield* this.left())
    if (ready === 0) return "timeout"
    const count = yield* attempt(this.sys.read(this.fd, this.block))
    if (Errno.isErrno(count)) return "receive"
    this.text += Latin1.decode(this.block, 0, count)
    return count > 0
  }

  private *until(separator: string): Steps<{ readonly found: string } | Failure> {
    for (let from = 0;;) {
      const at = this.text.indexOf(separator, from)
      if (at >= 0) {
        const found = this.text.slice(0, at + separator.length)
        this.text = this.text.slice(at + separator.length)
        return { found }
      }
      if (this.text.length > HEAD_MAX) return "malformed"
      from = Math.max(0, this.text.length - separator.length)
      const came = yield* this.more()
      if (typeof came === "string") return came
      if (!came) return this.text === "" ? "empty" : "partial"
    }
  }

  /** The head of the answer; those of status 1xx go before it and are left out. */
  *head(): Steps<Head | Failure> {
    while (true) {
      const read = yield* this.until("\r\n\r\n")
      if (typeof read === "string") return read
      const [first = "", ...lines] = read.found.trimEnd().split("\r\n")
      const status = /^HTTP\/1\.\d (\d{3})/.exec(first)?.[1]
      if (status === undefined) return "malformed"
      if (status.startsWith("1")) continue
      const headers = new Map<string, string>()
      for (const line of lines) {
        const colon = line.indexOf(":")
        if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
      }
      return { status: Number(status), text: read.found, headers }
    }
  }

  /** Hands the body over in pieces. */
  *body({ headers, status }: Head, use: (piece: Uint8Array) => Steps<void>): Steps<Failure | undefined> {
    if (status === 204 || status === 304) return undefined
    if (headers.get("transfer-encoding")?.toLowerCase().endsWith("chunked") === true) return yield* this.chunks(use)
    const length = headers.get("content-length")
    if (length !== undefined && !/^\d+$/.test(length)) return "malformed"
    return yield* this.bytes(length === undefined ? Number.POSITIVE_INFINITY : Number(length), use)
  }

  /** That many bytes, or all until the end. */
  private *bytes(count: number, use: (piece: Uint8Array) => Steps<void>): Steps<Failure | undefined> {
    for (let left = count; left > 0;) {
      if (this.text === "") {
        const came = yield* this.more()
        if (typeof came === "string") return came
        if (!came) return left === Number.POSITIVE_INFINITY ? undefined : "partial"
      }
      const piece = this.text.slice(0, left)
      this.text = this.text.slice(piece.length)
      left -= piece.length
      yield* use(Latin1.encode(piece))
    }
    return undefined
  }

  private *chunks(use: (piece: Uint8Array) => Steps<void>): Steps<Failure | undefined> {
    while (true) {
      const line = yield* this.until("\r\n")
      if (typeof line === "string") return line === "empty" ? "partial" : line
      const length = /^[0-9a-fA-F]{1,12}/.exec(line.found)?.[0]
      if (length === undefined) return "malformed"
      if (Number.parseInt(length, 16) === 0) return undefined
      const failed = yield* this.bytes(Number.parseInt(length, 16), use)
      if (failed !== undefined) return failed
      const end = yield* this.until("\r\n")
      if (typeof end === "string") return end === "empty" ? "partial" : end
      if (end.found !== "\r\n") return "malformed"
    }
  }
}
