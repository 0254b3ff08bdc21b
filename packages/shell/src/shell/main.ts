/**
 * The shell as a program: its command line, its environment, and where its commands come from.
 *
 * @see sh(1)
 */
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Main } from "@effix/kernel/Programs"
import { Sys } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { defaultPath } from "../Launch.js"
import { isHere } from "./builtins/directory.js"
import { readFile } from "./builtins/flow.js"
import { readUntil } from "./builtins/readLine.js"
import { change, readOptions } from "./builtins/set.js"
import { declareDynamic, isName } from "./expand/values.js"
import { applyAliases } from "./run/aliases.js"
import { runList } from "./run/evaluate.js"
import { runToEnd } from "./run/process.js"
import { writeAll } from "./run/report.js"
import { isFound, search } from "./run/search.js"
import { evaluateText, reportSyntax, warnOfOpen } from "./run/source.js"
import { Exit, Fatal } from "./state/Control.js"
import * as Options from "./state/Options.js"
import { call, type Run, Shell } from "./state/Shell.js"
import { parse } from "./syntax/parse.js"
import { interact } from "./terminal/interact.js"

export const main: Main = (argv) =>
  Effect.flatMap(Sys, (sys) => {
    const shell = new Shell(sys)
    return Effect.gen(() => runToEnd(shell, (self) => start(self, argv)))
  })

interface Invocation {
  command: string | undefined
  fromInput: boolean
  interactive: boolean
  login: boolean
  /** Whether a login shell reads its profiles. */
  profile: boolean
  /** What is left of the command line. */
  rest: ReadonlyArray<string>
}

const usage = (name: string): string =>
  `Usage: ${name} [-abefhilmnuvxC] [-o option] [-c command [name [argument ...]] | file [argument ...] | -s]\n`

/** Reads the command line. The options of `set` are set on the way. */
/** It cannot be started like that: there is no line yet to speak of. */
function* refuse(shell: Shell, message: string): Run<never> {
  yield* writeAll(shell, 2, Bytes.encode(`${shell.label}: ${message}\n`))
  throw new Fatal(2, undefined)
}

function* readInvocation(shell: Shell, argv: ReadonlyArray<string>): Run<Invocation> {
  const invocation: Invocation = {
    command: undefined,
    fromInput: false,
    interactive: false,
    login: false,
    profile: true,
    rest: []
  }
  let wantsCommand = false
  let at = 1
  for (; at < argv.length; at++) {
    const argument = argv[at]!
    if (argument === "--" || argument === "-") {
      at++
      break
    }
    if (argument.startsWith("--")) {
      if (argument === "--posix") shell.options.posix = true
      else if (argument === "--login") invocation.login = true
      else if (argument === "--help" || argument === "--version") {
        yield* writeAll(
          shell,
          1,
          Bytes.encode(argument === "--help" ? usage(shell.name) : "Effix sh, a shell of the bash dialect\n")
        )
        throw new Exit(0)
      } else if (argument === "--rcfile" || argument === "--init-file") shell.startFile = argv[++at]
      else if (argument === "--norc") shell.startFile = ""
      else if (argument === "--noprofile") invocation.profile = false
      else if (argument === "--verbose") shell.options.verbose = true
      else if (argument !== "--noediting") yield* refuse(shell, `${argument}: invalid option`)
      continue
    }
    if (!/^[-+]./.test(argument)) break
    let others = ""
    for (const letter of argument.slice(1)) {
      if (letter === "c") wantsCommand = true
      else if (letter === "s") invocation.fromInput = true
      else if (letter === "i") invocation.interactive = true
      else if (letter === "l") invocation.login = true
      else others += letter
    }
    if (others === "") continue
    if (others === "O") {
      const option = Options.shoptNames.find((name) => name === argv[at + 1])
      if (option !== undefined) shell.options[option] = argument.startsWith("-")
      at++
    } else if (others.includes("o")) {
      at = (yield* readOptions(shell, [argv[0]!, argument[0]! + others, argv[at + 1] ?? ""], 1)) - 2 + at
    } else yield* readOptions(shell, [argv[0]!, argument[0]! + others], 1)
  }
  invocation.rest = argv.slice(at)
  if (wantsCommand) {
    if (at >= argv.length) yield* refuse(shell, "-c: option requires an argument")
    invocation.command = argv[at]!
    invocation.rest = argv.slice(at + 1)
  }
  return invocation
}

/** Of which release of bash this is the language. */
const release = ["5", "2", "0", "1", "release", "x86_64-pc-linux-gnu"]

/** What bash says of itself, of the machine and of its user. */
function* introduce({ name, sys, variables }: Shell): Run<void> {
  const [major, minor, patch, build, status, machine = ""] = release
  for (
    const [variable, value] of [
      ["BASH", name.includes("/") ? name : `/bin/${name.replace(/^-/, "")}`],
      ["BASH_VERSION", `${major}.${minor}.${patch}(${build})-${status}`],
      ["HOSTNAME", (yield* sys.uname()).nodename],
      ["HOSTTYPE", machine.slice(0, machine.indexOf("-"))],
      ["MACHTYPE", machine],
      ["OSTYPE", "linux-gnu"]
    ] as const
  ) variables.set(variable, value)
  variables.makeArray("BASH_VERSINFO", false, false)
  release.forEach((value, index) => variables.setElement("BASH_VERSINFO", index, value))
  variables.mark("BASH_VERSINFO", { readonly: true })
  const { gid, groups } = yield* sys.credentials()
  variables.makeArray("GROUPS", false, false)
  const all = [gid, ...groups.filter((group) => group !== gid)]
  all.forEach((value, index) => variables.setElement("GROUPS", index, String(value)))
}

/** Takes over a function that the shell around this one exports. Nothing else of what stands there is run. */
function* importFunction(shell: Shell, name: string, text: string): Run<void> {
  const { error, list } = parse(text.startsWith("() {") ? `${name} ${text}` : "")
  const command = list.statements.length === 1 && error === undefined ? list.statements[0]!.command : undefined
  if (command?.kind === "function" && command.name === name) {
    const { body, source } = command
    return shell.defineFunction(name, {
      body,
      file: "environment",
      line: 1,
      source,
      exported: true,
      readonly: false,
      traced: false
    })
  }
  yield* writeAll(shell, 2, Bytes.encode(`${shell.label}: error importing function definition for \`${name}'\n`))
}

/** The variables that a shell begins with. */
function* setUp(shell: Shell): Run<void> {
  const { sys, variables } = shell
  for (const [name, value] of Object.entries(yield* sys.environ())) {
    if (!isName(name)) {
      if (/^BASH_FUNC_.+%%$/.test(name)) yield* importFunction(shell, name.slice(10, -2), value)
      continue
    }
    variables.set(name, value)
    variables.mark(name, { exported: true })
  }
  shell.pid = yield* sys.getpid()
  shell.self = shell.pid
  shell.parent = yield* sys.getppid()
  shell.startedAt = yield* sys.clockGettime("monotonic")
  shell.began = yield* sys.clockGettime("realtime")
  const seed = new Uint8Array(4)
  yield* call(sys.getrandom(seed))
  shell.random.seed(new DataView(seed.buffer).getUint32(0))
  const { euid, uid } = yield* sys.credentials()
  // It is never taken from outside: that would change how every script is read.
  variables.unset("IFS")
  variables.set("IFS", " \t\n")
  variables.mark("IFS", { exported: false })
  for (const [name, value] of [["PPID", shell.parent], ["UID", uid], ["EUID", euid]] as const) {
    if (variables.get(name) !== undefined) variables.unset(name)
    variables.set(name, String(value))
    variables.mark(name, { readonly: true, integer: true })
  }
  if (variables.get("PATH") === undefined) variables.set("PATH", defaultPath)
  variables.set("OPTIND", "1")
  variables.set("OPTERR", "1")
  if (!shell.options.posix) yield* introduce(shell)
  variables.set("COMP_WORDBREAKS", " \t\n\"'@><=;|&(:")
  variables.set("PS4", variables.value("PS4") ?? "+ ")
  declareDynamic(shell)
  const level = Number(variables.value("SHLVL") ?? "0")
  variables.set("SHLVL", String(Number.isSafeInteger(level) && level >= 0 ? level + 1 : 1))
  variables.mark("SHLVL", { exported: true })
  const given = variables.value("PWD")
  if (given !== undefined && given.startsWith("/") && !/\/\.\.?(\/|$)/.test(given) && (yield* isHere(shell, given))) {
    shell.cwd = given
  } else {
    const here = yield* call(sys.getcwd())
    shell.cwd = typeof here === "string" ? here : "/"
    variables.set("PWD", shell.cwd)
  }
  variables.mark("PWD", { exported: true })
}

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

function* start(shell: Shell, argv: ReadonlyArray<string>): Run<number> {
  const called = argv[0] ?? "sh"
  shell.name = called
  shell.label = baseName(called).replace(/^-/, "")
  shell.options.posix = shell.label === "sh"
  yield* setUp(shell)
  const invocation = yield* readInvocation(shell, argv)
  const { command, rest } = invocation
  shell.login = called.startsWith("-") || invocation.login
  if (shell.login && invocation.profile) yield* readProfile(shell)
  if (command !== undefined) {
    shell.from = "c"
    if (!shell.options.posix) shell.variables.set("BASH_EXECUTION_STRING", command)
    if (rest.length > 0) {
      shell.name = rest[0]!
      shell.label = rest[0]!
      shell.positional = rest.slice(1)
    }
    if (invocation.interactive) yield* change(shell, "interactive", true)
    return yield* evaluateText(shell, command, 1, true, "-c: ")
  }
  const [file] = rest
  if (file !== undefined && !invocation.fromInput) return yield* runFile(shell, file, rest.slice(1))
  shell.from = "s"
  shell.positional = rest
  if (invocation.interactive || (yield* isTerminal(shell))) return yield* interact(shell)
  return yield* runInput(shell)
}

function* isTerminal(shell: Shell): Run<boolean> {
  return (yield* call(shell.sys.isatty(0))) === true && (yield* call(shell.sys.isatty(2))) === true
}

function* readProfile(shell: Shell): Run<void> {
  const home = shell.variables.value("HOME")
  for (const path of ["/etc/profile", ...(home === undefined ? [] : [`${home}/.profile`])]) {
    const text = yield* readFile(shell, path)
    if (typeof text === "string") yield* evaluateText(shell, text)
  }
}

/** Runs a script. One that is not there is looked for along PATH. */
function* runFile(shell: Shell, file: string, args: ReadonlyArray<string>): Run<number> {
  let text = yield* readFile(shell, file)
  if (Errno.isErrno(text) && text._tag === "ENOENT" && !file.includes("/")) {
    const found = yield* search(shell, file)
    if (isFound(found)) text = yield* readFile(shell, found.path)
  }
  if (typeof text !== "string") {
    yield* writeAll(shell, 2, Bytes.encode(`${shell.label}: ${file}: ${Errno.text(text._tag)}\n`))
    return text._tag === "ENOENT" ? 127 : 126
  }
  const end = text.indexOf("\n")
  if (text.slice(0, Math.min(end < 0 ? 80 : end, 80)).includes("\u0000")) {
    yield* writeAll(shell, 2, Bytes.encode(`${shell.label}: ${file}: cannot execute binary file\n`))
    return 126
  }
  shell.name = file
  shell.label = file
  shell.script = file
  shell.positional = args
  return yield* evaluateText(shell, text, 1, true)
}

/** Runs commands from standard input as they come: what they read themselves is left to them. */
function* runInput(shell: Shell): Run<number> {
  let status = 0
  let pending = ""
  let line = 1
  let from = 1
  for (;;) {
    const { end, text } = yield* readUntil(shell, 0, { delimiter: 10 })
    const over = end !== "delimiter"
    if (over && text === "" && pending === "") return shell.status
    pending += over ? text : `${text}\n`
    if (shell.options.verbose) yield* writeAll(shell, 2, Bytes.encode(over && text === "" ? "" : `${text}\n`))
    const parsed = parse(applyAliases(shell, pending), from)
    line++
    if (!over && parsed.incomplete) continue
    if (parsed.open.length > 0) yield* warnOfOpen(shell, parsed, line)
    if (parsed.list.statements.length > 0) status = yield* runList(shell, parsed.list, false)
    if (parsed.error !== undefined) {
      yield* reportSyntax(shell, parsed.error)
      return 2
    }
    if (over || shell.options.onecmd) return shell.options.noexec ? status : shell.status
    pending = ""
    from = line
  }
}
