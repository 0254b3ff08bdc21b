/**
 * The records of a program: those of its files, one after the other, or of standard input.
 *
 * Operands are looked at one by one, when their turn comes: they are in ARGV until then, and the program may change them.
 *
 * @see awk(1p)
 */
import { S_IFDIR, S_IFMT } from "@effix/kernel/abi/FileMode"
import { O_CLOEXEC, O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { Run } from "../internal/Nesting.js"
import * as Latin1 from "../Latin1.js"
import { attempt, type Steps } from "../Steps.js"
import { Fatal } from "./control.js"
import { unescape } from "./lexer.js"
import type { Machine } from "./machine.js"
import { Reader } from "./reader.js"
import { special } from "./syntax.js"
import { Input as Text, toNumber } from "./values.js"

const at = {
  argc: special("ARGC"),
  argind: special("ARGIND"),
  argv: special("ARGV"),
  filename: special("FILENAME"),
  rt: special("RT")
}

/** `name=value`, taken apart. */
export const assignment = (operand: string): readonly [name: string, value: string] | undefined => {
  const match = /^(?:awk::)?([A-Za-z_][A-Za-z0-9_]*)=([^]*)$/.exec(operand)
  return match === null ? undefined : [match[1]!, match[2]!]
}

/** What runs when a file begins and ends: BEGINFILE and ENDFILE. */
export interface Hooks {
  readonly begin: (() => Run<void>) | undefined
  readonly end: (() => Run<void>) | undefined
}

export class Input {
  #index = 0
  #reader: Reader | undefined
  /** Whether any operand was a file. */
  #hadFile = false
  #isDone = false
  /** Whether BEGINFILE is running for a file that could not be opened. */
  #skips = false
  hooks: Hooks = { begin: undefined, end: undefined }

  constructor(readonly machine: Machine) {}

  /** The next record, if it is here already; the count of records goes up with it. */
  take(): string | undefined {
    const { machine } = this
    const reader = this.#reader
    if (reader === undefined) return undefined
    const record = reader.take(machine.separator)
    if (record === undefined) return undefined
    machine.nr++
    machine.fnr++
    machine.globals[at.rt] = reader.terminator
    return record
  }

  /** The next record; `undefined` when there is none. */
  *next(): Run<string | undefined> {
    while (true) {
      const record = this.take()
      if (record !== undefined) return record
      if (this.#reader === undefined) {
        if (!(yield* this.#open())) return undefined
      } else if (!(yield* this.#reader.fill())) yield* this.#end()
    }
  }

  *#end(): Run<void> {
    const reader = this.#reader
    if (reader === undefined) return
    if (reader.error !== undefined) {
      const name = this.machine.text(this.machine.globals[at.filename])
      this.machine.status = 2
      yield* this.#complain(
        `error reading input file \`${Latin1.toText(name === "" ? "-" : name)}': ${Errno.text(reader.error._tag)}`
      )
    }
    if (this.hooks.end !== undefined) yield* this.hooks.end()
    if (reader.fd !== 0) yield* attempt(this.machine.run.sys.close(reader.fd))
    if (this.#reader === reader) this.#reader = undefined
  }

  /** `nextfile`. */
  *skip(): Run<void> {
    if (this.#skips) this.#skips = false
    else yield* this.#end()
  }

  *#complain(text: string): Steps<void> {
    const { machine } = this
    yield* machine.streams.flush()
    yield* machine.run.error(`${machine.run.name}: ${machine.where()}warning: ${text}\n`)
  }

  /** Opens the next file; `false` when there is none. */
  *#open(): Run<boolean> {
    const { machine } = this
    if (this.#isDone) return false
    while (++this.#index < toNumber(machine.globals[at.argc])) {
      if (machine.isTired) yield* machine.pause()
      const operand = machine.table(at.argv).entries.get(String(this.#index))
      const text = operand === undefined ? "" : machine.text(operand)
      if (text === "") continue
      const assigned = assignment(text)
      if (assigned !== undefined) {
        machine.assign(assigned[0], unescape(assigned[1], (warning) => machine.warn(warning)))
        continue
      }
      this.#hadFile = true
      machine.globals[at.argind] = this.#index
      if (yield* this.#openFile(text)) return true
    }
    if (this.#hadFile) {
      this.#isDone = true
      return false
    }
    this.#hadFile = this.#isDone = true
    machine.globals[at.filename] = "-"
    return yield* this.#begin(0)
  }

  *#begin(fd: number): Run<boolean> {
    const { machine } = this
    machine.fnr = 0
    const reader = new Reader(machine.run.sys, fd)
    this.#reader = reader
    if (this.hooks.begin !== undefined) {
      machine.setRecord("")
      machine.fail("")
      yield* this.hooks.begin()
    }
    return true
  }

  *#openFile(name: string): Run<boolean> {
    const { machine } = this
    const { sys } = machine.run
    const path = Latin1.toText(name)
    const fd = name === "-" || name === "/dev/stdin" ? 0 : yield* attempt(sys.open(path, O_RDONLY | O_CLOEXEC))
    let problem = Errno.isErrno(fd) ? fd : undefined
    if (problem === undefined && !Errno.isErrno(fd) && fd !== 0) {
      const stat = yield* attempt(sys.fstat(fd))
      if (!Errno.isErrno(stat) && (stat.mode & S_IFMT) === S_IFDIR) problem = Errno.make("EISDIR")
    }
    if (problem === undefined && !Errno.isErrno(fd)) {
      machine.globals[at.filename] = new Text(name)
      return yield* this.#begin(fd)
    }
    if (!Errno.isErrno(fd)) yield* attempt(sys.close(fd))
    if (problem === undefined) return false
    if (this.hooks.begin !== undefined) return yield* this.#beginBroken(name, problem)
    if (problem._tag === "EISDIR") {
      yield* this.#complain(`command line argument \`${path}' is a directory: skipped`)
    } else {
      throw new Fatal(`cannot open file \`${name}' for reading: ${Errno.text(problem._tag)}`, true)
    }
    return false
  }

  /** BEGINFILE is told what is wrong, and may skip the file. */
  *#beginBroken(name: string, problem: Errno.Any): Run<boolean> {
    const { machine } = this
    machine.globals[at.filename] = new Text(name)
    machine.fnr = 0
    machine.setRecord("")
    machine.fail(problem)
    this.#skips = true
    yield* this.hooks.begin!()
    if (!this.#skips) return false
    this.#skips = false
    throw new Fatal(`cannot open file \`${name}' for reading: ${Errno.text(problem._tag)}`)
  }
}
