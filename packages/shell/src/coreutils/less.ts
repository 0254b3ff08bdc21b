/**
 * Shows files a screenful at a time; where the output is no terminal, as they are.
 *
 * @see less(1)
 * @see more(1)
 */
import { isDirectory } from "@effix/kernel/abi/FileMode"
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import type * as T from "@effix/kernel/abi/Termios"
import * as Errno from "@effix/kernel/Errno"
import type { Main } from "@effix/kernel/Programs"
import { blockSize } from "../BufferedWriter.js"
import * as Options from "../Options.js"
import { Lines } from "../pager/Lines.js"
import { type Leave, Pager } from "../pager/Pager.js"
import { Screen } from "../pager/Screen.js"
import { type Settings, View } from "../pager/View.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

/** One after the other, as cat(1) has them. */
function* copy(run: Utility.Run, operands: ReadonlyArray<string>): Steps<number> {
  const buffer = new Uint8Array(blockSize)
  yield* run.inputs(operands, function*(fd) {
    for (;;) {
      const count = yield* attempt(run.sys.read(fd, buffer))
      if (Errno.isErrno(count)) return count
      if (count === 0) return undefined
      run.out.bytes(buffer, 0, count)
      yield* run.out.ready()
    }
  })
  return run.status
}

/** A file to show; complains and answers `undefined` if it cannot be. */
function* opened(run: Utility.Run, path: string): Steps<number | undefined> {
  const stat = yield* run.stat(path)
  if (path !== "-" && !Errno.isErrno(stat) && isDirectory(stat.mode)) {
    run.status = 1
    yield* run.error(`${path} is a directory\n`)
    return undefined
  }
  if (path === "-") return 0
  const fd = yield* attempt(run.sys.open(path, O_RDONLY))
  if (typeof fd === "number") return fd
  run.status = 1
  yield* run.error(`${path}: ${Errno.text(fd._tag)}\n`)
  return undefined
}

/** What `+` says to do first: a line to go to, the end, or a text to look for. */
function* begin(pager: Pager, commands: ReadonlyArray<string>): Steps<void> {
  for (const command of commands) {
    if (command.startsWith("/")) yield* pager.search(command.slice(1), false)
    else if (command === "G") yield* pager.go(Number.POSITIVE_INFINITY)
    else if (command === "F") yield* pager.follow()
    else if (/^[0-9]+g?$/.test(command)) yield* pager.go(Number.parseInt(command, 10) - 1)
  }
}

interface Asked {
  readonly settings: Settings
  readonly commands: ReadonlyArray<string>
  /** Whether what fits one screen is written and left at once. */
  readonly once: boolean
}

function* show(run: Utility.Run, screen: Screen, operands: ReadonlyArray<string>, asked: Asked): Steps<void> {
  const files: Array<{ readonly name: string; readonly lines: Lines }> = []
  for (const path of operands) {
    const fd = yield* opened(run, path)
    if (fd !== undefined) {
      files.push({ name: path === "-" ? "" : path, lines: new Lines(run.sys, fd, screen.interrupted) })
    }
  }
  if (files.length === 0) return
  yield* screen.measure()
  const [only] = files
  if (asked.once && files.length === 1 && (yield* new View(run, screen, only!.lines, asked.settings).isWhole())) {
    for (let index = 0; index < only!.lines.count; index++) run.out.line(only!.lines.at(index)!)
    return
  }
  yield* screen.enter()
  const pagers = files.map(({ lines, name }, index) =>
    new Pager(
      run,
      screen,
      lines,
      files.length === 1 ? name : `${name} (file ${index + 1} of ${files.length})`,
      asked.settings
    )
  )
  for (const pager of pagers) yield* begin(pager, asked.commands)
  for (let at = 0; at < files.length;) {
    const leave: Leave = yield* pagers[at]!.main()
    if (leave === "quit") break
    if (leave === "first") at = 0
    else if (leave === "previous") at = Math.max(0, at - 1)
    else if (at + 1 < files.length || asked.settings.quitAtEnd !== "") at++
  }
  yield* screen.leave()
}

const make = (isMore: boolean): Main =>
  Utility.make(
    {
      usage: "[-EeFINnRrSXi] [-x TABS] [+LINE | +/PATTERN | +G | +F] [FILE]...",
      does: "Show files a screenful at a time.",
      short: "EeFIJKLMNQRSUVWXacfimnqrsuwx:p:h:j:P:",
      long: {
        "chop-long-lines": "S",
        "LINE-NUMBERS": "N",
        "RAW-CONTROL-CHARS": "R",
        "ignore-case": "i",
        "IGNORE-CASE": "I",
        "quit-if-one-screen": "F",
        "no-init": "X",
        "quit-at-eof": "e",
        "QUIT-AT-EOF": "E",
        "tabs=": "x"
      }
    },
    function*(run, { operands: given, options }) {
      const commands = given.filter((each) => each.startsWith("+")).map((each) => each.slice(1))
      const files = given.filter((each) => !each.startsWith("+"))
      const has = (...letters: ReadonlyArray<string>): boolean => options.some(({ key }) => letters.includes(key))
      if (files.length === 0 && (yield* attempt(run.sys.isatty(0))) === true) {
        return yield* run.die(`Missing filename ("${run.name} --help" for help)`)
      }
      const operands = files.length === 0 ? ["-"] : files
      if ((yield* attempt(run.sys.isatty(1))) !== true) return yield* copy(run, operands)
      const tty = yield* attempt(run.sys.open("/dev/tty", O_RDONLY))
      const before: T.Termios | Errno.Any = Errno.isErrno(tty) ? tty : yield* attempt(run.sys.tcgetattr(tty))
      if (Errno.isErrno(tty) || Errno.isErrno(before)) return yield* copy(run, operands)
      const tab = Number(Options.last(options, "x")?.value ?? 8)
      const pattern = Options.last(options, "p")?.value
      const settings: Settings = {
        chop: has("S"),
        numbers: has("N"),
        raw: has("R", "r"),
        ignoreCase: has("I") ? "I" : has("i") ? "i" : "",
        tab: Number.isSafeInteger(tab) && tab > 0 ? tab : 8,
        quitAtEnd: has("E") || isMore ? "first" : has("e") ? "second" : ""
      }
      const screen = new Screen(run, tty, before, !has("X") && !isMore)
      yield* show(run, screen, operands, {
        settings,
        commands: pattern === undefined ? commands : [...commands, `/${pattern}`],
        once: has("F") || isMore
      })
      return run.status
    }
  )

export const main = make(false)
export const more = make(true)
