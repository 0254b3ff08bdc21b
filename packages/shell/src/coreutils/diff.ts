/**
 * Compares files line by line, and directories file by file.
 *
 * @see diff(1)
 */
import { S_IFDIR, S_IFMT } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import * as DateFormat from "../DateFormat.js"
import * as Latin1 from "../Latin1.js"
import * as LineDifference from "../LineDifference.js"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import * as Pattern from "../Pattern.js"
import * as Quote from "../Quote.js"
import * as Regex from "../Regex.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import * as Hunks from "./diffHunks.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... FILES",
  does: "Compare FILES line by line.",
  short: "abBcC:dF:iI:L:NpqrsuU:wx:X:",
  long: {
    brief: "q",
    "color=?": "color",
    "exclude-from=": "X",
    "exclude=": "x",
    "context=?": "C",
    "ignore-all-space": "w",
    "ignore-blank-lines": "B",
    "ignore-case": "i",
    "ignore-matching-lines=": "I",
    "ignore-space-change": "b",
    "label=": "L",
    minimal: "d",
    "new-file": "N",
    normal: "normal",
    "show-c-function": "p",
    "show-function-line=": "F",
    recursive: "r",
    "report-identical-files": "s",
    text: "a",
    "unified=?": "U"
  },
  failure: 2,
  namedHint: true
}

interface Asked {
  readonly given: (key: string) => boolean
  readonly print: Hunks.Print
  /** The pattern of the times in front of a file's changes. */
  readonly time: string
  readonly labels: ReadonlyArray<string>
  /** Whether a change of a line does not count. */
  readonly ignores: ((line: string) => boolean) | undefined
  readonly excludes: (name: string) => boolean
  /** How the options were written, for the line before each pair of files of two directories. */
  readonly written: string
}

/** One of the two: what it is, if it is there. */
interface Side {
  readonly path: string
  readonly stat: Stat | undefined
}

const isDirectory = ({ stat }: Side): boolean => stat !== undefined && (stat.mode & S_IFMT) === S_IFDIR

const typeOf = ({ stat }: Side): string => {
  switch ((stat?.mode ?? 0) >>> 12) {
    case 1:
      return "fifo"
    case 2:
      return "character special file"
    case 4:
      return "directory"
    case 6:
      return "block special file"
    case 12:
      return "socket"
    default:
      return stat?.size === 0 ? "regular empty file" : "regular file"
  }
}

function* contents(run: Utility.Run, { path, stat }: Side): Steps<string | undefined> {
  if (stat === undefined) return ""
  const fd = yield* run.open(path)
  if (fd === undefined) return undefined
  const reader = new LineReader(run.sys, fd)
  const text = yield* reader.whole()
  yield* run.close(fd)
  if (reader.error === undefined) return text
  yield* run.failPath(path, reader.error)
  return undefined
}

/** What of a line counts. */
const keyOf = ({ given }: Asked) => (line: string): string => {
  let key = line
  if (given("w")) key = key.replace(/[ \t\v\f\r\n]+/g, "")
  else if (given("b")) key = key.replace(/[ \t\v\f\r\n]+$/, "").replace(/[ \t\v\f\r]+/g, " ")
  return given("i") ? key.toLowerCase() : key
}

const linesOf = (text: string): ReadonlyArray<string> => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

const headOf = (asked: Asked, at: number, { path, stat }: Side): string =>
  asked.labels[at] ?? `${path}\t${DateFormat.format(asked.time, stat?.mtime ?? 0n)}`

/** Compares two files; answers whether they differ, `undefined` where one cannot be read. */
function* compareFiles(
  run: Utility.Run,
  asked: Asked,
  left: Side,
  right: Side,
  nested: boolean
): Steps<boolean | undefined> {
  const { given } = asked
  const [before, after] = [yield* contents(run, left), yield* contents(run, right)]
  if (before === undefined || after === undefined) return undefined
  const same = (): false => {
    if (given("s")) run.out.line(`Files ${left.path} and ${right.path} are identical`)
    return false
  }
  if (before === after) return same()
  if (!given("a") && (before.slice(0, 4096).includes("\0") || after.slice(0, 4096).includes("\0"))) {
    run.out.line(`${given("q") ? "Files" : "Binary files"} ${left.path} and ${right.path} differ`)
    return true
  }
  const [old, fresh] = [linesOf(before), linesOf(after)]
  const key = keyOf(asked)
  let changes = LineDifference.changes(old.map(key), fresh.map(key))
  if (given("B")) {
    const blank = (lines: ReadonlyArray<string>) => lines.every((line) => line.trim() === "")
    changes = changes.filter((one) =>
      !blank(old.slice(one.from, one.to)) || !blank(fresh.slice(one.newFrom, one.newTo))
    )
  }
  const { ignores } = asked
  if (ignores !== undefined) {
    changes = changes.filter((one) =>
      ![...old.slice(one.from, one.to), ...fresh.slice(one.newFrom, one.newTo)].every((line) =>
        ignores(line.replace(/\n$/, ""))
      )
    )
  }
  if (changes.length === 0) return same()
  if (given("q")) {
    run.out.line(`Files ${left.path} and ${right.path} differ`)
    return true
  }
  if (nested) run.out.line(`diff${asked.written} ${left.path} ${right.path}`)
  run.out.latin1(asked.print(
    { lines: old, head: Latin1.fromText(headOf(asked, 0, left)) },
    { lines: fresh, head: Latin1.fromText(headOf(asked, 1, right)) },
    changes
  ))
  return true
}

function* names(run: Utility.Run, { path, stat }: Side): Steps<ReadonlyArray<string> | undefined> {
  if (stat === undefined) return []
  const fd = yield* run.open(path)
  if (fd === undefined) return undefined
  const found: Array<string> = []
  while (true) {
    const entries = yield* attempt(run.sys.getdents(fd))
    if (Errno.isErrno(entries) || entries.length === 0) break
    for (const { name } of entries) if (name !== "." && name !== "..") found.push(name)
  }
  yield* run.close(fd)
  return found
}

const within = (directory: string, name: string): string => `${directory.replace(/\/+$/, "")}/${name}`

function* sideOf(run: Utility.Run, path: string): Steps<Side | Errno.Any> {
  const stat = path === "-" ? yield* attempt(run.sys.fstat(0)) : yield* attempt(run.sys.stat(path))
  return Errno.isErrno(stat) ? stat : { path, stat }
}

class Comparison {
  private differ = false
  private trouble = false

  constructor(private readonly run: Utility.Run, private readonly asked: Asked) {}

  get status(): number {
    return this.trouble ? 2 : this.differ ? 1 : 0
  }

  *pair(left: Side, right: Side, nested: boolean): Steps<void> {
    if (isDirectory(left) && isDirectory(right)) return yield* this.directories(left, right)
    const differ = yield* compareFiles(this.run, this.asked, left, right, nested)
    if (differ === undefined) this.trouble = true
    else if (differ) this.differ = true
  }

  private *directories(left: Side, right: Side): Steps<void> {
    if (left.stat !== undefined && left.stat.ino === right.stat?.ino && left.stat.dev === right.stat.dev) return
    const [old, fresh] = [yield* names(this.run, left), yield* names(this.run, right)]
    if (old === undefined || fresh === undefined) {
      this.trouble = true
      return
    }
    for (const name of Array.from(new Set([...old, ...fresh])).sort()) {
      if (!this.asked.excludes(name)) yield* this.entry(left, right, name)
    }
  }

  private *entry(left: Side, right: Side, name: string): Steps<void> {
    const { asked: { given }, run } = this
    const sides: Array<Side> = []
    for (const { path, stat } of [left, right]) {
      const side = stat === undefined ? Errno.make("ENOENT") : yield* sideOf(run, within(path, name))
      if (!Errno.isErrno(side)) sides.push(side)
      else if (side._tag === "ENOENT") sides.push({ path: within(path, name), stat: undefined })
      else {
        yield* run.failPath(within(path, name), side)
        this.trouble = true
        return
      }
    }
    const [one, other] = sides as [Side, Side]
    const missing = one.stat === undefined || other.stat === undefined
    if (missing && (!given("N") || (isDirectory(one) || isDirectory(other)) && !given("r"))) {
      run.out.line(`Only in ${(one.stat === undefined ? right : left).path}: ${name}`)
      this.differ = true
    } else if (isDirectory(one) || isDirectory(other)) {
      if (isDirectory(one) && isDirectory(other) && !given("r")) {
        run.out.line(`Common subdirectories: ${one.path} and ${other.path}`)
      } else if (missing || (isDirectory(one) && isDirectory(other))) yield* this.directories(one, other)
      else {
        run.out.line(`File ${one.path} is a ${typeOf(one)} while file ${other.path} is a ${typeOf(other)}`)
        this.differ = true
      }
    } else yield* this.pair(one, other, true)
    yield* run.out.ready()
  }
}

/** Whether one of several expressions matches; `undefined` without any. */
function* matcher(run: Utility.Run, patterns: ReadonlyArray<string>): Steps<((line: string) => boolean) | undefined> {
  if (patterns.length === 0) return undefined
  const regex = Regex.compile(patterns.map(Latin1.fromText), { extended: false, ignoreCase: false })
  return regex instanceof Regex.BadPattern
    ? yield* run.die(`${patterns.find((pattern) => bad(pattern))}: ${regex.text}`)
    : (line) => regex.test(line)
}

const bad = (pattern: string): boolean =>
  Regex.compile([Latin1.fromText(pattern)], { extended: false, ignoreCase: false }) instanceof Regex.BadPattern

function* patternsIn(run: Utility.Run, path: string): Steps<ReadonlyArray<string>> {
  const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(fd)) return yield* run.die(`${path}: ${Errno.text(fd._tag)}`)
  const text = Latin1.toText(yield* new LineReader(run.sys, fd).whole())
  yield* run.close(fd)
  return text.split("\n").filter((line) => line !== "")
}

function* isColored(run: Utility.Run, asked: Options.Given | undefined): Steps<boolean> {
  if (asked === undefined || asked.value === "never") return false
  if (asked.value === "always") return true
  if (asked.hasValue && asked.value !== "auto") return yield* run.misuse(`invalid color '${asked.value}'`)
  const { TERM } = yield* run.sys.environ()
  return TERM !== "dumb" && (yield* attempt(run.sys.isatty(1))) === true
}

export const main = Utility.make(utility, function*(run, { operands, options }, argv) {
  const given = (key: string): boolean => options.some((option) => option.key === key)
  if (operands.length < 2) {
    return yield* run.misuse(
      operands.length === 0 ? "missing operand after 'diff'" : `missing operand after '${argv.at(-1)}'`
    )
  }
  if (operands.length > 2) return yield* run.extraOperand(operands[2]!)
  const context = Options.last(options, "c", "C", "u", "U")
  const size = context?.value === undefined || context.value === "" ? "3" : context.value
  if (!/^\d+$/.test(size)) return yield* run.misuse(`invalid context length '${size}'`)
  const heading = yield* matcher(run, [
    ...options.flatMap(({ key, value }) => key === "F" ? [value] : []),
    ...(given("p") ? ["^[[:alpha:]$_]"] : [])
  ])
  const form = context === undefined
    ? (given("p") ? "context" : "normal")
    : context.key.toLowerCase() === "u"
    ? "unified"
    : "context"
  const plain = form === "normal"
    ? Hunks.normal
    : form === "unified"
    ? Hunks.unified(Number(size), heading)
    : Hunks.context(Number(size), heading)
  const colors = yield* isColored(run, Options.last(options, "color"))
  const print = colors ? Hunks.colored(plain, form) : plain
  const ignores = yield* matcher(run, options.flatMap(({ key, value }) => key === "I" ? [value] : []))
  const excluded: Array<string> = []
  for (const { key, value } of options) {
    if (key === "x") excluded.push(value)
    if (key === "X") excluded.push(...(yield* patternsIn(run, value)))
  }
  const exclusions = excluded.map((pattern) => Pattern.compile(pattern))
  const excludes = (name: string): boolean => exclusions.some((matches) => matches(name))
  const time = form === "context" ? "%c" : "%Y-%m-%d %H:%M:%S.%N %z"
  const sides: Array<Side> = []
  for (const path of operands) {
    const side = yield* sideOf(run, path)
    if (!Errno.isErrno(side)) sides.push(side)
    else if (side._tag === "ENOENT" && given("N")) sides.push({ path, stat: undefined })
    else yield* run.failPath(path, side)
  }
  if (sides.length < 2) return 2
  let [left, right] = sides as [Side, Side]
  if (isDirectory(left) !== isDirectory(right)) {
    const [directory, file] = isDirectory(left) ? [left, right] : [right, left]
    const path = within(directory.path, file.path.slice(file.path.lastIndexOf("/") + 1))
    const inside = yield* sideOf(run, path)
    if (Errno.isErrno(inside)) {
      yield* run.failPath(path, inside)
      return 2
    }
    if (isDirectory(left)) left = inside
    else right = inside
  }
  const written = argv.slice(1, argv.indexOf(operands[0]!)).map((option) => ` ${Quote.shell(option)}`).join("")
  const labels = options.filter(({ key }) => key === "L").map(({ value }) => value)
  const comparison = new Comparison(run, { given, labels, print, time, written, ignores, excludes })
  yield* comparison.pair(left, right, false)
  return comparison.status
})
