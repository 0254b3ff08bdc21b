/**
 * How pr(1) is asked to lay out its pages, and what becomes of a line: parts, tabs, and bytes that cannot be seen.
 *
 * @see pr(1)
 */

export interface How {
  columns: number
  across: boolean
  merge: boolean
  first: number
  last: number
  length: number
  width: number
  margin: number
  double: boolean
  header: string | undefined
  date: string
  formFeed: boolean
  /** Whether pages have a header and a trailer. */
  framed: boolean
  /** Whether a form feed of the input begins a page. */
  keepsPages: boolean
  /** Input tabs: the character and how wide it goes; not expanded if undefined. */
  tabs: { readonly character: string; readonly width: number } | undefined
  outputTabs: { readonly character: string; readonly width: number } | undefined
  visible: "" | "octal" | "hat"
  numbers: { readonly separator: string; readonly digits: number } | undefined
  start: number
  separator: string | undefined
  join: boolean
  truncate: boolean
  quiet: boolean
}

/** Lines, in parts that a form feed separates. */
export type Parts = ReadonlyArray<ReadonlyArray<string>>

export const partsOf = (text: string): Parts =>
  text.split("\f").map((part) => {
    const lines = part.split("\n")
    if (lines.at(-1) === "") lines.pop()
    return lines
  })

/** How far a tab goes from a column. */
export const tabWidth = (width: number, column: number): number => width - column % width

const shownByte = (byte: string, { visible }: How): string => {
  const code = byte.charCodeAt(0)
  if (visible === "" || (code >= 32 && code < 127)) return byte
  if (visible === "hat" && code < 32) return `^${String.fromCharCode(code + 64)}`
  return `\\${code.toString(8).padStart(3, "0")}`
}

/** A line as it is shown, cut off at a width if there is one; `from` cells are taken already. */
export const expanded = (line: string, how: How, from: number, most: number): string => {
  let out = ""
  let column = from
  for (const byte of line) {
    let piece: string
    if (how.tabs !== undefined && (byte === how.tabs.character || byte === "\t")) {
      piece = " ".repeat(tabWidth(byte === how.tabs.character ? how.tabs.width : 8, column))
    } else piece = byte === "\t" ? byte : shownByte(byte, how)
    const code = piece.charCodeAt(0)
    const cells = piece === "\t"
      ? tabWidth(8, column)
      : piece === "\b"
      ? -1
      : code < 32 || code > 126
      ? 0
      : piece.length
    // The first character is there whatever stands before it.
    if ((out === "" ? cells : column + cells) > most) break
    column += cells
    out += piece
  }
  return out
}
