/**
 * Runs a command again and again, and shows on the whole screen what it writes.
 *
 * @see watch(1)
 */
import { O_CLOEXEC } from "@effix/kernel/abi/OpenFlags"
import { SIGHUP, SIGINT, SIGTERM, SIGWINCH } from "@effix/kernel/abi/Signals"
import * as T from "@effix/kernel/abi/Termios"
import { shellCode } from "@effix/kernel/abi/WaitStatus"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as DateFormat from "../DateFormat.js"
import * as Launch from "../Launch.js"
import * as Options from "../Options.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import { blank, drawn, type Frame, framed, sameCell, type Settings } from "./watchFrame.js"

const usage = `
Usage:
 watch [options] command

Options:
  -b, --beep             beep if command has a non-zero exit
  -c, --color            interpret ANSI color and style sequences
  -d, --differences[=<permanent>]
                         highlight changes between updates
  -e, --errexit          exit if command has a non-zero exit
  -g, --chgexit          exit when output from command changes
  -q, --equexit <cycles>
                         exit when output from command does not change
  -n, --interval <secs>  seconds to wait between updates
  -p, --precise          attempt run command in precise intervals
  -t, --no-title         turn off header
  -w, --no-wrap          turn off line wrapping
  -x, --exec             pass command to exec instead of "sh -c"

 -h, --help     display this help and exit
 -v, --version  output version information and exit

For more details see watch(1).`

interface Ran {
  readonly output: string
  readonly status: number
}

/** What a command writes, and how it ends. */
function* ran(run: Utility.Run, argv: ReadonlyArray<string>, enough: number): Steps<Ran> {
  const { sys } = run
  const pipe = yield* attempt(sys.pipe(O_CLOEXEC))
  if (Errno.isErrno(pipe)) return yield* run.die("unable to create IPC pipes", 7)
  const [reader, writer] = pipe
  const env = yield* sys.environ()
  const pid = yield* Launch.spawn(sys, { argv, env }, {
    actions: [{ _tag: "Dup2", from: writer, to: 1 }, { _tag: "Dup2", from: writer, to: 2 }]
  })
  yield* attempt(sys.close(writer))
  if (Errno.isErrno(pid)) {
    yield* attempt(sys.close(reader))
    return yield* run.die(`unable to execute '${argv[0]}': ${Errno.text(pid._tag)}`, 4)
  }
  const blocks: Array<number> = []
  const block = new Uint8Array(65536)
  for (;;) {
    const count = yield* attempt(sys.read(reader, block))
    if (Errno.isErrno(count)) {
      if (count._tag === "EINTR") continue
      break
    }
    if (count === 0) break
    // The rest does not fit the screen, but has to be taken.
    if (blocks.length < enough) { for (const byte of block.subarray(0, count)) blocks.push(byte) }
  }
  yield* attempt(sys.close(reader))
  return { output: Bytes.decode(Uint8Array.from(blocks)), status: shellCode(yield* Launch.waitFor(sys, pid)) }
}

const seconds = (text: string): number | undefined => {
  const number = /^\s*(?:\d+(?:[.,]\d*)?|[.,]\d+)$/.test(text) ? Number(text.replace(",", ".")) : undefined
  return number === undefined ? undefined : Math.min(Math.max(number, 0.1), 2 ** 31)
}

/** What stands above the output: `Every 2.0s: `, and the command. */
interface Title {
  readonly every: string
  readonly command: string
}

class Watch {
  /** The signal that ends it. */
  ended: number | undefined = undefined
  /** The terminal's settings before. */
  private terminal: T.Termios | undefined = undefined
  private before: Frame | undefined = undefined
  private marks: Array<Set<number>> = []
  private rows = 24
  private columns = 80

  constructor(
    private readonly run: Utility.Run,
    private readonly title: Title | undefined,
    private readonly settings: Settings,
    private readonly differences: "no" | "last" | "all"
  ) {}

  *enter(): Steps<void> {
    const { sys } = this.run
    for (const signal of [SIGINT, SIGTERM, SIGHUP]) {
      yield* attempt(sys.sigaction(signal, { disposition: () => Effect.sync(() => void (this.ended = signal)) }))
    }
    yield* attempt(sys.sigaction(SIGWINCH, { disposition: () => Effect.void }))
    const settings = yield* attempt(sys.tcgetattr(0))
    if (!Errno.isErrno(settings)) {
      this.terminal = settings
      const lflag = settings.lflag & ~(T.ICANON | T.ECHO)
      yield* attempt(sys.tcsetattr(0, T.TCSADRAIN, { ...settings, lflag }))
    }
    this.run.out.text("\u001b[?1049h")
  }

  *leave(): Steps<void> {
    this.run.out.text(`\u001b[${this.rows};1H\u001b[?1049l\r`)
    yield* this.run.out.flush()
    if (this.terminal !== undefined) yield* attempt(this.run.sys.tcsetattr(0, T.TCSADRAIN, this.terminal))
  }

  *measure(): Steps<void> {
    const size = yield* attempt(this.run.sys.getWindowSize(1))
    if (Errno.isErrno(size) || size.columns === 0) return
    this.rows = size.rows
    this.columns = size.columns
  }

  /** How many bytes may be on the screen at most. */
  get enough(): number {
    return this.rows * this.columns * 16
  }

  private *header(): Steps<ReadonlyArray<string>> {
    if (this.title === undefined) return []
    const { nodename } = yield* this.run.sys.uname()
    const now = yield* this.run.sys.clockGettime("realtime")
    const right = `${nodename}: ${DateFormat.format("%a %b %e %H:%M:%S %Y", now)}`
    const room = this.columns - right.length - 1
    if (room < 0) return ["", ""]
    const { command, every } = this.title
    const left = room - every.length - 1
    const shown = command.length <= left ? command : left > 3 ? `${command.slice(0, left - 3)}... ` : ""
    return [(left < 0 ? "" : every + shown).padEnd(room + 1) + right, ""]
  }

  /** Shows what was written; answers whether that is something else than before. */
  *show(output: string): Steps<boolean> {
    const header = yield* this.header()
    const frame = framed(output, Math.max(1, this.rows - header.length), this.columns, this.settings)
    const { before } = this
    const changed = before !== undefined &&
      (frame.length !== before.length ||
        frame.some((row, y) =>
          row.length !== before[y]!.length || row.some((cell, x) => !sameCell(cell, before[y]![x]))
        ))
    if (this.differences !== "all") this.marks = []
    const rows = frame.map((row, y) => {
      const marks = this.marks[y] ??= new Set()
      if (before !== undefined && this.differences !== "no") {
        const was = before[y] ?? []
        for (let x = 0; x < Math.max(row.length, was.length); x++) if (!sameCell(row[x], was[x])) marks.add(x)
      }
      const wide = Math.max(row.length, ...Array.from(marks, (column) => column + 1))
      const cells = Array.from({ length: Math.min(wide, this.columns) }, (_, x) => row[x] ?? blank)
      return drawn(marks.size > 0 ? cells : row, (x) => marks.has(x))
    })
    this.before = frame
    const text = [...header, ...rows].map((row) => `${row}\u001b[K`).join("\r\n")
    this.run.out.text(`\u001b[H${text}\u001b[J\u001b[${this.rows};${this.columns}H`)
    yield* this.run.out.flush()
    return changed
  }

  /** Tells that the command has failed, and waits for a key. */
  *freeze(): Steps<void> {
    const text = "command exit with a non-zero status, press a key to exit".slice(0, this.columns)
    this.run.out.text(`\u001b[${this.rows};1H${text}`)
    yield* this.run.out.flush()
    while (this.ended === undefined) {
      const read = yield* attempt(this.run.sys.read(0, new Uint8Array(1)))
      if (!Errno.isErrno(read) || read._tag !== "EINTR") return
    }
  }
}

export const main = Utility.make(
  {
    usage: "[options] command",
    does: "Run a command again and again, and show what it writes.",
    short: "bcd::eghn:pq:tvwx",
    long: {
      beep: "b",
      color: "c",
      "differences=?": "d",
      errexit: "e",
      chgexit: "g",
      "equexit=": "q",
      "interval=": "n",
      precise: "p",
      "no-title": "t",
      "no-wrap": "w",
      exec: "x"
    },
    permute: false,
    hintText: usage
  },
  function*(run, { operands, options }) {
    const has = (key: string): boolean => options.some((option) => option.key === key)
    if (has("h") || has("v")) {
      run.out.text(has("h") ? `${usage}\n` : "watch (Effix core utilities)\n")
      return 0
    }
    const env = yield* run.sys.environ()
    const intervalText = Options.last(options, "n")?.value ?? env["WATCH_INTERVAL"] ?? "2"
    const interval = seconds(intervalText)
    if (interval === undefined) return yield* run.die(`failed to parse argument: '${intervalText}': Invalid argument`)
    const cyclesText = Options.last(options, "q")?.value
    if (cyclesText !== undefined && !/^\d+$/.test(cyclesText)) {
      return yield* run.die(`failed to parse argument: '${cyclesText}': Invalid argument`)
    }
    if (operands.length === 0) return yield* run.misuse()
    const difference = Options.last(options, "d")
    const title = { every: `Every ${interval.toFixed(1)}s: `, command: operands.join(" ") }
    const watch = new Watch(
      run,
      has("t") ? undefined : title,
      { color: has("c"), wrap: !has("w") },
      difference === undefined ? "no" : difference.hasValue ? "all" : "last"
    )
    const argv = has("x") ? operands : ["sh", "-c", operands.join(" ")]
    yield* watch.enter()
    let status = 0
    let same = 0
    let next = yield* run.sys.clockGettime("monotonic")
    while (watch.ended === undefined) {
      yield* watch.measure()
      const { output, status: code } = yield* ran(run, argv, watch.enough)
      const changed = yield* watch.show(output)
      if (code !== 0 && has("b")) run.out.text("\u0007")
      if (code !== 0 && has("e")) {
        yield* watch.freeze()
        status = 8
        break
      }
      same = changed ? 0 : same + 1
      if ((changed && has("g")) || (cyclesText !== undefined && same > Number(cyclesText))) break
      yield* run.out.flush()
      const now = yield* run.sys.clockGettime("monotonic")
      next = (has("p") ? next : now) + BigInt(Math.round(interval * 1e9))
      // A change of the window's size shows it at once.
      if (next > now) yield* attempt(run.sys.nanosleep(Number(next - now)))
    }
    yield* watch.leave()
    return status
  }
)
