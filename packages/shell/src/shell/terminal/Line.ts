/**
 * The line that is being edited: characters, the cursor between two of them, a mark, and what has been done to it.
 */
import { skip } from "../completion/splitting.js"
import { type Change, inserted } from "../readline/changes.js"
import * as Width from "./width.js"

/** A line that is not being edited now, and how it became what it is. */
export interface Saved {
  readonly text: string
  readonly changes: Array<Change>
}

/** Whether a character belongs to a word. */
type Belongs = (character: string) => boolean

export const inWord: Belongs = (character) => /[\p{L}\p{N}]/u.test(character)
export const inText: Belongs = (character) => !/\s/.test(character)

export class Line {
  characters: Array<string> = []
  cursor = 0
  mark = 0
  private changes: Array<Change> = []

  get text(): string {
    return this.characters.join("")
  }

  /** The text before the cursor. */
  get before(): string {
    return this.characters.slice(0, this.cursor).join("")
  }

  get after(): string {
    return this.characters.slice(this.cursor).join("")
  }

  get atEnd(): boolean {
    return this.cursor === this.characters.length
  }

  between(from: number, to: number): string {
    return this.characters.slice(Math.min(from, to), Math.max(from, to)).join("")
  }

  /** Inserts a text, and puts the cursor behind it. */
  insert(text: string): void {
    if (text === "") return
    const { cursor } = this
    // A mark goes with the character before it, whenever it was typed.
    const after = this.characters.splice(cursor)
    this.characters = Width.clusters(this.characters.join("") + text)
    this.cursor = this.characters.length
    this.characters.push(...after)
    if (this.cursor > cursor) inserted(this.changes, cursor, this.cursor - cursor)
  }

  /** Removes what lies between two positions; the cursor stays where it is, or at the end. */
  remove(one: number, other: number): void {
    const from = Math.min(one, other)
    const characters = this.characters.splice(from, Math.abs(one - other))
    this.changes.push({ _tag: "Removed", from, characters })
    this.cursor = Math.min(this.cursor, this.characters.length)
    this.mark = Math.min(this.mark, this.characters.length)
  }

  /** Puts a text in the place of what lies between two positions, and the cursor behind it. */
  replace(from: number, to: number, text: string): void {
    this.together(() => {
      if (from !== to) this.remove(from, to)
      this.cursor = Math.min(from, to)
      this.insert(text)
    })
  }

  /** Puts another text in the place of all of it, with the cursor behind so much of it, or at its end. */
  set(text: string, before = text): void {
    this.replace(0, this.characters.length, text)
    this.cursor = Width.clusters(before).length
  }

  /** Shows another text, with the cursor at its end; nothing is done to the line. */
  show(text: string): void {
    this.characters = Width.clusters(text)
    this.cursor = this.characters.length
  }

  /** What is done here is undone together. */
  together(change: () => void): void {
    this.changes.push({ _tag: "Begin" })
    change()
    this.changes.push({ _tag: "End" })
  }

  get isChanged(): boolean {
    return this.changes.length > 0
  }

  /** Undoes what was done last; answers whether there was something. */
  undo(): boolean {
    let open = 0
    do {
      const change = this.changes.pop()
      if (change === undefined) return false
      if (change._tag === "End") open++
      else if (change._tag === "Begin") open--
      else if (change._tag === "Removed") {
        this.characters.splice(change.from, 0, ...change.characters)
        this.cursor = Math.min(this.characters.length, change.from + change.characters.length)
      } else {
        this.characters.splice(change.from, change.to - change.from)
        this.cursor = Math.min(this.characters.length, change.from)
        this.mark = Math.min(this.mark, this.characters.length)
      }
    } while (open > 0)
    return true
  }

  /** The line as it is, with all that can be undone. */
  get saved(): Saved {
    return { text: this.text, changes: this.changes }
  }

  /** Another line takes the place of this one. */
  restore({ changes, text }: Saved): void {
    this.characters = Width.clusters(text)
    this.cursor = this.characters.length
    this.mark = 0
    this.changes = changes
  }

  /** Where the word begins that ends before `from`. */
  left(belongs: Belongs, from = this.cursor): number {
    let at = from
    while (at > 0 && !belongs(this.characters[at - 1]!)) at--
    while (at > 0 && belongs(this.characters[at - 1]!)) at--
    return at
  }

  /** Where the word ends that begins behind `from`. */
  right(belongs: Belongs, from = this.cursor): number {
    let at = from
    const { length } = this.characters
    while (at < length && !belongs(this.characters[at]!)) at++
    while (at < length && belongs(this.characters[at]!)) at++
    return at
  }

  /** So many words to the right of `from`, or to the left. */
  wordsAway(count: number, from = this.cursor): number {
    let at = from
    for (let left = Math.abs(count); left > 0; left--) at = count < 0 ? this.left(inWord, at) : this.right(inWord, at)
    return at
  }

  /** Where the name begins that ends before `from`: between slashes, and with those behind it. */
  leftName(from: number): number {
    const at = (index: number): string => this.characters[index - 1] ?? ""
    let to = from
    while (/\s/.test(at(to))) to--
    while (/[\s/]/.test(at(to))) to--
    while (to > 0 && !/[\s/]/.test(at(to))) to--
    return to
  }

  /** Where the shell's words begin and end: what is quoted belongs to them. */
  shellWords(): ReadonlyArray<readonly [from: number, to: number]> {
    const text = this.characters.map((character) => character[0]!).join("")
    const words: Array<readonly [number, number]> = []
    for (let at = 0; at < text.length;) {
      const from = at
      while (at < text.length && !/[\s|&;()<>]/.test(text[at]!)) at = Math.min(text.length, skip(text, at))
      if (at > from) words.push([from, at])
      else at++
    }
    return words
  }
}
