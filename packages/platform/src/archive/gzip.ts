/**
 * gzip by what the web platform brings along.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ArchiveError } from "./ArchiveError.js"
import { concat } from "./write.js"

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

const bad = (offset: number) => new ArchiveError({ reason: "bad compression", offset })

const through = <E>(
  stream: Stream.Stream<Uint8Array, E>,
  transform: { readonly readable: ReadableStream<Uint8Array>; readonly writable: WritableStream<BufferSource> },
  failed: () => ArchiveError
): Stream.Stream<Uint8Array, E | ArchiveError> => {
  const writer = transform.writable.getWriter()
  // What is wrong is told by the side that reads.
  const write = (bytes: Uint8Array) => Effect.ignore(Effect.tryPromise(() => writer.write(new Uint8Array(bytes))))
  const feed = Stream.runForEach(stream, write).pipe(
    Effect.zipRight(Effect.ignore(Effect.tryPromise(() => writer.close()))),
    Effect.tapErrorCause(() => Effect.ignore(Effect.tryPromise(() => writer.abort())))
  )
  const out = Stream.fromReadableStream({ evaluate: () => transform.readable, onError: failed })
  return Stream.merge(Stream.drain(Stream.fromEffect(feed)), out, { haltStrategy: "both" })
}

export const compress = <E>(stream: Stream.Stream<Uint8Array, E>): Stream.Stream<Uint8Array, E | ArchiveError> =>
  Stream.suspend(() => through(stream, new CompressionStream("gzip"), () => bad(0)))

/** All bytes, once more than `bytesMax` of them are there an error: what is small may become very large. */
export const decompress = (bytes: Uint8Array, bytesMax: number): Effect.Effect<Uint8Array, ArchiveError> =>
  Effect.suspend(() => {
    let size = 0
    const whole = through(Stream.make(bytes), new DecompressionStream("gzip"), () => bad(size))
    return whole.pipe(
      Stream.mapEffect((piece) => {
        size += piece.length
        return size > bytesMax ? Effect.fail(bad(size)) : Effect.succeed(piece)
      }),
      Stream.runCollect,
      Effect.map(concat)
    )
  })
