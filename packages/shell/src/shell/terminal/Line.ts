/**
 * The line that is being edited: characters, and the cursor between two of them.
 */
import * as Width from "./width.js"

export class Line {
  characters: Array<string> = []
  cursor = 0
  /** What ^K, ^U and ^W took, for ^Y. */
  killed = ""

  get text(): string {
    return this.characters.join("")
  }

  set(text: string): void {
    this.characters = Width.clusters(text)
    this.cursor = this.characters.length
  }

  insert(text: string): void {
    // A mark goes with the character before it, whenever it was typed.
    const after = this.characters.splice(this.cursor)
    this.characters = Width.clusters(this.characters.join("") + text)
    this.cursor = this.characters.length
    this.characters.push(...after)
  }

  /** Removes what lies between the cursor and `to`. */
  private remove(to: number, keep: boolean): void {
    const from = Math.min(to, this.cursor)
    const removed = this.characters.splice(from, Math.abs(to - this.cursor))
    if (keep) this.killed = removed.join("")
    this.cursor = from
  }

  private wordLeft(): number {
    let at = this.cursor
    while (at > 0 && this.characters[at - 1] === " ") at--
    while (at > 0 && this.characters[at - 1] !== " ") at--
    return at
  }

  private wordRight(): number {
    let at = this.cursor
    const { length } = this.characters
    while (at < length && this.characters[at] === " ") at++
    while (at < length && this.characters[at] !== " ") at++
    return at
  }

  /** Does what a key means; answers whether it means anything here. */
  press(name: string): boolean {
    const end = this.characters.length
    switch (name) {
      case "left":
      case "ctrl-b":
        this.cursor = Math.max(0, this.cursor - 1)
        return true
      case "right":
      case "ctrl-f":
        this.cursor = Math.min(end, this.cursor + 1)
        return true
      case "home":
      case "ctrl-a":
        this.cursor = 0
        return true
      case "end":
      case "ctrl-e":
        this.cursor = end
        return true
      case "alt-b":
        this.cursor = this.wordLeft()
        return true
      case "alt-f":
        this.cursor = this.wordRight()
        return true
      case "backspace":
        this.remove(Math.max(0, this.cursor - 1), false)
        return true
      case "delete":
      case "ctrl-d":
        this.remove(Math.min(end, this.cursor + 1), false)
        return true
      case "ctrl-k":
        this.remove(end, true)
        return true
      case "ctrl-u":
        this.remove(0, true)
        return true
      case "ctrl-w":
      case "alt-backspace":
        this.remove(this.wordLeft(), true)
        return true
      case "alt-d":
        this.remove(this.wordRight(), true)
        return true
      case "ctrl-y":
        this.insert(this.killed)
        return true
      default:
        return false
    }
  }
}
