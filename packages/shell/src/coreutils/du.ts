/**
 * Adds up the space that files take.
 *
 * @see du(1)
 */
import { isDirectory } from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import * as Directory from "../Directory.js"
import * as Pattern from "../Pattern.js"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import type { Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Summarize device usage of the set of FILEs, recursively for directories.",
  short: "0abcd:hHklLmPsSxB:",
  long: {
    all: "a",
    "apparent-size": "apparent",
    "block-size=": "B",
    bytes: "b",
    "count-links": "l",
    dereference: "L",
    "exclude=": "exclude",
    "human-readable": "h",
    "max-depth=": "d",
    null: "0",
    "one-file-system": "x",
    "separate-dirs": "S",
    si: "si",
    summarize: "s",
    total: "c"
  }
}

interface Walk {
  readonly run: Utility.Run
  readonly all: boolean
  readonly depth: number
  readonly apparent: boolean
  readonly countLinks: boolean
  readonly separate: boolean
  readonly follow: boolean
  readonly excluded: (path: string) => boolean
  readonly print: (bytes: number, path: string) => void
  readonly seen: Set<string>
}

function* add(walk: Walk, path: string, depth: number): Steps<number> {
  const { run } = walk
  if (walk.excluded(path)) return 0
  const stat = yield* walk.follow ? run.stat(path) : run.lstat(path)
  if (Errno.isErrno(stat)) {
    yield* run.failDoing("cannot access", path, stat)
    return 0
  }
  const key = `${stat.dev}:${stat.ino}`
  if (!walk.countLinks && (stat.nlink > 1 || isDirectory(stat.mode))) {
    if (walk.seen.has(key)) return 0
    walk.seen.add(key)
  }
  const own = walk.apparent ? (isDirectory(stat.mode) ? 0 : stat.size) : stat.blocks * 512
  let total = own
  let files = own
  if (isDirectory(stat.mode)) {
    const entries = yield* Directory.list(run.sys, path)
    if (Errno.isErrno(entries)) yield* run.failDoing("cannot read directory", path, entries)
    else {
      for (const { name, type } of entries) {
        const below = yield* add(walk, Directory.join(path, name), depth + 1)
        total += below
        if (type !== 0o040000) files += below
      }
    }
  }
  if (depth <= walk.depth && (depth === 0 || walk.all || isDirectory(stat.mode))) {
    walk.print(walk.separate ? files : total, path)
  }
  if (run.out.isFull) yield* run.out.flush()
  return total
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  let unit = 1024
  let human: number | undefined
  let depth = has("s") ? 0 : Number.POSITIVE_INFINITY
  for (const { key, value } of options) {
    if (key === "h") human = 1024
    else if (key === "si") human = 1000
    else if (key === "k") [unit, human] = [1024, undefined]
    else if (key === "m") [unit, human] = [1024 ** 2, undefined]
    else if (key === "b") [unit, human] = [1, undefined]
    else if (key === "B") {
      const size = Size.parse(/^\d/.test(value) ? value : `1${value}`)
      if (size === undefined || size === 0) return yield* run.die(`invalid -B argument ${Quote.value(value)}`)
      unit = size
    } else if (key === "d") {
      if (!/^\d+$/.test(value)) return yield* run.misuse(`invalid maximum depth ${Quote.value(value)}`)
      depth = Number(value)
    }
  }
  if (has("a") && has("s")) return yield* run.misuse("cannot both summarize and show all entries")
  const excluded = options.filter(({ key }) => key === "exclude").map(({ value }) => Pattern.compile(value))
  const end = has("0") ? "\0" : "\n"
  const text = (bytes: number): string =>
    human === undefined ? String(Math.ceil(bytes / unit)) : Size.human(bytes, human)
  const walk: Walk = {
    run,
    all: has("a"),
    depth,
    apparent: has("apparent") || has("b"),
    countLinks: has("l"),
    separate: has("S"),
    follow: has("L"),
    excluded: (path) => excluded.some((matches) => matches(path) || matches(Directory.baseName(path))),
    print: (bytes, path) => run.out.text(`${text(bytes)}\t${path}${end}`),
    seen: new Set()
  }
  let total = 0
  for (const path of operands.length === 0 ? ["."] : operands) total += yield* add(walk, path, 0)
  if (has("c")) walk.print(total, "total")
  return run.status
})
