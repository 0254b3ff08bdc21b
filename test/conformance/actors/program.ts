/**
 * Programs of several processes, as data: each call with the number of the actor that makes it.
 *
 * The calls of actor 0 come first; it is the parent of the others, which inherit its descriptors, and ends when they
 * begin.
 */
import { line, show, type Step } from "../program.js"

export type Act = readonly [actor: number, step: Step]
export type Play = ReadonlyArray<Act>

/** How many actors there are besides actor 0. */
export const actorsOf = (play: Play): number => play.reduce((most, [actor]) => Math.max(most, actor), 0)

export const stepsOf = (play: Play, of: number): ReadonlyArray<Step> =>
  play.filter(([actor]) => actor === of).map(([, step]) => step)

/** An act as the helper reads it. */
export const actLine = ([actor, step]: Act): string => `${actor}\t${line(step)}`

/** A play as it can be pasted into a test. */
export const source = (play: Play): string => play.map((act) => `  ${JSON.stringify(act)}`).join(",\n")

/** Both transcripts, and the play. */
export const report = (play: Play, linux: ReadonlyArray<string>, effix: ReadonlyArray<string>): string =>
  [
    ...play.map(([actor, step]) => `${actor}: ${show(step)}`),
    ...Array.from(
      { length: Math.max(linux.length, effix.length) },
      (_, i) => linux[i] === effix[i] ? `  ${linux[i]}` : `> Linux: ${linux[i]}\n> Effix: ${effix[i]}`
    )
  ].join("\n")
