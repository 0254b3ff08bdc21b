/**
 * Reads what diff writes: unified, context and normal differences, with whatever text stands around them.
 *
 * @see patch(1)
 */

/** A line of a hunk, with its newline if it has one. */
export interface Line {
  readonly mark: " " | "-" | "+"
  readonly text: string
}

export interface Hunk {
  /** Whether it was read from a context difference: then it is written as one. */
  readonly context?: boolean
  /** Where it begins in the old file and in the new one, counted from 1; where nothing is, in front of what it is. */
  readonly from: number
  readonly newFrom: number
  readonly lines: ReadonlyArray<Line>
}

/** The changes to one file. */
export interface Change {
  /** The lines in front of it, as they stand there. */
  readonly leading: ReadonlyArray<string>
  /** Those of them that name the files, to be repeated where hunks are refused. */
  readonly head: ReadonlyArray<string>
  readonly oldName: string | undefined
  readonly newName: string | undefined
  readonly indexName: string | undefined
  /** Whether one side is no file. */
  readonly creates: boolean
  readonly deletes: boolean
  readonly hunks: ReadonlyArray<Hunk>
  /** The line of the patch behind what leads up to it. */
  readonly at: number
}

/** Why a patch cannot be read any further. */
export class BadPatch {
  constructor(readonly text: string) {}
}

/** What a patch holds, as far as it can be read. */
export interface Patch {
  readonly changes: ReadonlyArray<Change>
  /** What is wrong behind that; the last change is not complete then. */
  readonly bad: BadPatch | undefined
}

const nameOf = (text: string): string | undefined => {
  const rest = text.replace(/^\S+ /, "").replace(/\r?\n?$/, "")
  const name = rest.startsWith("\"") ? /^"((?:[^"\\]|\\.)*)"/.exec(rest)?.[1] : /^[^\t]*/.exec(rest)![0].trimEnd()
  return name === "" ? undefined : name
}

/** Whether the time behind a name says that there is no file: the epoch. */
const isEpoch = (text: string): boolean => /\t(?:1970-01-01|1969-12-31) .*/.test(text) && /:00(?:\.0+)?/.test(text)

const range = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/
const normal = /^(\d+)(?:,(\d+))?([acd])(\d+)(?:,(\d+))?\r?\n?$/

const stars = /^\*{15}/
const oldRange = /^\*\*\* (\d+)(?:,(\d+))? \*\*\*\*/
const newRange = /^--- (\d+)(?:,(\d+))? ----/

type Format = "unified" | "context" | "normal"

/** A line of a context difference. */
interface Marked {
  readonly mark: string
  readonly text: string
}

/** Both sides of a context difference as one; a side that is left out is what the other has in common with it. */
const joined = (old: ReadonlyArray<Marked>, fresh: ReadonlyArray<Marked>): ReadonlyArray<Line> => {
  const common = (side: ReadonlyArray<Marked>): ReadonlyArray<Marked> => side.filter(({ mark }) => mark === " ")
  const left = [...old.length === 0 ? common(fresh) : old]
  const right = [...fresh.length === 0 ? common(old) : fresh]
  const lines: Array<Line> = []
  while (left.length > 0 || right.length > 0) {
    while (left.length > 0 && left[0]!.mark !== " ") lines.push({ mark: "-", text: left.shift()!.text })
    while (right.length > 0 && right[0]!.mark !== " ") lines.push({ mark: "+", text: right.shift()!.text })
    const [same] = [left.shift(), right.shift()]
    if (same !== undefined) lines.push({ mark: " ", text: same.text })
  }
  return lines
}

class Reader {
  private at = 0

  constructor(private readonly lines: ReadonlyArray<string>) {}

  private bad: BadPatch | undefined

  read(): Patch {
    const changes: Array<Change> = []
    let leading: Array<string> = []
    while (this.at < this.lines.length) {
      const line = this.lines[this.at]!
      const [next = "", third = ""] = [this.lines[this.at + 1], this.lines[this.at + 2]]
      const begins = (line.startsWith("--- ") && next.startsWith("+++ ") && range.test(third)) ||
        (line.startsWith("*** ") && next.startsWith("--- ") && stars.test(third)) ||
        (stars.test(line) && oldRange.test(next)) || range.test(line) || normal.test(line)
      if (!begins) {
        leading.push(line)
        this.at++
        continue
      }
      changes.push(this.change(leading))
      if (this.bad !== undefined) break
      leading = []
    }
    return { changes, bad: this.bad }
  }

  private change(before: ReadonlyArray<string>): Change {
    const leading = [...before]
    const head: Array<string> = []
    const line = this.lines[this.at]!
    const format: Format = normal.test(line) ? "normal" : line.startsWith("***") ? "context" : "unified"
    if (line.startsWith("--- ") || line.startsWith("*** ")) {
      head.push(line, this.lines[this.at + 1]!)
      leading.push(...head)
      this.at += 2
    }
    const index = [...before].reverse().find((text) => text.startsWith("Index: "))
    const { at } = this
    const hunks: Array<Hunk> = []
    while (this.at < this.lines.length) {
      const next = this.lines[this.at]!
      if (!{ unified: range, context: stars, normal }[format].test(next)) break
      const hunk = format === "unified" ? this.unified() : format === "context" ? this.context() : this.normal()
      if (hunk instanceof BadPatch) {
        this.bad = hunk
        break
      }
      hunks.push(hunk)
    }
    const [old, fresh] = head
    const oldName = old === undefined ? undefined : nameOf(old)
    const newName = fresh === undefined ? undefined : nameOf(fresh)
    const [first] = hunks
    return {
      leading,
      head,
      oldName,
      newName,
      indexName: index === undefined ? undefined : nameOf(index),
      creates: (oldName === "/dev/null" || (old !== undefined && isEpoch(old))) && first?.from === 1,
      deletes: (newName === "/dev/null" || (fresh !== undefined && isEpoch(fresh))) && first?.newFrom === 1,
      hunks,
      at
    }
  }

  private malformed(): BadPatch {
    return new BadPatch(`malformed patch at line ${this.at + 1}: ${this.lines[this.at]!.replace(/\n$/, "")}\n`)
  }

  private unified(): Hunk | BadPatch {
    const [, from, count, newFrom, newCount] = range.exec(this.lines[this.at]!)!
    let [left, newLeft] = [Number(count ?? 1), Number(newCount ?? 1)]
    const start = Number(from) + (left === 0 ? 1 : 0)
    const newStart = Number(newFrom) + (newLeft === 0 ? 1 : 0)
    this.at++
    const lines: Array<Line> = []
    while (left > 0 || newLeft > 0 || this.lines[this.at]?.startsWith("\\")) {
      const line = this.lines[this.at]
      if (line === undefined) {
        // Blank lines at the end are what mail programs lose.
        if (left <= 3 && left === newLeft) {
          while (left-- > 0) lines.push({ mark: " ", text: "\n" })
          break
        }
        return new BadPatch("unexpected end of file in patch")
      }
      const mark = line[0]
      if (mark === "\\") {
        const last = lines.pop()
        if (last === undefined) return this.malformed()
        lines.push({ ...last, text: last.text.replace(/\n$/, "") })
      } else if (mark === "-" && left > 0) {
        lines.push({ mark, text: line.slice(1) })
        left--
      } else if (mark === "+" && newLeft > 0) {
        lines.push({ mark, text: line.slice(1) })
        newLeft--
      } else if ((mark === " " || mark === "\n" || mark === "\t") && left > 0 && newLeft > 0) {
        lines.push({ mark: " ", text: mark === " " ? line.slice(1) : line })
        left--
        newLeft--
      } else return this.malformed()
      this.at++
    }
    return { from: start, newFrom: newStart, lines }
  }

  /** One side of a context difference. */
  private side(marks: string): ReadonlyArray<Marked> {
    const found: Array<Marked> = []
    for (;;) {
      const line = this.lines[this.at]
      if (line?.startsWith("\\") === true && found.length > 0) {
        const last = found.pop()!
        found.push({ ...last, text: last.text.replace(/\n$/, "") })
      } else if (line !== undefined && marks.includes(line[0]!) && (line[1] === " " || line[1] === "\t")) {
        found.push({ mark: line[0]!, text: line.slice(2) })
      } else if (line === "\n") found.push({ mark: " ", text: line })
      else return found
      this.at++
    }
  }

  /** The line that tells where one side of a hunk lies. */
  private range(form: RegExp): RegExpExecArray | BadPatch {
    const found = form.exec(this.lines[this.at] ?? "")
    if (found === null) {
      return this.at < this.lines.length ? this.malformed() : new BadPatch("unexpected end of file in patch")
    }
    this.at++
    return found
  }

  private context(): Hunk | BadPatch {
    this.at++
    const old = this.range(oldRange)
    if (old instanceof BadPatch) return old
    const left = this.side(" -!")
    const fresh = this.range(newRange)
    if (fresh instanceof BadPatch) return fresh
    const right = this.side(" +!")
    return {
      context: true,
      from: Math.max(1, Number(old[1])),
      newFrom: Math.max(1, Number(fresh[1])),
      lines: joined(left, right)
    }
  }

  private normal(): Hunk | BadPatch {
    const [, from, to, kind, newFrom, newTo] = normal.exec(this.lines[this.at]!)!
    const left = kind === "a" ? 0 : Number(to ?? from) - Number(from) + 1
    const newLeft = kind === "d" ? 0 : Number(newTo ?? newFrom) - Number(newFrom) + 1
    this.at++
    const lines: Array<Line> = []
    const take = (sign: string, mark: "-" | "+", count: number): BadPatch | undefined => {
      for (let i = 0; i < count; i++) {
        const line = this.lines[this.at]
        if (line === undefined) return new BadPatch("unexpected end of file in patch")
        if (line[0] !== sign || (line[1] !== " " && line[1] !== "\t")) {
          return new BadPatch(`'${sign}' followed by space or tab expected at line ${this.at + 1} of patch`)
        }
        const text = this.lines[this.at + 1]?.startsWith("\\") ? line.slice(2, -1) : line.slice(2)
        this.at += text.endsWith("\n") ? 1 : 2
        lines.push({ mark, text })
      }
      return undefined
    }
    const wrong = take("<", "-", left)
    if (wrong !== undefined) return wrong
    if (kind === "c") {
      if (!this.lines[this.at]?.startsWith("---")) return new BadPatch(`'---' expected at line ${this.at + 1} of patch`)
      this.at++
    }
    return take(">", "+", newLeft) ?? {
      from: Number(from) + (left === 0 ? 1 : 0),
      newFrom: Number(newFrom) + (newLeft === 0 ? 1 : 0),
      lines
    }
  }
}

/** The changes in a patch. */
export const parse = (text: string): Patch => new Reader(text.match(/[^\n]*\n|[^\n]+$/g) ?? []).read()

/** A hunk that takes back what another does. */
export const reversed = ({ from, lines, newFrom, ...rest }: Hunk): Hunk => {
  const turned: Array<Line> = []
  let added: Array<Line> = []
  for (const { mark, text } of lines) {
    if (mark === "-") added.push({ mark: "+", text })
    else if (mark === "+") turned.push({ mark: "-", text })
    else {
      turned.push(...added, { mark, text })
      added = []
    }
  }
  return { ...rest, from: newFrom, newFrom: from, lines: [...turned, ...added] }
}
