/**
 * The forms in which `diff` prints changes: normal, context and unified.
 *
 * @see diff(1)
 */
import type { Change } from "../LineDifference.js"

interface Text {
  /** With their newlines, but for the last, which may have none. */
  readonly lines: ReadonlyArray<string>
  /** What the context and unified forms call it. */
  readonly head: string
}

export type Print = (old: Text, fresh: Text, changes: ReadonlyArray<Change>) => string

const line = (mark: string, text: string): string =>
  text.endsWith("\n") ? mark + text : `${mark}${text}\n\\ No newline at end of file\n`

const all = (mark: string, { lines }: Text, from: number, to: number): string =>
  lines.slice(from, to).map((text) => line(mark, text)).join("")

/** `1` or `1,3`, counted from one; of no lines, the one before. */
const range = (from: number, to: number): string =>
  to - from > 1 ? `${from + 1},${to}` : String(to > from ? from + 1 : from)

export const normal: Print = (old, fresh, changes) =>
  changes.map(({ from, newFrom, newTo, to }) => {
    const letter = to === from ? "a" : newTo === newFrom ? "d" : "c"
    return `${range(from, to)}${letter}${range(newFrom, newTo)}\n` +
      all("< ", old, from, to) + (letter === "c" ? "---\n" : "") + all("> ", fresh, newFrom, newTo)
  }).join("")

/** Changes whose surroundings touch, together. */
const grouped = (changes: ReadonlyArray<Change>, around: number): ReadonlyArray<ReadonlyArray<Change>> => {
  const groups: Array<Array<Change>> = []
  for (const change of changes) {
    const group = groups[groups.length - 1]
    if (group !== undefined && change.from - group[group.length - 1]!.to <= 2 * around) group.push(change)
    else groups.push([change])
  }
  return groups
}

/** The lines of a group and those around it, of both texts. */
const surroundings = (group: ReadonlyArray<Change>, around: number, old: Text, fresh: Text): Change => {
  const [first, last] = [group[0]!, group[group.length - 1]!]
  const before = Math.min(around, first.from)
  const after = Math.min(around, old.lines.length - last.to)
  return {
    from: first.from - before,
    to: last.to + after,
    newFrom: first.newFrom - before,
    newTo: Math.min(last.newTo + after, fresh.lines.length)
  }
}

/** Whether a line begins a section, and would be shown with the changes behind it. */
export type Heading = (line: string) => boolean

/** The last heading in front of a line, with a blank before it. */
const headingOf = (isHeading: Heading | undefined, { lines }: Text, at: number): string => {
  for (let index = at - 1; isHeading !== undefined && index >= 0; index--) {
    if (isHeading(lines[index]!.replace(/\n$/, ""))) return ` ${lines[index]!.trimStart().slice(0, 40).trimEnd()}`
  }
  return ""
}

export const unified = (around: number, isHeading?: Heading): Print => (old, fresh, changes) => {
  let text = `--- ${old.head}\n+++ ${fresh.head}\n`
  const counted = (from: number, to: number): string =>
    to - from === 1 ? String(from + 1) : `${to > from ? from + 1 : from},${to - from}`
  for (const group of grouped(changes, around)) {
    const whole = surroundings(group, around, old, fresh)
    text += `@@ -${counted(whole.from, whole.to)} +${counted(whole.newFrom, whole.newTo)} @@`
    text += `${headingOf(isHeading, old, whole.from)}\n`
    let at = whole.from
    for (const { from, newFrom, newTo, to } of group) {
      text += all(" ", old, at, from) + all("-", old, from, to) + all("+", fresh, newFrom, newTo)
      at = to
    }
    text += all(" ", old, at, whole.to)
  }
  return text
}

export const context = (around: number, isHeading?: Heading): Print => (old, fresh, changes) => {
  let text = `*** ${old.head}\n--- ${fresh.head}\n`
  for (const group of grouped(changes, around)) {
    const whole = surroundings(group, around, old, fresh)
    const half = (
      of: Text,
      from: number,
      to: number,
      sides: ReadonlyArray<readonly [from: number, to: number]>,
      mark: string
    ): string => {
      if (!sides.some(([start, end]) => end > start)) return ""
      let lines = ""
      let at = from
      sides.forEach(([start, end], index) => {
        const { from: a, newFrom: c, newTo: d, to: b } = group[index]!
        lines += all("  ", of, at, start) + all(b > a && d > c ? "! " : mark, of, start, end)
        at = end
      })
      return lines + all("  ", of, at, to)
    }
    text += `***************${headingOf(isHeading, old, whole.from)}\n*** ${range(whole.from, whole.to)} ****\n`
    text += half(old, whole.from, whole.to, group.map(({ from, to }) => [from, to]), "- ")
    text += `--- ${range(whole.newFrom, whole.newTo)} ----\n`
    text += half(fresh, whole.newFrom, whole.newTo, group.map(({ newFrom, newTo }) => [newFrom, newTo]), "+ ")
  }
  return text
}

const paint = (color: number, line: string): string => `\u001b[${color}m${line}\u001b[0m`

const [bold, red, green, cyan] = [1, 31, 32, 36]

/** What a line of a form is painted with, by how it begins; in the context form, all of either half. */
const colorsOf = (form: "normal" | "context" | "unified"): (line: string) => number | undefined => {
  let half = red
  const marks: Readonly<Record<string, number>> = form === "normal"
    ? { "<": red, ">": green }
    : { "-": red, "+": green, "@": cyan }
  return (line) => {
    if (form !== "context") return /^\d/.test(line) ? cyan : marks[line.slice(0, 1)]
    if (line === "" || line.startsWith("***************") || line.startsWith("\\")) return undefined
    if (!/^(?:\*\*\*|---) \d/.test(line)) return half
    half = line.startsWith("*") ? red : green
    return cyan
  }
}

/** The same in colors: what is gone is red, what is new is green. */
export const colored = (print: Print, form: "normal" | "context" | "unified"): Print => (old, fresh, changes) => {
  const heads = form === "normal" ? 0 : 2
  const colorOf = colorsOf(form)
  return print(old, fresh, changes).split("\n").map((line, index) => {
    const color = index < heads ? bold : colorOf(line)
    return color === undefined ? line : paint(color, line)
  }).join("\n")
}
