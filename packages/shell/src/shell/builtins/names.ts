/**
 * Names that the grammar and the evaluator know.
 *
 * @see sh(1p) Special Built-In Utilities
 */

/** Builtins whose errors end a shell that is not interactive, and before which assignments stay. */
export const specialBuiltins: ReadonlySet<string> = new Set([
  ":",
  ".",
  "break",
  "continue",
  "eval",
  "exec",
  "exit",
  "export",
  "readonly",
  "return",
  "set",
  "shift",
  "source",
  "times",
  "trap",
  "unset"
])

/** Builtins whose arguments may be assignments, which are expanded as such. */
export const declarations: ReadonlySet<string> = new Set(["export", "readonly", "local", "declare", "typeset"])

/** Reserved words, in the order in which bash lists them. */
export const keywords: ReadonlySet<string> = new Set([
  "if",
  "then",
  "else",
  "elif",
  "fi",
  "case",
  "esac",
  "for",
  "select",
  "while",
  "until",
  "do",
  "done",
  "in",
  "function",
  "time",
  "{",
  "}",
  "!",
  "[[",
  "]]",
  "coproc"
])
