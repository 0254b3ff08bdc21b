/**
 * Runs a program while it holds a lock on a file, or locks a descriptor that the shell has opened.
 *
 * @see flock(1)
 */
import { F_SETFD, FD_CLOEXEC, LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN } from "@effix/kernel/abi/Fcntl"
import { O_CREAT, O_NOCTTY, O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import { SIGALRM } from "@effix/kernel/abi/Signals"
import { shellCode } from "@effix/kernel/abi/WaitStatus"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as Launch from "../Launch.js"
import { attempt, type Steps, stop } from "../Steps.js"
import * as Utility from "../Utility.js"

/** @see sysexits(3) */
const EX_USAGE = 64
const EX_DATAERR = 65
const EX_NOINPUT = 66
const EX_UNAVAILABLE = 69
const EX_OSERR = 71
const EX_CANTCREAT = 73

const utility: Utility.Utility = {
  usage: "[OPTION]... FILE|DIRECTORY COMMAND [ARG]...\n[OPTION]... FILE|DIRECTORY -c COMMAND\n[OPTION]... NUMBER",
  does: "Manage file locks from shell scripts.",
  short: "sexnoFuw:E:",
  long: {
    shared: "s",
    exclusive: "x",
    unlock: "u",
    nonblocking: "n",
    nonblock: "n",
    nb: "n",
    "timeout=": "w",
    "wait=": "w",
    "conflict-exit-code=": "E",
    close: "o",
    "no-fork": "F",
    verbose: "verbose"
  },
  failure: EX_USAGE,
  permute: false
}

interface Asked {
  operation: number
  close: boolean
  fork: boolean
  verbose: boolean
  conflict: number
  /** Seconds to wait; `undefined` waits for ever. */
  seconds: number | undefined
}

function* asked(run: Utility.Run, options: ReadonlyArray<{ readonly key: string; readonly value: string }>) {
  const found: Asked = {
    operation: LOCK_EX,
    close: false,
    fork: true,
    verbose: false,
    conflict: 1,
    seconds: undefined
  }
  for (const { key, value } of options) {
    if (key === "s") found.operation = LOCK_SH
    else if (key === "e" || key === "x") found.operation = LOCK_EX
    else if (key === "u") found.operation = LOCK_UN
    else if (key === "o") found.close = true
    else if (key === "F") found.fork = false
    else if (key === "n") found.seconds = 0
    else if (key === "verbose") found.verbose = true
    else if (key === "w") {
      if (!/^[ \t]*[-+]?(\d+\.?\d*|\.\d+)$/.test(value)) return yield* run.die(`invalid timeout value: '${value}'`)
      found.seconds = Number(value)
      if (found.seconds < 0) return yield* run.die("cannot set up timer: Invalid argument", EX_OSERR)
    } else {
      if (!/^[ \t]*[-+]?\d+$/.test(value)) return yield* run.die(`invalid exit code: '${value}'`)
      found.conflict = Number(value)
      if (found.conflict < 0 || found.conflict > 255) {
        return yield* run.die("exit code out of range (expected 0 to 255)")
      }
    }
  }
  if (!found.fork && found.close) return yield* run.die("the --no-fork and --close options are incompatible")
  return found
}

/** The file to lock, which is made if need be; a directory is as good. */
function* openLock(run: Utility.Run, path: string): Steps<number> {
  const made = yield* attempt(run.sys.open(path, O_RDONLY | O_NOCTTY | O_CREAT, 0o666))
  const fd = Errno.isErrno(made) && made._tag === "EISDIR"
    ? yield* attempt(run.sys.open(path, O_RDONLY | O_NOCTTY))
    : made
  if (!Errno.isErrno(fd)) return fd
  const status = fd._tag === "EMFILE" || fd._tag === "ENFILE"
    ? EX_OSERR
    : fd._tag === "EROFS" || fd._tag === "ENOSPC"
    ? EX_CANTCREAT
    : EX_NOINPUT
  return yield* run.die(`cannot open lock file ${path}: ${Errno.text(fd._tag)}`, status)
}

/** Locks, or ends the utility. */
function* lock(
  run: Utility.Run,
  fd: number,
  name: string,
  { conflict, operation, seconds, verbose }: Asked
): Steps<void> {
  let expired = false
  if (seconds !== undefined && seconds > 0) {
    yield* run.sys.sigaction(SIGALRM, { disposition: () => Effect.sync(() => void (expired = true)) })
    yield* run.sys.setitimer({ value: Math.ceil(Math.min(seconds, 1e9) * 1e9) })
  }
  while (true) {
    const failed = yield* attempt(run.sys.flock(fd, operation | (seconds === 0 ? LOCK_NB : 0)))
    if (!Errno.isErrno(failed)) break
    if (failed._tag === "EAGAIN") {
      if (verbose) yield* run.warn("failed to get lock")
      return yield* stop(conflict)
    }
    if (failed._tag !== "EINTR") {
      yield* run.die(`${name}: ${Errno.text(failed._tag)}`, failed._tag === "ENOLCK" ? EX_OSERR : EX_DATAERR)
    } else if (expired) {
      if (verbose) yield* run.warn("timeout while waiting to get lock")
      return yield* stop(conflict)
    }
  }
  if (seconds !== undefined && seconds > 0) {
    yield* run.sys.setitimer({ value: 0 })
    yield* run.sys.sigaction(SIGALRM, { disposition: "default" })
  }
}

/** Runs the command and answers what it answers. */
function* command(
  run: Utility.Run,
  fd: number,
  argv: ReadonlyArray<string>,
  { close, fork, verbose }: Asked
): Steps<number> {
  if (verbose) {
    run.out.text(`${run.name}: executing ${argv[0]}\n`)
    yield* run.out.flush()
  }
  if (close) yield* attempt(run.sys.fcntl(fd, F_SETFD, FD_CLOEXEC))
  const env = yield* run.sys.environ()
  const started = fork ? yield* Launch.spawn(run.sys, { argv, env }) : yield* Launch.exec(run.sys, { argv, env })
  if (Errno.isErrno(started)) {
    return yield* run.die(`failed to execute ${argv[0]}: ${Errno.text(started._tag)}`, EX_UNAVAILABLE)
  }
  return shellCode(yield* Launch.waitFor(run.sys, started))
}

export const main = Utility.make(utility, function*(run, { operands, options }, argv) {
  if (argv.length < 2) return yield* run.misuse("not enough arguments")
  const wanted = yield* asked(run, options)
  const [name, first, text, ...more] = operands
  if (name === undefined) return yield* run.die("requires file descriptor, file or directory")
  if (first === undefined) {
    if (!/^[ \t]*[-+]?\d+$/.test(name)) return yield* run.die(`bad file descriptor: '${name}'`)
    return yield* lock(run, Number(name), name, wanted)
  }
  const isText = first === "-c" || first === "--command"
  if (isText && (text === undefined || more.length > 0)) {
    return yield* run.die(`${first} requires exactly one command argument`)
  }
  const fd = yield* openLock(run, name)
  const before = yield* run.sys.clockGettime("monotonic")
  yield* lock(run, fd, name, wanted)
  if (wanted.verbose) {
    const took = Number((yield* run.sys.clockGettime("monotonic")) - before) / 1e9
    run.out.text(`${run.name}: getting lock took ${took.toFixed(6)} seconds\n`)
  }
  const shell = (yield* run.sys.environ())["SHELL"] ?? "/bin/sh"
  return yield* command(run, fd, isText ? [shell, "-c", text!] : operands.slice(1), wanted)
})
