/**
 * What the terminal can do: shown, or done. Clears the screen, and puts a terminal right.
 *
 * @see tput(1)
 * @see clear(1)
 * @see reset(1)
 */
import * as T from "@effix/kernel/abi/Termios"
import * as Errno from "@effix/kernel/Errno"
import type { Main } from "@effix/kernel/Programs"
import { LineReader } from "../LineReader.js"
import * as Options from "../Options.js"
import { attempt, type Steps } from "../Steps.js"
import { countOf, fill, plain } from "../terminfo/parameters.js"
import { type Description, names, terminals } from "../terminfo/terminals.js"
import * as Utility from "../Utility.js"

/** A terminal by its name. */
const described = (name: string): Description | undefined =>
  Object.hasOwn(terminals, name) ? terminals[name] : undefined

const text = ({ capabilities }: Description, name: string): string => {
  const found = capabilities[name]
  return typeof found === "string" ? plain(found) : ""
}

/** How many lines or columns there are, by the window, or what is usual. */
function* size(run: Utility.Run, name: "cols" | "lines", terminal: Description): Steps<number> {
  for (const fd of [2, 1, 0]) {
    const window = yield* attempt(run.sys.getWindowSize(fd))
    if (!Errno.isErrno(window) && window.columns > 0) return name === "cols" ? window.columns : window.rows
  }
  const usual = terminal.capabilities[name]
  return typeof usual === "number" ? usual : -1
}

const clearing = (terminal: Description, scrollback: boolean): string =>
  text(terminal, "clear") + (scrollback ? text(terminal, "E3") : "")

const initial = (terminal: Description): string => text(terminal, "is2")
const again = (terminal: Description): string =>
  ["rs1", "rs2", "rs3"].map((name) => text(terminal, name)).join("") || initial(terminal)

/** The status where there is no terminal. */
const NO_TERMINAL = 10

/** The settings of the terminal; complains where there is none. */
function* settingsOf(run: Utility.Run): Steps<T.Termios | undefined> {
  for (const fd of [2, 1, 0]) {
    const settings = yield* attempt(run.sys.tcgetattr(fd))
    if (!Errno.isErrno(settings)) return settings
  }
  yield* run.error(`${run.name}: terminal attributes: ${Errno.text("ENXIO")}\n\n`)
  return undefined
}

interface Command {
  readonly status: number
  /** How many of the words it took. */
  readonly used: number
}

/** Carries out one command, which may be followed by its parameters and others. */
function* carryOut(
  run: Utility.Run,
  terminal: Description,
  words: ReadonlyArray<string>,
  scrollback: boolean
): Steps<Command> {
  const [name = "", ...rest] = words
  const done = (status: number, used = 1): Command => ({ status, used })
  switch (name) {
    case "clear": {
      const clear = clearing(terminal, scrollback)
      run.out.text(clear)
      return done(clear === "" ? 2 : 0)
    }
    case "init":
    case "reset":
      if ((yield* settingsOf(run)) === undefined) return done(NO_TERMINAL, words.length)
      run.out.text(name === "init" ? initial(terminal) : again(terminal))
      return done(0)
    case "longname":
      run.out.text(terminal.longName)
      return done(0)
    case "cols":
    case "lines":
      run.out.line(String(yield* size(run, name, terminal)))
      return done(0)
  }
  const capability = terminal.capabilities[name]
  const kind = names[name]
  // What terminfo itself does not name is known where a terminal has it.
  if (kind === undefined || (name === "E3" && capability === undefined)) {
    yield* run.error(`${run.name}: unknown terminfo capability '${name}'\n`)
    return done(4)
  }
  if (kind === "flag") return done(capability === true ? 0 : 1)
  if (kind === "number") {
    run.out.line(String(capability ?? -1))
    return done(0)
  }
  if (typeof capability !== "string") return done(1, words.length)
  const count = countOf(capability)
  const given = rest.slice(0, count).map((each) => Number.parseInt(each, 10) || 0)
  const bytes = plain(capability)
  run.out.text(given.length === 0 ? bytes : fill(bytes, given))
  return done(0, 1 + given.length)
}

const noTerminal = "No value for $TERM and no -T specified"

export const tput = Utility.make(
  {
    usage: "[options] [command]",
    does: "Show or do what the terminal can.",
    short: "ST:Vx",
    permute: false,
    failure: 2,
    hintText: `Usage: tput [options] [command]

Options:
  -S <<       read commands from standard input
  -T TERM     use this instead of $TERM
  -V          print curses-version
  -x          do not try to clear scrollback

Commands:
  clear       clear the screen
  init        initialize the terminal
  reset       reinitialize the terminal
  capname     unlike clear/init/reset, print value for capability "capname"`
  },
  function*(run, { operands, options }) {
    const has = (key: string): boolean => options.some((option) => option.key === key)
    if (has("V")) {
      run.out.text("tput (Effix core utilities)\n")
      return 0
    }
    const env = yield* run.sys.environ()
    const name = Options.last(options, "T")?.value ?? env["TERM"] ?? ""
    if (name === "") return yield* run.die(noTerminal, 2)
    const terminal = described(name)
    if (terminal === undefined) return yield* run.die(`unknown terminal "${name}"`, 3)
    if (operands.length === 0 && !has("S")) return yield* run.misuse()
    let words: ReadonlyArray<string> = operands
    if (has("S")) words = (yield* new LineReader(run.sys, 0).whole()).split(/\s+/).filter((word) => word !== "")
    let status = 0
    while (words.length > 0) {
      const done = yield* carryOut(run, terminal, words, !has("x"))
      if (done.status > 0) status = done.status
      words = words.slice(done.used)
    }
    return status
  }
)

export const clear = Utility.make(
  {
    usage: "[options]",
    does: "Clear the terminal screen.",
    short: "T:Vx",
    hintText: `Usage: clear [options]

Options:
  -T TERM     use this instead of $TERM
  -V          print curses-version
  -x          do not try to clear scrollback`
  },
  function*(run, { options }) {
    const env = yield* run.sys.environ()
    const name = Options.last(options, "T")?.value ?? env["TERM"]
    if (options.some(({ key }) => key === "V")) {
      run.out.text("clear (Effix core utilities)\n")
      return 0
    }
    if (name === undefined) {
      yield* run.error("TERM environment variable not set.\n")
      return 1
    }
    const terminal = described(name)
    if (terminal === undefined) {
      yield* run.error(`'${name}': unknown terminal type.\n`)
      return 1
    }
    const bytes = clearing(terminal, !options.some(({ key }) => key === "x"))
    run.out.text(bytes)
    return bytes === "" ? 1 : 0
  }
)

/** The settings of a terminal as they are at first, but for its keys. */
const sane = (settings: T.Termios): T.Termios => ({
  ...settings,
  iflag: (settings.iflag | T.BRKINT | T.ICRNL | T.IXON | T.IMAXBEL) &
    ~(T.IGNBRK | T.INLCR | T.IGNCR | T.IUCLC | T.IXANY),
  oflag: (settings.oflag | T.OPOST | T.ONLCR) & ~(T.OLCUC | T.OCRNL | T.ONOCR | T.ONLRET),
  lflag: settings.lflag | T.ISIG | T.ICANON | T.IEXTEN | T.ECHO | T.ECHOE | T.ECHOK | T.ECHOCTL | T.ECHOKE
})

export const reset: Main = Utility.make(
  {
    usage: "[options] [terminal]",
    does: "Put a terminal right.",
    short: "cIQqrsVwe:i:k:m:",
    hintText: "usage: reset [-cIQqrsVw] [-e CH] [-k CH] [-i CH] [terminal]"
  },
  function*(run, { operands: [given], options }) {
    const has = (key: string): boolean => options.some((option) => option.key === key)
    const settings = yield* settingsOf(run)
    if (settings === undefined) return NO_TERMINAL
    const env = yield* run.sys.environ()
    const name = given ?? env["TERM"] ?? ""
    const terminal = described(name)
    yield* attempt(run.sys.tcsetattr(2, T.TCSADRAIN, sane(settings)))
    if (terminal === undefined) {
      yield* run.error(`${run.name}: unknown terminal type ${name}\n`)
      return 1
    }
    if (has("q")) {
      run.out.line(name)
      return 0
    }
    if (has("s")) run.out.line(`TERM=${name};`)
    if (!has("I")) yield* run.error(again(terminal))
    return 0
  }
)
