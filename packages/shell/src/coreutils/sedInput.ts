/**
 * What sed reads: its files one after the other, always a line ahead, so that the last line is known.
 *
 * @see sed(1)
 */
import * as Errno from "@effix/kernel/Errno"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import { attempt, type Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"

export interface Line {
  readonly text: string
  readonly terminated: boolean
  readonly file: string
}

export class Input {
  /** The number of the line that was read last. */
  number = 0
  #at = 0
  #reader: LineReader | undefined
  #ahead: Line | undefined

  constructor(
    readonly run: Utility.Run,
    readonly paths: ReadonlyArray<string>,
    readonly delimiter: number
  ) {}

  *next(): Steps<Line | undefined> {
    const line = yield* this.peek()
    this.#ahead = undefined
    if (line !== undefined) this.number++
    return line
  }

  *isLast(): Steps<boolean> {
    return (yield* this.peek()) === undefined
  }

  *peek(): Steps<Line | undefined> {
    while (this.#ahead === undefined) {
      if (this.#reader === undefined && !(yield* this.#open())) return undefined
      const reader = this.#reader
      if (reader === undefined) continue
      const file = this.paths[this.#at - 1]!
      if (reader.next()) {
        const text = Latin1.decode(reader.buffer, reader.from, reader.to)
        this.#ahead = { text, terminated: reader.terminated, file }
      } else if (!(yield* reader.fill())) {
        if (reader.error !== undefined) {
          this.run.status = 2
          const why = Errno.text(reader.error._tag)
          yield* this.run.warn(
            reader.error._tag === "EISDIR" ? `couldn't read ${file}: ${why}` : `read error on ${file}: ${why}`
          )
        }
        yield* this.run.close(reader.fd)
        this.#reader = undefined
      }
    }
    return this.#ahead
  }

  /** Opens the next file; `false` when there is none. */
  *#open(): Steps<boolean> {
    const path = this.paths[this.#at]
    if (path === undefined) return false
    this.#at++
    const fd = path === "-" ? 0 : yield* attempt(this.run.sys.open(path, 0))
    if (Errno.isErrno(fd)) {
      this.run.status = 2
      yield* this.run.warn(`can't read ${path}: ${Errno.text(fd._tag)}`)
    } else this.#reader = new LineReader(this.run.sys, fd, this.delimiter)
    return true
  }
}
