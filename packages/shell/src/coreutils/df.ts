/**
 * Prints how full file systems are.
 *
 * @see df(1)
 */
import * as Errno from "@effix/kernel/Errno"
import type { StatFs } from "@effix/kernel/VfsBackend"
import * as Accounts from "../Accounts.js"
import * as Quote from "../Quote.js"
import { resolvePath } from "../RealPath.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Show information about the file system on which each FILE resides, or all file systems.",
  short: "aB:hHiklPTt:x:",
  long: {
    all: "a",
    "block-size=": "B",
    "human-readable": "h",
    si: "H",
    inodes: "i",
    local: "l",
    portability: "P",
    "print-type": "T",
    "type=": "t",
    "exclude-type=": "x"
  }
}

interface Mount {
  readonly source: string
  readonly path: string
  readonly type: string
}

function* mounts(run: Utility.Run): Steps<ReadonlyArray<Mount>> {
  const text = yield* Accounts.readSmallFile(run.sys, "/proc/mounts")
  const lines = (text ?? "none / rootfs rw 0 0\n").split("\n").filter((line) => line !== "")
  return lines.map((line) => {
    const [source = "none", path = "/", type = "-"] = line.split(" ")
    return { source, path: path.replaceAll("\\040", " "), type }
  })
}

const percent = (used: number, free: number): string =>
  used + free === 0 ? "-" : `${Math.ceil(used * 100 / (used + free))}%`

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const unitText = options.find(({ key }) => key === "B")?.value
  const unit = unitText === undefined ? 1024 : Size.parse(/^\d/.test(unitText) ? unitText : `1${unitText}`) ?? 1024
  const human = has("h") ? 1024 : has("H") ? 1000 : undefined
  const amount = (blocks: number, stat: StatFs): string =>
    human === undefined ? String(Math.ceil(blocks * stat.bsize / unit)) : Size.human(blocks * stat.bsize, human)
  const all = yield* mounts(run)
  const rows: Array<ReadonlyArray<string>> = [[
    "Filesystem",
    ...(has("T") ? ["Type"] : []),
    ...(has("i")
      ? ["Inodes", "IUsed", "IFree", "IUse%"]
      : [
        human === undefined ? (has("P") ? `${unit}-blocks` : unit === 1024 ? "1K-blocks" : `${unit}B-blocks`) : "Size",
        "Used",
        human === undefined ? "Available" : "Avail",
        has("P") ? "Capacity" : "Use%"
      ]),
    "Mounted on"
  ]]
  const chosen: Array<Mount> = []
  for (const path of operands) {
    const resolved = yield* resolvePath(run.sys, path, "all")
    if (Errno.isErrno(resolved)) {
      yield* run.failPath(path, resolved)
      continue
    }
    const holding = all.filter((mount) =>
      mount.path === "/" || resolved === mount.path || resolved.startsWith(`${mount.path}/`)
    )
    const mount = holding.sort((a, b) => b.path.length - a.path.length)[0]
    if (mount !== undefined) chosen.push(mount)
  }
  for (const { path, source, type } of operands.length > 0 ? chosen : all) {
    const stat = yield* attempt(run.sys.statfs(path))
    if (Errno.isErrno(stat)) {
      yield* run.fail(`${Quote.name(path)}: ${Errno.text(stat._tag)}`)
      continue
    }
    // What has no blocks is no place to put anything.
    if (stat.blocks === 0 && !has("a") && operands.length === 0) continue
    const used = stat.blocks - stat.bfree
    const inodes = stat.files - stat.ffree
    rows.push([
      source,
      ...(has("T") ? [type] : []),
      ...(has("i")
        ? [String(stat.files), String(inodes), String(stat.ffree), percent(inodes, stat.ffree)]
        : [amount(stat.blocks, stat), amount(used, stat), amount(stat.bavail, stat), percent(used, stat.bavail)]),
      path
    ])
  }
  if (rows.length === 1) return run.status === 0 ? yield* run.die("no file systems processed") : run.status
  const left = has("T") ? 2 : 1
  const widths = rows[0]!.map((_, column) =>
    Math.max(column === 0 ? 14 : column < left ? 0 : 5, ...rows.map((row) => row[column]!.length))
  )
  for (const row of rows) {
    const cells = row.map((cell, column) => {
      if (column === row.length - 1) return cell
      return column < left ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
    })
    run.out.line(cells.join(" "))
  }
  return run.status
})
