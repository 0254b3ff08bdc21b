/**
 * The keys that are pressed while a line is edited, and what they are bound to.
 *
 * @see bash(1) Readline Key Bindings
 */
import { POLLIN } from "@effix/kernel/abi/PollEvents"
import * as Errno from "@effix/kernel/Errno"
import * as Latin1 from "../../Latin1.js"
import type { Binding } from "../readline/keymap.js"
import { call, type Run, type Shell } from "../state/Shell.js"

/** Keys, a character for each byte, and what they mean. */
export interface Pressed {
  readonly keys: string
  readonly binding: Binding | undefined
}

/** A signal came before a key, or there are no keys any more. */
export type NoKey = "interrupted" | undefined

type Keys = Shell["readline"]["keys"]

/** All beginnings of sequences. */
const beginnings = new WeakMap<Keys, ReadonlySet<string>>()

const beginningsOf = (keys: Keys): ReadonlySet<string> => {
  const known = beginnings.get(keys)
  if (known !== undefined) return known
  const found = new Set<string>()
  for (const sequence of keys.keys()) {
    for (let length = 1; length < sequence.length; length++) found.add(sequence.slice(0, length))
  }
  beginnings.set(keys, found)
  return found
}

const isFollowing = (byte: string): boolean => (byte.charCodeAt(0) & 0xc0) === 0x80

/** How many bytes a character has that begins with this one. */
export const lengthOf = (byte: string): number => {
  const code = byte.charCodeAt(0)
  return code < 0xc0 ? 1 : code < 0xe0 ? 2 : code < 0xf0 ? 3 : 4
}

export class KeyReader {
  constructor(private readonly shell: Shell) {}

  /** Types a text before anything else is read. */
  type(text: string): void {
    this.shell.typing.ahead = text + this.shell.typing.ahead
  }

  private *byte(): Run<string | NoKey> {
    const { typing } = this.shell
    let byte = typing.ahead[0]
    if (byte !== undefined) typing.ahead = typing.ahead.slice(1)
    else {
      const one = new Uint8Array(1)
      const count = yield* call(this.shell.sys.read(0, one))
      if (count === 0 || (typeof count !== "number" && count._tag !== "EINTR")) return undefined
      if (typeof count !== "number") return "interrupted"
      byte = String.fromCharCode(one[0]!)
      if (typing.recording !== undefined) typing.recording += byte
    }
    return byte
  }

  /** Whether more is typed before the time is up in which a sequence has to go on. */
  private *goesOn(): Run<boolean> {
    if (this.shell.typing.ahead !== "") return true
    const time = Number(this.shell.readline.settings.get("keyseq-timeout"))
    const ready = yield* call(this.shell.sys.poll([{ fd: 0, events: POLLIN }], time > 0 ? time : -1))
    return !Errno.isErrno(ready) && ready[0] !== 0
  }

  /** The next character, whatever it is bound to. */
  *character(): Run<string | NoKey> {
    const first = yield* this.byte()
    if (first === undefined || first === "interrupted") return first
    return yield* this.complete(first)
  }

  /** The rest of a character of several bytes. */
  private *complete(first: string): Run<string> {
    let bytes = first
    while (bytes.length < lengthOf(first)) {
      const next = yield* this.byte()
      if (next === "interrupted") continue
      if (next === undefined) break
      if (!isFollowing(next)) {
        this.type(next)
        break
      }
      bytes += next
    }
    return bytes
  }

  /** Keys, with what they are bound to. */
  meant(keys: string): Pressed {
    return { keys, binding: this.shell.readline.keys.get(keys) }
  }

  /** The next keys that mean something, or that nothing begins with; an escape by itself only if `escapes`. */
  *next(escapes = false): Run<Pressed | NoKey> {
    const { keys: bound } = this.shell.readline
    let keys = ""
    for (;;) {
      const byte = yield* this.byte()
      if (byte === "interrupted" && keys !== "") continue
      if (byte === "interrupted" || (byte === undefined && keys === "")) return byte
      if (byte === undefined) return { keys, binding: bound.get(keys) }
      keys += byte
      const binding = bound.get(keys)
      if (beginningsOf(bound).has(keys)) {
        const alone = binding !== undefined || (escapes && keys === "\u001b")
        if (alone && !(yield* this.goesOn())) return { keys, binding }
        continue
      }
      if (binding?._tag === "Function" && binding.name === "self-insert") {
        return { keys: yield* this.complete(keys), binding }
      }
      // A function key that means nothing is read to its end.
      if (binding === undefined && /^\u001b(?:\[[0-9;?]*|O)$/.test(keys)) continue
      return { keys, binding }
    }
  }
}

/** The text of a character that was read. */
export const textOf = (bytes: string): string => Latin1.toText(bytes)
