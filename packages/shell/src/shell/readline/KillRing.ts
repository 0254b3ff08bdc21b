/**
 * What was taken out of lines, to be put back: the same for all lines that are typed.
 *
 * @see bash(1) Killing And Yanking
 */

/** So many texts are kept. */
const mostKept = 10

export class KillRing {
  private readonly texts: Array<string> = []
  /** Which of them is put back. */
  private at = 0

  /** Adds a text; to the newest one, before or behind it, if `more`. */
  add(text: string, backwards: boolean, more: boolean): void {
    const last = more ? this.texts.pop() ?? "" : ""
    this.texts.push(backwards ? text + last : last + text)
    if (this.texts.length > mostKept) this.texts.shift()
    this.at = this.texts.length - 1
  }

  get current(): string | undefined {
    return this.texts[this.at]
  }

  /** Has the one before the current one put back next. */
  turn(): void {
    this.at = (this.at === 0 ? this.texts.length : this.at) - 1
  }
}
