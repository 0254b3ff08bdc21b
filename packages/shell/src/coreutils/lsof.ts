/**
 * Lists open files.
 *
 * @see lsof(8)
 */
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import type { Main } from "@effix/kernel/Programs"
import * as Accounts from "../Accounts.js"
import * as Directory from "../Directory.js"
import * as Options from "../Options.js"
import * as ProcessList from "../ProcessList.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

interface Row {
  readonly process: ProcessList.Process
  readonly fd: string
  readonly type: string
  readonly device: string
  readonly size: string
  readonly node: string
  readonly name: string
  readonly stat: Stat | undefined
}

const types: ReadonlyArray<readonly [mode: number, type: string]> = [
  [FileMode.S_IFREG, "REG"],
  [FileMode.S_IFDIR, "DIR"],
  [FileMode.S_IFCHR, "CHR"],
  [FileMode.S_IFBLK, "BLK"],
  [FileMode.S_IFIFO, "FIFO"],
  [FileMode.S_IFSOCK, "sock"],
  [FileMode.S_IFLNK, "LINK"]
]

const deviceText = (device: number): string => `${FileMode.major(device)},${FileMode.minor(device)}`

function* row(run: Utility.Run, process: ProcessList.Process, link: string, fd: string): Steps<Row | undefined> {
  const target = yield* attempt(run.sys.readlink(link))
  if (Errno.isErrno(target)) return undefined
  // By its name where it has one still: what is open does not say on which device it lies.
  const opened = yield* run.stat(link)
  const named = target.startsWith("/") && !Errno.isErrno(opened) ? yield* run.stat(target) : opened
  const stat = !Errno.isErrno(named) && !Errno.isErrno(opened) && named.ino === opened.ino ? named : opened
  if (Errno.isErrno(stat)) {
    return { process, fd, type: "unknown", device: "", size: "", node: "", name: target, stat: undefined }
  }
  const type = /^(anon_inode|socket)/.test(target)
    ? target.startsWith("socket") ? "sock" : "a_inode"
    : types.find(([mode]) => (stat.mode & FileMode.S_IFMT) === mode)?.[1] ?? "unknown"
  const special = type === "CHR" || type === "BLK"
  return {
    process,
    fd,
    type,
    device: deviceText(special ? stat.rdev : stat.dev),
    size: special || type === "FIFO" ? "0t0" : String(stat.size),
    node: String(stat.ino),
    name: type === "FIFO" && target.startsWith("pipe:") ? "pipe" : target,
    stat
  }
}

function* rowsOf(run: Utility.Run, process: ProcessList.Process): Steps<ReadonlyArray<Row>> {
  const base = `/proc/${process.pid}`
  const rows: Array<Row | undefined> = [
    yield* row(run, process, `${base}/cwd`, "cwd"),
    yield* row(run, process, `${base}/root`, "rtd"),
    yield* row(run, process, `${base}/exe`, "txt")
  ]
  const entries = yield* Directory.list(run.sys, `${base}/fd`)
  const fds = Errno.isErrno(entries) ? [] : entries.map(({ name }) => name).filter((name) => /^\d+$/.test(name))
  for (const fd of fds.sort((a, b) => Number(a) - Number(b))) {
    const info = (yield* Accounts.readSmallFile(run.sys, `${base}/fdinfo/${fd}`)) ?? ""
    const flags = parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? "0", 8)
    rows.push(yield* row(run, process, `${base}/fd/${fd}`, `${fd}${"rwu"[flags & 3] ?? "u"}`))
  }
  return rows.filter((each) => each !== undefined)
}

const print = (run: Utility.Run, rows: ReadonlyArray<Row>): void => {
  const cells = rows.map(({ device, fd, name, node, process, size, type }) => [
    process.name.slice(0, 9),
    String(process.pid),
    process.user,
    fd,
    type,
    device,
    size,
    node,
    name
  ])
  const all = [["COMMAND", "PID", "USER", "FD", "TYPE", "DEVICE", "SIZE/OFF", "NODE", "NAME"], ...cells]
  const widths = all[0]!.map((_, column) => Math.max(...all.map((line) => line[column]!.length)))
  // The letter of the access mode stands in a column of its own.
  widths[3] = Math.max(4, widths[3]!)
  const padded = (text: string, column: number): string => {
    if (column === 0) return text.padEnd(widths[0]!)
    if (column !== 3) return text.padStart(widths[column]!)
    return /[rwu]$/.test(text) && /^\d/.test(text) ? text.padStart(widths[3]! + 1) : `${text.padStart(widths[3]!)} `
  }
  for (const line of all) {
    run.out.line(line.map((text, column) => column === 8 ? text : padded(text, column)).join(" "))
  }
}

export const main: Main = Utility.make(
  {
    usage: "[-ait] [-c NAME] [-d FDS] [-p PIDS] [-u USERS] [FILE]...",
    does: "List open files.",
    short: "ac:d:itnPp:u:wlbU"
  },
  function*(run, { operands, options }) {
    const { accounts, all } = yield* ProcessList.load(run)
    const picks: Array<(process: ProcessList.Process) => boolean> = []
    const pids = Options.last(options, "p")?.value.split(",")
    if (pids !== undefined) picks.push(({ pid }) => pids.includes(String(pid)))
    const command = Options.last(options, "c")?.value
    if (command !== undefined) picks.push(({ name }) => name.startsWith(command))
    const users = Options.last(options, "u")?.value.split(",").map((user) => accounts.uid(user))
    if (users !== undefined) picks.push(({ uid }) => users.includes(uid))
    const every = options.some(({ key }) => key === "a")
    const chosen = picks.length === 0
      ? all
      : all.filter((process) => every ? picks.every((pick) => pick(process)) : picks.some((pick) => pick(process)))
    let rows: Array<Row> = []
    for (const process of chosen) if (process.state !== "Z") rows.push(...yield* rowsOf(run, process))
    const fds = Options.last(options, "d")?.value.split(",")
    if (fds !== undefined) rows = rows.filter(({ fd }) => fds.includes(fd.replace(/[rwu]$/, "")) || fds.includes(fd))
    if (options.some(({ key }) => key === "i" || key === "U")) rows = rows.filter(({ type }) => type === "sock")
    if (operands.length > 0) {
      const wanted: Array<Stat> = []
      for (const path of operands) {
        const stat = yield* run.stat(path)
        if (Errno.isErrno(stat)) yield* run.fail(`status error on ${path}: ${Errno.text(stat._tag)}`)
        else wanted.push(stat)
      }
      rows = rows.filter(({ stat }) => stat !== undefined && wanted.some((each) => Directory.sameFile(each, stat)))
    }
    if (rows.length === 0) return 1
    if (options.some(({ key }) => key === "t")) {
      for (const pid of new Set(rows.map(({ process }) => process.pid))) run.out.line(String(pid))
    } else print(run, rows)
    return run.status
  }
)
