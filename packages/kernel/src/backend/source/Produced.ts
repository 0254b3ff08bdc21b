/**
 * Bytes that an effect produces when somebody wants them: once, for all who do.
 *
 * It runs on a fiber of its own, so whoever asked for it first may go away. A failure is not remembered: the next one
 * who asks has it tried again, as a disk would.
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Bytes from "../../Bytes.js"
import * as Errno from "../../Errno.js"
import type { StorageError } from "../../VfsBackend.js"
import type { Source } from "./Source.js"

/**
 * What a producer may fail with. EIO, EACCES and ESTALE reach whoever reads the file as they are; anything else is an
 * EIO that says what it was.
 */
export type ProducerError = Errno.Any | Error | { readonly _tag: string }

/** Produces the content of a file. */
export type Producer = () => Effect.Effect<string | Uint8Array, ProducerError>

const passes = new Set(["EACCES", "EIO", "ESTALE"])

const storageError = (error: unknown): StorageError => {
  if (Errno.isErrno(error) && passes.has(error._tag)) return error as StorageError
  const said = error instanceof Error
    ? error.message
    : typeof error === "object" && error !== null && "_tag" in error
    ? String(error._tag)
    : "no reason was given"
  return Errno.make("EIO", { remedy: `its content could not be produced: ${said}` })
}

const failure = (cause: Cause.Cause<unknown>): Exit.Exit<never, StorageError> =>
  Exit.fail(storageError(Cause.squash(cause)))

export class Produced implements Source {
  private bytes: Uint8Array | undefined = undefined
  private running: Deferred.Deferred<Uint8Array, StorageError> | undefined = undefined

  constructor(private readonly produce: Producer) {}

  get blocks(): number {
    return this.bytes === undefined ? 0 : Math.ceil(this.bytes.length / 4096) * 8
  }

  measure(): Effect.Effect<number, StorageError> {
    const { bytes } = this
    return bytes === undefined ? Effect.map(this.content, ({ length }) => length) : Exit.succeed(bytes.length)
  }

  read(offset: number, into: Uint8Array): Effect.Effect<number, StorageError> {
    return this.bytes === undefined
      ? Effect.map(this.content, (bytes) => copy(bytes, offset, into))
      : Exit.succeed(copy(this.bytes, offset, into))
  }

  private readonly content: Effect.Effect<Uint8Array, StorageError> = Effect.uninterruptibleMask((restore) =>
    Effect.suspend(() => {
      if (this.bytes !== undefined) return Exit.succeed(this.bytes)
      if (this.running !== undefined) return restore(Deferred.await(this.running))
      const running = this.running = Deferred.unsafeMake<Uint8Array, StorageError>(FiberId.none)
      const produced = Effect.interruptible(Effect.suspend(this.produce))
      const settle = Effect.flatMap(Effect.exit(produced), (exit) => Deferred.done(running, this.done(exit)))
      return Effect.zipRight(Effect.forkDaemon(settle), restore(Deferred.await(running)))
    })
  )

  private done(exit: Exit.Exit<string | Uint8Array, ProducerError>): Exit.Exit<Uint8Array, StorageError> {
    this.running = undefined
    if (exit._tag === "Failure") return failure(exit.cause)
    this.bytes = typeof exit.value === "string" ? Bytes.encode(exit.value) : exit.value
    return Exit.succeed(this.bytes)
  }
}

const copy = (bytes: Uint8Array, offset: number, into: Uint8Array): number => {
  const count = Math.max(0, Math.min(into.length, bytes.length - offset))
  into.set(bytes.subarray(offset, offset + count))
  return count
}
