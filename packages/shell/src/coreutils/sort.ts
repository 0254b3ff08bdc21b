/**
 * Sorts lines.
 *
 * Lines are strings of one character per byte: the engine compares those as memcmp does, which is the C locale's order.
 *
 * @see sort(1)
 */
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { BufferedWriter } from "../BufferedWriter.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import type { Given } from "../Options.js"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { choose } from "../Words.js"
import * as Keys from "./sortKeys.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Write sorted concatenation of all FILE(s) to standard output.",
  short: "bcCdfghik:mMno:rRsS:t:T:uVz",
  long: {
    "ignore-leading-blanks": "b",
    "check=?": "c",
    "dictionary-order": "d",
    "ignore-case": "f",
    "general-numeric-sort": "g",
    "human-numeric-sort": "h",
    "ignore-nonprinting": "i",
    "key=": "k",
    merge: "m",
    "month-sort": "M",
    "numeric-sort": "n",
    "output=": "o",
    "reverse": "r",
    "random-sort": "R",
    "sort=": "sort",
    stable: "s",
    "buffer-size=": "S",
    "field-separator=": "t",
    "temporary-directory=": "T",
    unique: "u",
    "version-sort": "V",
    "zero-terminated": "z",
    "parallel=": "parallel",
    "batch-size=": "parallel",
    "compress-program=": "parallel"
  },
  failure: 2
}

interface Asked {
  readonly global: Keys.Ordering
  readonly keys: Array<Keys.Key>
  tab: number | undefined
  unique: boolean
  stable: boolean
  merge: boolean
  check: "no" | "loud" | "quiet"
  output: string | undefined
  end: number
}

const words: Readonly<Record<string, string>> = {
  "general-numeric": "g",
  "human-numeric": "h",
  month: "M",
  numeric: "n",
  random: "R",
  version: "V"
}

function* badKey(run: Utility.Run, spec: string, why: string): Steps<never> {
  return yield* run.die(`${why}: invalid field specification ${Quote.value(spec)}`)
}

function* readKey(run: Utility.Run, spec: string): Steps<Keys.Key> {
  const match = /^(\d*)(?:\.(\d*))?([A-Za-z]*)(?:(,)(\d*)(?:\.(\d*))?([A-Za-z]*))?(.*)$/s.exec(spec)!
  const [, field, char, letters, comma, endField, endChar, endLetters, rest] = match
  if (field === "") {
    return yield* run.die(`invalid number at field start: invalid count at start of ${Quote.value(spec)}`)
  }
  if (Number(field) === 0) return yield* badKey(run, spec, "field number is zero")
  if (char !== undefined) {
    if (char === "") {
      return yield* run.die(
        `invalid number after '.': invalid count at start of ${Quote.value(spec.slice(spec.indexOf(".") + 1))}`
      )
    }
    if (Number(char) === 0) return yield* badKey(run, spec, "character offset is zero")
  }
  if (comma !== undefined) {
    if (endField === "") {
      return yield* run.die(
        `invalid number after ',': invalid count at start of ${Quote.value(spec.slice(spec.indexOf(",") + 1))}`
      )
    }
    if (Number(endField) === 0) return yield* badKey(run, spec, "field number is zero")
  }
  const ordering = Keys.plain()
  const stray = Keys.setOrdering(ordering, letters!, "start") ?? Keys.setOrdering(ordering, endLetters ?? "", "end")
  if (stray !== undefined || rest !== "") return yield* badKey(run, spec, "stray character in field spec")
  return {
    ...ordering,
    startField: Number(field) - 1,
    startChar: Number(char ?? 1) - 1,
    endField: comma === undefined ? Number.POSITIVE_INFINITY : Number(endField) - 1,
    endChar: Number(endChar ?? 0)
  }
}

function* readTab(run: Utility.Run, value: string): Steps<number> {
  if (value === "") return yield* run.die("empty tab")
  if (value === "\\0") return 0
  const bytes = Latin1.fromText(value)
  if (bytes.length > 1) return yield* run.die(`multi-character tab ${Quote.value(value)}`)
  return bytes.charCodeAt(0)
}

function* together(run: Utility.Run, letters: string): Steps<never> {
  return yield* run.die(`options '-${letters}' are incompatible`)
}

function* readOptions(run: Utility.Run, options: ReadonlyArray<Given>, asked: Asked): Steps<void> {
  for (const { key, value } of options) {
    if (key === "k") asked.keys.push(yield* readKey(run, value))
    else if (key === "t") asked.tab = yield* readTab(run, value)
    else if (key === "u") asked.unique = true
    else if (key === "s") asked.stable = true
    else if (key === "m") asked.merge = true
    else if (key === "z") asked.end = 0
    else if (key === "o") {
      if ((asked.output ?? value) !== value) return yield* run.die("multiple output files specified")
      asked.output = value
    } else if (key === "c" || key === "C") {
      const how = key === "C" || value === "quiet" || value === "silent" ? "quiet" : "loud"
      if (asked.check !== "no" && asked.check !== how) return yield* together(run, "cC")
      asked.check = how
    } else if (key === "sort") {
      Keys.setOrdering(asked.global, yield* choose(run, "--sort", words, value, 1), "both")
    } else if (key.length === 1 && !"ST".includes(key)) Keys.setOrdering(asked.global, key, "both")
  }
}

/** A key without letters of its own takes the global ones. */
const inheritGlobal = (asked: Asked): ReadonlyArray<Keys.Key> => {
  if (asked.keys.length > 0) {
    return asked.keys.map((key) => Keys.isPlain(key) ? { ...key, ...asked.global } : key)
  }
  if (Keys.isPlain({ ...asked.global, reverse: false })) return []
  return [{ ...asked.global, startField: 0, startChar: 0, endField: Number.POSITIVE_INFINITY, endChar: 0 }]
}

interface Line {
  readonly text: string
  readonly keys: ReadonlyArray<Keys.Prepared>
}

const comparer = (keys: ReadonlyArray<Keys.Key>, asked: Asked) => (a: Line, b: Line): number => {
  for (let i = 0; i < keys.length; i++) {
    const result = Keys.compare(keys[i]!, a.keys[i]!, b.keys[i]!)
    if (result !== 0) return result
  }
  if (keys.length > 0 && (asked.unique || asked.stable)) return 0
  const last = a.text < b.text ? -1 : a.text > b.text ? 1 : 0
  return asked.global.reverse ? -last : last
}

function* readLines(run: Utility.Run, path: string, end: number, into: Array<string>): Steps<void> {
  const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, 0))
  if (Errno.isErrno(fd)) return yield* run.die(`cannot read: ${Quote.name(path)}: ${Errno.text(fd._tag)}`)
  const lines = new LineReader(run.sys, fd, end)
  do {
    while (lines.next()) into.push(Latin1.decode(lines.buffer, lines.from, lines.to))
  } while (yield* lines.fill())
  if (lines.error !== undefined) {
    return yield* run.die(`read failed: ${Quote.name(path)}: ${Errno.text(lines.error._tag)}`)
  }
  yield* run.close(fd)
}

const mergeSorted = (lists: ReadonlyArray<ReadonlyArray<Line>>, compare: (a: Line, b: Line) => number): Array<Line> => {
  const at = lists.map(() => 0)
  const merged: Array<Line> = []
  while (true) {
    let least = -1
    for (let i = 0; i < lists.length; i++) {
      const line = lists[i]![at[i]!]
      if (line !== undefined && (least < 0 || compare(line, lists[least]![at[least]!]!) < 0)) least = i
    }
    if (least < 0) return merged
    merged.push(lists[least]![at[least]!++]!)
  }
}

function* check(
  run: Utility.Run,
  path: string,
  lines: ReadonlyArray<Line>,
  asked: Asked,
  compare: (a: Line, b: Line) => number
): Steps<number> {
  for (let i = 1; i < lines.length; i++) {
    const order = compare(lines[i - 1]!, lines[i]!)
    if (order < 0 || (order === 0 && !asked.unique)) continue
    if (asked.check === "loud") {
      yield* run.warn(`${Quote.name(path)}:${i + 1}: disorder: ${Latin1.toText(lines[i]!.text)}`)
    }
    return 1
  }
  return 0
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const asked: Asked = {
    global: Keys.plain(),
    keys: [],
    tab: undefined,
    unique: false,
    stable: false,
    merge: false,
    check: "no",
    output: undefined,
    end: 10
  }
  yield* readOptions(run, options, asked)
  const keys = inheritGlobal(asked)
  const compare = comparer(keys, asked)
  for (const key of keys) {
    const letters = Keys.incompatible(key)
    if (letters !== undefined) return yield* together(run, letters)
  }
  const paths = operands.length === 0 ? ["-"] : operands
  const prepare = (text: string): Line => ({
    text,
    keys: keys.map((key) => Keys.prepare(key, Keys.extract(key, text, asked.tab)))
  })
  if (asked.check !== "no" && paths.length > 1) {
    return yield* run.die(
      `extra operand ${Quote.value(paths[1]!)} not allowed with -${asked.check === "loud" ? "c" : "C"}`
    )
  }
  if (asked.check !== "no" && asked.output !== undefined) {
    return yield* together(run, asked.check === "loud" ? "co" : "Co")
  }
  const lists: Array<Array<string>> = []
  for (const path of paths) {
    const into: Array<string> = []
    yield* readLines(run, path, asked.end, into)
    lists.push(into)
  }
  if (asked.check !== "no") return yield* check(run, paths[0]!, lists[0]!.map(prepare), asked, compare)
  const texts = asked.merge || keys.length > 0 ? undefined : sortWhole(lists, asked.global.reverse)
  const sorted = texts ?? (asked.merge
    ? mergeSorted(lists.map((list) => list.map(prepare)), compare)
    : lists.flat().map(prepare).sort(compare))
  yield* print(run, sorted, asked, compare)
  return 0
})

/** Without keys the engine's own order of strings is the one that is wanted. */
const sortWhole = (lists: ReadonlyArray<ReadonlyArray<string>>, reverse: boolean): ReadonlyArray<Line> => {
  // oxlint-disable-next-line unicorn/require-array-sort-compare
  const texts = lists.flat().sort()
  if (reverse) texts.reverse()
  return texts.map((text) => ({ text, keys: [] }))
}

function* print(
  run: Utility.Run,
  lines: ReadonlyArray<Line>,
  asked: Asked,
  compare: (a: Line, b: Line) => number
): Steps<void> {
  let { out } = run
  if (asked.output !== undefined) {
    const fd = yield* attempt(run.sys.open(asked.output, O_WRONLY | O_CREAT | O_TRUNC, 0o666))
    if (Errno.isErrno(fd)) {
      return yield* run.die(`open failed: ${Quote.name(asked.output)}: ${Errno.text(fd._tag)}`)
    }
    out = new BufferedWriter(run.sys, fd, `write failed: ${Quote.name(asked.output)}`)
  }
  let last: Line | undefined
  for (const line of lines) {
    if (asked.unique && last !== undefined && compare(last, line) === 0) continue
    last = line
    out.latin1(line.text)
    out.byte(asked.end)
    if (out.isFull) yield* out.flush()
  }
  if (out === run.out) return
  yield* out.flush()
  yield* attempt(run.sys.close(out.fd))
}
