/**
 * How every call of a process is entered.
 *
 * The calls stand in families, each a class that extends the one before, so that all are methods of one small object:
 * a live process costs what its state costs. Every call enters through {@link Call}, where one comparison tells whether
 * a signal, a stop or the end of the process comes first; what a call does stands in its own file.
 */
import * as Effect from "effect/Effect"
import type { Image } from "../../process/Image.js"
import type { Process } from "../../ProcessTable.js"
import type { SystemCalls } from "../../Sys.js"
import { Call } from "../Call.js"
import type { Rooms } from "../Rooms.js"

export abstract class BaseSys {
  constructor(
    protected readonly rooms: Rooms,
    protected readonly self: Process,
    protected readonly image: Image
  ) {}

  /** All families together. */
  protected abstract get whole(): SystemCalls

  protected call<A, E>(body: () => Effect.Effect<A, E>): Effect.Effect<A, E> {
    return new Call(this.image, body)
  }

  /** A call that may make a signal deliverable: its handler runs before the call returns. */
  protected callThenAttend<A, E>(body: () => Effect.Effect<A, E>): Effect.Effect<A, E> {
    return this.call(() => {
      const answer = body()
      return this.image.attention === 0 ? answer : Effect.zipRight(this.image.attend(true), answer)
    })
  }
}
