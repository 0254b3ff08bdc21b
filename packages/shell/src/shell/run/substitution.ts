/**
 * `$(…)`, `<(…)` and `>(…)`: what other processes write, or read.
 *
 * @see sh(1p) Command Substitution
 */
import { F_DUPFD, F_SETFD } from "@effix/kernel/abi/Fcntl"
import { O_CLOEXEC } from "@effix/kernel/abi/OpenFlags"
import { shellCode } from "@effix/kernel/abi/WaitStatus"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { FileAction } from "@effix/kernel/Sys"
import { Fatal } from "../state/Control.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import type { List, ProcessSubstitution } from "../syntax/Ast.js"
import { runList } from "./evaluate.js"
import { spawnShell } from "./process.js"
import { openInput } from "./redirect.js"
import { report } from "./report.js"
import { waitFor } from "./wait.js"

const blockSize = 65536

/** Everything that can be read from `fd`. */
export function* readAll(shell: Shell, fd: number): Run<Uint8Array> {
  let into = new Uint8Array(512)
  let length = 0
  for (;;) {
    if (length === into.length) {
      const larger = new Uint8Array(Math.max(into.length * 2, blockSize))
      larger.set(into)
      into = larger
    }
    const count = yield* call(shell.sys.read(fd, into.subarray(length)))
    if (typeof count !== "number") {
      if (count._tag === "EINTR") continue
      break
    }
    if (count === 0) break
    length += count
  }
  return into.subarray(0, length)
}

/** The text that a command's output becomes: without NUL bytes, and without the line ends at its end. */
const textOf = (bytes: Uint8Array): string => {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 10) end--
  const kept = bytes.subarray(0, end)
  return Bytes.decode(kept.includes(0) ? kept.filter((byte) => byte !== 0) : kept)
}

function* warnOfNul(shell: Shell, bytes: Uint8Array): Run<void> {
  if (bytes.includes(0)) yield* report(shell, "warning: command substitution: ignored null byte in input")
}

/** The one redirection of `$(<file)`. */
const onlyFile = (script: List) => {
  const [statement] = script.statements
  if (script.statements.length !== 1 || statement!.background || statement!.command.kind !== "simple") return undefined
  const { assignments, redirections, words } = statement!.command
  const [redirection] = redirections
  const plain = words.length === 0 && assignments.length === 0 && redirections.length === 1
  return plain && redirection!.operator === "<" && redirection!.descriptor === 0 ? redirection : undefined
}

/** The ends of a pipe that a child does not need, but for its own standard descriptors. */
const closing = (...fds: ReadonlyArray<number>): ReadonlyArray<FileAction> =>
  fds.filter((fd) => fd > 2).map((fd) => ({ _tag: "Close", fd }))

/** What a command substitution comes to. */
export function* substitution(shell: Shell, script: List): Run<string> {
  if (script.statements.length === 0) {
    shell.substitution = 0
    return ""
  }
  const file = onlyFile(script)
  if (file !== undefined) {
    const fd = yield* openInput(shell, file)
    if (fd === undefined) {
      shell.substitution = 1
      shell.status = 1
      return ""
    }
    const bytes = yield* readAll(shell, fd)
    yield* call(shell.sys.close(fd))
    yield* warnOfNul(shell, bytes)
    shell.substitution = 0
    shell.status = 0
    return textOf(bytes)
  }
  const pipe = yield* call(shell.sys.pipe(O_CLOEXEC))
  if (Errno.isErrno(pipe)) throw new Fatal(1, `cannot make pipe for command substitution: ${Errno.text(pipe._tag)}`)
  const [reader, writer] = pipe
  const pid = yield* spawnShell(
    shell,
    {
      actions: [{ _tag: "Dup2", from: writer, to: 1 }, ...closing(reader, writer)]
    },
    function*(child) {
      child.depth++
      if (!child.options.posix && !child.options.inherit_errexit) child.options.errexit = false
      return yield* runList(child, script, true)
    }
  )
  yield* call(shell.sys.close(writer))
  if (Errno.isErrno(pid)) {
    yield* call(shell.sys.close(reader))
    yield* report(shell, `fork: ${Errno.text(pid._tag)}`)
    shell.substitution = 254
    return ""
  }
  const bytes = yield* readAll(shell, reader)
  yield* call(shell.sys.close(reader))
  yield* warnOfNul(shell, bytes)
  shell.substitution = shellCode(yield* waitFor(shell, pid))
  shell.status = shell.substitution
  return textOf(bytes)
}

/** Starts the process of `<(…)` or `>(…)`; answers the path of the descriptor at its other end. */
export function* processSubstitution(shell: Shell, piece: ProcessSubstitution): Run<string> {
  const pipe = yield* call(shell.sys.pipe(O_CLOEXEC))
  if (Errno.isErrno(pipe)) throw new Fatal(1, `cannot make pipe for process substitution: ${Errno.text(pipe._tag)}`)
  const [theirs, mine] = piece.operator === "<" ? [pipe[1], pipe[0]] : pipe
  // A high number, out of the way of the script's own descriptors; open in the programs that it is handed to.
  const fd = yield* call(shell.sys.fcntl(mine, F_DUPFD, 60))
  const end = Errno.isErrno(fd) ? mine : fd
  if (end !== mine) yield* call(shell.sys.close(mine))
  const pid = yield* spawnShell(
    shell,
    {
      actions: [
        { _tag: "Dup2", from: theirs, to: piece.operator === "<" ? 1 : 0 },
        ...closing(theirs, end, ...shell.substituted)
      ]
    },
    (child) => {
      child.substituted = []
      return runList(child, piece.script, true)
    }
  )
  yield* call(shell.sys.close(theirs))
  if (Errno.isErrno(pid)) {
    yield* call(shell.sys.close(end))
    throw new Fatal(254, `fork: ${Errno.text(pid._tag)}`)
  }
  yield* call(shell.sys.fcntl(end, F_SETFD, 0))
  shell.substituted.push(end)
  shell.lastBackground = pid
  shell.jobs.children.add(pid)
  return `/dev/fd/${end}`
}

/** Closes what `<(…)` opened for a command that has ended. */
export function* closeSubstituted(shell: Shell, keep: number): Run<void> {
  while (shell.substituted.length > keep) yield* call(shell.sys.close(shell.substituted.pop()!))
}
