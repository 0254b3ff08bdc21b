/**
 * Runs the commands of a sed script over lines.
 *
 * @see sed(1)
 */
import { O_CREAT, O_TRUNC, O_WRONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import { BufferedWriter } from "../BufferedWriter.js"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import type * as Regex from "../Regex.js"
import { attempt, type Steps } from "../Steps.js"
import type * as Utility from "../Utility.js"
import { Input, type Line } from "./sedInput.js"
import { type Address, close, type Command, type Pattern, type Substitution } from "./sedScript.js"
import { escaped, replaced } from "./sedText.js"

export interface Options {
  readonly quiet: boolean
  readonly delimiter: number
  readonly width: number
  readonly unbuffered: boolean
}

/** Where lines go; the newline that the last line of the input lacks is written once more follows. */
export class Output {
  #isMissing = false
  constructor(readonly writer: BufferedWriter, readonly end: string) {}

  line(text: string, terminated = true): void {
    this.raw(text)
    if (terminated) this.writer.latin1(this.end)
    else this.#isMissing = true
  }

  raw(text: string): void {
    if (this.#isMissing) this.writer.latin1(this.end)
    this.#isMissing = false
    this.writer.latin1(text)
  }
}

type Appended = { readonly text: string } | { readonly file: string }

type Next = "cycle" | "restart" | "end" | number

export class Machine {
  input: Input
  out: Output
  #pattern = ""
  #hold = ""
  /** Whether each of the two ends in a newline when it is printed: the last line of the input may not. */
  #terminated = true
  #holdTerminated = true
  #line: Line = { text: "", terminated: true, file: "-" }
  #last: Regex.Regex | undefined
  #replaced = false
  readonly #appended: Array<Appended> = []
  readonly #files = new Map<string, Output>()
  readonly #readers = new Map<string, LineReader | undefined>()
  /** Set by q and Q. */
  quit: number | undefined

  constructor(
    readonly run: Utility.Run,
    readonly commands: ReadonlyArray<Command>,
    readonly options: Options
  ) {
    this.input = new Input(run, [], options.delimiter)
    this.out = new Output(run.out, String.fromCharCode(options.delimiter))
  }

  /** Makes the files that w writes to, whether or not anything is written. */
  *prepare(): Steps<void> {
    for (const { name, substitution, text } of this.commands) {
      const path = name === "w" || name === "W" ? text : substitution?.file
      if (path === undefined || this.#files.has(path)) continue
      let writer = this.run.out
      if (path === "/dev/stderr") writer = new BufferedWriter(this.run.sys, 2)
      else if (path !== "/dev/stdout") {
        const fd = yield* attempt(this.run.sys.open(Latin1.toText(path), O_WRONLY | O_CREAT | O_TRUNC, 0o666))
        if (Errno.isErrno(fd)) {
          return yield* this.run.die(`couldn't open file ${Latin1.toText(path)}: ${Errno.text(fd._tag)}`, 4)
        }
        writer = new BufferedWriter(this.run.sys, fd)
      }
      this.#files.set(path, path === "/dev/stdout" ? this.out : new Output(writer, this.out.end))
    }
  }

  *flush(): Steps<void> {
    for (const { writer } of this.#files.values()) if (writer !== this.run.out) yield* writer.flush()
    yield* this.out.writer.flush()
  }

  /** Runs the script over all lines of `input`, or until it quits. */
  *over(input: Input, out: Output): Steps<void> {
    this.input = input
    this.out = out
    for (const command of this.commands) close(command)
    let restart = false
    while (true) {
      if (!restart && !(yield* this.#read())) return
      restart = false
      this.#replaced = false
      const next = yield* this.#cycle()
      if (next === "end" && !this.options.quiet) this.#print()
      yield* this.#append()
      if (this.options.unbuffered) yield* this.flush()
      else yield* this.out.writer.ready()
      if (this.quit !== undefined) return
      restart = next === "restart"
    }
  }

  *#read(): Steps<boolean> {
    const line = yield* this.input.next()
    if (line === undefined) return false
    this.#line = line
    this.#pattern = line.text
    this.#terminated = line.terminated
    return true
  }

  #print(): void {
    this.out.line(this.#pattern, this.#terminated)
  }

  *#append(): Steps<void> {
    for (const each of this.#appended.splice(0)) {
      if ("text" in each) this.out.raw(each.text)
      else yield* this.#copy(each.file)
    }
  }

  *#copy(path: string): Steps<void> {
    const fd = path === "/dev/stdin" ? 0 : yield* attempt(this.run.sys.open(Latin1.toText(path), 0))
    if (Errno.isErrno(fd)) return
    const buffer = new Uint8Array(65_536)
    while (true) {
      const count = yield* attempt(this.run.sys.read(fd, buffer))
      if (Errno.isErrno(count) || count === 0) break
      this.out.raw(Latin1.decode(buffer, 0, count))
      yield* this.out.writer.ready()
    }
    yield* this.run.close(fd)
  }

  /** The next line of a file of R. */
  *#lineOf(path: string): Steps<string | undefined> {
    if (!this.#readers.has(path)) {
      const fd = path === "/dev/stdin" ? 0 : yield* attempt(this.run.sys.open(Latin1.toText(path), 0))
      this.#readers.set(path, Errno.isErrno(fd) ? undefined : new LineReader(this.run.sys, fd, this.options.delimiter))
    }
    const reader = this.#readers.get(path)
    if (reader === undefined) return undefined
    do {
      if (reader.next()) {
        const text = Latin1.decode(reader.buffer, reader.from, reader.to)
        return reader.terminated ? text + this.out.end : text
      }
    } while (yield* reader.fill())
    return undefined
  }

  *#regex(pattern: Pattern): Steps<Regex.Regex> {
    if (pattern !== undefined) this.#last = pattern
    return this.#last ?? (yield* this.run.die("no previous regular expression"))
  }

  *#test(pattern: Pattern): Steps<boolean> {
    const regex = yield* this.#regex(pattern)
    const found = regex.test(this.#pattern)
    if (regex.exhausted()) return yield* this.run.die("exceeded the limit of back-reference matching", 4)
    return found
  }

  *#matches(address: Address): Steps<boolean> {
    const { number } = this.input
    switch (address._tag) {
      case "Line":
        return number === address.line
      case "Step":
        return number >= address.first && (number - address.first) % address.step === 0
      case "Last":
        return yield* this.input.isLast()
      case "Match":
        return yield* this.#test(address.pattern)
      default:
        return false
    }
  }

  *#selects(command: Command): Steps<boolean> {
    const { first, second } = command
    if (first === undefined) return true
    if (second === undefined) return yield* this.#matches(first)
    const { number } = this.input
    if (command.isOpen) {
      if (second._tag === "Match" || second._tag === "Last" || second._tag === "Step") {
        command.isOpen = !(yield* this.#matches(second))
        command.isOver = !command.isOpen
        return true
      }
      command.isOpen = number < command.end
      command.isOver = !command.isOpen
      return number <= command.end
    }
    if (first._tag === "Line") {
      // The line may have gone by unseen: the range begins with the first that is seen from there on, and never again.
      if (command.isOver || number < first.line) return false
    } else if (!(yield* this.#matches(first))) return false
    if (second._tag === "Line") command.end = second.line
    else if (second._tag === "More") command.end = number + second.lines
    else if (second._tag === "Multiple") {
      command.end = second.of === 0 ? number : (Math.floor(number / second.of) + 1) * second.of
    } else command.end = Number.POSITIVE_INFINITY
    command.isOpen = command.end > number
    command.isOver = !command.isOpen
    return second._tag !== "Line" || number <= command.end || (yield* this.#matches(first))
  }

  *#cycle(): Steps<Next> {
    for (let at = 0; at < this.commands.length;) {
      const command = this.commands[at++]!
      if ((yield* this.#selects(command)) === command.isNot) {
        if (command.name === "{") at = command.target
        continue
      }
      const next = yield* this.#execute(command)
      if (typeof next === "number") at = next
      else if (next !== undefined) return next
    }
    return "end"
  }

  *#execute(command: Command): Steps<Next | undefined> {
    const { name, number, text } = command
    switch (name) {
      case "a":
        this.#appended.push({ text })
        return
      case "i":
        this.out.raw(text)
        return
      case "c":
        if (command.second === undefined || command.isNot || !command.isOpen) this.out.raw(text)
        return "cycle"
      case "b":
        return command.target
      case "t":
      case "T": {
        const jumps = this.#replaced === (name === "t")
        this.#replaced = false
        return jumps ? command.target : undefined
      }
      case "d":
        return "cycle"
      case "D": {
        const end = this.#pattern.indexOf(this.out.end)
        if (end < 0) return "cycle"
        this.#pattern = this.#pattern.slice(end + 1)
        return "restart"
      }
      case "g":
        this.#pattern = this.#hold
        this.#terminated = this.#holdTerminated
        return
      case "G":
        this.#pattern += this.out.end + this.#hold
        this.#terminated = this.#holdTerminated
        return
      case "h":
        this.#hold = this.#pattern
        this.#holdTerminated = this.#terminated
        return
      case "H":
        this.#hold += this.out.end + this.#pattern
        this.#holdTerminated = this.#terminated
        return
      case "x":
        ;[this.#pattern, this.#hold] = [this.#hold, this.#pattern]
        ;[this.#terminated, this.#holdTerminated] = [this.#holdTerminated, this.#terminated]
        return
      case "n":
        return yield* this.#nextLine()
      case "N":
        return yield* this.#joinLine()
      case "p":
        this.#print()
        return
      case "P": {
        const end = this.#pattern.indexOf(this.out.end)
        if (end < 0) this.#print()
        else this.out.line(this.#pattern.slice(0, end))
        return
      }
      case "q":
        this.quit = number ?? 0
        return "end"
      case "Q":
        this.quit = number ?? 0
        return "cycle"
      case "l":
        this.out.raw(escaped(this.#pattern, number ?? this.options.width))
        return
      case "=":
        this.out.raw(`${this.input.number}\n`)
        return
      case "F":
        this.out.raw(`${Latin1.fromText(this.#line.file)}\n`)
        return
      case "z":
        this.#pattern = ""
        return
      case "r":
        this.#appended.push({ file: text })
        return
      case "R": {
        const line = yield* this.#lineOf(text)
        if (line !== undefined) this.#appended.push({ text: line })
        return
      }
      case "w":
      case "W":
        this.#write(text, name === "w" ? this.#pattern : this.#pattern.split("\n", 1)[0]!)
        return
      case "y":
        this.#pattern = Array.from(this.#pattern, (char) => command.letters!.get(char) ?? char).join("")
        return
      case "s":
        yield* this.#substitute(command.substitution!)
        return
      default:
        return
    }
  }

  #write(path: string, text: string): void {
    this.#files.get(path)?.line(text, this.#terminated)
  }

  *#nextLine(): Steps<Next | undefined> {
    if (yield* this.input.isLast()) return "end"
    if (!this.options.quiet) this.#print()
    yield* this.#append()
    yield* this.#read()
    return
  }

  *#joinLine(): Steps<Next | undefined> {
    if (yield* this.input.isLast()) return "end"
    yield* this.#append()
    const before = this.#pattern
    yield* this.#read()
    this.#pattern = before + this.out.end + this.#pattern
    return
  }

  *#substitute(how: Substitution): Steps<void> {
    const regex = yield* this.#regex(how.pattern)
    const answer = replaced(this.#pattern, regex, how)
    if (regex.exhausted()) return yield* this.run.die("exceeded the limit of back-reference matching", 4)
    if (answer === undefined) return
    this.#pattern = answer
    this.#replaced = true
    if (how.print) this.#print()
    if (how.file !== undefined) this.#write(how.file, this.#pattern)
  }
}
