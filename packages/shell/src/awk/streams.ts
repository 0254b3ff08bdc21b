/**
 * The files and commands that a program writes to and reads from, by the names that it gave them.
 *
 * @see popen(3)
 */
import { O_APPEND, O_CLOEXEC, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import { SIGPIPE } from "@effix/kernel/abi/Signals"
import type { WaitStatus } from "@effix/kernel/abi/WaitStatus"
import * as Errno from "@effix/kernel/Errno"
import { BufferedWriter } from "../BufferedWriter.js"
import * as Latin1 from "../Latin1.js"
import * as Launch from "../Launch.js"
import { attempt, type Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"
import { Fatal } from "./control.js"
import { Reader } from "./reader.js"

interface Output {
  readonly writer: BufferedWriter
  /** The command that reads it. */
  readonly pid: number | undefined
  /** Written at once. */
  readonly unbuffered: boolean
}

interface Source {
  readonly reader: Reader
  readonly pid: number | undefined
}

/** What `close` and `system` answer: the exit status, or 256 and the signal. */
const statusOf = (status: WaitStatus): number =>
  status._tag === "Exited" ? status.code : status._tag === "Signaled" ? 256 + status.signal : 0

export type Kind = ">" | ">>" | "|"

export class Streams {
  readonly #outputs = new Map<string, Output>()
  readonly #sources = new Map<string, Source>()
  /** What went wrong last, for ERRNO. */
  problem = ""

  /** `environment` is asked when a command is started. */
  constructor(readonly run: Utility.Run, readonly environment: () => Readonly<globalThis.Record<string, string>>) {}

  /** A descriptor that a name stands for by itself. */
  #own(name: string): number | undefined {
    if (name === "-" || name === "/dev/stdout") return 1
    if (name === "/dev/stderr") return 2
    const match = /^\/dev\/fd\/(\d+)$/.exec(name)
    return match === null ? undefined : Number(match[1])
  }

  /** The writer for a name, which is opened where it is not yet; `failing` is said when it cannot be written. */
  *output(kind: Kind, name: string, failing: (text: string) => string): Steps<Output> {
    const key = kind === "|" ? `|${name}` : `>${name}`
    const open = this.#outputs.get(key)
    if (open !== undefined) return open
    const problem = failing(`print to "${name}" failed`)
    const made = kind === "|" ? yield* this.#command(name, problem) : yield* this.#file(kind, name, problem)
    this.#outputs.set(key, made)
    return made
  }

  *#file(kind: ">" | ">>", name: string, failing: string): Steps<Output> {
    const { run } = this
    if (name === "") {
      throw new Fatal(`expression for \`${kind}' redirection has null string value`)
    }
    const own = this.#own(name)
    if (own === 1) return { writer: run.out, pid: undefined, unbuffered: false }
    if (own !== undefined) {
      return { writer: new BufferedWriter(run.sys, own, failing), pid: undefined, unbuffered: own === 2 }
    }
    const flags = O_WRONLY | O_CREAT | O_CLOEXEC | (kind === ">>" ? O_APPEND : O_TRUNC)
    const fd = yield* attempt(run.sys.open(Latin1.toText(name), flags, 0o666))
    if (Errno.isErrno(fd)) throw new Fatal(`cannot redirect to \`${Latin1.toText(name)}': ${Errno.text(fd._tag)}`)
    return { writer: new BufferedWriter(run.sys, fd, failing), pid: undefined, unbuffered: false }
  }

  *#command(command: string, failing: string): Steps<Output> {
    const { sys } = this.run
    if (command === "") throw new Fatal("expression for `|' redirection has null string value")
    yield* this.flush()
    const pipe = yield* attempt(sys.pipe(O_CLOEXEC))
    if (Errno.isErrno(pipe)) throw this.#cannotStart(command, pipe)
    const [reading, writing] = pipe
    const pid = yield* this.#start(command, reading, 0)
    yield* attempt(sys.close(reading))
    if (Errno.isErrno(pid)) throw this.#cannotStart(command, pid)
    return { writer: new BufferedWriter(sys, writing, failing), pid, unbuffered: false }
  }

  #cannotStart(command: string, errno: Errno.Any): Fatal {
    return new Fatal(`cannot open pipe \`${Latin1.toText(command)}' for output: ${Errno.text(errno._tag)}`)
  }

  #start(command: string, from?: number, to?: number): Steps<number | Errno.Any> {
    const argv = ["/bin/sh", "-c", Latin1.toText(command)]
    const actions = from === undefined || to === undefined ? [] : [{ _tag: "Dup2", from, to } as const]
    return Launch.spawn(this.run.sys, { argv, env: this.environment() }, { actions })
  }

  /** A command to read from. */
  *commandSource(command: string): Steps<Reader | undefined> {
    const open = this.#sources.get(`|${command}`)
    if (open !== undefined) return open.reader
    const { sys } = this.run
    yield* this.flush()
    const pipe = yield* attempt(sys.pipe(O_CLOEXEC))
    if (Errno.isErrno(pipe)) return this.#fail(pipe)
    const [reading, writing] = pipe
    const pid = yield* this.#start(command, writing, 1)
    yield* attempt(sys.close(writing))
    if (Errno.isErrno(pid)) {
      yield* attempt(sys.close(reading))
      return this.#fail(pid)
    }
    const reader = new Reader(sys, reading)
    this.#sources.set(`|${command}`, { reader, pid })
    return reader
  }

  /** A file to read from; `undefined` if it cannot be opened. */
  *fileSource(name: string): Steps<Reader | undefined> {
    const open = this.#sources.get(`<${name}`)
    if (open !== undefined) return open.reader
    const { sys } = this.run
    if (name === "") throw new Fatal("expression for `<' redirection has null string value")
    const fd = name === "-" || name === "/dev/stdin"
      ? 0
      : yield* attempt(sys.open(Latin1.toText(name), O_RDONLY | O_CLOEXEC))
    if (Errno.isErrno(fd)) return this.#fail(fd)
    const reader = new Reader(sys, fd)
    this.#sources.set(`<${name}`, { reader, pid: undefined })
    return reader
  }

  #fail(errno: Errno.Any): undefined {
    this.problem = Errno.text(errno._tag)
    return undefined
  }

  /** Runs a command to its end. */
  *system(command: string): Steps<number> {
    yield* this.flush()
    const pid = yield* this.#start(command)
    if (Errno.isErrno(pid)) return Launch.notStarted(pid)
    return statusOf(yield* Launch.waitFor(this.run.sys, pid))
  }

  /** Writes everything that waits. */
  *flush(): Steps<void> {
    if (this.run.out.length > 0) yield* this.run.out.flush()
    for (const output of this.#outputs.values()) yield* this.write(output)
  }

  /** Writes what waits. A command that has ended is a failure that can be told, not a reason to be killed. */
  *write({ pid, writer }: Output): Steps<void> {
    if (writer.length === 0) return
    if (pid === undefined) return yield* writer.flush()
    yield* attempt(this.run.sys.sigaction(SIGPIPE, { disposition: "ignore" }))
    yield* writer.flush()
    yield* attempt(this.run.sys.sigaction(SIGPIPE, { disposition: "default" }))
  }

  /** Writes what waits for one name; -1 if there is none. */
  *flushOne(name: string): Steps<number> {
    let found = -1
    for (const key of [`>${name}`, `|${name}`]) {
      const open = this.#outputs.get(key)
      if (open === undefined) continue
      yield* this.write(open)
      found = 0
    }
    return found
  }

  /** Closes whatever has this name; -1 if there is none. */
  *close(name: string): Steps<number> {
    for (const key of [`>${name}`, `|${name}`, `<${name}`]) {
      const output = this.#outputs.get(key)
      if (output !== undefined) {
        this.#outputs.delete(key)
        return yield* this.#closeOutput(output)
      }
      const source = this.#sources.get(key)
      if (source === undefined) continue
      this.#sources.delete(key)
      return yield* this.#closeSource(source)
    }
    return -1
  }

  *#closeOutput(output: Output): Steps<number> {
    const { pid, writer } = output
    yield* this.write(output)
    // What awk was given stays open for it.
    if (writer.fd > 2) yield* attempt(this.run.sys.close(writer.fd))
    return pid === undefined ? 0 : statusOf(yield* Launch.waitFor(this.run.sys, pid))
  }

  *#closeSource({ pid, reader }: Source): Steps<number> {
    if (reader.fd !== 0) yield* attempt(this.run.sys.close(reader.fd))
    return pid === undefined ? 0 : statusOf(yield* Launch.waitFor(this.run.sys, pid))
  }

  /** Closes everything, and waits for the commands. */
  *finish(): Steps<void> {
    for (const output of [...this.#outputs.values()]) yield* this.#closeOutput(output)
    if (this.run.out.length > 0) yield* this.run.out.flush()
    for (const source of [...this.#sources.values()]) yield* this.#closeSource(source)
    this.#outputs.clear()
    this.#sources.clear()
  }
}
