/**
 * Packing and unpacking from one descriptor to another, and what is said when that goes wrong.
 *
 * @see gzip(1)
 */
import * as Errno from "@effix/kernel/Errno"
import { blockSize, writeAll } from "../BufferedWriter.js"
import { ByteReader, descriptor } from "../ByteReader.js"
import { GzipReader, isGzip, type Problem } from "../gzip/read.js"
import { GzipWriter, type Level } from "../gzip/write.js"
import { attempt, type Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"
import { Listing, ratio } from "./gzipList.js"

/** What was asked for. */
export interface How {
  readonly mode: "pack" | "unpack" | "test" | "list"
  readonly toStdout: boolean
  readonly force: boolean
  readonly keep: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly recursive: boolean
  readonly level: Level
  readonly suffix: string
  /** Whether names are kept in what is packed, or taken from it; whether times are. */
  readonly names: boolean
  readonly times: boolean
}

/** Warnings end with this status, unless something worse happens. */
const WARNED = 2

const said = (problem: Problem): string => {
  switch (problem.kind) {
    case "not gzip":
      return "not in gzip format"
    case "cut off":
      return "unexpected end of file"
    case "damaged":
      return "invalid compressed data--format violated"
    case "crc":
      return "invalid compressed data--crc error"
    case "length":
      return "invalid compressed data--length error"
    case "garbage":
      return "decompression OK, trailing garbage ignored"
    case "unreadable":
      return Errno.text(problem.error._tag)
    case "encrypted":
      return "is encrypted -- not supported"
    case "method":
      return `unknown method ${problem.value} -- not supported`
    case "flags":
      return `has flags 0x${problem.value.toString(16)} -- not supported`
  }
}

export class Streams {
  readonly listing: Listing

  constructor(private readonly run: Utility.Run, private readonly how: How) {
    this.listing = new Listing(run, how.verbose, how.quiet)
  }

  /** Remembers that something was odd. */
  warned(): void {
    if (this.run.status === 0) this.run.status = WARNED
  }

  *warn(text: string): Steps<void> {
    this.warned()
    if (!this.how.quiet) yield* this.run.warn(text)
  }

  /** What went wrong in the middle of data stands on a line of its own. */
  private *broken(name: string, text: string): Steps<void> {
    yield* this.run.out.flush()
    yield* this.run.error(`\n${this.run.name}: ${name}: ${text}\n`)
    this.run.status = 1
  }

  /** Packs; answers how much was saved, or nothing if it went wrong. */
  *pack(
    fd: number,
    to: number,
    name: string,
    header: { readonly level: Level; readonly name?: string | undefined; readonly time: number }
  ): Steps<string | undefined> {
    const { sys } = this.run
    const pieces: Array<Uint8Array> = []
    let written = 0
    const writer = new GzipWriter(header, (piece) => pieces.push(piece))
    const overhead = pieces[0]!.length + 8
    const block = new Uint8Array(blockSize)
    for (let ended = false; !ended;) {
      const count = yield* attempt(sys.read(fd, block))
      if (Errno.isErrno(count)) {
        yield* this.broken(name, Errno.text(count._tag))
        return undefined
      }
      if (count === 0) {
        writer.end()
        ended = true
      } else writer.push(block.subarray(0, count))
      for (const piece of pieces) {
        written += piece.length
        const error = yield* writeAll(sys, to, piece)
        if (error !== undefined) {
          yield* this.broken(to === 1 ? "stdout" : name, Errno.text(error._tag))
          return undefined
        }
      }
      pieces.length = 0
    }
    return ratio(writer.size - (written - overhead), writer.size)
  }

  *complain(name: string, problem: Problem | undefined): Steps<void> {
    if (problem === undefined) return
    if (problem.kind === "garbage") {
      if (!this.how.quiet) yield* this.run.error(`\n${this.run.name}: ${name}: ${said(problem)}\n`)
      this.warned()
      return
    }
    // Of a file that is no other's the name is part of a sentence.
    if (problem.kind === "encrypted" || problem.kind === "method" || problem.kind === "flags") {
      const text = said(problem)
      return yield* this.run.fail(problem.kind !== "method" ? `${name} ${text}` : `${name}: ${text}`)
    }
    yield* this.broken(name, said(problem))
    if (problem.kind === "crc" && problem.length) yield* this.broken(name, said({ kind: "length" }))
  }

  *unpack(
    fd: number,
    to: number | undefined,
    name: string,
    target: string
  ): Steps<string | undefined> {
    const input = new ByteReader(descriptor(this.run.sys, fd))
    if (to !== undefined && this.how.force && this.how.toStdout) {
      yield* input.has(2)
      if (!isGzip(input.buffer.subarray(input.at, input.end))) return yield* this.pass(input, to)
    }
    return yield* this.unpackFrom(new GzipReader(input), to, name, target)
  }

  /** What is not packed is passed on as it is. */
  private *pass(input: ByteReader, to: number): Steps<string | undefined> {
    while (true) {
      const piece = yield* input.some(blockSize)
      if (piece.length === 0) return ratio(0, 0)
      const error = yield* writeAll(this.run.sys, to, piece)
      if (error !== undefined) {
        yield* this.broken("stdout", Errno.text(error._tag))
        return undefined
      }
    }
  }

  /** Unpacks; answers how much had been saved, or nothing if it went wrong. */
  *unpackFrom(
    reader: GzipReader,
    to: number | undefined,
    name: string,
    target: string
  ): Steps<string | undefined> {
    const { how, run } = this
    let total = 0
    while (true) {
      const piece = yield* reader.next()
      if (piece === undefined) break
      total += piece.length
      const error = to === undefined ? undefined : yield* writeAll(run.sys, to, piece)
      if (error !== undefined) {
        yield* this.broken(to === 1 ? "stdout" : target, Errno.text(error._tag))
        return undefined
      }
    }
    yield* this.complain(name, reader.problem)
    if (reader.problem !== undefined && reader.problem.kind !== "garbage") return undefined
    const packed = reader.input.taken
    if (how.mode === "list") this.listing.add(reader, packed, target)
    const overhead = reader.members === 1 ? reader.member!.overhead : 0
    return how.mode === "test" ? " OK" : ratio(total - (packed - overhead), total)
  }
}
