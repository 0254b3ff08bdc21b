/**
 * Redirections: descriptors are changed for a command, and put back after one that ran in the shell itself.
 *
 * @see sh(1p) Redirection
 */
import { F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, SEEK_SET } from "@effix/kernel/abi/Fcntl"
import { isRegular } from "@effix/kernel/abi/FileMode"
import { O_APPEND, O_CLOEXEC, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { FileAction } from "@effix/kernel/Sys"
import { evaluateText } from "../expand/arithmetic.js"
import { expandInto, expandText } from "../expand/words.js"
import { Fatal } from "../state/Control.js"
import { call, type Run, type Saved, type Shell } from "../state/Shell.js"
import type { Redirection } from "../syntax/Ast.js"
import { report, writeAll } from "./report.js"

/** Descriptors from here on are the shell's own. */
const privateFrom = 10

const openFlags: Readonly<Record<string, number>> = {
  "<": O_RDONLY,
  ">": O_WRONLY | O_CREAT | O_TRUNC,
  ">|": O_WRONLY | O_CREAT | O_TRUNC,
  ">>": O_WRONLY | O_CREAT | O_APPEND,
  "<>": O_RDWR | O_CREAT,
  "&>": O_WRONLY | O_CREAT | O_TRUNC,
  "&>>": O_WRONLY | O_CREAT | O_APPEND
}

/** The one word that a redirection's target has to be. */
function* target(shell: Shell, redirection: Redirection): Run<string> {
  if (redirection.target.literal !== undefined) return redirection.target.literal
  // POSIX neither splits it nor matches it against files.
  if (shell.options.posix && !shell.interactive) return yield* expandText(shell, redirection.target)
  const fields: Array<string> = []
  yield* expandInto(shell, redirection.target, fields)
  if (fields.length !== 1) throw new Fatal(1, `${redirection.target.source}: ambiguous redirect`, true)
  return fields[0]!
}

/** Opens a file under the rules of `set -C`; a text is a complaint. */
function* openFile(shell: Shell, operator: string, path: string): Run<number | string> {
  let flags = openFlags[operator]!
  if (shell.options.noclobber && (operator === ">" || operator === "&>")) {
    const stat = yield* call(shell.sys.stat(path))
    if (Errno.isErrno(stat)) flags = O_WRONLY | O_CREAT | O_EXCL
    else if (isRegular(stat.mode)) return `${path}: cannot overwrite existing file`
    else flags = O_WRONLY
  }
  for (;;) {
    const fd = yield* call(shell.sys.open(path, flags, 0o666))
    if (typeof fd === "number") return fd
    if (fd._tag === "EEXIST") return `${path}: cannot overwrite existing file`
    if (fd._tag !== "EINTR" || shell.traps.pending.length > 0) return `${path}: ${Errno.text(fd._tag)}`
  }
}

/** A text to read from: in a pipe if it fits there at once, else in a file without a name. */
function* document(shell: Shell, text: string): Run<number | string> {
  const bytes = Bytes.encode(text)
  if (bytes.length <= 4096) {
    const pipe = yield* call(shell.sys.pipe(O_CLOEXEC))
    if (Errno.isErrno(pipe)) return `cannot create pipe for here-document: ${Errno.text(pipe._tag)}`
    yield* writeAll(shell, pipe[1], bytes)
    yield* call(shell.sys.close(pipe[1]))
    return pipe[0]
  }
  const random = new Uint8Array(8)
  yield* call(shell.sys.getrandom(random))
  const name = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("")
  let failed: Errno.Any = Errno.make("ENOENT")
  for (const directory of ["/tmp", "/dev/shm", "."]) {
    const path = `${directory}/sh-document-${name}`
    const fd = yield* call(shell.sys.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
    if (Errno.isErrno(fd)) {
      failed = fd
      continue
    }
    yield* call(shell.sys.unlink(path))
    const wrong = yield* writeAll(shell, fd, bytes)
    yield* call(shell.sys.lseek(fd, 0, SEEK_SET))
    if (wrong === undefined) return fd
    yield* call(shell.sys.close(fd))
    failed = wrong
    break
  }
  return `cannot create temp file for here-document: ${Errno.text(failed._tag)}`
}

/** Remembers what `fd` is now. A copy of the shell's own that has this number makes room: nobody else knows of it. */
function* save(shell: Shell, fd: number, saved: Array<Saved> | undefined): Run<void> {
  const owner = shell.copies.get(fd)
  if (owner !== undefined) {
    yield* keepCopy(shell, owner, fd)
    shell.copies.delete(fd)
    yield* call(shell.sys.close(fd))
  }
  if (saved === undefined || saved.some((one) => one.fd === fd)) return
  const one: Saved = { fd, copy: undefined }
  saved.push(one)
  if (owner === undefined) yield* keepCopy(shell, one, fd)
}

function* keepCopy(shell: Shell, saved: Saved, from: number): Run<void> {
  const copy = yield* call(shell.sys.fcntl(from, F_DUPFD_CLOEXEC, privateFrom))
  saved.copy = Errno.isErrno(copy) ? undefined : copy
  if (saved.copy !== undefined) shell.copies.set(saved.copy, saved)
}

/** Moves a new descriptor to the number that it is to have. */
function* place(shell: Shell, from: number, to: number): Run<void> {
  if (from === to) return
  yield* call(shell.sys.dup2(from, to))
  yield* call(shell.sys.close(from))
}

/** The number for `{name}>`, which the variable is set to. */
function* named(shell: Shell, from: number, name: string): Run<string | undefined> {
  const fd = yield* call(shell.sys.fcntl(from, F_DUPFD, privateFrom))
  if (Errno.isErrno(fd)) return `${name}: ${Errno.text(fd._tag)}`
  shell.assign(name, String(fd))
  return undefined
}

/** `n>&m`, `n<&m-`, `n>&-`. */
function* duplicate(
  shell: Shell,
  redirection: Redirection,
  text: string,
  saved: Array<Saved> | undefined
): Run<string | undefined> {
  const { descriptor } = redirection
  if (text === "-") {
    const fd = typeof descriptor === "number" ? descriptor : Number(evaluateText(shell, descriptor))
    yield* save(shell, fd, saved)
    yield* call(shell.sys.close(fd))
    return undefined
  }
  const match = /^([0-9]+)(-?)$/.exec(text)
  if (match === null) return `${redirection.target.source}: ambiguous redirect`
  const from = Number(match[1])
  const open = yield* call(shell.sys.fcntl(from, F_GETFD))
  if (Errno.isErrno(open) || (saved?.some((one) => one.copy === from) ?? false)) return `${from}: Bad file descriptor`
  if (typeof descriptor === "string") {
    const failed = yield* named(shell, from, descriptor)
    if (failed !== undefined) return failed
  } else {
    yield* save(shell, descriptor, saved)
    const duplicated = yield* call(shell.sys.dup2(from, descriptor))
    if (Errno.isErrno(duplicated)) return `${descriptor}: ${Errno.text(duplicated._tag)}`
  }
  if (match[2] === "-" && from !== descriptor) {
    yield* save(shell, from, saved)
    yield* call(shell.sys.close(from))
  }
  return undefined
}

function* applyOne(
  shell: Shell,
  redirection: Redirection,
  saved: Array<Saved> | undefined
): Run<string | undefined> {
  const { descriptor, operator } = redirection
  if (operator === "<<" || operator === "<<<") {
    const text = yield* expandText(shell, redirection.target)
    const fd = yield* document(shell, operator === "<<<" ? `${text}\n` : text)
    if (typeof fd === "string") return fd
    return yield* settle(shell, fd, descriptor, saved)
  }
  const text = yield* target(shell, redirection)
  let kind: string = operator
  if (operator === "<&" || operator === ">&") {
    const isFile = operator === ">&" && descriptor === 1 && !/^([0-9]+-?|-)$/.test(text)
    if (!isFile) return yield* duplicate(shell, redirection, text, saved)
    kind = "&>"
  }
  const fd = yield* openFile(shell, kind, text)
  if (typeof fd === "string") return fd
  if (kind !== "&>" && kind !== "&>>") return yield* settle(shell, fd, descriptor, saved)
  yield* save(shell, 1, saved)
  yield* save(shell, 2, saved)
  yield* place(shell, fd, 1)
  yield* call(shell.sys.dup2(1, 2))
  return undefined
}

function* settle(
  shell: Shell,
  fd: number,
  descriptor: number | string,
  saved: Array<Saved> | undefined
): Run<string | undefined> {
  if (typeof descriptor === "string") {
    const failed = yield* named(shell, fd, descriptor)
    yield* call(shell.sys.close(fd))
    return failed
  }
  if (fd === descriptor) {
    // It was closed, or this number would not have been given out.
    if (saved !== undefined && !saved.some((one) => one.fd === fd)) saved.push({ fd, copy: undefined })
    // Every descriptor that a script asks for by number is inherited.
    yield* call(shell.sys.fcntl(fd, F_SETFD, 0))
    return undefined
  }
  yield* save(shell, descriptor, saved)
  const moved = yield* call(shell.sys.dup2(fd, descriptor))
  yield* call(shell.sys.close(fd))
  return Errno.isErrno(moved) ? `${descriptor}: ${Errno.text(moved._tag)}` : undefined
}

/**
 * Applies redirections in order. Answers whether all of them could be; what went wrong has been told, and what had been
 * done so far is in `saved`.
 */
export function* apply(
  shell: Shell,
  redirections: ReadonlyArray<Redirection>,
  saved: Array<Saved> | undefined
): Run<boolean> {
  for (const redirection of redirections) {
    let wrong: string | undefined
    try {
      wrong = yield* applyOne(shell, redirection, saved)
    } catch (error) {
      if (!(error instanceof Fatal) || !error.discard) throw error
      wrong = error.message
    }
    if (wrong === undefined) continue
    yield* report(shell, wrong)
    return false
  }
  return true
}

/** Puts descriptors back as they were. */
export function* restore(shell: Shell, saved: Array<Saved>): Run<void> {
  for (let at = saved.length - 1; at >= 0; at--) {
    const { copy, fd } = saved[at]!
    if (copy !== undefined) shell.copies.delete(copy)
    if (copy === undefined) yield* call(shell.sys.close(fd))
    else yield* place(shell, copy, fd)
  }
  saved.length = 0
}

/** Keeps the redirections of `exec`: only the copies go. */
export function* forget(shell: Shell, saved: ReadonlyArray<Saved>): Run<void> {
  for (const { copy } of saved) {
    if (copy === undefined) continue
    shell.copies.delete(copy)
    yield* call(shell.sys.close(copy))
  }
}

/** Opens the file of `$(<file)`; complains if it cannot. */
export function* openInput(shell: Shell, redirection: Redirection): Run<number | undefined> {
  const path = yield* target(shell, redirection)
  const fd = yield* call(shell.sys.open(path, O_RDONLY | O_CLOEXEC))
  if (typeof fd === "number") return fd
  yield* report(shell, `${path}: ${Errno.text(fd._tag)}`)
  return undefined
}

/**
 * The redirections as file actions of spawn, or `undefined` when they are not as simple as that. An action that fails
 * leaves nothing started; then the redirections are applied one by one, which says what is wrong.
 */
export const actionsOf = (
  shell: Shell,
  redirections: ReadonlyArray<Redirection>
): ReadonlyArray<FileAction> | undefined => {
  const actions: Array<FileAction> = []
  for (const { descriptor, operator, target: word } of redirections) {
    const text = word.literal
    if (text === undefined || typeof descriptor === "string" || operator === "<<" || operator === "<<<") {
      return undefined
    }
    if (operator === "<&" || operator === ">&") {
      if (text === "-") actions.push({ _tag: "Close", fd: descriptor })
      else if (/^[0-9]$/.test(text)) actions.push({ _tag: "Dup2", from: Number(text), to: descriptor })
      else return undefined
      continue
    }
    if (shell.options.noclobber || operator.startsWith("&")) return undefined
    actions.push({ _tag: "Open", fd: descriptor, path: text, flags: openFlags[operator]!, mode: 0o666 })
  }
  return actions
}
