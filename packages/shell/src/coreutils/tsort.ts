/**
 * Puts words in an order in which none comes before what has to come first.
 *
 * @see tsort(1)
 */
import { LineReader } from "../LineReader.js"
import * as Quote from "../Quote.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION] [FILE]",
  does: "Write totally ordered list consistent with the partial ordering in FILE."
}

interface Word {
  readonly text: string
  /** How many words still have to come first. */
  before: number
  /** Words that have to come after it, the one said last in front. */
  readonly after: Array<Word>
  done: boolean
  /** In the search for a loop: the word that has to come after it there. */
  next: Word | undefined
}

/** Looks once through all words for one from which a loop leads on, and breaks the loop if it is closed. */
function* step(run: Utility.Run, words: ReadonlyArray<Word>, start: Word | undefined): Steps<Word | undefined> {
  let loop = start
  for (const word of words) {
    if (word.before === 0) continue
    if (loop === undefined) {
      loop = word
      continue
    }
    const at = word.after.indexOf(loop)
    if (at < 0) continue
    if (word.next === undefined) {
      word.next = loop
      loop = word
      continue
    }
    // It was met before: the words from here to there are the loop.
    for (let each: Word | undefined = loop; each !== undefined;) {
      yield* run.warn(each.text)
      const { next }: Word = each
      if (each === word) {
        word.after[at]!.before--
        word.after.splice(at, 1)
        break
      }
      each = next
    }
    for (const each of words) each.next = undefined
    return undefined
  }
  return loop
}

export const main = Utility.make(utility, function*(run, { operands }) {
  if (operands[1] !== undefined) return yield* run.extraOperand(operands[1])
  yield* run.inputs(operands, function*(fd, path) {
    const reader = new LineReader(run.sys, fd)
    const texts = (yield* reader.whole()).split(/[ \t\n]+/).filter((text) => text !== "")
    if (reader.error !== undefined) return yield* run.die(`${Quote.name(path)}: read error`)
    if (texts.length % 2 === 1) return yield* run.die(`${Quote.name(path)}: input contains an odd number of tokens`)
    const known = new Map<string, Word>()
    const wordOf = (text: string): Word => {
      const word = known.get(text) ?? { text, before: 0, after: [], done: false, next: undefined }
      known.set(text, word)
      return word
    }
    for (let i = 0; i < texts.length; i += 2) {
      const [first, second] = [wordOf(texts[i]!), wordOf(texts[i + 1]!)]
      if (first === second) continue
      first.after.unshift(second)
      second.before++
    }
    const words = [...known.values()].sort((a, b) => a.text < b.text ? -1 : 1)
    for (let left = words.length; left > 0;) {
      const queue = words.filter(({ before, done }) => before === 0 && !done)
      for (let i = 0; i < queue.length; i++) {
        const word = queue[i]!
        word.done = true
        left--
        run.out.latin1(word.text)
        run.out.byte(10)
        for (const next of word.after) if (--next.before === 0) queue.push(next)
      }
      if (left === 0) break
      run.status = 1
      yield* run.warn(`${Quote.name(path)}: input contains a loop:`)
      let loop: Word | undefined
      do loop = yield* step(run, words, loop)
      while (loop !== undefined)
    }
    return
  })
})
