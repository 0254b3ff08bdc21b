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
export interface Failure {
  readonly failure: "timeout" | "empty" | "partial" | "malformed" | "length" | "chunk" | "receive"
  /** Bytes that were told and did not come, where that is known. */
  readonly missing?: number
}

export interface Head {
  readonly status: number
  /** As it came, with the empty line behind it. */
  readonly text: string
  /** Names in small letters; of several, the last. */
  readonly headers: ReadonlyMap<string, string>
}

export const isFailure = (answer: object | undefined): answer is Failure => answer !== undefined && "failure" in answer

/** Bytes that a head may have. */
const HEAD_MAX = 307_200

const failed = (failure: Failure["failure"]): Failure => ({ failure })

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
    if (ready === 0) return failed("timeout")
    const count = yield* attempt(this.sys.read(this.fd, this.block))
    if (Errno.isErrno(count)) return failed("receive")
    this.text += Latin1.decode(this.block, 0, count)
    return count > 0
  }

  /** What comes before the end that a pattern describes, and that too; `isFit` looks at what there is before it is whole. */
  private *until(pattern: RegExp, isFit: (text: string) => boolean = () => true): Steps<string | Failure> {
    for (;;) {
      const end = pattern.exec(this.text)
      if (!isFit(this.text)) return failed("malformed")
      if (end !== null) {
        const found = this.text.slice(0, end.index + end[0].length)
        this.text = this.text.slice(found.length)
        return found
      }
      if (this.text.length > HEAD_MAX) return failed("malformed")
      const came = yield* this.more()
      if (typeof came === "object") return came
      if (!came) return failed(this.text === "" ? "empty" : "partial")
    }
  }

  /** The next head: those of status 1xx come before the one of the answer. Lines may end without a carriage return. */
  *head(): Steps<Head | Failure> {
    const read = yield* this.until(/\r?\n\r?\n/, (text) => "HTTP/".startsWith(text.slice(0, 5)))
    if (typeof read !== "string") return read
    const [first = "", ...lines] = read.trimEnd().split(/\r?\n/)
    const status = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(first)?.[1]
    if (status === undefined) return failed("malformed")
    const headers = new Map<string, string>()
    for (const line of lines) {
      const colon = line.indexOf(":")
      if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
    }
    return { status: Number(status), text: read, headers }
  }

  /** Hands the body over in pieces. */
  *body({ headers, status }: Head, use: (piece: Uint8Array) => Steps<void>): Steps<Failure | undefined> {
    if (status === 204 || status === 304) return undefined
    if (headers.get("transfer-encoding")?.toLowerCase().endsWith("chunked") === true) return yield* this.chunks(use)
    const length = headers.get("content-length")
    if (length !== undefined && !/^\d+$/.test(length)) return failed("length")
    return yield* this.bytes(length === undefined ? Number.POSITIVE_INFINITY : Number(length), use)
  }

  /** That many bytes, or all until the end. */
  private *bytes(count: number, use: (piece: Uint8Array) => Steps<void>): Steps<Failure | undefined> {
    for (let left = count; left > 0;) {
      if (this.text === "") {
        const came = yield* this.more()
        if (typeof came === "object") return came
        if (!came) return left === Number.POSITIVE_INFINITY ? undefined : { failure: "partial", missing: left }
      }
      const piece = this.text.slice(0, left)
      this.text = this.text.slice(piece.length)
      left -= piece.length
      yield* use(Latin1.encode(piece))
    }
    return undefined
  }

  private *chunks(use: (piece: Uint8Array) => Steps<void>): Steps<Failure | undefined> {
    const cut = ({ failure }: Failure): Failure =>
      failed(failure === "empty" ? "partial" : failure === "malformed" ? "chunk" : failure)
    while (true) {
      const line = yield* this.until(/\r?\n/)
      if (typeof line !== "string") return cut(line)
      const length = /^[0-9a-fA-F]{1,12}/.exec(line)?.[0]
      if (length === undefined) return failed("chunk")
      if (Number.parseInt(length, 16) === 0) return yield* this.trailers()
      const missing = yield* this.bytes(Number.parseInt(length, 16), use)
      if (missing !== undefined) return failed(missing.failure)
      const end = yield* this.until(/\r?\n/)
      if (typeof end !== "string") return cut(end)
      if (end.trim() !== "") return failed("chunk")
    }
  }

  /** Lines behind the last piece, which nobody wants to know. */
  private *trailers(): Steps<Failure | undefined> {
    for (;;) {
      const line = yield* this.until(/\r?\n/)
      if (typeof line !== "string") return failed(line.failure === "empty" ? "partial" : line.failure)
      if (line.trim() === "") return undefined
    }
  }
}
