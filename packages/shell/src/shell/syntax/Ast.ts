/**
 * What the evaluator walks: the parser's tree made small and ready to run. Words are lists of pieces with the quoting
 * told apart, braces are expanded, line numbers are filled in, and what can be known beforehand is known.
 *
 * @see sh(1)
 */
import type { Expression } from "../arithmetic/Expression.js"

/** Text as it stands; unquoted text may hold pattern characters and is not split. */
interface Text {
  readonly kind: "text"
  readonly text: string
  readonly quoted: boolean
}
/** `~`, `~user`, `~+`, `~-` at a place where it is special. */
interface Tilde {
  readonly kind: "tilde"
  readonly user: string
  /** Set where bash expands it and POSIX does not. */
  readonly beyondPosix?: boolean
}
/** `$x`, `${x…}`. */
export interface Parameter {
  readonly kind: "parameter"
  readonly name: string
  readonly quoted: boolean
  /** `#` asks for the length, `!` goes through another name. */
  readonly prefix: "" | "#" | "!"
  readonly index: "@" | "*" | Word | undefined
  readonly operation: Operation | undefined
  readonly source: string
}
/** `$(…)` and the one in backquotes. */
interface Substitution {
  readonly kind: "command"
  readonly script: List
  readonly quoted: boolean
}
/** `$((…))`. */
interface Arithmetic {
  readonly kind: "arithmetic"
  readonly expression: ArithmeticSource
  readonly quoted: boolean
}
/** `<(…)`, `>(…)`. */
export interface ProcessSubstitution {
  readonly kind: "process"
  readonly operator: "<" | ">"
  readonly script: List
}
export type Piece = Text | Tilde | Parameter | Substitution | Arithmetic | ProcessSubstitution

export interface Word {
  readonly pieces: ReadonlyArray<Piece>
  /** The word's only value, when nothing in it is expanded, split or matched. */
  readonly literal: string | undefined
  /** As it was written. */
  readonly source: string
  /** Set on what braces have made: the word as it was before on the first, nothing on the others. */
  readonly braced?: { readonly word: Word | undefined }
  /** Set on arguments such as those of `export a=b`: what a declaration makes of them. */
  readonly assignment?: Assignment
}

/** An arithmetic expression: parsed, or a text that has to be expanded and parsed each time. */
export interface ArithmeticSource {
  readonly text: string
  /** Its parts when there are expansions in it. */
  readonly word: Word | undefined
  /** Filled in when it is first evaluated. */
  parsed: Expression | undefined
}

export type Operation =
  | { readonly kind: "default"; readonly operator: "-" | "=" | "+" | "?"; readonly colon: boolean; readonly word: Word }
  | { readonly kind: "remove"; readonly prefix: boolean; readonly longest: boolean; readonly pattern: Word }
  | {
    readonly kind: "replace"
    readonly all: boolean
    readonly anchor: "" | "#" | "%"
    readonly pattern: Word
    readonly replacement: Word
  }
  | { readonly kind: "slice"; readonly offset: ArithmeticSource; readonly length: ArithmeticSource | undefined }
  | { readonly kind: "case"; readonly upper: boolean; readonly all: boolean; readonly pattern: Word | undefined }
  | { readonly kind: "transform"; readonly operator: string }
  | { readonly kind: "names"; readonly separate: boolean }
  | { readonly kind: "bad" }

export interface Assignment {
  readonly name: string
  readonly index: Word | undefined
  readonly append: boolean
  readonly value: Word | ArrayValue
  readonly source: string
}
export interface ArrayValue {
  readonly kind: "array"
  readonly elements: ReadonlyArray<{ readonly index: Word | undefined; readonly append: boolean; readonly word: Word }>
}

export type RedirectOperator = "<" | ">" | ">>" | ">|" | "<>" | "<&" | ">&" | "&>" | "&>>" | "<<" | "<<<"
export interface Redirection {
  readonly operator: RedirectOperator
  /** The descriptor; a name for `{name}>`. */
  readonly descriptor: number | string
  readonly target: Word
  readonly line: number
}

interface Located {
  readonly line: number
}
export interface Simple extends Located {
  readonly kind: "simple"
  readonly source: string
  readonly assignments: ReadonlyArray<Assignment>
  readonly words: ReadonlyArray<Word>
  readonly redirections: ReadonlyArray<Redirection>
}
export interface Pipeline extends Located {
  readonly kind: "pipeline"
  readonly source: string
  readonly negated: boolean
  readonly timed: false | "bash" | "posix"
  readonly commands: ReadonlyArray<Command>
  /** For each command but the last, whether its standard error goes down the pipe too. */
  readonly errors: ReadonlyArray<boolean>
}
interface AndOr extends Located {
  readonly kind: "andor"
  readonly commands: ReadonlyArray<Command>
  readonly operators: ReadonlyArray<"&&" | "||">
}
export interface Subshell extends Located {
  readonly kind: "subshell"
  readonly body: List
}
interface Group extends Located {
  readonly kind: "group"
  readonly body: List
}
export interface If extends Located {
  readonly kind: "if"
  readonly branches: ReadonlyArray<{ readonly test: List; readonly body: List }>
  readonly otherwise: List | undefined
}
export interface For extends Located {
  readonly kind: "for"
  readonly select: boolean
  readonly name: string
  /** How it begins, as it was written but for the spaces. */
  readonly source: string
  readonly words: ReadonlyArray<Word> | undefined
  readonly body: List
}
export interface ArithmeticFor extends Located {
  readonly kind: "cfor"
  readonly first: ArithmeticSource | undefined
  readonly test: ArithmeticSource | undefined
  readonly next: ArithmeticSource | undefined
  readonly body: List
}
export interface While extends Located {
  readonly kind: "while"
  readonly until: boolean
  readonly test: List
  readonly body: List
}
export interface Case extends Located {
  readonly kind: "case"
  readonly word: Word
  readonly items: ReadonlyArray<{
    readonly patterns: ReadonlyArray<Word>
    readonly body: List
    readonly terminator: ";;" | ";&" | ";;&"
  }>
}
interface TestCommand extends Located {
  readonly kind: "test"
  readonly source: string
  readonly expression: Test
}
export interface ArithmeticCommand extends Located {
  readonly kind: "arith"
  readonly expression: ArithmeticSource
}
export interface Function extends Located {
  readonly kind: "function"
  readonly name: string
  readonly body: Command
  readonly source: string
}
export interface Coprocess extends Located {
  readonly kind: "coproc"
  readonly name: string
  readonly body: Command
}
interface Redirected extends Located {
  readonly kind: "redirected"
  readonly command: Command
  readonly redirections: ReadonlyArray<Redirection>
}
export type Command =
  | Simple
  | Pipeline
  | AndOr
  | Subshell
  | Group
  | If
  | For
  | ArithmeticFor
  | While
  | Case
  | TestCommand
  | ArithmeticCommand
  | Function
  | Coprocess
  | Redirected

export interface Statement {
  readonly command: Command
  readonly background: boolean
  readonly line: number
  /** As it was written, for `jobs`. */
  readonly source: string
}
export interface List {
  readonly statements: ReadonlyArray<Statement>
}

/** The conditions of `[[ … ]]`. */
export type Test =
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Word }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Word; readonly right: Word }
  | { readonly kind: "logical"; readonly operator: "&&" | "||"; readonly operands: ReadonlyArray<Test> }
  | { readonly kind: "not"; readonly operand: Test }
