/**
 * Which lines of one text have to go, and which have to come, to make another of it.
 *
 * @see diff(1)
 */
import { diffArrays } from "diff"

/** Lines `[from, to)` of the old text give place to lines `[newFrom, newTo)` of the new one. */
export interface Change {
  readonly from: number
  readonly to: number
  readonly newFrom: number
  readonly newTo: number
}

/** Which of the lines are changed. */
const marks = (
  changes: ReadonlyArray<{ readonly at: number; readonly count: number }>,
  length: number
): Array<boolean> => {
  const marked = new Array<boolean>(length).fill(false)
  for (const { at, count } of changes) marked.fill(true, at, at + count)
  return marked
}

/**
 * Moves each run of changed lines as far down as it goes while what is changed reads the same, and joins runs that meet,
 * as GNU does: of several ways to say it, that is the one that people expect.
 */
const slide = (lines: ReadonlyArray<string>, changed: Array<boolean>, other: ReadonlyArray<boolean>): void => {
  let at = 0
  let across = 0
  while (true) {
    // Past what is the same in both, and what changed in the other alone.
    while (at < lines.length && !changed[at]) {
      while (other[across]) across++
      across++
      at++
    }
    if (at === lines.length) return
    let start = at
    let end = at
    while (changed[end]) end++
    while (other[across]) across++
    let length: number
    let meeting: number | undefined
    do {
      length = end - start
      // Up as far as it goes, to join what lies before.
      while (start > 0 && lines[start - 1] === lines[end - 1]) {
        changed[--start] = true
        changed[--end] = false
        while (changed[start - 1]) start--
        across--
        while (other[across - 1]) across--
      }
      meeting = other[across - 1] ? end : undefined
      // Down as far as it goes.
      while (end < lines.length && lines[start] === lines[end]) {
        changed[start++] = false
        changed[end++] = true
        while (changed[end]) end++
        across++
        if (other[across]) {
          meeting = end
          while (other[across]) across++
        }
      }
    } while (end - start !== length)
    // Back to where something changed in the other as well.
    while (meeting !== undefined && meeting < end) {
      changed[--start] = true
      changed[--end] = false
      across--
      while (other[across - 1]) across--
    }
    at = end
  }
}

/** The changes from `before` to `after`, in order; lines are the same when their texts are. */
export const changes = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): ReadonlyArray<Change> => {
  const removed: Array<{ readonly at: number; readonly count: number }> = []
  const added: Array<{ readonly at: number; readonly count: number }> = []
  let at = 0
  let newAt = 0
  for (const part of diffArrays(Array.from(before), Array.from(after))) {
    const { length } = part.value
    if (part.removed) removed.push({ at, count: length })
    else if (part.added) added.push({ at: newAt, count: length })
    if (!part.added) at += length
    if (!part.removed) newAt += length
  }
  const goes = marks(removed, before.length)
  const comes = marks(added, after.length)
  slide(before, goes, comes)
  slide(after, comes, goes)
  const found: Array<Change> = []
  for (let from = 0, newFrom = 0; from < before.length || newFrom < after.length;) {
    let to = from
    let newTo = newFrom
    while (goes[to]) to++
    while (comes[newTo]) newTo++
    if (to > from || newTo > newFrom) found.push({ from, to, newFrom, newTo })
    from = to + 1
    newFrom = newTo + 1
  }
  return found
}
