/**
 * What the command line asks for.
 */
import { parseArgs } from "node:util"

/** A host directory, and where the kernel shows it. */
export interface MountArgument {
  readonly host: string
  readonly path: string
  readonly readOnly: boolean
}

/** What is to run: a script given as text, a script in a file of the host, one on standard input, or whoever types. */
type Source =
  | { readonly _tag: "Text"; readonly script: string }
  | { readonly _tag: "File"; readonly file: string }
  | { readonly _tag: "Input" }
  | { readonly _tag: "Interactive" }

export interface Invocation {
  readonly _tag: "Run"
  readonly source: Source
  /** `$0` and what follows it; empty when the shell is to choose. */
  readonly argv: ReadonlyArray<string>
  readonly mounts: ReadonlyArray<MountArgument>
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string | undefined
  readonly user: string | undefined
  /** Milliseconds. */
  readonly timeout: number | undefined
  readonly strace: boolean
}

export type Asked = Invocation | { readonly _tag: "Help" } | { readonly _tag: "Version" }

/** The command line makes no sense: what is wrong, and what would be right. */
export class UsageError extends Error {
  override readonly name = "UsageError"
}

export const help = `usage: effix [OPTION]... [-c SCRIPT [NAME [ARGUMENT]...] | FILE [ARGUMENT]...]

Runs a shell in a kernel of its own. Without a script it is interactive on a terminal,
and otherwise reads its commands from standard input.

  -c SCRIPT              run SCRIPT; NAME and the ARGUMENTs are its $0, $1, ...
  --mount HOST:PATH[:ro] show the host directory HOST at PATH, writable unless ":ro"
  --env NAME=VALUE       set an environment variable
  --cwd PATH             start in PATH
  --user NAME|UID        run as this user (default: root)
  --timeout DURATION     kill everything after DURATION (500ms, 10s, 2m, 1h), with status 124
  --strace               write every system call to standard error
  -h, --help             show this text
  -V, --version          show the version

The exit status is that of the shell; 128 plus N when signal N ended it; 2 for a wrong
command line.
`

const options = {
  mount: { type: "string", multiple: true },
  env: { type: "string", multiple: true },
  cwd: { type: "string" },
  user: { type: "string" },
  timeout: { type: "string" },
  strace: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
  c: { type: "string", short: "c" }
} as const

const takesValue = new Set(["--mount", "--env", "--cwd", "--user", "--timeout"])

/** Where the options end: behind them everything belongs to the script. */
const endOfOptions = (args: ReadonlyArray<string>): number => {
  for (let at = 0; at < args.length; at++) {
    const each = args[at]!
    if (each === "--") return at
    if (each === "-" || !each.startsWith("-")) return at
    // What follows the script of -c is its arguments.
    if (each === "-c") return at + 2
    if (takesValue.has(each)) at++
  }
  return args.length
}

/** Reads the command line; throws a {@link UsageError}. */
export const parse = (args: ReadonlyArray<string>, isTerminal: boolean): Asked => {
  const end = endOfOptions(args)
  const { values } = read(args.slice(0, end))
  if (values.help === true) return { _tag: "Help" }
  if (values.version === true) return { _tag: "Version" }
  const rest = args.slice(args[end] === "--" ? end + 1 : end)
  return {
    _tag: "Run",
    ...sourceOf(values.c, rest, isTerminal),
    mounts: (values.mount ?? []).map(mountOf),
    env: Object.fromEntries((values.env ?? []).map(variableOf)),
    cwd: values.cwd,
    user: values.user,
    timeout: values.timeout === undefined ? undefined : durationOf(values.timeout),
    strace: values.strace ?? false
  }
}

const read = (args: ReadonlyArray<string>) => {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false })
  } catch (cause) {
    throw new UsageError(complaint(cause, args))
  }
}

/** node's message tells programmers how to write positionals; people at a prompt want less. */
const complaint = (cause: unknown, args: ReadonlyArray<string>): string => {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined
  const message = cause instanceof Error ? cause.message : String(cause)
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    return `unknown option ${/'([^']*)'/.exec(message)?.[1] ?? args.join(" ")}; --help lists the options`
  }
  // node writes an option of one letter with two dashes.
  const option = (/'(?:-\w, )?(--?[\w-]+)/.exec(message)?.[1] ?? "option").replace(/^--(?=.$)/, "-")
  return message.includes("does not take an argument")
    ? `${option} takes no value; --help lists the options`
    : `${option} needs a value; --help lists the options`
}

const sourceOf = (
  script: string | undefined,
  rest: ReadonlyArray<string>,
  isTerminal: boolean
): Pick<Invocation, "source" | "argv"> => {
  if (script !== undefined) return { source: { _tag: "Text", script }, argv: rest }
  const [file, ...argv] = rest
  if (file === undefined) return { source: { _tag: isTerminal ? "Interactive" : "Input" }, argv: [] }
  if (file === "-") return { source: { _tag: "Input" }, argv }
  return { source: { _tag: "File", file }, argv: [file, ...argv] }
}

const mountOf = (text: string): MountArgument => {
  const [, place = text, access] = /^(.*):(ro|rw)$/s.exec(text) ?? []
  const colon = place.lastIndexOf(":")
  const host = place.slice(0, Math.max(0, colon))
  const path = place.slice(colon + 1)
  if (host === "" || !path.startsWith("/")) {
    throw new UsageError(`--mount ${text}: not of the form HOST:PATH[:ro] with an absolute PATH, such as .:/work:ro`)
  }
  if (/^\/+$/.test(path)) {
    throw new UsageError(`--mount ${text}: the root cannot be covered; mount below it, such as ${host}:/work`)
  }
  return { host, path, readOnly: access === "ro" }
}

const variableOf = (text: string): readonly [string, string] => {
  const equals = text.indexOf("=")
  if (equals < 1) throw new UsageError(`--env ${text}: not of the form NAME=VALUE`)
  return [text.slice(0, equals), text.slice(equals + 1)]
}

const units: Readonly<Record<string, number>> = { ms: 1, "": 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const durationOf = (text: string): number => {
  const [, amount, unit] = /^(\d+(?:\.\d*)?|\.\d+)(ms|[smhd]?)$/.exec(text) ?? []
  if (amount === undefined || unit === undefined) {
    throw new UsageError(`--timeout ${text}: not a duration; write one like 500ms, 10s, 2m or 1h`)
  }
  return Number(amount) * units[unit]!
}
