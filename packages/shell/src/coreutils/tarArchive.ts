/**
 * The archive itself: the file, pipe or terminal that it is read from or written to, packed or not.
 *
 * @see tar(1)
 */
import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { blockSize, writeAll } from "../BufferedWriter.js"
import { ByteReader, descriptor } from "../ByteReader.js"
import { GzipReader, isGzip } from "../gzip/read.js"
import { GzipWriter, usual } from "../gzip/write.js"
import { attempt, type Steps } from "../Steps.js"
import { shown } from "../tar/names.js"
import type * as Utility from "../Utility.js"
import { type Asked, fatal } from "./tarOptions.js"

const problems: Readonly<Record<string, string>> = {
  "not gzip": "not in gzip format",
  "cut off": "unexpected end of file",
  damaged: "invalid compressed data--format violated",
  crc: "invalid compressed data--crc error",
  length: "invalid compressed data--length error",
  garbage: "decompression OK, trailing garbage ignored"
}

export class ArchiveReader {
  private constructor(
    private readonly run: Utility.Run,
    readonly fd: number,
    /** The bytes of the archive, unpacked. */
    readonly input: ByteReader,
    private readonly packed: GzipReader | undefined
  ) {}

  static *open(run: Utility.Run, asked: Asked): Steps<ArchiveReader> {
    const { archive } = asked
    const fd = archive === "-" ? 0 : yield* attempt(run.sys.open(archive, O_RDONLY))
    if (Errno.isErrno(fd)) {
      return yield* fatal(run, `${shown(archive, true)}: Cannot open: ${Errno.text(fd._tag)}`)
    }
    if (archive === "-" && (yield* attempt(run.sys.isatty(0))) === true) {
      return yield* fatal(run, "Refusing to read archive contents from terminal (missing -f option?)")
    }
    const raw = new ByteReader(descriptor(run.sys, fd))
    yield* raw.has(2)
    if (raw.error !== undefined) {
      yield* run.warn(`${shown(archive, true)}: Cannot read: ${Errno.text(raw.error._tag)}`)
      yield* run.warn("At beginning of tape, quitting now")
      return yield* run.die("Error is not recoverable: exiting now", 2)
    }
    const looksPacked = isGzip(raw.buffer.subarray(raw.at, raw.end))
    if (!asked.gzip && !looksPacked) return new ArchiveReader(run, fd, raw, undefined)
    if (!asked.gzip && archive === "-") return yield* fatal(run, "Archive is compressed. Use -z option")
    const packed = new GzipReader(raw)
    return new ArchiveReader(run, fd, new ByteReader(pieces(packed)), packed)
  }

  /** An archive that is open already, and not packed. */
  static over(run: Utility.Run, fd: number, input: ByteReader): ArchiveReader {
    return new ArchiveReader(run, fd, input, undefined)
  }

  /** Complains of packed data that was damaged; such an archive has no end. */
  *check(): Steps<void> {
    if (this.packed === undefined) return
    while ((yield* this.packed.next()) !== undefined) { /* What stands behind the end may be damaged as well. */ }
    const { problem } = this.packed
    if (problem === undefined) return
    yield* this.run.out.flush()
    yield* this.run.error(`\ngzip: stdin: ${problems[problem.kind] ?? problem.kind}\n`)
    if (problem.kind === "garbage") return yield* fatal(this.run, "Child returned status 2")
    return yield* fatal(this.run, "Child returned status 1")
  }
}

/** What is unpacked, as a source of bytes. */
const pieces = (packed: GzipReader) => {
  let piece: Uint8Array = new Uint8Array(0)
  return function*(into: Uint8Array): Steps<number> {
    while (piece.length === 0) {
      const next = yield* packed.next()
      if (next === undefined) return 0
      piece = next
    }
    const count = Math.min(piece.length, into.length)
    into.set(piece.subarray(0, count))
    piece = piece.subarray(count)
    return count
  }
}

export class ArchiveWriter {
  /** Bytes that were written, before they are packed. */
  written = 0
  private buffer = new Uint8Array(blockSize)
  private length = 0
  private readonly packed: GzipWriter | undefined
  private readonly waiting: Array<Uint8Array> = []

  constructor(
    private readonly run: Utility.Run,
    readonly fd: number,
    private readonly asked: Asked
  ) {
    this.packed = asked.gzip ? new GzipWriter({ level: usual }, (piece) => this.waiting.push(piece)) : undefined
  }

  static *create(run: Utility.Run, asked: Asked): Steps<ArchiveWriter> {
    const { archive } = asked
    if (archive === "-") {
      if ((yield* attempt(run.sys.isatty(1))) === true) {
        return yield* fatal(run, "Refusing to write archive contents to terminal (missing -f option?)")
      }
      return new ArchiveWriter(run, 1, asked)
    }
    const fd = yield* attempt(run.sys.open(archive, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    if (Errno.isErrno(fd)) {
      return yield* fatal(run, `${shown(archive, true)}: Cannot open: ${Errno.text(fd._tag)}`)
    }
    return new ArchiveWriter(run, fd, asked)
  }

  *write(bytes: Uint8Array): Steps<void> {
    this.written += bytes.length
    for (let at = 0; at < bytes.length;) {
      const count = Math.min(bytes.length - at, this.buffer.length - this.length)
      this.buffer.set(bytes.subarray(at, at + count), this.length)
      this.length += count
      at += count
      if (this.length === this.buffer.length) yield* this.flush()
    }
  }

  private *flush(): Steps<void> {
    const bytes = this.buffer.subarray(0, this.length)
    this.length = 0
    if (this.packed === undefined) return yield* this.send(bytes)
    this.packed.push(bytes)
    yield* this.sendPacked()
  }

  private *sendPacked(): Steps<void> {
    for (const piece of this.waiting) yield* this.send(piece)
    this.waiting.length = 0
  }

  private *send(bytes: Uint8Array): Steps<void> {
    const error = yield* writeAll(this.run.sys, this.fd, bytes)
    if (error === undefined) return
    return yield* fatal(this.run, `${shown(this.asked.archive, true)}: Cannot write: ${Errno.text(error._tag)}`)
  }

  /** Ends the archive: two blocks of zeros, and more of them up to a whole record, `before` bytes being there already. */
  *end(before = 0): Steps<void> {
    yield* this.write(new Uint8Array(1024))
    const { record } = this.asked
    const over = (before + this.written) % record
    if (over > 0) yield* this.write(new Uint8Array(record - over))
    yield* this.flush()
    if (this.packed !== undefined) {
      this.packed.end()
      yield* this.sendPacked()
    }
  }
}
