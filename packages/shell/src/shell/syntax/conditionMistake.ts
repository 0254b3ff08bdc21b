/**
 * What is wrong with a `[[ … ]]`, in bash's words. The parser only tells that something is, so what stands between the
 * brackets is read once more, as far as the mistake.
 *
 * @see bash(1) Compound Commands
 */

export interface ConditionMistake {
  /** What bash says, a line each; it has no words for some. */
  readonly messages: ReadonlyArray<string>
  /** Where the token stands that it stumbles over. */
  readonly pos: number
}

interface Token {
  readonly kind: "word" | "operator" | "newline" | "close" | "end"
  readonly text: string
  readonly pos: number
}

/** How a token that is no word is called in a complaint. */
const called = ({ kind, text }: Token): string => kind === "newline" ? "newline" : kind === "end" ? "EOF" : text

const blanks = /(?:[ \t]|\\\n)*/y
const piece = /(?:\\[^]|'[^']*'|\$?"(?:\\[^]|[^"\\])*"|`[^`]*`|[$<>]\([^)]*\)|\$\{[^}]*\}|[^\s;&|<>()'"\\`])+/y
/** What stands right of `=~` or `==`: there parentheses belong to the word, and `|` between them. */
const pattern = new RegExp(`(?:${piece.source}|[@?*+!]?\\((?:[^()]|\\([^()]*\\))*\\)|\\|)+`, "y")
const operator = /&&|\|\||;;|[;&|<>()]/y

const unary = /^-[abcdefghkLnNoOprRsStuvwxzG]$/
const binary = new Set(["=", "==", "!=", "=~", "<", ">", "-nt", "-ot", "-ef", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"])

/** Thrown where the mistake is found: a few lines further up somebody has something to add. */
class Stumbled {
  constructor(readonly messages: ReadonlyArray<string>, readonly pos: number) {}
}

class Condition {
  private token: Token

  constructor(private readonly source: string, private at: number) {
    this.token = this.next()
  }

  private next(words = piece): Token {
    const { source } = this
    blanks.lastIndex = this.at
    const pos = this.at + blanks.exec(source)![0].length
    const take = (kind: Token["kind"], text: string): Token => {
      this.at = pos + text.length
      return this.token = { kind, text, pos }
    }
    if (pos >= source.length) return take("end", "")
    if (source[pos] === "\n") return take("newline", "\n")
    words.lastIndex = operator.lastIndex = pos
    const word = words.exec(source)?.[0]
    if (word !== undefined) return take(word === "]]" ? "close" : "word", word)
    return take("operator", operator.exec(source)?.[0] ?? source[pos]!)
  }

  private is(text: string): boolean {
    return this.token.kind === "operator" && this.token.text === text
  }

  private skipNewlines(): void {
    while (this.token.kind === "newline") this.next()
  }

  private stumble(...messages: ReadonlyArray<string>): never {
    throw new Stumbled(messages, this.token.pos)
  }

  whole(open: number): void {
    this.either()
    if (this.token.kind === "close") return
    if (this.token.kind === "end") throw new Stumbled(["unexpected EOF while looking for `]]'"], open)
    const what = this.token.kind === "word" ? "" : `: unexpected token \`${called(this.token)}'`
    throw new Stumbled([`syntax error in conditional expression${what}`], open)
  }

  /** Terms with `&&` and `||` between them: for what may follow what, one binds like the other. */
  private either(): void {
    this.term()
    while (this.is("&&") || this.is("||")) {
      this.next()
      this.term()
    }
  }

  private term(): void {
    this.skipNewlines()
    const { kind, text } = this.token
    if (kind === "close") this.stumble()
    if (this.is("(")) return this.group()
    if (kind !== "word") this.stumble(`unexpected token \`${called(this.token)}' in conditional command`)
    this.next()
    if (text === "!") return this.term()
    if (unary.test(text)) return this.argument("unary")
    // A word alone asks whether it is empty.
    if (this.token.kind === "close" || this.is("&&") || this.is("||") || this.is(")")) return
    if (!binary.has(this.token.text)) {
      const what = this.token.kind === "word" ? "" : `unexpected token \`${called(this.token)}', `
      this.stumble(`${what}conditional binary operator expected`)
    }
    this.next(/^(?:=~|==?|!=)$/.test(this.token.text) ? pattern : piece)
    this.argument("binary")
  }

  private argument(kind: "unary" | "binary"): void {
    if (this.token.kind !== "word") {
      this.stumble(`unexpected argument \`${called(this.token)}' to conditional ${kind} operator`)
    }
    this.next()
    this.skipNewlines()
  }

  private group(): void {
    this.next()
    try {
      this.either()
    } catch (error) {
      if (!(error instanceof Stumbled)) throw error
      throw new Stumbled([...error.messages, "expected `)'"], error.pos)
    }
    if (!this.is(")")) {
      this.stumble(
        this.token.kind === "word" ? "expected `)'" : `unexpected token \`${called(this.token)}', expected \`)'`
      )
    }
    this.next()
    this.skipNewlines()
  }
}

/** What is wrong with the condition that begins at `open`; `undefined` when it is not that which is wrong. */
export const conditionMistake = (source: string, open: number): ConditionMistake | undefined => {
  try {
    new Condition(source, open + 2).whole(open)
  } catch (error) {
    if (!(error instanceof Stumbled)) throw error
    return { messages: error.messages, pos: error.pos }
  }
  return undefined
}
