/**
 * One shell: all that a subshell inherits, and the process that it runs as.
 *
 * @see sh(1)
 */
import type * as Errno from "@effix/kernel/Errno"
import type { Sys, SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import type { Completing, Specification } from "../completion/Specification.js"
import { evaluateText } from "../expand/arithmetic.js"
import type { Substitution } from "../expand/events.js"
import { onAssignment } from "../expand/values.js"
import { initial as initialReadline, type Readline } from "../readline/Readline.js"
import { Typing } from "../readline/Typing.js"
import type { Command } from "../syntax/Ast.js"
import { definition as layout } from "../syntax/layout.js"
import { History } from "./History.js"
import { Jobs } from "./Jobs.js"
import * as Options from "./Options.js"
import { Random } from "./Random.js"
import { Traps } from "./Traps.js"
import { Variables } from "./Variables.js"

/** A part of the shell's program. What can fail answers its errno: see {@link call}. */
export type Run<A> = Effect.fn.Return<A, never, Sys>

/** What a system call answers, or its errno, as a value: so that `finally` runs whatever happens. */
export const call: <A, E extends Errno.Any, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A | E, never, R> =
  Effect.merge

export interface FunctionDefinition {
  readonly body: Command
  /** The script that it was defined in, and where it begins there. */
  readonly file: string
  readonly line: number
  readonly source: string
  readonly exported: boolean
  readonly readonly: boolean
  /** Whether it inherits the traps of DEBUG and RETURN. */
  readonly traced: boolean
}

/** A descriptor as it was: a copy of it, or `undefined` if it was closed. */
export interface Saved {
  readonly fd: number
  copy: number | undefined
}

/** Where a running function or sourced file was called from. */
export interface Frame {
  readonly name: string
  /** The script in which what runs now was written. */
  readonly file: string
  readonly line: number
  readonly kind: "function" | "source"
}

/** A coprocess, and the descriptors that lead from it and to it. */
interface Coprocess {
  readonly name: string
  readonly pid: number
  readonly fds: ReadonlyArray<number>
}

const initiallyAccepted: ReadonlyMap<string, boolean> = new Map(Object.entries(Options.accepted))

const nothing: Readonly<Record<string, string>> = {}

/** Functions as programs are given them, that is to say shells below this one. */
const exportedOf = (functions: ReadonlyMap<string, FunctionDefinition>): Readonly<Record<string, string>> => {
  const exported = [...functions].filter(([, definition]) => definition.exported)
  return exported.length === 0 ? nothing : Object.fromEntries(
    exported.map(([name, { source }]) => [`BASH_FUNC_${name}%%`, layout(source).replace(/^[^\n]*\n/, "() ")])
  )
}

export class Shell {
  readonly options: Options.Options
  readonly variables: Variables
  functions: Map<string, FunctionDefinition>
  /** Made when a program is started, for as long as no function changes. */
  private exportedFunctions: Readonly<Record<string, string>> | undefined = undefined
  aliases: Map<string, string>
  /** Options that can be set, and that nothing depends on. */
  accepted: ReadonlyMap<string, boolean> = initiallyAccepted
  /** Builtins that `enable -n` has turned off. */
  disabled: ReadonlySet<string> = new Set()
  /** Where commands were found. */
  hashed: Map<string, { readonly path: string; hits: number }>
  positional: ReadonlyArray<string> = []
  /** `$0`. */
  name = "sh"
  /** The name that begins error messages. */
  label = "sh"
  /** `c` or `s` in `$-`. */
  from = ""
  /** `$?`. */
  status = 0
  /** The statuses of the last pipeline's stages, where it had more than one, or turned its status around. */
  stages: ReadonlyArray<number> | undefined = undefined
  /** The status of the last command substitution of the command that is being prepared. */
  substitution: number | undefined = undefined
  /** `$$`, which a subshell does not change. */
  pid = 0
  /** `$BASHPID`. */
  self = 0
  parent = 0
  /** `$_`: the last argument of the command before; at first what the shell was started with. */
  lastArgument: string | undefined = undefined
  /** `$!`. */
  lastBackground: number | undefined = undefined
  line = 1
  loops = 0
  /** The coprocesses that have not been waited for. */
  coprocesses: ReadonlyArray<Coprocess> = []
  /** The options as they were before the running function said `local -`. */
  ownOptions: ReadonlyMap<Options.Option, boolean> | undefined = undefined
  frames: ReadonlyArray<Frame> = []
  /** The script that the shell was started for. */
  script: string | undefined = undefined
  /** The command that was begun last, as it was written; of a compound one, how it begins. */
  command: { readonly source: string } | undefined = undefined
  /** Above 0 where `errexit` does not apply: conditions. */
  tested = 0
  subshell = 0
  /** How deep what runs lies in command substitutions and `eval`. */
  depth = 0
  readonly jobs: Jobs
  readonly traps: Traps
  /** The terminal's descriptor, when job control is on. */
  terminal: number | undefined = undefined
  /** Where `$RANDOM` comes from. */
  readonly random: Random
  /** What an interactive shell reads first, in place of `.bashrc`; empty for nothing. */
  startFile: string | undefined = undefined
  startedAt = 0n
  /** When it began, since the epoch. */
  began = 0n
  /** Now, since the epoch, when somebody asked last. */
  moment = 0n
  /** A number by chance, each time that somebody asks. */
  chance = 0
  /** What `$SECONDS` counts from, and shows. */
  seconds = 0
  steps = 0
  /** Where `getopts` is within an argument. */
  optionOffset = 0
  /** How often `set` has given it positional parameters. */
  positionalSets = 0
  /** Whether it was started as the first of a session. */
  login = false
  /** What stands behind the numbers of the copies that redirections are undone with. */
  readonly copies = new Map<number, Saved>()
  /** How many commands around what runs redirect standard input: what they start in the background reads it too. */
  inputGiven = 0
  /** Descriptors that `<(…)` opened for the command that is being run. */
  substituted: Array<number> = []
  directories: Array<string> = []
  /** What `complete` has said, by command. */
  completions: ReadonlyMap<string, Specification> = new Map()
  completing: Completing | undefined = undefined
  /** What keys do at a prompt. */
  readline: Readline = initialReadline
  readonly typing = new Typing()
  readonly history: History
  /** The last `s/old/new/` of a history expansion. */
  readonly lastSubstitution: Substitution = { old: "", by: "" }
  /** The directory as `cd` spelled it. */
  cwd = "/"
  /** Whether a warning has been given about jobs that are stopped at exit. */
  warnedOfJobs = false

  constructor(public sys: SystemCalls, from?: Shell) {
    this.options = from === undefined ? Options.make() : { ...from.options }
    this.variables = from === undefined ? new Variables() : from.variables.clone()
    this.functions = from?.functions ?? new Map()
    this.exportedFunctions = from?.exportedFunctions
    this.aliases = from?.aliases ?? new Map()
    this.accepted = from?.accepted ?? this.accepted
    this.disabled = from?.disabled ?? this.disabled
    this.completions = from?.completions ?? this.completions
    this.readline = from?.readline ?? this.readline
    this.hashed = new Map(from?.hashed)
    this.variables.onChange = (name) => this.changed(name)
    this.variables.evaluate = (text) => String(evaluateText(this, text))
    this.traps = from === undefined ? new Traps() : from.traps.forSubshell()
    this.jobs = from === undefined ? new Jobs() : from.jobs.forSubshell()
    this.history = from === undefined ? new History() : from.history.clone()
    this.random = from === undefined ? new Random() : from.random.clone()
    if (from === undefined) return
    this.positional = from.positional
    this.name = from.name
    this.label = from.label
    this.from = from.from
    this.status = from.status
    this.stages = from.stages
    this.pid = from.pid
    this.parent = from.parent
    this.lastArgument = from.lastArgument
    this.lastBackground = from.lastBackground
    this.line = from.line
    this.loops = from.loops
    this.frames = from.frames
    this.script = from.script
    this.command = from.command
    this.tested = from.tested
    this.subshell = from.subshell + 1
    this.depth = from.depth
    this.startedAt = from.startedAt
    this.began = from.began
    this.seconds = from.seconds
    this.optionOffset = from.optionOffset
    this.inputGiven = from.inputGiven
    this.directories = from.directories.slice()
    this.cwd = from.cwd
    this.options.interactive = false
    this.options.monitor = false
  }

  /** An assignment, or `unset`, of a variable that means something to the shell. */
  private changed(name: string): void {
    if (name === "PATH") this.hashed.clear()
    else if (name === "OPTIND") this.optionOffset = 0
    else if (name === "GLOBIGNORE") this.ignoring(this.variables.value(name))
    else if (name === "RANDOM" || name === "SECONDS") onAssignment(this, name)
  }

  /** Whoever says what patterns are not to match has them match hidden files, until it is unset. */
  private ignoring(list: string | undefined): void {
    if (list !== "") this.options.dotglob = list !== undefined
  }

  /** What a program is started with: the variables that are exported, and the functions. */
  environment(): Readonly<Record<string, string>> {
    const variables = this.variables.exported()
    if (this.functions.size === 0) return variables
    const functions = this.exportedFunctions ??= exportedOf(this.functions)
    return functions === nothing ? variables : { ...variables, ...functions }
  }

  get interactive(): boolean {
    return this.options.interactive
  }

  defineFunction(name: string, definition: FunctionDefinition | undefined): void {
    // Subshells may hold the same map.
    this.functions = new Map(this.functions)
    this.exportedFunctions = undefined
    if (definition === undefined) this.functions.delete(name)
    else this.functions.set(name, definition)
  }

  defineAlias(name: string, text: string | undefined): void {
    this.aliases = new Map(this.aliases)
    if (text === undefined) this.aliases.delete(name)
    else this.aliases.set(name, text)
  }

  /** Sets a variable as the shell itself does: an attribute such as readonly does not stop it. */
  assign(name: string, value: string): void {
    if (this.variables.get(name)?.readonly === true) return
    this.variables.set(name, value)
    if (this.options.allexport) this.variables.mark(name, { exported: true })
  }
}
