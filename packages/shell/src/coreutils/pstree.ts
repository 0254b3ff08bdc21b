/**
 * Shows processes as a tree.
 *
 * @see pstree(1)
 */
import type { Main } from "@effix/kernel/Programs"
import * as ProcessList from "../ProcessList.js"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

interface Style {
  readonly only: string
  readonly first: string
  readonly next: string
  readonly last: string
  readonly bar: string
}

const ascii: Style = { only: "---", first: "-+-", next: " |-", last: " `-", bar: " | " }
const boxes: Style = { only: "───", first: "─┬─", next: " ├─", last: " └─", bar: " │ " }

interface Asked {
  readonly style: Style
  readonly label: (process: ProcessList.Process) => string
  readonly children: ReadonlyMap<number, ReadonlyArray<ProcessList.Process>>
  readonly compact: boolean
  readonly byNumber: boolean
  /** With arguments every process has a line of its own. */
  readonly lines: boolean
}

const sorted = (
  { byNumber }: Asked,
  processes: ReadonlyArray<ProcessList.Process>
): ReadonlyArray<ProcessList.Process> =>
  byNumber
    ? processes
    : [...processes].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) || a.pid - b.pid)

/** Subtrees that look the same are shown once, with their number. */
const compacted = (blocks: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<ReadonlyArray<string>> => {
  const counts = new Map<string, { readonly block: ReadonlyArray<string>; count: number }>()
  for (const block of blocks) {
    const key = block.join("\n")
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { block, count: 1 })
    else known.count++
  }
  return Array.from(counts.values(), ({ block, count }) => {
    if (count === 1) return block
    const head = `${count}*[`
    return block.map((line, i) =>
      (i === 0 ? head : " ".repeat(head.length)) + line + (i === block.length - 1 ? "]" : "")
    )
  })
}

const draw = (asked: Asked, process: ProcessList.Process): ReadonlyArray<string> => {
  const { children, compact, label, lines, style } = asked
  const head = label(process)
  const drawn = sorted(asked, children.get(process.pid) ?? []).map((child) => draw(asked, child))
  const blocks = compact ? compacted(drawn) : drawn
  if (blocks.length === 0) return [head]
  const indent = lines ? " " : " ".repeat(Array.from(head).length)
  const text: Array<string> = lines ? [head] : []
  blocks.forEach((block, i) => {
    const last = i === blocks.length - 1
    const joint = !lines && i === 0 ? (last ? style.only : style.first) : last ? style.last : style.next
    const [first = "", ...rest] = block
    text.push((!lines && i === 0 ? head : indent) + joint + first)
    for (const line of rest) text.push(indent + (last ? "   " : style.bar) + line)
  })
  return text
}

export const main: Main = Utility.make(
  {
    usage: "[-acpnsAU] [PID | USER]",
    does: "Display a tree of processes.",
    short: "acpnsuhlAUgT",
    long: { arguments: "a", "compact-not": "c", "show-pids": "p", "numeric-sort": "n", ascii: "A", unicode: "U" }
  },
  function*(run, { operands, options }) {
    const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
    const { accounts, all } = yield* ProcessList.load(run)
    const env = yield* run.sys.environ()
    const locale = env["LC_ALL"] ?? env["LC_CTYPE"] ?? env["LANG"] ?? ""
    const drawsBoxes = has("U") ||
      (!has("A") && /utf-?8/i.test(locale) && (yield* attempt(run.sys.isatty(1))) === true)
    const asked: Asked = {
      style: drawsBoxes ? boxes : ascii,
      label: (process) => {
        const rest = has("a") ? process.argv.slice(1).map((arg) => ` ${arg}`).join("") : ""
        const numbers = [...(has("p") ? [process.pid] : []), ...(has("g") ? [process.pgid] : [])].join(",")
        const separator = has("a") ? "," : "("
        const parts = numbers === "" ? "" : has("a") ? `${separator}${numbers}` : `(${numbers})`
        return process.name + parts + rest
      },
      children: ProcessList.childrenOf(all),
      compact: !has("c") && !has("p") && !has("g") && !has("a"),
      byNumber: has("n"),
      lines: has("a")
    }
    const [wanted] = operands
    const user = wanted === undefined || /^\d+$/.test(wanted) ? undefined : accounts.uid(wanted)
    if (wanted !== undefined && !/^\d+$/.test(wanted) && user === undefined) {
      return yield* run.die(`No such user name: ${wanted}`)
    }
    const pid = Number(wanted ?? 1)
    const roots = user === undefined
      ? all.filter((process) => process.pid === pid)
      : all.filter(({ ppid, uid }) => uid === user && all.find((each) => each.pid === ppid)?.uid !== user)
    if (roots.length === 0) {
      if (user !== undefined) return yield* run.die("No processes found.")
      return 1
    }
    for (const root of roots) for (const line of draw(asked, root)) run.out.line(line)
    return 0
  }
)
