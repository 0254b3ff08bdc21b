/**
 * Shows and changes the settings of a terminal.
 *
 * @see stty(1)
 */
import { O_NONBLOCK, O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import { TCSADRAIN, TCSANOW, type Termios, VMIN, VTIME, type WindowSize } from "@effix/kernel/abi/Termios"
import * as Errno from "@effix/kernel/Errno"
import * as Quote from "../Quote.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"
import * as Settings from "./sttySettings.js"

const utility: Utility.Utility = {
  usage: "[-F DEVICE] [SETTING]...\n[-F DEVICE] [-a|-g]",
  does: "Print or change terminal characteristics.",
  short: "agF:",
  long: { all: "a", save: "g", "file=": "F" }
}

/** Bits of a speed in `cflag`, and what they mean. */
const CBAUD = 0o10017
const speeds: ReadonlyArray<readonly [bits: number, baud: number]> = [
  [0, 0],
  [1, 50],
  [2, 75],
  [3, 110],
  [4, 134],
  [5, 150],
  [6, 200],
  [7, 300],
  [8, 600],
  [9, 1200],
  [10, 1800],
  [11, 2400],
  [12, 4800],
  [13, 9600],
  [14, 19200],
  [15, 38400],
  [0o10001, 57600],
  [0o10002, 115200],
  [0o10003, 230400],
  [0o10004, 460800],
  [0o10005, 500000],
  [0o10006, 576000],
  [0o10007, 921600],
  [0o10010, 1000000]
]

/** Fills lines up to the width of the window; like GNU it does not count the blank between. */
class Lines {
  text = ""
  private column = 0

  constructor(private readonly width: number) {}

  add(item: string): void {
    if (this.column > 0 && this.width - this.column < item.length) this.end()
    if (this.column > 0) {
      this.text += " "
      this.column++
    }
    this.text += item
    this.column += item.length
  }

  end(): void {
    this.text += "\n"
    this.column = 0
  }

  get empty(): boolean {
    return this.column === 0
  }
}

/** A control character as it is shown. */
const visible = (code: number): string => {
  if (code === 0) return "<undef>"
  const meta = code >= 128 ? "M-" : ""
  const low = code & 127
  return meta + (low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? "^?" : String.fromCharCode(low))
}

const speedOf = ({ cflag }: Termios): number => speeds.find(([bits]) => bits === (cflag & CBAUD))?.[1] ?? 0

/** `stty -a`. */
const all = (settings: Termios, size: WindowSize, width: number): string => {
  const lines = new Lines(width)
  for (const item of [`speed ${speedOf(settings)} baud;`, `rows ${size.rows}; columns ${size.columns};`, "line = 0;"]) {
    lines.add(item)
  }
  lines.end()
  for (const [name, index] of Settings.characters) lines.add(`${name} = ${visible(settings.cc[index] ?? 0)};`)
  lines.add(`min = ${settings.cc[VMIN]}; time = ${settings.cc[VTIME]};`)
  let flags: Settings.Flags | undefined
  for (const mode of Settings.modes) {
    if (mode.hidden) continue
    if (mode.flags !== flags) lines.end()
    flags = mode.flags
    if (Settings.isOn(settings, mode)) lines.add(mode.name)
    else if (mode.reversible) lines.add(`-${mode.name}`)
  }
  lines.end()
  return lines.text
}

/** What is not as `sane` would have it. */
const changed = (settings: Termios, width: number): string => {
  const lines = new Lines(width)
  lines.add(`speed ${speedOf(settings)} baud;`)
  lines.add("line = 0;")
  lines.end()
  for (const [name, index, sane] of Settings.characters) {
    if (settings.cc[index] !== sane) lines.add(`${name} = ${visible(settings.cc[index] ?? 0)};`)
  }
  const canonical = Settings.modes.find(({ name }) => name === "icanon")!
  if (!Settings.isOn(settings, canonical)) lines.add(`min = ${settings.cc[VMIN]}; time = ${settings.cc[VTIME]};`)
  let flags: Settings.Flags | undefined
  for (const mode of Settings.modes) {
    if (mode.hidden) continue
    if (mode.flags !== flags && !lines.empty) lines.end()
    flags = mode.flags
    const on = Settings.isOn(settings, mode)
    if (on && mode.sane === "off") lines.add(mode.name)
    else if (!on && mode.sane === "on" && mode.reversible) lines.add(`-${mode.name}`)
  }
  if (!lines.empty) lines.end()
  return lines.text
}

/** Control characters that a saved text has room for. */
const SAVED = 32

const save = ({ cc, cflag, iflag, lflag, oflag }: Termios): string =>
  [iflag, oflag, cflag, lflag, ...Array.from({ length: SAVED }, (_, index) => cc[index] ?? 0)].map((value) =>
    value.toString(16)
  ).join(":")

const restored = (text: string, { cc }: Termios): Termios | undefined => {
  if (!/^[\da-f]+(:[\da-f]+){35}$/i.test(text)) return undefined
  const [iflag = 0, oflag = 0, cflag = 0, lflag = 0, ...characters] = text.split(":").map((each) => parseInt(each, 16))
  return { iflag, oflag, cflag, lflag, cc: characters.slice(0, cc.length) }
}

function* integer(run: Utility.Run, text: string): Steps<number> {
  const number = /^0[xX][\da-fA-F]+$/.test(text) || /^[1-9]\d*$/.test(text)
    ? Number(text)
    : /^0[0-7]*$/.test(text)
    ? parseInt(text, 8)
    : undefined
  return number ?? (yield* run.die(`invalid integer argument: ${Quote.value(text)}`))
}

function* character(run: Utility.Run, text: string): Steps<number> {
  if (text === "^-" || text === "undef" || text === "") return 0
  if (text.length === 1) return text.charCodeAt(0)
  if (/^\^.$/.test(text)) return text === "^?" ? 127 : text.charCodeAt(1) & 0o37
  const number = yield* integer(run, text)
  return number <= 255
    ? number
    : yield* run.die(`invalid integer argument: ${Quote.value(text)}: Value too large for defined data type`)
}

const takesArgument = (name: string): boolean =>
  ["min", "time", "rows", "cols", "columns", "line", "ispeed", "ospeed"].includes(name) ||
  Settings.characters.some(([each]) => each === name)

/** What the arguments make of the settings and of the window. */
class Request {
  when = TCSADRAIN
  changes = false

  constructor(
    readonly run: Utility.Run,
    private readonly fd: number,
    public settings: Termios,
    private size: WindowSize
  ) {}

  *apply(args: ReadonlyArray<string>): Steps<void> {
    for (let at = 0; at < args.length; at++) {
      const name = args[at]!
      if (this.simple(name)) continue
      if (name === "size") {
        this.run.out.line(`${this.size.rows} ${this.size.columns}`)
        continue
      }
      if (name === "speed") {
        this.run.out.line(String(speedOf(this.settings)))
        continue
      }
      if (!takesArgument(name)) {
        yield* this.run.warn(`invalid argument ${Quote.value(name)}`)
        return yield* this.run.misuse()
      }
      const value = args[++at]
      if (value === undefined) {
        yield* this.run.warn(`missing argument to ${Quote.value(name)}`)
        return yield* this.run.misuse()
      }
      yield* this.valued(name, value)
    }
  }

  /** At once, so that what is printed behind it is true. */
  private *resize(size: WindowSize): Steps<void> {
    const error = yield* attempt(this.run.sys.setWindowSize(this.fd, size))
    if (Errno.isErrno(error)) return yield* this.run.die(Errno.text(error._tag))
    this.size = size
  }

  private change(settings: Termios): true {
    this.settings = settings
    this.changes = true
    return true
  }

  /** Settings that stand for themselves. */
  private simple(name: string): boolean {
    const off = name.startsWith("-")
    const bare = off ? name.slice(1) : name
    const mode = Settings.modes.find((each) => each.name === bare)
    if (mode !== undefined && (!off || mode.reversible)) return this.change(Settings.set(this.settings, mode, !off))
    const combination = Object.hasOwn(Settings.combinations, bare) ? Settings.combinations[bare] : undefined
    const change = off ? combination?.[1] : combination?.[0]
    if (change !== undefined) return this.change(change(this.settings))
    if (bare === "drain") {
      this.when = off ? TCSANOW : TCSADRAIN
      return true
    }
    const saved = restored(name, this.settings)
    if (saved !== undefined) return this.change(saved)
    return this.speed(name)
  }

  private speed(text: string): boolean {
    const speed = speeds.find(([, baud]) => String(baud) === text)
    if (speed === undefined) return false
    return this.change({ ...this.settings, cflag: ((this.settings.cflag & ~CBAUD) | speed[0]) >>> 0 })
  }

  private *valued(name: string, value: string): Steps<void> {
    const known = Settings.characters.find(([each]) => each === name)
    if (known !== undefined) {
      this.change(Settings.withCharacter(this.settings, known[1], yield* character(this.run, value)))
    } else if (name === "ispeed" || name === "ospeed") {
      if (!this.speed(value)) return yield* this.run.die(`invalid ${name} ${Quote.value(value)}`)
    } else {
      const number = yield* integer(this.run, value)
      if (name === "min" || name === "time") {
        this.change(Settings.withCharacter(this.settings, name === "min" ? VMIN : VTIME, number & 255))
      } else if (name === "rows") yield* this.resize({ ...this.size, rows: number })
      else if (name !== "line") yield* this.resize({ ...this.size, columns: number })
    }
  }
}

/** Options end where settings begin, which may have a dash, too. */
const modernize = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const options: Array<string> = []
  const rest: Array<string> = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    if (/^-[agF]+$|^--(a|al|all|s|sa|sav|save|help|version)$|^-F.|^--f.*=/.test(arg)) {
      options.push(arg)
      if (/^-[ag]*F$/.test(arg)) options.push(args[++at] ?? "")
    } else if (/^--f(i|il|ile)?$/.test(arg)) options.push(arg, args[++at] ?? "")
    else rest.push(arg)
  }
  return [...options, "--", ...rest]
}

export const main = Utility.make({ ...utility, modernize }, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const file = options.find(({ key }) => key === "F")?.value
  if (has("a") && has("g")) {
    return yield* run.die("the options for verbose and stty-readable output styles are\nmutually exclusive")
  }
  if ((has("a") || has("g")) && operands.length > 0) {
    return yield* run.die("when specifying an output style, modes may not be set")
  }
  let fd = 0
  if (file !== undefined) {
    const opened = yield* attempt(run.sys.open(file, O_RDONLY | O_NONBLOCK))
    if (Errno.isErrno(opened)) return yield* run.die(`${Quote.name(file)}: ${Errno.text(opened._tag)}`)
    fd = opened
  }
  const name = file === undefined ? "'standard input'" : Quote.name(file)
  const settings = yield* attempt(run.sys.tcgetattr(fd))
  if (Errno.isErrno(settings)) return yield* run.die(`${name}: ${Errno.text(settings._tag)}`)
  const known = yield* attempt(run.sys.getWindowSize(fd))
  const size = Errno.isErrno(known) ? { rows: 0, columns: 0 } : known
  const output = yield* attempt(run.sys.getWindowSize(1))
  const width = Errno.isErrno(output) || output.columns === 0 ? 80 : output.columns
  if (has("g")) return run.out.line(save(settings))
  if (has("a")) return run.out.text(all(settings, size, width))
  if (operands.length === 0) return run.out.text(changed(settings, width))
  const request = new Request(run, fd, settings, size)
  yield* request.apply(operands)
  if (!request.changes) return
  const error = yield* attempt(run.sys.tcsetattr(fd, request.when, request.settings))
  if (Errno.isErrno(error)) return yield* run.die(`${name}: ${Errno.text(error._tag)}`)
  const now = yield* attempt(run.sys.tcgetattr(fd))
  if (!Errno.isErrno(now) && save(now) !== save(request.settings)) {
    return yield* run.die(`${name}: unable to perform all requested operations`)
  }
})

/** @see tty(1) */
export const tty = Utility.make(
  {
    usage: "[-s]",
    does: "Print the file name of the terminal connected to standard input.",
    short: "s",
    long: { silent: "s", quiet: "s" },
    failure: 2
  },
  function*(run, { operands, options }) {
    if (operands.length > 0) return yield* run.extraOperand(operands[0]!)
    const name = yield* attempt(run.sys.ttyname(0))
    if (options.length === 0) run.out.line(typeof name === "string" ? name : "not a tty")
    return typeof name === "string" ? 0 : 1
  }
)
