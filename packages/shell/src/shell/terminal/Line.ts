/**
 * The line that is being edited: characters, the cursor between two of them, and what was taken out of it.
 */
import { skip } from "../completion/splitting.js"
import * as Width from "./width.js"

interface State {
  readonly characters: ReadonlyArray<string>
  readonly cursor: number
}

export interface Saved {
  readonly text: string
  readonly past: Array<State>
}

/** Whether a character belongs to a word. */
type Belongs = (character: string) => boolean

export const inWord: Belongs = (character) => /[\p{L}\p{N}]/u.test(character)
export const inText: Belongs = (character) => !/\s/.test(character)
export const inName: Belongs = (character) => !/[\s/]/.test(character)

/** So many characters in a row are taken back at once. */
const togetherMost = 20

export class Line {
  characters: Array<string> = []
  cursor = 0
  mark = 0
  /** Earlier states, for undo. */
  private past: Array<State> = []
  /** How many characters have been inserted one after the other. */
  private inserted = 0

  constructor(
    /** What was killed, the latest last: it outlives the line. */
    private readonly killed: Array<string>
  ) {}

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

  /** Puts another text in the place of all of it, with the cursor behind so much of it, or at its end. */
  set(text: string, before?: string): void {
    this.save()
    this.characters = Width.clusters(text)
    this.cursor = before === undefined ? this.characters.length : Width.clusters(before).length
  }

  private save(): void {
    this.inserted = 0
    this.past.push({ characters: this.characters.slice(), cursor: this.cursor })
  }

  /** The line as it is, with all that can be undone. */
  get saved(): Saved {
    return { text: this.text, past: this.past }
  }

  /** Another line takes the place of this one. */
  restore({ past, text }: Saved): void {
    this.characters = Width.clusters(text)
    this.cursor = this.characters.length
    this.past = past
    this.inserted = 0
  }

  undo(all = false): boolean {
    const state = all ? this.past[0] : this.past.pop()
    if (state === undefined) return false
    if (all) this.past = []
    this.characters = state.characters.slice()
    this.cursor = state.cursor
    this.inserted = 0
    return true
  }

  insert(text: string): void {
    if (this.inserted === 0 || this.inserted >= togetherMost) this.save()
    this.inserted++
    // A mark goes with the character before it, whenever it was typed.
    const after = this.characters.splice(this.cursor)
    this.characters = Width.clusters(this.characters.join("") + text)
    this.cursor = this.characters.length
    this.characters.push(...after)
  }

  /** Puts a text in the place of the characters from one position to another, and the cursor behind it. */
  replace(from: number, to: number, text: string): string {
    this.save()
    const put = Width.clusters(text)
    const removed = this.characters.splice(from, to - from, ...put)
    this.cursor = from + put.length
    return removed.join("")
  }

  /** Removes what lies between the cursor and `to`. */
  remove(to: number): string {
    return this.replace(Math.min(to, this.cursor), Math.max(to, this.cursor), "")
  }

  /** Removes what lies between the cursor and `to`, and keeps it; with what was killed just before, if `more`. */
  kill(to: number, more: boolean): void {
    const backwards = to < this.cursor
    this.keep(this.remove(to), backwards, more)
  }

  keep(text: string, backwards: boolean, more: boolean): void {
    const last = more ? this.killed.pop() ?? "" : ""
    this.killed.push(backwards ? text + last : last + text)
    if (this.killed.length > 60) this.killed.shift()
  }

  /** The text that was killed last. */
  get latest(): string | undefined {
    return this.killed[this.killed.length - 1]
  }

  /** Puts the latest behind all others; answers what is the latest then. */
  rotate(): string | undefined {
    const last = this.killed.pop()
    if (last !== undefined) this.killed.unshift(last)
    return this.latest
  }

  /** Where the word begins that ends here or before. */
  left(belongs: Belongs, from = this.cursor): number {
    let at = from
    while (at > 0 && !belongs(this.characters[at - 1]!)) at--
    while (at > 0 && belongs(this.characters[at - 1]!)) at--
    return at
  }

  /** Where the word ends that begins here or later. */
  right(belongs: Belongs, from = this.cursor): number {
    let at = from
    const { length } = this.characters
    while (at < length && !belongs(this.characters[at]!)) at++
    while (at < length && belongs(this.characters[at]!)) at++
    return at
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
