/**
 * Moving bytes between pipes, and between a pipe and another file, without a buffer of the caller's.
 *
 * Whoever is cut short while it waits has moved nothing: bytes leave a pipe in the step in which they arrive elsewhere.
 * A splicer waits at one side at a time, and passes on the wake-up of a side that it does not wait at any more.
 *
 * @see splice(2)
 * @see tee(2)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { ReadError, WriteError } from "../Description.js"
import * as Errno from "../Errno.js"
import * as Step from "../internal/step.js"
import * as WaitQueue from "../WaitQueue.js"
import type { Pipe } from "./Pipe.js"

type Now<A, E> = Effect.Effect<A, E> | undefined

export interface SpliceOptions {
  readonly length: number
  readonly nonBlocking: boolean
  /** Tells the caller that nobody reads the pipe that is written to. */
  readonly brokenPipe: () => void
}

const PAGE = 4096

/** Asks `now` until it answers, and sleeps on the queue that is in its way meanwhile. */
const waiting = <A, E>(
  now: () => Now<A, E>,
  obstacle: () => WaitQueue.WaitQueue,
  pass: (queue: WaitQueue.WaitQueue) => void
): Effect.Effect<A, E | Errno.Errno<"EINTR">> => {
  const answer = now()
  if (answer !== undefined) return answer
  return Effect.suspend(() => {
    const at = obstacle()
    return WaitQueue.sleep<Effect.Effect<A, E> | undefined, never>([at], () => {
      const answer = now()
      if (answer !== undefined) return Exit.succeed(answer)
      if (obstacle() === at) return undefined
      pass(at)
      return Exit.succeed(undefined)
    }).pipe(
      Effect.flatMap((answer): Effect.Effect<A, E | Errno.Errno<"EINTR">> => answer ?? waiting(now, obstacle, pass))
    )
  })
}

/** From pipe to pipe; `stay` copies, as tee(2) does. */
export const between = (
  from: Pipe,
  to: Pipe,
  stay: boolean,
  { brokenPipe, length, nonBlocking }: SpliceOptions
): Effect.Effect<number, Errno.Errno<"EAGAIN" | "EINTR" | "EPIPE">> => {
  const empty = () => from.held === 0 && from.writers > 0
  const now = (): Now<number, Errno.Errno<"EAGAIN" | "EPIPE">> => {
    if (empty()) return nonBlocking ? Errno.fail("EAGAIN") : undefined
    if (to.readers === 0) {
      brokenPipe()
      return Errno.fail("EPIPE")
    }
    if (to.full) return nonBlocking ? Errno.fail("EAGAIN") : undefined
    return Exit.succeed(from.spliceTo(to, length, stay))
  }
  return waiting(now, () => empty() ? from.canRead : to.canWrite, (queue) => {
    if (queue === from.canRead ? from.held > 0 : !to.full) WaitQueue.wake(queue)
  })
}

/** Out of a pipe, to whatever `write` writes to. */
export const out = (
  from: Pipe,
  write: (bytes: Uint8Array) => Effect.Effect<number, WriteError>,
  { length, nonBlocking }: SpliceOptions
): Effect.Effect<number, WriteError> => {
  const now = (): Now<number, WriteError> => {
    if (from.held === 0) return from.writers === 0 ? Exit.succeed(0) : nonBlocking ? Errno.fail("EAGAIN") : undefined
    const bytes = from.peek(Math.min(length, from.held))
    const written = write(bytes)
    if (Step.isReady(written)) {
      if (written._tag === "Success") from.take(written.value)
      return written
    }
    // Nobody else may have them while they are on their way.
    from.take(bytes.length)
    return Step.run(arriving(from, bytes, written))
  }
  return waiting(now, () => from.canRead, () => undefined)
}

function* arriving(from: Pipe, bytes: Uint8Array, written: Effect.Effect<number, WriteError>) {
  const exit = yield* Effect.exit(written)
  from.putBack(bytes.subarray(exit._tag === "Success" ? exit.value : 0))
  return yield* exit
}

/** Into a pipe, from whatever `read` reads; the first byte lies at `offset` in its page. */
export const into = (
  to: Pipe,
  read: (into: Uint8Array) => Effect.Effect<number, ReadError>,
  offset: number,
  { brokenPipe, length, nonBlocking }: SpliceOptions
): Effect.Effect<number, ReadError | Errno.Errno<"EPIPE">> => {
  const now = (): Now<number, ReadError | Errno.Errno<"EPIPE">> => {
    if (to.readers === 0) {
      brokenPipe()
      return Errno.fail("EPIPE")
    }
    if (to.full) return nonBlocking ? Errno.fail("EAGAIN") : undefined
    if (length === 0) return Exit.succeed(0)
    const bytes = new Uint8Array(Math.min(length, to.room * PAGE - offset))
    return Step.andThen(
      read(bytes),
      (count): Effect.Effect<number, ReadError> =>
        count === 0 ? Exit.succeed(0) : delivered(to, bytes.subarray(0, count), offset)
    )
  }
  return waiting(now, () => to.canWrite, () => undefined)
}

/** Into a pipe, from memory: each of `from` begins a page of its own. */
export const gift = (
  to: Pipe,
  from: ReadonlyArray<Uint8Array>,
  { brokenPipe, nonBlocking }: Omit<SpliceOptions, "length">
): Effect.Effect<number, Errno.Errno<"EAGAIN" | "EINTR" | "EPIPE">> => {
  const now = (): Now<number, Errno.Errno<"EAGAIN" | "EPIPE">> => {
    if (to.readers === 0) {
      brokenPipe()
      return Errno.fail("EPIPE")
    }
    if (to.full) return nonBlocking ? Errno.fail("EAGAIN") : undefined
    return Exit.succeed(from.reduce((done, each) => done + to.fillPages(each, 0), 0))
  }
  return waiting(now, () => to.canWrite, () => undefined)
}

/** Where reading took its time, the pipe may have been filled by others meanwhile. */
const delivered = (to: Pipe, bytes: Uint8Array, offset: number): Effect.Effect<number> => {
  const done = to.fillPages(bytes, offset)
  if (done > 0) return Exit.succeed(done)
  return WaitQueue.uninterruptibly([to.canWrite], () => {
    const late = to.readers === 0 ? bytes.length : to.fillPages(bytes, offset)
    return late > 0 ? Exit.succeed(late) : undefined
  })
}
