/**
 * Prints the end of files, and what is added to them.
 *
 * @see tail(1)
 */
import { SEEK_CUR, SEEK_SET } from "@effix/kernel/abi/Fcntl"
import { isRegular } from "@effix/kernel/abi/FileMode"
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import { blockSize } from "../BufferedWriter.js"
import { sameFile } from "../Directory.js"
import * as Quote from "../Quote.js"
import * as Size from "../Size.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]...",
  does: "Print the last 10 lines of each FILE; -f goes on with what is appended.",
  short: "c:fFn:qs:vz",
  long: {
    "bytes=": "c",
    "follow=?": "follow",
    "lines=": "n",
    "pid=": "pid",
    quiet: "q",
    retry: "retry",
    silent: "q",
    "sleep-interval=": "s",
    verbose: "v",
    "zero-terminated": "z"
  },
  modernize: (args) => {
    const match = /^([-+])(\d+)([bcl]?)(f?)$/.exec(args[0] ?? "")
    if (match === null) return args
    const [, sign, count, unit, follow] = match
    const option = unit === "c" || unit === "b" ? "-c" : "-n"
    const text = `${sign === "+" ? "+" : ""}${count}${unit === "b" ? "b" : ""}`
    return [option, text, ...(follow === "" ? [] : ["-f"]), ...args.slice(1)]
  }
}

interface Asked {
  lines: boolean
  count: number
  /** Counted from the beginning: everything from the count-th on. */
  fromStart: boolean
  delimiter: number
  follow: "no" | "descriptor" | "name"
  interval: number
  pid: number
}

type Answer = Steps<Errno.Any | undefined>

/** Prints everything that is left. */
function* copyRest(run: Utility.Run, fd: number, buffer: Uint8Array): Answer {
  while (true) {
    const read = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(read)) return read
    if (read === 0) return undefined
    run.out.bytes(buffer, 0, read)
    yield* run.out.ready()
  }
}

function* skip(run: Utility.Run, fd: number, asked: Asked, buffer: Uint8Array): Answer {
  let left = Math.max(0, asked.count - 1)
  while (left > 0) {
    const read = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(read)) return read
    if (read === 0) return undefined
    let at = 0
    if (asked.lines) { while (at < read && left > 0) if (buffer[at++] === asked.delimiter) left-- }
    else {
      at = Math.min(left, read)
      left -= at
    }
    if (left === 0) run.out.bytes(buffer, at, read)
  }
  return yield* copyRest(run, fd, buffer)
}

/** Where the last `count` lines begin in `bytes`; -1 when they begin before it. A last newline ends a line. */
const startOfLast = (bytes: Uint8Array, end: number, asked: Asked, state: { left: number; last: boolean }): number => {
  for (let at = end - 1; at >= 0; at--) {
    const last = state.last
    state.last = false
    if (bytes[at] !== asked.delimiter || last) continue
    if (--state.left === 0) return at + 1
  }
  return -1
}

/** A regular file is read from its end, block by block. */
function* lastOfFile(run: Utility.Run, fd: number, asked: Asked, stat: Stat, buffer: Uint8Array): Answer {
  const start = yield* attempt(run.sys.lseek(fd, 0, SEEK_CUR))
  const from = Errno.isErrno(start) ? 0 : start
  let begin = Math.max(from, stat.size - asked.count)
  if (asked.lines) {
    const state = { left: asked.count, last: true }
    begin = asked.count === 0 ? stat.size : from
    for (let end = stat.size; end > from && asked.count > 0;) {
      const at = Math.max(from, end - buffer.length)
      const read = yield* attempt(run.sys.pread(fd, buffer.subarray(0, end - at), at))
      if (Errno.isErrno(read)) return read
      const found = startOfLast(buffer, read, asked, state)
      if (found >= 0) {
        begin = at + found
        break
      }
      end = at
    }
  }
  yield* attempt(run.sys.lseek(fd, begin, SEEK_SET))
  return yield* copyRest(run, fd, buffer)
}

const countOf = (bytes: Uint8Array, wanted: number): number => {
  let count = 0
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === wanted) count++
  return count
}

/** Anything else is read to its end; blocks that cannot matter any more are dropped on the way. */
function* lastOfStream(run: Utility.Run, fd: number, asked: Asked, buffer: Uint8Array): Answer {
  const blocks: Array<{ readonly bytes: Uint8Array; readonly units: number }> = []
  let units = 0
  while (true) {
    const read = yield* attempt(run.sys.read(fd, buffer))
    if (Errno.isErrno(read)) return read
    if (read === 0) break
    const bytes = buffer.slice(0, read)
    const added = asked.lines ? countOf(bytes, asked.delimiter) : read
    blocks.push({ bytes, units: added })
    units += added
    while (blocks.length > 1 && units - blocks[0]!.units > asked.count) units -= blocks.shift()!.units
  }
  if (asked.count === 0) return undefined
  let first = 0
  let offset = 0
  if (asked.lines) {
    const state = { left: asked.count, last: true }
    for (let i = blocks.length - 1; i >= 0; i--) {
      const found = startOfLast(blocks[i]!.bytes, blocks[i]!.bytes.length, asked, state)
      if (found < 0) continue
      first = i
      offset = found
      break
    }
  } else {
    let extra = Math.max(0, units - asked.count)
    while (first < blocks.length && extra >= blocks[first]!.bytes.length) extra -= blocks[first++]!.bytes.length
    offset = extra
  }
  for (let i = first; i < blocks.length; i++) {
    run.out.bytes(blocks[i]!.bytes, i === first ? offset : 0)
    yield* run.out.ready()
  }
  return undefined
}

interface Followed {
  readonly path: string
  readonly title: string
  fd: number | undefined
}

const pollInterval = 1

function* reopen(run: Utility.Run, file: Followed): Steps<void> {
  const now = yield* run.stat(file.path)
  if (Errno.isErrno(now)) return
  const open = file.fd === undefined ? undefined : yield* attempt(run.sys.fstat(file.fd))
  if (open !== undefined && !Errno.isErrno(open) && sameFile(open, now)) return
  if (file.fd !== undefined) {
    yield* run.warn(`${Quote.quoted(file.path)} has been replaced;  following new file`)
    yield* attempt(run.sys.close(file.fd))
  } else yield* run.warn(`${Quote.quoted(file.path)} has appeared;  following new file`)
  const fd = yield* attempt(run.sys.open(file.path, O_RDONLY))
  file.fd = Errno.isErrno(fd) ? undefined : fd
}

function* follow(
  run: Utility.Run,
  files: ReadonlyArray<Followed>,
  asked: Asked,
  titled: boolean,
  buffer: Uint8Array
): Steps<void> {
  let shown = files.at(-1)
  while (true) {
    for (const file of files) {
      if (asked.follow === "name") yield* reopen(run, file)
      if (file.fd === undefined) continue
      const stat = yield* attempt(run.sys.fstat(file.fd))
      const at = yield* attempt(run.sys.lseek(file.fd, 0, SEEK_CUR))
      if (!Errno.isErrno(stat) && !Errno.isErrno(at) && isRegular(stat.mode) && stat.size < at) {
        yield* run.warn(`${Quote.name(file.path)}: file truncated`)
        yield* attempt(run.sys.lseek(file.fd, 0, SEEK_SET))
      }
      const read = yield* attempt(run.sys.read(file.fd, buffer))
      if (Errno.isErrno(read) || read === 0) continue
      if (titled && shown !== file) run.out.text(`\n==> ${file.title} <==\n`)
      shown = file
      run.out.bytes(buffer, 0, read)
      yield* copyRest(run, file.fd, buffer)
    }
    if (run.out.length > 0) yield* run.out.flush()
    if (asked.pid > 0 && Errno.isErrno(yield* attempt(run.sys.kill(asked.pid, 0)))) return
    yield* attempt(run.sys.nanosleep(asked.interval * 1e9))
  }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const asked: Asked = {
    lines: true,
    count: 10,
    fromStart: false,
    delimiter: 10,
    follow: "no",
    interval: pollInterval,
    pid: 0
  }
  let titles: "some" | "all" | "none" = "some"
  for (const { key, value } of options) {
    if (key === "c" || key === "n") {
      const count = Size.parse(value.replace(/^[-+]/, ""))
      if (count === undefined) {
        return yield* run.die(
          `invalid number of ${key === "n" ? "lines" : "bytes"}: ${Quote.value(value.replace(/^-/, ""))}`
        )
      }
      Object.assign(asked, { lines: key === "n", count, fromStart: value.startsWith("+") })
    } else if (key === "f") asked.follow = "descriptor"
    else if (key === "F") asked.follow = "name"
    else if (key === "follow") asked.follow = value.startsWith("n") ? "name" : "descriptor"
    else if (key === "q") titles = "none"
    else if (key === "v") titles = "all"
    else if (key === "z") asked.delimiter = 0
    else if (key === "pid") asked.pid = Number(value)
    else if (key === "s") {
      const seconds = Size.parseDuration(value)
      if (seconds === undefined) return yield* run.die(`invalid number of seconds: ${Quote.value(value)}`)
      asked.interval = seconds
    }
  }
  const titled = titles === "all" || (titles === "some" && operands.length > 1)
  const buffer = new Uint8Array(blockSize)
  const followed: Array<Followed> = []
  let first = true
  for (const path of operands.length === 0 ? ["-"] : operands) {
    const title = path === "-" ? "standard input" : path
    const fd = path === "-" ? 0 : yield* attempt(run.sys.open(path, O_RDONLY))
    if (Errno.isErrno(fd)) {
      yield* run.fail(`cannot open ${Quote.quoted(path)} for reading: ${Errno.text(fd._tag)}`)
      if (asked.follow === "name") followed.push({ path, title, fd: undefined })
      continue
    }
    if (titled) run.out.text(`${first ? "" : "\n"}==> ${title} <==\n`)
    first = false
    const error = yield* show(run, fd, asked, buffer)
    if (error !== undefined) {
      yield* run.fail(
        `error reading ${path === "-" ? "'standard input'" : Quote.quoted(path)}: ${Errno.text(error._tag)}`
      )
    }
    if (asked.follow === "no") yield* run.close(fd)
    else if (error === undefined) followed.push({ path, title, fd })
  }
  if (asked.follow === "no") return
  if (followed.length === 0) return yield* run.die("no files remaining")
  if (run.out.length > 0) yield* run.out.flush()
  // What comes through a pipe has come to its end for good.
  if (operands.length === 0 && Errno.isErrno(yield* attempt(run.sys.lseek(0, 0, SEEK_CUR)))) return
  yield* follow(run, followed, asked, titled, buffer)
})

function* show(run: Utility.Run, fd: number, asked: Asked, buffer: Uint8Array): Answer {
  if (asked.fromStart) return yield* skip(run, fd, asked, buffer)
  const stat = yield* attempt(run.sys.fstat(fd))
  if (Errno.isErrno(stat)) return stat
  // Files of /proc say that they are empty, and are not.
  const seekable = isRegular(stat.mode) && stat.size > 0 &&
    !Errno.isErrno(yield* attempt(run.sys.lseek(fd, 0, SEEK_CUR)))
  return yield* seekable ? lastOfFile(run, fd, asked, stat, buffer) : lastOfStream(run, fd, asked, buffer)
}
