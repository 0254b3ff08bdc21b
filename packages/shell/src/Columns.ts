/**
 * Names in columns, as many as fit a line.
 *
 * @see ls(1)
 */

/** Two spaces between columns, made of tabs where they lead there too. */
const indent = (from: number, to: number, tabs: number): string => {
  let text = ""
  let at = from
  while (at < to) {
    if (tabs > 0 && Math.floor(to / tabs) > Math.floor((at + 1) / tabs)) {
      text += "\t"
      at += tabs - (at % tabs)
    } else {
      text += " "
      at++
    }
  }
  return text
}

const widthsFor = (widths: ReadonlyArray<number>, columns: number, down: boolean): ReadonlyArray<number> => {
  const rows = Math.ceil(widths.length / columns)
  const result = new Array<number>(columns).fill(3)
  widths.forEach((width, i) => {
    const column = down ? Math.floor(i / rows) : i % columns
    const padded = width + (column === columns - 1 ? 0 : 2)
    result[column] = Math.max(result[column] ?? 0, padded)
  })
  return result
}

/** Lines of cells; `down` fills one column after the other, otherwise row after row. */
export const layout = (
  cells: ReadonlyArray<{ readonly text: string; readonly width: number }>,
  lineWidth: number,
  down: boolean,
  tabs = 8
): string => {
  if (cells.length === 0) return ""
  const all = cells.map((cell) => cell.width)
  const most = Math.max(1, Math.min(cells.length, Math.ceil(lineWidth / 3)))
  let columns = 1
  let widths = widthsFor(all, 1, down)
  for (let candidate = most; candidate > 1; candidate--) {
    const tried = widthsFor(all, candidate, down)
    if (tried.reduce((sum, width) => sum + width, 0) < lineWidth) {
      columns = candidate
      widths = tried
      break
    }
  }
  const rows = Math.ceil(cells.length / columns)
  let text = ""
  for (let row = 0; row < rows; row++) {
    let at = 0
    let start = 0
    for (let column = 0; column < columns; column++) {
      const cell = cells[down ? column * rows + row : row * columns + column]
      if (cell === undefined) break
      text += indent(at, start, tabs) + cell.text
      at = start + cell.width
      start += widths[column]!
    }
    text += "\n"
  }
  return text
}
