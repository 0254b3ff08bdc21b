/**
 * An open file of the kernel, as `FileSystem` has them: with a position of its own.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as FileMode from "@effix/kernel/abi/FileMode"
import { O_APPEND } from "@effix/kernel/abi/OpenFlags"
import type { Description } from "@effix/kernel/Description"
import type * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Caller } from "./Caller.js"
import { attempt } from "./errors.js"
import { fromStat } from "./info.js"

/** Numbers for whoever asks; the kernel's descriptors belong to its processes. */
let lastDescriptor = 2

export class KernelFile implements FileSystem.File {
  readonly [FileSystem.FileTypeId]: FileSystem.FileTypeId = FileSystem.FileTypeId
  readonly fd = FileSystem.FileDescriptor(++lastDescriptor)
  private position = 0
  private readonly turn = Effect.unsafeMakeSemaphore(1)
  private readonly seekable: boolean
  private readonly appends: boolean

  constructor(private readonly caller: Caller, private readonly description: Description) {
    this.seekable = FileMode.isRegular(description.inode.mode)
    this.appends = (description.flags & O_APPEND) !== 0
  }

  private do<A>(method: string, call: () => Effect.Effect<A, Errno.Any>): Effect.Effect<A, PlatformError> {
    return this.turn.withPermits(1)(attempt(method, this.fd, call))
  }

  get stat(): Effect.Effect<FileSystem.File.Info, PlatformError> {
    return attempt("stat", this.fd, () => Effect.map(this.caller.vfs.fstat(this.description), fromStat))
  }

  get sync(): Effect.Effect<void, PlatformError> {
    return attempt("sync", this.fd, () => this.description.sync(false))
  }

  seek(offset: FileSystem.SizeInput, from: FileSystem.SeekMode): Effect.Effect<void> {
    return this.turn.withPermits(1)(Effect.sync(() => {
      this.position = Number(offset) + (from === "current" ? this.position : 0)
    }))
  }

  private readSome(into: Uint8Array): Effect.Effect<number, Errno.Any> {
    const { caller: { process }, description, seekable } = this
    if (!seekable) return description.read(into, process)
    return Effect.map(description.pread(into, this.position, process), (count) => {
      this.position += count
      return count
    })
  }

  private writeSome(from: Uint8Array): Effect.Effect<number, Errno.Any> {
    const { caller: { process }, description, seekable } = this
    if (!seekable) return description.write(from, process)
    return Effect.map(description.pwrite(from, this.position, process), (count) => {
      // What is appended does not move the place where the next read begins.
      if (!this.appends) this.position += count
      return count
    })
  }

  read(buffer: Uint8Array): Effect.Effect<FileSystem.Size, PlatformError> {
    return Effect.map(this.do("read", () => this.readSome(buffer)), FileSystem.Size)
  }

  readAlloc(size: FileSystem.SizeInput): Effect.Effect<Option.Option<Uint8Array>, PlatformError> {
    return this.do("readAlloc", () => {
      const buffer = new Uint8Array(Number(size))
      return Effect.map(
        this.readSome(buffer),
        (count) => count === 0 ? Option.none() : Option.some(count === buffer.length ? buffer : buffer.slice(0, count))
      )
    })
  }

  truncate(length: FileSystem.SizeInput = 0): Effect.Effect<void, PlatformError> {
    return this.do("truncate", () =>
      Effect.map(this.description.truncate(Number(length), this.caller.process), () => {
        if (!this.appends) this.position = Math.min(this.position, Number(length))
      }))
  }

  write(buffer: Uint8Array): Effect.Effect<FileSystem.Size, PlatformError> {
    return Effect.map(this.do("write", () => this.writeSome(buffer)), FileSystem.Size)
  }

  writeAll(buffer: Uint8Array): Effect.Effect<void, PlatformError> {
    const from = (at: number): Effect.Effect<void, Errno.Any> =>
      at === buffer.length
        ? Effect.void
        : Effect.flatMap(this.writeSome(buffer.subarray(at)), (count) => from(at + count))
    return this.do("writeAll", () => from(0))
  }
}
