/**
 * The orders in which actors can make their calls, one call at a time; and calls that are two to others.
 */
import { Fcntl, OpenFlags } from "@effix/kernel"
import { line, type Step } from "../../program.js"
import { type Act, actLine, actorsOf, type Play, stepsOf } from "../program.js"

/** Where the helper keeps what the first half of a call has found. */
const HELD = 500

const { AT_EMPTY_PATH, AT_FDCWD } = Fcntl
const { O_EXCL, O_NOFOLLOW, O_PATH, O_TRUNC, O_WRONLY } = OpenFlags

const hold = (path: string, flags: number): string => `hold\t${line([path as "open"])}\t${flags}`

/** Where symbolic links may be, and nowhere else. */
export const LINKS: ReadonlyArray<string> = ["l", "m"]

/** Looks where a path leads that may be a link, and says how it is called from then on. */
const follow = (path: string): readonly [ReadonlyArray<string>, string] =>
  LINKS.includes(path) ? [[`follow\t${path}`], "@"] : [[], path]

/**
 * A call as the helper makes it. Linux reads a link before it goes where that leads, and looks a path up first, and holds nothing until it does something with what was
 * there: others may come between. What changes a directory alone does so in one step, under the lock of that directory.
 */
const halves = (step: Step): ReadonlyArray<string> => {
  const [call, path, argument] = step as readonly [string, string, number]
  const [followed, target] = follow(path)
  const found = hold(target, O_PATH | O_NOFOLLOW)
  switch (call) {
    case "stat":
      return [...followed, found, line(["fstatat", HELD, "", AT_EMPTY_PATH])]
    case "chmod":
      return [...followed, found, line(["fchmodat", HELD, "", argument, AT_EMPTY_PATH])]
    case "truncate":
      return [...followed, hold(target, O_WRONLY), line(["ftruncate", HELD, argument])]
    case "link":
      return [hold(path, O_PATH | O_NOFOLLOW), line(["linkat", HELD, "", AT_FDCWD, step[2] as string, AT_EMPTY_PATH])]
    case "open":
      if ((argument & O_EXCL) !== 0) return [line(step)]
      return (argument & O_TRUNC) === 0
        ? [...followed, line(["open", target, argument, step[3]!])]
        : [...followed, hold(target, argument & ~O_TRUNC), `cut\t${HELD}`]
    default:
      return [line(step)]
  }
}

/** What actor 0 does it does alone. */
const actLines = (act: Act): ReadonlyArray<string> =>
  act[0] === 0 ? [actLine(act)] : halves(act[1]).map((each) => `${act[0]}\t${each}`)

/** A play as the helper reads it: with calls in two where they can be told so, or whole. */
export const linesOf = (play: Play, whole = false): ReadonlyArray<string> =>
  whole ? play.map(actLine) : play.flatMap(actLines)

/** How many turns each actor takes. */
const turnsOf = (play: Play): ReadonlyArray<number> =>
  Array.from(
    { length: actorsOf(play) },
    (_, i) => stepsOf(play, i + 1).reduce((turns, step) => turns + halves(step).length, 0)
  )

/** How many orders there are. */
export const countOrders = (play: Play): number => {
  let orders = 1
  let before = 0
  for (const turns of turnsOf(play)) for (let i = 1; i <= turns; i++) orders = orders * ++before / i
  return Math.round(orders)
}

/** Every order of turns, each a word of the actors' numbers. */
function* orders(left: ReadonlyArray<number>, begun = ""): Generator<string> {
  if (left.every((turns) => turns === 0)) yield begun
  for (const [i, turns] of left.entries()) {
    if (turns > 0) yield* orders(left.map((each, at) => at === i ? turns - 1 : each), `${begun}${i + 1}`)
  }
}

export const ordersOf = (play: Play): Generator<string> => orders(turnsOf(play))
