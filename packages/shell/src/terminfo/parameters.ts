/**
 * A capability with its parameters filled in.
 *
 * @see terminfo(5) Parameterized Strings
 */

const escapes: Readonly<Record<string, string>> = {
  E: "\u001b",
  e: "\u001b",
  n: "\n",
  l: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
  s: " ",
  "0": "\0"
}

/** The bytes that a text in the notation of terminfo means, without the pauses that old terminals needed. */
export const plain = (text: string): string =>
  text.replace(/\$<[^>]*>/g, "").replace(
    /\\([0-7]{3})|\\([\s\S])|\^([\s\S])/g,
    (_, octal: string | undefined, letter: string | undefined, control: string | undefined) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
      if (control !== undefined) return String.fromCharCode(control.charCodeAt(0) ^ 64)
      return escapes[letter!] ?? letter!
    }
  )

/** How many parameters a text takes. */
export const countOf = (text: string): number =>
  Math.max(0, ...Array.from(text.matchAll(/%p([1-9])/g), (match) => Number(match[1])))

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => b === 0 ? 0 : Math.trunc(a / b),
  m: (a, b) => b === 0 ? 0 : a % b,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "=": (a, b) => Number(a === b),
  "<": (a, b) => Number(a < b),
  ">": (a, b) => Number(a > b),
  A: (a, b) => Number(a !== 0 && b !== 0),
  O: (a, b) => Number(a !== 0 || b !== 0)
}

/** Where the part of a condition ends that begins at `from`: at its `%e` if `orElse`, or at its `%;`. */
const endOf = (tokens: ReadonlyArray<string>, from: number, orElse: boolean): number => {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    const token = tokens[at]
    if (token === "%?") depth++
    else if (token === "%;" && depth-- === 0) return at
    else if (token === "%e" && depth === 0 && orElse) return at
  }
  return tokens.length
}

export const fill = (text: string, given: ReadonlyArray<number>): string => {
  const tokens = text.match(/%(?:p[1-9]|\{\d+\}|'[\s\S]'|[:#]?[-+# 0-9.]*[doxXs]|[\s\S])|[^%]+/g) ?? []
  const parameters = [...given]
  const stack: Array<number> = []
  const pop = (): number => stack.pop() ?? 0
  let out = ""
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!
    const letter = token[1]
    const operator = token.length === 2 ? operators[letter!] : undefined
    if (!token.startsWith("%")) out += token
    else if (token === "%%") out += "%"
    else if (token === "%i") {
      parameters[0] = (parameters[0] ?? 0) + 1
      parameters[1] = (parameters[1] ?? 0) + 1
    } else if (letter === "p") stack.push(parameters[Number(token[2]) - 1] ?? 0)
    else if (letter === "{") stack.push(Number(token.slice(2, -1)))
    else if (letter === "'") stack.push(token.charCodeAt(2))
    else if (token === "%c") out += String.fromCharCode(pop())
    else if (token === "%!") stack.push(Number(pop() === 0))
    else if (token === "%~") stack.push(~pop())
    else if (operator !== undefined) {
      const b = pop()
      stack.push(operator(pop(), b))
    } else if (token === "%t") {
      if (pop() === 0) at = endOf(tokens, at + 1, true)
    } else if (token === "%e") at = endOf(tokens, at + 1, false)
    else if (/[doxXs]$/.test(token)) {
      const [, width = "", precision = ""] = /^%:?[-+# ]*0?(\d*)(?:\.(\d+))?/.exec(token) ?? []
      const base = token.endsWith("o") ? 8 : /[xX]$/.test(token) ? 16 : 10
      const digits = pop().toString(base).padStart(Number(precision), "0")
      const padded = digits.padStart(Number(width), /%0\d/.test(token) ? "0" : " ")
      out += token.endsWith("X") ? padded.toUpperCase() : padded
    }
  }
  return out
}
