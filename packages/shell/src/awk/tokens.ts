/**
 * The words of a program, stepped through one by one.
 *
 * @see awk(1p)
 */
import { pointed, type Token } from "./lexer.js"
import { BadProgram, type Place } from "./syntax.js"

/** How deep expressions and statements may nest: they are read by functions that call each other. */
const depthMax = 1000

export class Tokens {
  protected at = 0
  #depth = 0

  constructor(readonly tokens: ReadonlyArray<Token>) {}

  protected get token(): Token {
    return this.tokens[this.at]!
  }

  protected get place(): Place {
    return this.token.place
  }

  protected peek(offset = 1): Token {
    return this.tokens[Math.min(this.at + offset, this.tokens.length - 1)]!
  }

  protected is(sign: string): boolean {
    const { kind, text } = this.token
    return kind === "sign" && text === sign
  }

  protected isWord(word: string): boolean {
    const { kind, text } = this.token
    return kind === "keyword" && text === word
  }

  protected take(sign: string): boolean {
    if (!this.is(sign)) return false
    this.at++
    return true
  }

  protected takeWord(word: string): boolean {
    if (!this.isWord(word)) return false
    this.at++
    return true
  }

  protected expect(sign: string): void {
    if (!this.take(sign)) this.wrong()
  }

  /** What is here does not fit. */
  protected wrong(text = "syntax error"): never {
    const { from, kind, place, source } = this.token
    if (kind === "end") {
      // Behind the last line, which the mark stands under.
      const at = source.text.endsWith("\n") ? source.text.length - 1 : source.text.length
      throw new BadProgram(place, pointed(source, at, "unexpected newline or end of string"))
    }
    // Behind a newline, the next line has begun.
    const line = kind === "newline" ? place.line + 1 : place.line
    const complaint = kind === "newline" ? "unexpected newline or end of string" : text
    throw new BadProgram({ ...place, line }, pointed(source, from, complaint))
  }

  protected error(place: Place, text: string): never {
    throw new BadProgram(place, [`error: ${text}`])
  }

  protected newlines(): void {
    while (this.token.kind === "newline") this.at++
  }

  /** Newlines and semicolons. */
  protected separators(): void {
    while (this.token.kind === "newline" || this.is(";")) this.at++
  }

  protected deeper<A>(read: () => A): A {
    if (++this.#depth > depthMax) this.wrong("nested too deeply")
    const made = read()
    this.#depth--
    return made
  }

  /** Whether a simple statement may end here. */
  protected get ends(): boolean {
    return this.token.kind === "newline" || this.token.kind === "end" || this.is(";") || this.is("}")
  }
}
