/**
 * Keys: from the bytes of a terminal to what was pressed.
 *
 * @see console_codes(4)
 */
import * as Bytes from "@effix/kernel/Bytes"

/** A character as it is, or the name of a key such as `left` or `ctrl-a`. */
export type Key = { readonly text: string } | { readonly name: string }

const ESCAPE = 27
const finals: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  H: "home",
  F: "end"
}
const numbered: Readonly<Record<string, string>> = {
  1: "home",
  3: "delete",
  4: "end",
  5: "page up",
  6: "page down",
  7: "home",
  8: "end"
}

/** The key of a byte that is one by itself; `undefined` for the first of several. */
const single = (byte: number): Key | undefined => {
  if (byte === 13 || byte === 10) return { name: "enter" }
  if (byte === 9) return { name: "tab" }
  if (byte === 127 || byte === 8) return { name: "backspace" }
  if (byte < 32) return { name: `ctrl-${String.fromCharCode(byte + 96)}` }
  return byte < 0xc0 ? { text: Bytes.decode(Uint8Array.of(byte)) } : undefined
}

/** The key of a whole sequence, by what stands behind its escape. */
const named = (sequence: string): Key => {
  const last = sequence.at(-1)!
  const parameters = sequence.slice(1, -1)
  if (last === "~") return { name: numbered[parameters.split(";")[0]!] ?? "unknown" }
  const name = finals[last] ?? "unknown"
  const control = parameters.endsWith(";5")
  return { name: control && name === "left" ? "alt-b" : control && name === "right" ? "alt-f" : name }
}

export class KeyDecoder {
  private bytes: Array<number> = []

  /** Whether a key has begun that is not complete. */
  get pending(): boolean {
    return this.bytes.length > 0
  }

  /** Takes one byte; answers the key that is complete with it. */
  take(byte: number): Key | undefined {
    this.bytes.push(byte)
    const key = this.complete()
    if (key !== undefined) this.bytes = []
    return key
  }

  /** Nothing follows: an escape is a key of its own, and characters are what they are. */
  flush(): Key {
    const { bytes } = this
    this.bytes = []
    return bytes[0] === ESCAPE ? { name: "escape" } : { text: Bytes.decode(Uint8Array.from(bytes)) }
  }

  private complete(): Key | undefined {
    const { bytes } = this
    const first = bytes[0]!
    if (first !== ESCAPE) {
      const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
      return single(first) ?? (bytes.length < length ? undefined : { text: Bytes.decode(Uint8Array.from(bytes)) })
    }
    if (bytes.length === 1) return undefined
    const sequence = String.fromCharCode(...bytes.slice(1))
    const kind = sequence[0]!
    if (kind !== "[" && kind !== "O") return { name: `alt-${bytes[1] === 127 ? "backspace" : kind}` }
    return sequence.length === 1 || /[0-9;]$/.test(sequence) ? undefined : named(sequence)
  }
}
