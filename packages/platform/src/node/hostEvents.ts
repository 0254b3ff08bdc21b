/**
 * What node tells of by events, as streams: what is typed, and signals.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

/** What is typed. While nobody asks for the next piece, no more than one is taken from the terminal. */
export const input: Stream.Stream<Uint8Array> = Stream.unwrapScoped(Effect.gen(function*() {
  const { stdin } = process
  const pieces: Array<Uint8Array> = []
  let ended = false
  let arrived = (): void => {}
  const onData = (bytes: Uint8Array): void => {
    stdin.pause()
    pieces.push(bytes)
    arrived()
  }
  // A terminal that was hung up is read with an error.
  const onEnd = (): void => {
    ended = true
    arrived()
  }
  yield* Effect.acquireRelease(
    Effect.sync(() => stdin.on("data", onData).on("end", onEnd).on("error", onEnd).pause()),
    () => Effect.sync(() => stdin.off("data", onData).off("end", onEnd).off("error", onEnd))
  )
  const next = Effect.async<Uint8Array, Option.Option<never>>((resume) => {
    arrived = () => {
      const piece = pieces.shift()
      if (piece === undefined && !ended) return
      arrived = () => {}
      resume(piece === undefined ? Effect.fail(Option.none()) : Effect.succeed(piece))
    }
    if (pieces.length > 0 || ended) return arrived()
    stdin.resume()
    return Effect.sync(() => {
      arrived = () => {}
    })
  })
  return Stream.repeatEffectOption(next)
}))

/** The numbers of these signals as they come. While somebody reads they have no other effect. */
export const signals = (which: Readonly<Record<string, number>>): Stream.Stream<number> =>
  Stream.asyncPush<number>(({ single }) =>
    Effect.acquireRelease(
      Effect.sync(() =>
        Object.entries(which).map(([name, number]) => {
          const listener = (): void => void single(number)
          process.on(name, listener)
          return () => void process.off(name, listener)
        })
      ),
      (stops) => Effect.sync(() => stops.forEach((stop) => stop()))
    )
  )
