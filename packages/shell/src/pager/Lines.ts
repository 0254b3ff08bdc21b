/**
 * The lines of a file, read as far as somebody looks: a pipe without an end is shown as well as a file is.
 */
import * as Errno from "@effix/kernel/Errno"
import type { SystemCalls } from "@effix/kernel/Sys"
import { blockSize } from "../BufferedWriter.js"
import * as Latin1 from "../Latin1.js"
import { attempt, type Steps } from "../Steps.js"

export class Lines {
  private readonly lines: Array<string> = []
  /** The beginning of a line whose end is not there yet. */
  private rest = ""
  private readonly buffer = new Uint8Array(blockSize)
  /** Whether the end was reached; more may come behind it. */
  atEnd = false
  /** `interrupted`: whether the user does not want to wait any longer. */
  constructor(
    private readonly sys: SystemCalls,
    private readonly fd: number,
    private readonly interrupted: () => boolean
  ) {}

  /** How many lines are all there. */
  get whole(): number {
    return this.lines.length
  }

  /** How many lines are known. */
  get count(): number {
    return this.lines.length + (this.atEnd && this.rest !== "" ? 1 : 0)
  }

  at(index: number): string | undefined {
    const line = this.lines[index]
    if (line !== undefined) return Latin1.toText(line)
    return this.atEnd && this.rest !== "" && index === this.lines.length ? Latin1.toText(this.rest) : undefined
  }

  /** Reads until line `index` is known, or the end is; whoever is interrupted takes what there is for all. */
  *upTo(index: number): Steps<void> {
    while (!this.atEnd && this.lines.length <= index) {
      if (this.interrupted()) this.atEnd = true
      else yield* this.more()
    }
  }

  /** Reads what comes next; `false` at the end. */
  *more(): Steps<boolean> {
    const count = yield* attempt(this.sys.read(this.fd, this.buffer))
    if (Errno.isErrno(count) && count._tag === "EINTR") return true
    if (Errno.isErrno(count) || count === 0) {
      this.atEnd = true
      return false
    }
    this.atEnd = false
    const parts = (this.rest + Latin1.decode(this.buffer, 0, count)).split("\n")
    this.rest = parts.pop()!
    for (const part of parts) this.lines.push(part)
    return true
  }
}
