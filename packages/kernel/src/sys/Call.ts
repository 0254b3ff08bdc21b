/**
 * A system call that has not been made yet.
 *
 * It is an effect like any other. But in a generator `yield*` asks it for an iterator, in the very moment in which the
 * call is due; what can be answered at once is made and answered right there, and the fiber's loop is not entered at
 * all. That takes an `lseek` from 0.4 µs to 0.1.
 *
 * What the loop does besides has to be done here: a call after which the process wants attention (it may have ended
 * itself) goes through the loop, and so does one in so many, so that other fibers get their turn. Under a scheduler
 * that somebody chose, every call does: where it lets fibers change, is what it was chosen for.
 */
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import { SingleShotGen, YieldWrap } from "effect/Utils"
import { isReady } from "../internal/step.js"
import type { Image } from "../process/Image.js"
import { callsPerTurn } from "../process/priority.js"

/** The end of an iterator, with the answer: an iterator and its only result in one. */
class Answered<A> {
  readonly done = true

  constructor(readonly value: A) {}

  next(): IteratorReturnResult<A> {
    return this
  }
}

const through = <A, E>(effect: Effect.Effect<A, E>): Effect.EffectGenerator<Effect.Effect<A, E>> =>
  new SingleShotGen<YieldWrap<Effect.Effect<A, E>>, A>(new YieldWrap(effect))

export class Call<A, E> extends Effectable.Class<A, E> {
  constructor(private readonly image: Image, private readonly body: () => Effect.Effect<A, E>) {
    super()
  }

  commit(): Effect.Effect<A, E> {
    const { body, image } = this
    if (++image.calls >= image.callsMax) image.spent()
    // Asked again after that: between the two somebody may have killed the process.
    return image.attention === 0 ? body() : Effect.flatMap(image.attend(true), () => this.commit())
  }

  override [Symbol.iterator](): Effect.EffectGenerator<Effect.Effect<A, E>> {
    const { body, image } = this
    if (image.callsLeft === 0) return this.inTurn()
    image.callsLeft--
    if (++image.calls >= image.callsMax) image.spent()
    if (image.attention !== 0) return through(Effect.suspend(() => this.commit()))
    const answer = body()
    if (!isReady(answer)) return through(answer)
    if (image.attention !== 0) return through(Effect.suspend(() => answer))
    return answer._tag === "Success" ? new Answered(answer.value) : through(answer)
  }

  /** Through the fiber's loop, after others had their turn. */
  private inTurn(): Effect.EffectGenerator<Effect.Effect<A, E>> {
    const { image } = this
    const call = Effect.suspend(() => this.commit())
    if (image.callsPerTurn === 0) return through(call)
    image.callsLeft = callsPerTurn(image.callsPerTurn, image.process.nice)
    return through(Effect.zipRight(Effect.yieldNow(), call))
  }
}
