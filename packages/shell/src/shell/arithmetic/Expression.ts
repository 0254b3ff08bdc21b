/**
 * Arithmetic expressions: the operators of C over 64-bit integers, without `sizeof`, pointers and casts.
 *
 * @see bash(1) ARITHMETIC EVALUATION
 */

/** A whole number: a double where that is exact, else a bigint. */
export type Integer = number | bigint

export type Expression =
  | { readonly kind: "number"; readonly value: Integer }
  | { readonly kind: "variable"; readonly name: string; readonly index: string | undefined }
  | { readonly kind: "unary"; readonly operator: "-" | "+" | "!" | "~"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "comma"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "ternary"; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  /** `operator` is empty for a plain `=`. */
  | {
    readonly kind: "assign"
    readonly operator: string
    readonly name: string
    readonly index: string | undefined
    readonly value: Expression
  }
  | {
    readonly kind: "step"
    readonly by: 1 | -1
    readonly prefix: boolean
    readonly name: string
    readonly index: string | undefined
  }

/** An expression that cannot be parsed or evaluated; the message is what follows the expression's text. */
export class ArithmeticError {
  constructor(readonly message: string) {}
}
