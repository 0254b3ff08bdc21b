/**
 * One URL that stands for several: `{one,two}` and `[1-3]`.
 *
 * @see curl(1), GLOBBING
 */

/** What is wrong with a pattern, and where. */
export interface Unfit {
  readonly text: string
  /** From 1. */
  readonly position: number
}

export interface Globbed {
  readonly url: string
  /** What each pattern in it stands for this time: `#1` and its siblings in the name of an output. */
  readonly parts: ReadonlyArray<string>
}

/** URLs that one pattern stands for, at most: all of them are made before the first is asked for. */
const MOST = 100_000

const isUnfit = (value: object): value is Unfit => "position" in value

const letters = (first: string, last: string, step: number): ReadonlyArray<string> => {
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)]
  return to - from > 25 ? [] : counted(from, to, step).map((code) => String.fromCharCode(code))
}

/** Nothing where the numbers do not fit. */
const counted = (from: number, to: number, step: number): ReadonlyArray<number> => {
  const fits = from === to ? step === 1 : from < to && step > 0 && step <= to - from
  const length = Math.floor((to - from) / step) + 1
  return fits && length <= MOST ? Array.from({ length }, (_, i) => from + i * step) : []
}

/** What stands in brackets that begin at `at`, and where it goes on. */
const range = (url: string, at: number): { readonly choices: ReadonlyArray<string>; readonly end: number } | Unfit => {
  const [all, first, last, by] = /^\[(\d+|[A-Za-z])-(\d+|[A-Za-z])(?::(\d+))?\]/.exec(url.slice(at)) ?? []
  const text = "bad range"
  if (all === undefined || first === undefined || last === undefined) {
    const close = url.indexOf("]", at)
    const begun = /^\[\d+-/.exec(url.slice(at))?.[0].length ?? 1
    return { text, position: close < 0 ? at + begun + 1 : close + 2 }
  }
  const end = at + all.length
  const step = by === undefined ? 1 : Number(by)
  const isNumber = /^\d/.test(first)
  const width = first.startsWith("0") ? first.length : 0
  const choices = isNumber !== /^\d/.test(last)
    ? []
    : isNumber
    ? counted(Number(first), Number(last), step).map((number) => `${number}`.padStart(width, "0"))
    : letters(first, last, step)
  return choices.length === 0 ? { text, position: end + 1 } : { choices, end }
}

/** What stands in braces that begin at `at`. */
const set = (url: string, at: number): { readonly choices: ReadonlyArray<string>; readonly end: number } | Unfit => {
  const choices = [""]
  for (let i = at + 1; i < url.length; i++) {
    const letter = url[i]!
    if (letter === "{") return { text: "nested brace", position: i + 1 }
    if (letter === "]") return { text: "unexpected close bracket", position: i + 1 }
    if (letter === "}") {
      if (i === at + 1) return { text: "empty string within braces", position: i + 1 }
      return { choices, end: i + 1 }
    }
    if (letter === ",") choices.push("")
    else choices[choices.length - 1] += letter === "\\" && i + 1 < url.length ? url[++i]! : letter
  }
  return { text: "unmatched brace", position: at + 1 }
}

/** Every URL that a pattern stands for, the last one in it changing fastest. */
export const expand = (url: string): ReadonlyArray<Globbed> | Unfit => {
  let all: Array<Globbed> = [{ url: "", parts: [] }]
  const literally = (text: string) => {
    all = all.map((each) => ({ ...each, url: each.url + text }))
  }
  for (let i = 0; i < url.length;) {
    const letter = url[i]!
    // Brackets around nothing, and around an address of IPv6, are none of ours.
    const plain = letter === "[" ? /^\[([0-9a-fA-F]*:[^\]]*)?\]/.exec(url.slice(i))?.[0] : undefined
    if (plain !== undefined && !/^\[\d+-\d+:/.test(plain)) {
      literally(plain)
      i += plain.length
    } else if (letter === "[" || letter === "{") {
      const found = letter === "[" ? range(url, i) : set(url, i)
      if (isUnfit(found)) return found
      const { choices, end } = found
      if (all.length * choices.length > MOST) return { text: "too many URLs", position: end }
      all = all.flatMap((each) => choices.map((choice) => ({ url: each.url + choice, parts: [...each.parts, choice] })))
      i = end
    } else if (letter === "]" || letter === "}") return { text: "unmatched close brace/bracket", position: i + 1 }
    else {
      const isEscape = letter === "\\" && /^[{}[\]]/.test(url.slice(i + 1))
      literally(isEscape ? url[i + 1]! : letter)
      i += isEscape ? 2 : 1
    }
  }
  return all
}

/** The name of an output, with what its URL was made of. */
export const named = (target: string, parts: ReadonlyArray<string>): string =>
  target.replace(/#(\d+)/g, (all, number: string) => parts[Number(number) - 1] ?? all)
