/**
 * What an awk program is once it has been read: rules and functions, their statements and expressions.
 *
 * @see awk(1p)
 */

/** Where something stands in the program: its file (`undefined` for the command line) and line. */
export interface Place {
  readonly file: string | undefined
  readonly line: number
}

/** A variable: one of the program, or one of the function around. */
export interface Name {
  readonly _tag: "Name"
  readonly scope: "global" | "local"
  readonly index: number
  readonly name: string
}

/** `base[subscripts]`; `base` is an array, or an element that is one. */
export interface Element {
  readonly _tag: "Element"
  readonly base: Name | Element
  readonly subscripts: ReadonlyArray<Expression>
}

interface Field {
  readonly _tag: "Field"
  readonly index: Expression
}

/** What can be assigned to. */
export type Target = Name | Element | Field

export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "^"

export type Comparison = "<" | "<=" | "==" | "!=" | ">" | ">="

/** Where `getline` takes its line from. */
export type Source =
  | { readonly _tag: "Main" }
  | { readonly _tag: "File" | "Command"; readonly name: Expression }

export type Expression =
  | { readonly _tag: "Number"; readonly value: number }
  | { readonly _tag: "Text"; readonly value: string }
  /** `/re/`: by itself it asks whether the record matches. */
  | { readonly _tag: "Regexp"; readonly source: string; readonly place: Place }
  /** `@/re/`, a value of its own. */
  | { readonly _tag: "StrongRegexp"; readonly source: string; readonly place: Place }
  | Target
  | { readonly _tag: "Assign"; readonly target: Target; readonly value: Expression }
  | {
    readonly _tag: "Update"
    readonly target: Target
    readonly operator: BinaryOperator
    readonly value: Expression
    readonly place: Place
  }
  /** `++` and `--`; `by` is what they add. */
  | { readonly _tag: "Step"; readonly target: Target; readonly by: number; readonly prefix: boolean }
  | {
    readonly _tag: "Binary"
    readonly operator: BinaryOperator
    readonly left: Expression
    readonly right: Expression
    readonly place: Place
  }
  | { readonly _tag: "Compare"; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly _tag: "Match"; readonly negated: boolean; readonly left: Expression; readonly right: Expression }
  | { readonly _tag: "Concatenate"; readonly left: Expression; readonly right: Expression }
  | { readonly _tag: "And" | "Or"; readonly left: Expression; readonly right: Expression }
  | { readonly _tag: "Not" | "Minus" | "Plus"; readonly operand: Expression }
  | {
    readonly _tag: "Conditional"
    readonly test: Expression
    readonly whenTrue: Expression
    readonly whenFalse: Expression
  }
  | { readonly _tag: "In"; readonly subscripts: ReadonlyArray<Expression>; readonly array: Name | Element }
  | { readonly _tag: "Builtin"; readonly name: string; readonly args: ReadonlyArray<Expression>; readonly place: Place }
  | { readonly _tag: "Call"; readonly name: string; readonly args: ReadonlyArray<Expression>; readonly place: Place }
  /** `@name(…)`: the function whose name a variable holds. */
  | {
    readonly _tag: "Indirect"
    readonly callee: Name
    readonly args: ReadonlyArray<Expression>
    readonly place: Place
  }
  | { readonly _tag: "Getline"; readonly target: Target | undefined; readonly source: Source }
  /** Parentheses, which matter to `print`, `in` and concatenation; several expressions are no value. */
  | { readonly _tag: "Group"; readonly inner: Expression }

export interface Redirection {
  readonly kind: ">" | ">>" | "|"
  readonly name: Expression
}

export interface Case {
  /** `undefined` for `default`. */
  readonly value: Expression | undefined
  readonly body: ReadonlyArray<Statement>
}

export type Statement =
  & { readonly place: Place }
  & (
    | { readonly _tag: "Evaluate"; readonly expression: Expression }
    | {
      readonly _tag: "Print" | "Printf"
      readonly args: ReadonlyArray<Expression>
      readonly to: Redirection | undefined
    }
    | {
      readonly _tag: "If"
      readonly test: Expression
      readonly whenTrue: Statement
      readonly whenFalse: Statement | undefined
    }
    | { readonly _tag: "While" | "DoWhile"; readonly test: Expression; readonly body: Statement }
    | {
      readonly _tag: "For"
      readonly first: Statement | undefined
      readonly test: Expression | undefined
      readonly next: Statement | undefined
      readonly body: Statement
    }
    | { readonly _tag: "ForIn"; readonly variable: Target; readonly array: Name | Element; readonly body: Statement }
    | { readonly _tag: "Switch"; readonly value: Expression; readonly cases: ReadonlyArray<Case> }
    | { readonly _tag: "Block"; readonly body: ReadonlyArray<Statement> }
    | { readonly _tag: "Break" | "Continue" | "Next" | "NextFile" }
    | { readonly _tag: "Exit" | "Return"; readonly value: Expression | undefined }
    | { readonly _tag: "Delete"; readonly what: Name | Element }
  )

export interface Rule {
  readonly kind: "BEGIN" | "END" | "BEGINFILE" | "ENDFILE" | "record"
  /** None: every record; two: a range. */
  readonly patterns: readonly [] | readonly [Expression] | readonly [Expression, Expression]
  /** `undefined`: prints the record. */
  readonly action: ReadonlyArray<Statement> | undefined
  readonly place: Place
}

export interface Function {
  readonly name: string
  readonly parameters: ReadonlyArray<string>
  readonly body: ReadonlyArray<Statement>
  /** Which parameters are used as arrays, as far as can be told. */
  readonly arrays: ReadonlyArray<boolean>
}

export interface Program {
  readonly rules: ReadonlyArray<Rule>
  readonly functions: ReadonlyMap<string, Function>
  /** The names of all global variables, by index; those of awk itself come first. */
  readonly globals: ReadonlyArray<string>
  /** Global variables that are used as arrays. */
  readonly globalArrays: ReadonlySet<number>
  /** The variables of awk itself that occur in it. */
  readonly mentioned: ReadonlySet<string>
  /** What is odd about it, though it has a meaning. */
  readonly warnings: ReadonlyArray<Complaint>
}

/** A text, and where in the program it is about. */
export interface Complaint {
  readonly place: Place
  readonly text: string
}

/** Why a program is none: lines as they are printed, each behind the place. */
export class BadProgram {
  constructor(readonly place: Place, readonly texts: ReadonlyArray<string>) {}
}

/** The variables of awk itself, in the order of their indices. */
export const specials = [
  "NF",
  "NR",
  "FNR",
  "FS",
  "OFS",
  "ORS",
  "RS",
  "SUBSEP",
  "CONVFMT",
  "OFMT",
  "IGNORECASE",
  "FIELDWIDTHS",
  "FPAT",
  "FILENAME",
  "RSTART",
  "RLENGTH",
  "RT",
  "ENVIRON",
  "ARGC",
  "ARGV",
  "ARGIND",
  "ERRNO",
  "PROCINFO",
  "BINMODE",
  "LINT",
  "TEXTDOMAIN"
] as const

/** The index of a variable of awk itself. */
export const special = (name: (typeof specials)[number]): number => specials.indexOf(name)

/** Those that are arrays. */
export const specialArrays: ReadonlySet<number> = new Set([special("ENVIRON"), special("ARGV"), special("PROCINFO")])
