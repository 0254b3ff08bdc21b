/**
 * A command of several lines as one line of the history: with a semicolon, a blank or nothing where the lines ended.
 *
 * @see bash(1) HISTORY, cmdhist and lithist
 */

/** The last words and operators before the end of a line; what is no operator and no reserved word is a word. */
type Token = string

const word: Token = "a word"

/** What a command goes on behind, so that no semicolon may stand there. */
const goOn: ReadonlySet<Token> = new Set(
  "{ ( ; & | && || ;; ;& ;;& |& case do else elif if then until while in ! time coproc".split(" ")
)

/** What the first word of a command may be, for another one to follow. */
const reserved: ReadonlySet<string> = new Set(
  "case do done elif else esac fi for function if in select then time until while { } ! coproc [[".split(" ")
)

const operators = /^(?:;;&|;;|;&|&&|\|\||\|&|<<<|<<-?|[<>]&|&>>?|>>|>\||<>|[;&|()<>])/

class Reader {
  private tokens: Array<Token> = []
  /** The quotes that are open, and substitutions. */
  private quotes = ""
  /** Documents whose text is still to come. */
  private documents: Array<{ readonly delimiter: string; readonly tabs: boolean }> = []
  /** Whether the delimiter of a document is the next word. */
  private announced: "no" | "yes" | "tabs" = "no"
  /** Whether there is a `case` whose `esac` is to come. */
  private inCase = false
  /** Whether words are the elements of an array. */
  private inArray = false
  /** Whether the line ended with a comment. */
  private comment = false

  get isQuoted(): boolean {
    return this.quotes !== ""
  }

  /** Whether a line is part of a document. */
  get inDocument(): boolean {
    return this.documents.length > 0
  }

  private token(token: Token): void {
    this.tokens = [...this.tokens.slice(-1), token]
    if (token === "case" || token === "esac") this.inCase = token === "case"
  }

  /** Whether a reserved word is one here. */
  private get begins(): boolean {
    const [last, before] = [this.tokens.at(-1), this.tokens.at(-2)]
    if (last === undefined || goOn.has(last) || last === ")") return true
    if (last === word) return before === "case" || before === "for" || before === "select" || before === "function"
    return last !== "for" && last !== "select" && last !== "function"
  }

  document(line: string): void {
    const [first] = this.documents
    if (first !== undefined && (first.tabs ? line.replace(/^\t+/, "") : line) === first.delimiter) {
      this.documents.shift()
    }
  }

  /** Reads a line that is no part of a document. */
  read(line: string): void {
    let rest = line
    let first = true
    this.comment = false
    while (rest !== "") {
      if (this.isQuoted) rest = this.quoted(rest)
      else if (/^[ \t]/.test(rest)) rest = rest.trimStart()
      else if (rest.startsWith("#")) return void (this.comment = true)
      else {
        const operator = operators.exec(rest)?.[0]
        rest = operator === undefined ? this.word(rest, first) : this.operator(operator, rest)
        first = false
      }
    }
  }

  private operator(operator: string, text: string): string {
    this.token(operator)
    if (operator === ")") this.inArray = false
    if (operator === "<<" || operator === "<<-") this.announced = operator === "<<" ? "yes" : "tabs"
    return text.slice(operator.length)
  }

  /** Goes to the next quote or parenthesis within quotes, and past it; answers what follows. */
  private quoted(text: string): string {
    const inside = this.quotes.endsWith("'") ? /^[^']*/ : /^(?:[^"'`\\$()]|\\[\s\S]?|\$(?!\())*/
    const rest = text.slice(inside.exec(text)![0].length)
    const mark = rest.startsWith("$(") ? "$(" : rest.slice(0, 1)
    if (mark !== "") this.quote(mark)
    return rest.slice(mark.length)
  }

  /** Takes in a word, up to a quote that is not closed on this line; answers what follows. */
  private word(text: string, first: boolean): string {
    const closed =
      /^(?:[^\s'"`\\$;&|()<>]|\\[\s\S]?|\$(?![('"])|'[^']*'|"(?:[^"`\\$]|\\[\s\S]|\$(?!\())*")*/.exec(text)![0]
    const rest = text.slice(closed.length)
    const opening = /^(?:\$\(|\$?["'`])/.exec(rest)?.[0] ?? (closed === "" ? rest.slice(0, 1) : "")
    if (/["'`(]$/.test(opening)) this.quote(opening === "$(" ? opening : opening.slice(-1))
    if (this.announced !== "no") {
      this.documents.push({ delimiter: closed.replace(/["'\\]/g, ""), tabs: this.announced === "tabs" })
      this.announced = "no"
    }
    this.token((first || this.begins) && reserved.has(closed) ? closed : word)
    if (!closed.endsWith("=") || !rest.startsWith("(")) return rest.slice(opening.length)
    this.inArray = true
    return rest.slice(1)
  }

  /** A quote, or the beginning or end of a substitution. */
  private quote(mark: string): void {
    const last = this.quotes.at(-1)
    if (mark === "$(" || (mark === "(" && last === "(")) this.quotes += "("
    else if (mark === ")") {
      if (last === "(") this.quotes = this.quotes.slice(0, -1)
    } else if (mark === last) this.quotes = this.quotes.slice(0, -1)
    else if (/["'`]/.test(mark) && !(last === "\"" && mark === "'")) this.quotes += mark
  }

  /** What comes between the lines that were read and the next one. */
  delimiter(next: string): string {
    if (this.quotes !== "" || this.documents.length > 0 || this.comment) return "\n"
    if (this.inArray) return " "
    const [before, last = before] = this.tokens
    if (last === ")") return before === "(" || this.inCase ? " " : "; "
    if (last === word && (before === "function" || before === "case")) return " "
    if (last === word && before === "for") return /^\s*in\b/.test(next) ? " " : ";"
    return last === undefined || goOn.has(last) ? " " : "; "
  }
}

/** A command of several lines, as one. */
export const oneLine = (text: string): string => {
  const [first = "", ...others] = text.split("\n")
  const reader = new Reader()
  let whole = first
  reader.read(first)
  for (const line of others) {
    if (reader.inDocument) {
      whole += `${whole.endsWith("\n") ? "" : "\n"}${line}\n`
      reader.document(line)
      continue
    }
    if (!reader.isQuoted && /(?:^|[^\\])(?:\\\\)*\\$/.test(whole)) whole = whole.slice(0, -1) + line
    else if (!/^\s*#/.test(line)) {
      const delimiter = reader.delimiter(line)
      whole += (whole.endsWith("\n") && delimiter.startsWith(";") ? delimiter.slice(1) : delimiter) + line
    }
    reader.read(line)
  }
  return whole
}
