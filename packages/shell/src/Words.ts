/**
 * Arguments that are one word out of several, which may be shortened.
 *
 * @see ls(1)
 */
import * as Quote from "./Quote.js"
import type { Steps } from "./Steps.js"
import type * as Utility from "./Utility.js"

/** What a word stands for; complains, with the words there are, where it is none of them. */
export function* choose<A>(
  run: Utility.Run,
  option: string,
  words: Readonly<Record<string, A>>,
  value: string,
  status?: number
): Steps<A> {
  if (Object.hasOwn(words, value)) return words[value]!
  const found = Object.keys(words).filter((known) => known.startsWith(value))
  const same = new Set(found.map((known) => JSON.stringify(words[known])))
  if (value !== "" && same.size === 1) return words[found[0]!]!
  yield* run.warn(
    `${found.length > 1 ? "ambiguous" : "invalid"} argument ${Quote.value(value)} for ${Quote.value(option)}`
  )
  const groups = new Map<string, Array<string>>()
  for (const [known, meaning] of Object.entries(words)) {
    const key = JSON.stringify(meaning)
    groups.set(key, [...(groups.get(key) ?? []), `'${known}'`])
  }
  const lines = [...groups.values()].map((known) => `  - ${known.join(", ")}\n`)
  yield* run.error(`Valid arguments are:\n${lines.join("")}`)
  return yield* run.misuse(undefined, status)
}
