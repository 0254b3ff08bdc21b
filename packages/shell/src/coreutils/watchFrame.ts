/**
 * What a command wrote, as cells of a screen.
 *
 * @see watch(1)
 */
import * as Width from "../shell/terminal/width.js"

/** One cell of the screen: a character, empty behind a wide one, and how it is drawn. */
export interface Cell {
  readonly text: string
  readonly style: string
}

export interface Settings {
  readonly color: boolean
  readonly wrap: boolean
}

export const blank: Cell = { text: " ", style: "" }

export const sameCell = (a: Cell | undefined, b: Cell | undefined): boolean => (a ?? blank).text === (b ?? blank).text

export type Frame = ReadonlyArray<ReadonlyArray<Cell>>

/** What a text looks like in so many rows and columns. */
export const framed = (text: string, rows: number, columns: number, { color, wrap }: Settings): Frame => {
  const frame: Array<Array<Cell>> = [[]]
  let style = ""
  let cut = false
  const line = (): Array<Cell> => frame[frame.length - 1]!
  for (const [piece] of text.matchAll(/\u001b\[[0-9;]*m|[\s\S]/gu)) {
    if (piece.length > 1 && piece.startsWith("\u001b")) {
      if (color) style = piece === "\u001b[m" || piece === "\u001b[0m" ? "" : style + piece
      continue
    }
    if (piece === "\n") {
      frame.push([])
      cut = false
      if (frame.length > rows) break
      continue
    }
    if (cut || (piece !== "\t" && /\p{Cc}/u.test(piece))) continue
    if (piece === "\t") {
      for (let cells = 8 - line().length % 8; cells > 0 && line().length < columns; cells--) line().push(blank)
      continue
    }
    const width = Width.of([piece])
    if (line().length + width > columns) {
      if (!wrap) {
        cut = true
        continue
      }
      frame.push([])
      if (frame.length > rows) break
    }
    line().push({ text: piece, style })
    if (width === 2) line().push({ text: "", style })
  }
  return frame.slice(0, rows)
}

/** Cells as a terminal takes them. */
export const drawn = (cells: ReadonlyArray<Cell>, marked: (column: number) => boolean): string => {
  let text = ""
  let now = ""
  cells.forEach(({ style, text: character }, column) => {
    const wanted = marked(column) ? `${style}\u001b[7m` : style
    if (wanted !== now) text += `${now === "" ? "" : "\u001b[m"}${wanted}`
    now = wanted
    text += character
  })
  return now === "" ? text : `${text}\u001b[m`
}
