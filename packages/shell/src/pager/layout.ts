/**
 * How one line of a file looks on a terminal: control characters made visible, tabs as spaces, what was overstruck bold or
 * underlined, and broken into rows.
 *
 * @see less(1), -r, -R, -S, -u, -x
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Width from "../shell/terminal/width.js"

/** What stands in one place of a row: `text` as it is written, `width` cells, and which bytes of the plain text it shows. */
interface Glyph {
  readonly text: string
  readonly width: number
  readonly from: number
  readonly to: number
}

export interface Look {
  readonly columns: number
  /** Whether long lines are cut instead of broken. */
  readonly chop: boolean
  /** Whether sequences that change colours go to the terminal as they are. */
  readonly raw: boolean
  readonly tab: number
}

/** Bytes of the plain text. */
export interface Found {
  readonly start: number
  readonly end: number
}

export interface Row {
  readonly glyphs: ReadonlyArray<Glyph>
}

const standout = (text: string): string => `\u001b[7m${text}\u001b[27m`

const isControl = (character: string): boolean => {
  const code = character.codePointAt(0)!
  return code < 32 || code === 127 || (code >= 0xdc80 && code <= 0xdcff)
}

const visible = (character: string): string => {
  const code = character.codePointAt(0)!
  if (code === 27) return "ESC"
  if (code === 127) return "^?"
  if (code >= 0xdc80) return `<${(code & 0xff).toString(16).toUpperCase()}>`
  return `^${String.fromCharCode(code + 64)}`
}

const colours = /^\u001b\[[0-9;:]*m/

/** The glyphs of a line, and the text that a pattern is looked for in. */
export const glyphsOf = (
  line: string,
  look: Look
): { readonly glyphs: ReadonlyArray<Glyph>; readonly plain: string } => {
  const glyphs: Array<Glyph> = []
  let plain = ""
  let bytes = 0
  let column = 0
  const add = (text: string, width: number, shown: string): void => {
    const to = bytes + Bytes.byteLength(shown)
    glyphs.push({ text, width, from: bytes, to })
    plain += shown
    bytes = to
    column += width
  }
  const characters = Width.clusters(line)
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!
    const [next, after] = [characters[at + 1], characters[at + 2]]
    if (next === "\b" && after !== undefined && (after === character || character === "_" || after === "_")) {
      const shown = after === "_" ? character : after
      const mark = after === character ? ["\u001b[1m", "\u001b[22m"] : ["\u001b[4m", "\u001b[24m"]
      add(`${mark[0]}${shown}${mark[1]}`, Width.of(shown), shown)
      at += 2
    } else if (character === "\t") {
      const width = look.tab - column % look.tab
      add(" ".repeat(width), width, character)
    } else if (character === "\r" && next === undefined) {
      // The end of a line of another system.
      add(standout("^M"), 2, character)
    } else if (look.raw && character === "\u001b" && colours.test(characters.slice(at, at + 32).join(""))) {
      const sequence = colours.exec(characters.slice(at, at + 32).join(""))![0]
      glyphs.push({ text: sequence, width: 0, from: bytes, to: bytes })
      at += sequence.length - 1
    } else if (isControl(character)) {
      const shown = visible(character)
      add(standout(shown), shown.length, character)
    } else add(character, Width.of(character), character)
  }
  return { glyphs, plain }
}

/** Breaks a line into rows, at least one. */
export const rowsOf = (glyphs: ReadonlyArray<Glyph>, { chop, columns }: Look): ReadonlyArray<Row> => {
  const rows: Array<Row> = []
  let row: Array<Glyph> = []
  let width = 0
  for (const glyph of glyphs) {
    if (width + glyph.width > columns) {
      if (chop) break
      rows.push({ glyphs: row })
      row = []
      width = 0
    }
    row.push(glyph)
    width += glyph.width
  }
  rows.push({ glyphs: row })
  return rows
}

/** A row as it is written, with what was found standing out. */
export const drawn = ({ glyphs }: Row, found: ReadonlyArray<Found>): string => {
  let text = ""
  let lit = false
  for (const glyph of glyphs) {
    const hit = glyph.width > 0 && found.some(({ end, start }) => glyph.from < end && glyph.to > start)
    if (hit !== lit) text += hit ? "\u001b[7m" : "\u001b[27m"
    lit = hit
    text += glyph.text
  }
  return `${text}${lit ? "\u001b[27m" : ""}\u001b[m`
}
