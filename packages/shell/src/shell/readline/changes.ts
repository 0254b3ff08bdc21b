/**
 * What was done to a line, so that it can be undone.
 *
 * Each insertion and each removal is a change. Characters that are typed one after the other are one; what a function of
 * the editor does to the line in several places is undone together.
 *
 * @see readline(3) Allowing Undoing
 */
interface Inserted {
  readonly _tag: "Inserted"
  readonly from: number
  to: number
}

interface Removed {
  readonly _tag: "Removed"
  readonly from: number
  readonly characters: ReadonlyArray<string>
}

export type Change = Inserted | Removed | { readonly _tag: "Begin" } | { readonly _tag: "End" }

/** So many characters in a row are taken back at once. */
const togetherMost = 20

/** Remembers that `count` characters were inserted at `from`. */
export const inserted = (changes: Array<Change>, from: number, count: number): void => {
  const last = changes[changes.length - 1]
  if (count === 1 && last?._tag === "Inserted" && last.to === from && last.to - last.from < togetherMost) last.to++
  else changes.push({ _tag: "Inserted", from, to: from + count })
}
