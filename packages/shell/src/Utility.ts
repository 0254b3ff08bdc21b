/**
 * What every utility is given: its system calls, its name, its output, its options, and how to complain.
 *
 * @see intro(1)
 */
import { O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { Main } from "@effix/kernel/Programs"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import { BufferedWriter, writeAll } from "./BufferedWriter.js"
import * as Options from "./Options.js"
import * as Quote from "./Quote.js"
import { attempt, type Steps, Stop, stop } from "./Steps.js"

/** What a utility is: its options, and what `--help` says of it. */
export interface Utility extends Options.Accepted {
  /** What follows the name in the usage line. */
  readonly usage: string
  /** One sentence. */
  readonly does: string
  /** The exit status of a failure. Default: 1. */
  readonly failure?: number
  /** The exit status of a usage error. Default: `failure`. */
  readonly misused?: number
  /** Whether the hint at `--help` begins with its name as well. */
  readonly namedHint?: true
  /** The name that it complains by, where that is not the one that it was called by. */
  readonly speaksAs?: string
  /** Other words for the hint at `--help`. */
  readonly hintText?: string
  /** Says more about options that it does not know. */
  readonly hint?: (run: Run, args: ReadonlyArray<string>) => Steps<void>
  /** Rewrites old-fashioned arguments before options are read; a text is a complaint. */
  readonly modernize?: (args: ReadonlyArray<string>) => ReadonlyArray<string> | string
}

/** One run of a utility. */
export class Run {
  /** What the utility will exit with. */
  status = 0
  readonly out: BufferedWriter

  constructor(readonly sys: SystemCalls, readonly name: string, readonly utility: Utility) {
    this.out = new BufferedWriter(sys, 1)
  }

  /** Prints `NAME: text` on standard error, after all output so far. */
  *warn(text: string): Steps<void> {
    yield* this.out.flush()
    yield* this.error(`${this.name}: ${text}\n`)
  }

  /** Prints a text as it is on standard error. */
  *error(text: string): Steps<void> {
    yield* writeAll(this.sys, 2, Bytes.encode(text))
  }

  /** Warns, and remembers that not everything went well. */
  *fail(text: string): Steps<void> {
    this.status = this.utility.failure ?? 1
    yield* this.warn(text)
  }

  /** `NAME: PATH: No such file or directory`. */
  *failPath(path: string, errno: Errno.Any): Steps<void> {
    yield* this.fail(`${Quote.name(path)}: ${Errno.text(errno._tag)}`)
  }

  /** `NAME: cannot DO 'PATH': No such file or directory`. */
  *failDoing(doing: string, path: string, errno: Errno.Any): Steps<void> {
    yield* this.fail(`${doing} ${Quote.quoted(path)}: ${Errno.text(errno._tag)}`)
  }

  /** Ends the utility because it was called in a wrong way. */
  *misuse(text?: string, status?: number): Steps<never> {
    if (text !== undefined) yield* this.warn(text)
    const hint = this.utility.hintText ?? `Try '${this.name} --help' for more information.`
    yield* this.utility.namedHint ? this.warn(hint) : this.error(`${hint}\n`)
    return yield* stop(status ?? this.utility.misused ?? this.utility.failure ?? 1)
  }

  /** Ends the utility with a complaint. */
  *die(text: string, status?: number): Steps<never> {
    return yield* stop(status ?? this.utility.failure ?? 1, text)
  }

  *missingOperand(after?: string): Steps<never> {
    return yield* this.misuse(
      after === undefined ? "missing operand" : `missing operand after ${Quote.value(after)}`
    )
  }

  *extraOperand(operand: string): Steps<never> {
    return yield* this.misuse(`extra operand ${Quote.value(operand)}`)
  }

  /** Opens a file to read, `-` being standard input; complains and answers `undefined` if it cannot. */
  *open(path: string): Steps<number | undefined> {
    if (path === "-") return 0
    const fd = yield* attempt(this.sys.open(path, O_RDONLY))
    if (typeof fd === "number") return fd
    yield* this.failPath(path, fd)
    return undefined
  }

  /** Closes what {@link Run.open} opened. */
  *close(fd: number): Steps<void> {
    if (fd !== 0) yield* attempt(this.sys.close(fd))
  }

  /** Opens, reads and closes one operand after the other; standard input where there are none. */
  *inputs(
    operands: ReadonlyArray<string>,
    use: (fd: number, path: string) => Steps<Errno.Any | undefined | void>
  ): Steps<void> {
    for (const path of operands.length === 0 ? ["-"] : operands) {
      const fd = yield* this.open(path)
      if (fd === undefined) continue
      const error = yield* use(fd, path)
      if (error !== undefined) yield* this.failPath(path, error)
      yield* this.close(fd)
    }
  }

  /** Whether a path is there, and what it is. */
  stat(path: string): Effect.Effect<StatOrErrno> {
    return attempt(this.sys.stat(path))
  }

  lstat(path: string): Effect.Effect<StatOrErrno> {
    return attempt(this.sys.lstat(path))
  }
}

type StatOrErrno = Effect.Effect.Success<ReturnType<SystemCalls["stat"]>> | Errno.Any

/** The program of a utility. What `body` answers is the exit status, `run.status` if it answers nothing. */
export const make = (
  utility: Utility,
  body: (run: Run, parsed: Options.Parsed, argv: ReadonlyArray<string>) => Steps<number | void>
): Main => {
  const accepted: Options.Accepted = {
    ...utility,
    long: { ...utility.long, help: "\0help", version: "\0version" }
  }

  function* start(run: Run, argv: ReadonlyArray<string>): Steps<number> {
    const args = utility.modernize === undefined ? argv.slice(1) : utility.modernize(argv.slice(1))
    if (typeof args === "string") return yield* run.die(args)
    const parsed = Options.parse(accepted, args)
    if (Options.isWrong(parsed)) {
      yield* run.warn(parsed.wrong)
      if (utility.hint !== undefined) yield* utility.hint(run, args)
      return yield* run.misuse()
    }
    const special = parsed.options.find((option) => option.key.startsWith("\0"))
    if (special !== undefined) {
      run.out.text(special.key === "\0help" ? help(run) : `${run.name} (Effix core utilities)\n`)
      yield* run.out.flush()
      return 0
    }
    const status = yield* body(run, parsed, argv)
    if (run.out.length > 0) yield* run.out.flush()
    return status ?? run.status
  }

  return (argv) =>
    Effect.flatMap(Sys, (sys) => {
      const run = new Run(sys, utility.speaksAs ?? argv[0] ?? "", utility)
      return carriedOut(run, () => start(run, argv))
    })
}

/** What `steps` answer, or the status for what ended them, of which has been complained then. */
export const carriedOut = (run: Run, steps: () => Steps<number>): Effect.Effect<number, never, Sys> =>
  Effect.catchAll(
    Effect.gen(steps),
    (why) => Effect.orElseSucceed(Effect.gen(() => end(run, why)), () => run.utility.failure ?? 1)
  )

const help = (run: Run): string =>
  `Usage: ${
    run.utility.usage.split("\n").map((line) => `${run.name} ${line}`).join("\n  or:  ")
  }\n${run.utility.does}\n`

function* end(run: Run, why: Stop | Errno.Any): Steps<number> {
  const failure = run.utility.failure ?? 1
  const text = why instanceof Stop ? why.text : Errno.text(why._tag)
  if (run.out.length > 0) {
    // What was printed before a complaint comes before it; if that cannot be written, one complaint is enough.
    const unwritten = yield* Effect.merge(Effect.gen(() => run.out.flush()))
    if (unwritten instanceof Stop && text === undefined) {
      yield* run.error(`${run.name}: ${unwritten.text}\n`)
      return failure
    }
  }
  if (text !== undefined) yield* run.error(`${run.name}: ${text}\n`)
  return why instanceof Stop ? why.status ?? failure : failure
}
