/**
 * Where the pieces of an expanded word go: into fields, which are split, or into one text.
 *
 * @see sh(1p) Field Splitting
 */
import * as Pattern from "../../Pattern.js"

export interface Sink {
  /** Whether this sink makes fields, and thus splits. */
  readonly splits: boolean
  /** Text that is not split: it was written in the script or between quotes. */
  readonly add: (text: string, quoted: boolean) => void
  /** What an unquoted expansion came to. */
  readonly addExpansion: (text: string) => void
  /** The end of one element of `$@` and the like. */
  readonly separate: () => void
}

/** One field: its text, and its pattern if it has characters that are special in file names. */
export interface Field {
  readonly text: string
  readonly pattern: string | undefined
}

const magic = /[*?[\\]|[@!+]\(/

/** Makes fields as POSIX describes. */
export class FieldSink implements Sink {
  readonly splits = true
  readonly fields: Array<Field> = []
  private text: string | undefined = undefined
  /** The pattern so far; `undefined` while nothing in it is special. */
  private pattern: string | undefined = undefined
  /** What ended the field before: white space alone can be followed by another separator. */
  private ended: "nothing" | "space" | "separator" = "nothing"

  constructor(private readonly ifs: string) {}

  add(text: string, quoted: boolean): void {
    if (quoted) {
      if (this.pattern !== undefined) this.pattern += Pattern.escape(text)
      this.text = this.text === undefined ? text : this.text + text
    } else if (text !== "") this.append(text)
  }

  private append(text: string): void {
    if (this.pattern !== undefined) this.pattern += text
    else if (magic.test(text)) this.pattern = Pattern.escape(this.text ?? "") + text
    this.text = this.text === undefined ? text : this.text + text
  }

  private end(): void {
    if (this.text !== undefined) this.fields.push({ text: this.text, pattern: this.pattern })
    this.text = undefined
    this.pattern = undefined
  }

  addExpansion(text: string): void {
    const { ifs } = this
    let from = 0
    for (let at = 0; at < text.length; at++) {
      const character = text[at]!
      if (!ifs.includes(character)) continue
      if (at > from) this.append(text.slice(from, at))
      from = at + 1
      const space = character === " " || character === "\t" || character === "\n"
      if (this.text !== undefined) {
        this.end()
        this.ended = space ? "space" : "separator"
      } else if (!space) {
        if (this.ended !== "space") this.fields.push({ text: "", pattern: undefined })
        this.ended = "separator"
      }
    }
    if (from < text.length) this.append(from === 0 ? text : text.slice(from))
  }

  separate(): void {
    this.end()
    this.ended = "nothing"
  }

  finish(): ReadonlyArray<Field> {
    this.end()
    this.ended = "nothing"
    return this.fields
  }
}

/** Makes one text, as on the right of an assignment. */
export class TextSink implements Sink {
  readonly splits = false
  text = ""

  add(text: string): void {
    this.text += text
  }

  addExpansion(text: string): void {
    this.text += text
  }

  separate(): void {
    this.text += " "
  }
}

/** Makes a pattern: what was quoted in the script matches itself. */
export class PatternSink implements Sink {
  readonly splits = false
  text = ""

  add(text: string, quoted: boolean): void {
    this.text += quoted ? Pattern.escape(text) : text
  }

  addExpansion(text: string): void {
    this.text += text
  }

  separate(): void {
    this.text += " "
  }
}

/** Makes the replacement of `${x/p/r}`: an `&` that was not quoted stands for what matched. */
export class ReplacementSink implements Sink {
  readonly splits = false
  text = ""

  add(text: string, quoted: boolean): void {
    this.text += quoted ? text.replace(/[\\&]/g, "\\$&") : text
  }

  addExpansion(text: string): void {
    this.text += text
  }

  separate(): void {
    this.text += " "
  }
}

/** Makes an extended regular expression: what was quoted matches itself. */
export class RegexSink implements Sink {
  readonly splits = false
  text = ""

  add(text: string, quoted: boolean): void {
    this.text += quoted ? text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") : text
  }

  addExpansion(text: string): void {
    this.text += text
  }

  separate(): void {
    this.text += " "
  }
}
