/**
 * A description, read as a stream.
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Description } from "../Description.js"
import type { Process } from "../ProcessTable.js"

const BLOCK = 65_536

/** What can be read, piece by piece, until the end; an error ends it too (a terminal ends with EIO). */
export const streamOf = (description: Description, reader: Process): Stream.Stream<Uint8Array> =>
  Stream.suspend(() => {
    const block = new Uint8Array(BLOCK)
    return Stream.repeatEffectChunkOption(
      Effect.suspend(() => description.read(block, reader)).pipe(
        Effect.mapError(() => Option.none()),
        Effect.flatMap((count) =>
          count === 0 ? Effect.fail(Option.none()) : Effect.succeed(Chunk.of(block.slice(0, count)))
        )
      )
    )
  })
