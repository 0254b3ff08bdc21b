/**
 * Plays a program of several processes in the order that it says: each call is made when the one before was answered, or
 * is seen to block.
 */
import { AbiSignals, type Errno } from "@effix/kernel"
import * as Effect from "effect/Effect"
import type { Play } from "./program.js"
import { type Actor, directed, lookAt, open, type Rooms, type Stage } from "./stage.js"

/** Lets all go on that can: whoever still has not answered then is blocked. */
const settled = Effect.repeatN(
  Effect.async<void>((resume) => {
    setImmediate(() => resume(Effect.void))
  }),
  2
)

const freed = ({ actors, isAlive, lines }: Stage, blocked: Set<Actor>): void => {
  for (const [i, actor] of actors.entries()) {
    if (!blocked.has(actor) || actor.busy || !isAlive(actor)) continue
    blocked.delete(actor)
    lines.push(`+ ${i + 1} ${actor.answer}`)
  }
}

const act = (stage: Stage, blocked: Set<Actor>, [number, step]: Play[number]) =>
  Effect.gen(function*() {
    const { isAlive, lines, signal } = stage
    const actor = stage.actors[number - 1]!
    const say = (what: string) => lines.push(`= ${number} ${what}`)
    if (!isAlive(actor)) return void say("ended")
    if (step[0] === "interrupt") {
      if (!blocked.has(actor)) return void say("not blocked")
      signal(actor, AbiSignals.SIGALRM)
      say("interrupted")
      yield* settled
    } else if (step[0] === "signal") {
      for (const each of String(step[1]).split(",")) {
        signal(actor, Number(each))
        if (Number(each) === AbiSignals.SIGSTOP) yield* settled
      }
      say("signalled")
      yield* settled
    } else if (step[0] === "rest") {
      yield* Effect.sleep(Number(step[1]))
      say("rested")
      yield* settled
    } else if (step[0] === "exit") {
      if (blocked.delete(actor)) signal(actor, AbiSignals.SIGKILL)
      else actor.go(undefined)
      yield* settled
      say("gone")
    } else if (blocked.has(actor)) return void say("still blocked")
    else {
      actor.busy = true
      actor.go(step)
      yield* settled
      if (actor.busy) blocked.add(actor)
      say(actor.busy ? "blocks" : actor.answer)
    }
    freed(stage, blocked)
  })

/** A line for each call, and for each that went on later; then one for each file that is there in the end. */
export const direct = (play: Play): Effect.Effect<ReadonlyArray<string>, Errno.Any, Rooms> =>
  Effect.scoped(Effect.gen(function*() {
    const { lines, root } = yield* Effect.scoped(Effect.gen(function*() {
      const stage = yield* open(play, directed)
      const blocked = new Set<Actor>()
      yield* settled
      for (const each of play) if (each[0] !== 0) yield* act(stage, blocked, each)
      for (const [i, actor] of stage.actors.entries()) {
        if (blocked.has(actor) && stage.isAlive(actor)) stage.lines.push(`- ${i + 1} blocked to the end`)
        if (stage.isAlive(actor)) stage.signal(actor, AbiSignals.SIGKILL)
      }
      return { ...stage, lines: [...stage.lines, ...yield* lookAt(stage.root)] }
    }))
    void root
    return lines
  }))
