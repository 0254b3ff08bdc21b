/**
 * Puts lines into columns, or the words of lines into the columns of a table.
 *
 * @see column(1)
 */
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[options] [<file>...]",
  does: "Columnate lists.",
  short: "c:dE:eH:JLl:N:n:O:o:R:s:tT:W:x",
  long: {
    "fillrows": "x",
    "keep-empty-lines": "L",
    "output-separator=": "o",
    "output-width=": "c",
    "separator=": "s",
    table: "t",
    "table-columns=": "N",
    "table-columns-limit=": "l",
    "table-noheadings": "d",
    "table-right=": "R"
  }
}

interface Table {
  /** Characters that separate words; blanks, any number of them, where that was not said. */
  readonly separators: string | undefined
  readonly between: string
  readonly limit: number
  readonly names: ReadonlyArray<string>
  readonly right: ReadonlyArray<string>
  readonly headings: boolean
}

/** The words of a line. */
const wordsOf = (line: string, { limit, separators }: Table): ReadonlyArray<string> => {
  const words: Array<string> = []
  let at = 0
  if (separators === undefined) {
    while (true) {
      while (at < line.length && " \t".includes(line[at]!)) at++
      if (at >= line.length) return words
      let end = at
      if (words.length === limit - 1) end = line.length
      else while (end < line.length && !" \t".includes(line[end]!)) end++
      words.push(line.slice(at, end))
      at = end
    }
  }
  for (let end = at; end <= line.length; end++) {
    if (end < line.length && (!separators.includes(line[end]!) || words.length === limit - 1)) continue
    words.push(line.slice(at, end))
    at = end + 1
  }
  return words
}

const print = (run: Utility.Run, lines: ReadonlyArray<string>, table: Table): void => {
  const rows = lines.map((line) => wordsOf(line, table))
  const heads = table.names.length > 0 && table.headings ? [table.names, ...rows] : rows
  const count = heads.reduce((most, row) => Math.max(most, row.length), 0)
  const widths = Array.from(
    { length: count },
    (_, column) => heads.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0)
  )
  const toRight = (column: number): boolean =>
    table.right.includes(`${column + 1}`) ||
    (table.names[column] !== undefined && table.right.includes(table.names[column]))
  for (const row of heads) {
    let text = ""
    for (let column = 0; column < count; column++) {
      const word = row[column] ?? ""
      const last = column === count - 1
      text += toRight(column) ? word.padStart(widths[column]!) : last ? word : word.padEnd(widths[column]!)
      if (!last) text += table.between
    }
    run.out.latin1(text)
    run.out.byte(10)
  }
}

/** Fills the width with columns of entries, by columns or by rows. */
const fill = (run: Utility.Run, entries: ReadonlyArray<string>, width: number, byRows: boolean): void => {
  const longest = entries.reduce((most, entry) => Math.max(most, entry.length), 0)
  const cell = longest + 8 & ~7
  const columns = Math.max(1, Math.floor(width / cell))
  const rows = Math.ceil(entries.length / columns)
  const perRow = byRows ? columns : Math.ceil(entries.length / rows)
  for (let row = 0; row < rows; row++) {
    let text = ""
    let at = 0
    for (let column = 0; column < perRow; column++) {
      const entry = entries[byRows ? row * columns + column : column * rows + row]
      if (entry === undefined) break
      // Tabs lead to where the column begins.
      while (at < column * cell) {
        text += "\t"
        at = (at & ~7) + 8
      }
      text += entry
      at += entry.length
    }
    run.out.latin1(text)
    run.out.byte(10)
  }
}

function* read(run: Utility.Run, operands: ReadonlyArray<string>, empty: boolean): Steps<ReadonlyArray<string>> {
  const found: Array<string> = []
  yield* run.inputs(operands, function*(fd) {
    const lines = new LineReader(run.sys, fd)
    do {
      while (lines.next()) {
        const line = Latin1.decode(lines.buffer, lines.from, lines.to)
        const isEmpty = /^[ \t]*$/.test(line)
        if (!isEmpty || empty) found.push(isEmpty ? "" : line)
      }
    } while (yield* lines.fill())
    return lines.error
  })
  return found
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const last = (wanted: string): string | undefined => Options.last(options, wanted)?.value
  const list = (wanted: string): ReadonlyArray<string> => last(wanted)?.split(",") ?? []
  const unsupported = ["J", "E", "H", "O", "T", "W", "n", "e"].find(has)
  if (unsupported !== undefined) return yield* run.misuse(`option '-${unsupported}' is not supported`)
  const width = last("c") ?? (yield* run.sys.environ()).COLUMNS ?? "80"
  if (last("c") !== undefined && !/^\d+$/.test(width)) {
    return yield* run.die(`invalid columns argument: '${width}'`)
  }
  const limit = last("l") ?? "0"
  if (!/^\d+$/.test(limit)) return yield* run.die(`invalid columns limit argument: '${limit}'`)
  const lines = yield* read(run, operands, has("L"))
  const separators = last("s")
  if (!has("t")) return fill(run, lines, /^\d+$/.test(width) ? Number(width) : 80, has("x"))
  print(run, lines, {
    separators: separators === undefined ? undefined : Latin1.fromText(separators),
    between: Latin1.fromText(last("o") ?? "  "),
    limit: Number(limit) === 0 ? Number.POSITIVE_INFINITY : Number(limit),
    names: list("N").map(Latin1.fromText),
    right: list("R").map(Latin1.fromText),
    headings: !has("d")
  })
})
