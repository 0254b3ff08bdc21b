/**
 * What completion puts into the line, and how it shows a choice.
 *
 * @see readline(3)
 */
import { isOn } from "../readline/Readline.js"
import type { Run, Shell } from "../state/Shell.js"
import * as Width from "../terminal/width.js"
import type { Attempt } from "./attempt.js"
import { leads } from "./files.js"
import { unquoted } from "./generate.js"

const common = (words: ReadonlyArray<string>): string => {
  let prefix = words[0] ?? ""
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1)
  return prefix
}

/** Quotes a file's name as it has begun; a name that is finished ends its quote. */
const quoted = (text: string, quote: Attempt["quote"], finished: boolean): string => {
  if (quote === "'") return text.replace(/'/g, "'\\''") + (finished ? quote : "")
  if (quote === "\"") return text.replace(/[$`"\\]/g, "\\$&") + (finished ? quote : "")
  return text.replace(/[ \t\n!"$&'()*,;<>?[\\\]^`{|}@=:]|^#/g, "\\$&")
}

/** A name has one of these: then it is quoted. */
const special = /[ \t\n\\"'@<>=;|&()#$`?*[!:{~]/

/** What stands in the place of the word that was typed as `raw`. */
export const replacement = (attempt: Attempt, raw: string): string => {
  const { filenames, quote, quoting, words } = attempt
  const prefix = common(words)
  if (!filenames || !quoting) return prefix
  // The directories stay as they were typed.
  const directory = raw.slice(0, raw.lastIndexOf("/") + 1)
  const typed = unquoted(directory)
  const begin = typed !== "" && prefix.startsWith(typed) ? directory : /^~[^/]*/.exec(prefix)?.[0] ?? ""
  const rest = prefix.slice(begin === directory ? typed.length : begin.length)
  return begin + (special.test(rest) ? quoted(rest, quote, words.length === 1) : rest)
}

/** What follows the only word there is, once it stands in the line before `after`. */
export function* ending(shell: Shell, attempt: Attempt, head: string, after: string, grew: boolean): Run<string> {
  const [word = ""] = attempt.words
  const { append, filenames, links, quote } = attempt
  if (filenames) {
    const leading = yield* leads(shell, word)
    const marked = isOn(shell.readline, leading === "link" ? "mark-symlinked-directories" : "mark-directories")
    if (leading !== undefined && (marked || (leading === "link" && (links || !grew)))) {
      return head.endsWith("/") || after.startsWith("/") ? "" : "/"
    }
    if (leading !== undefined) return ""
  }
  if (after !== "") return ""
  return (quote !== "" && !head.endsWith(quote) ? quote : "") + append
}

/** A word as it is shown, and what is shown behind it, for which its column makes no room. */
export interface Shown {
  readonly name: string
  readonly mark: "/" | ""
}

/** The words as they are shown to choose from. */
export function* shown(shell: Shell, { filenames, words }: Attempt): Run<ReadonlyArray<Shown>> {
  if (!filenames) return words.map((name) => ({ name, mark: "" }))
  const marks = isOn(shell.readline, "mark-directories")
  const names: Array<Shown> = []
  for (const word of words) {
    const name = word.slice(word.replace(/\/$/, "").lastIndexOf("/") + 1)
    const marked = marks && !name.endsWith("/") && (yield* leads(shell, word)) !== undefined
    names.push({ name, mark: marked ? "/" : "" })
  }
  return names
}

/** Names in as many columns as there is room for: down one and then down the next, or across them. */
export const columns = (names: ReadonlyArray<Shown>, cells: number, across: boolean): ReadonlyArray<string> => {
  const width = Math.max(...names.map(({ name }) => Width.of(name))) + 2
  let perRow = Math.floor(cells / width)
  if (perRow !== 1 && perRow * width === cells) perRow--
  perRow = Math.max(1, perRow)
  const rows = Math.ceil(names.length / perRow)
  return Array.from({ length: rows }, (_, row) => {
    let text = ""
    for (let column = 0; column < perRow; column++) {
      const shown = names[across ? row * perRow + column : column * rows + row]
      if (shown === undefined) break
      const name = shown.name + shown.mark
      const pads = column + 1 < perRow && !(across && row * perRow + column === names.length - 1)
      text += pads ? name + " ".repeat(Math.max(0, width - Width.of(name))) : name
    }
    return text
  })
}
