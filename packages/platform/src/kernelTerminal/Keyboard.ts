/**
 * Keys from bytes, as they arrive.
 */
import type { UserInput } from "@effect/platform/Terminal"
import { POLLIN } from "@effix/kernel/abi/PollEvents"
import * as Bytes from "@effix/kernel/Bytes"
import type { SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import * as Keys from "./keys.js"

/** How long the rest of an escape sequence may take, in milliseconds; after it ESC is a key of its own. */
const ESCAPE_PATIENCE = 50

const BLOCK = 256

/** Where characters end: the last may be incomplete. */
const completeLength = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if (byte < 0x80) break
    if (byte < 0xc0) continue
    const wanted = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    return wanted > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

export class Keyboard {
  private ready: Array<UserInput> = []
  private text = ""
  private bytes: Uint8Array = new Uint8Array(0)

  constructor(private readonly fd: number) {}

  putBack(inputs: Iterable<UserInput>): void {
    this.ready = [...inputs, ...this.ready]
  }

  /** The next key; `undefined` at the end of input. */
  next(sys: SystemCalls): Effect.Effect<UserInput | undefined> {
    return Effect.suspend(() => {
      const first = this.ready.shift()
      if (first !== undefined) return Effect.succeed(first)
      const parsed = Keys.parse(this.text, false)
      if (parsed !== undefined) return Effect.succeed(this.take(parsed))
      // A beginning of a sequence may be all there is.
      return this.text === "" ? this.more(sys) : Effect.flatMap(
        Effect.orElseSucceed(sys.poll([{ fd: this.fd, events: POLLIN }], ESCAPE_PATIENCE), () => [0]),
        ([events = 0]) => events === 0 ? Effect.succeed(this.take(Keys.parse(this.text, true)!)) : this.more(sys)
      )
    })
  }

  private take({ input, length }: Keys.Parsed): UserInput {
    this.text = this.text.slice(length)
    return input
  }

  private more(sys: SystemCalls): Effect.Effect<UserInput | undefined> {
    const block = new Uint8Array(BLOCK)
    return Effect.flatMap(Effect.orElseSucceed(sys.read(this.fd, block), () => 0), (count) => {
      if (count === 0) return this.text === "" ? Effect.succeed(undefined) : this.rest()
      const all = new Uint8Array(this.bytes.length + count)
      all.set(this.bytes)
      all.set(block.subarray(0, count), this.bytes.length)
      const end = completeLength(all)
      this.text += Bytes.decode(all.subarray(0, end))
      this.bytes = all.slice(end)
      return this.next(sys)
    })
  }

  private rest(): Effect.Effect<UserInput> {
    return Effect.sync(() => this.take(Keys.parse(this.text, true)!))
  }
}
