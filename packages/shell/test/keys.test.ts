/** What a terminal sends, and which keys that were. */
import * as Bytes from "@effix/kernel/Bytes"
import { describe, expect, it } from "vitest"
import { KeyDecoder } from "../src/internal/Keys.js"
import { History } from "../src/shell/state/History.js"

const pressed = (text: string): ReadonlyArray<string> => {
  const decoder = new KeyDecoder()
  const keys = Array.from(Bytes.encode(text)).flatMap((byte) => decoder.take(byte) ?? [])
  if (decoder.pending) keys.push(decoder.flush())
  return keys.map((key) => "text" in key ? `"${key.text}"` : key.name)
}

describe("Keys", () => {
  it("are characters, of one byte or several", () => {
    expect(pressed("aé€😀")).toEqual(["\"a\"", "\"é\"", "\"€\"", "\"😀\""])
  })

  it("have names when they are no characters", () => {
    expect(pressed("\u0001\u001a\t\r\n\b\u007f")).toEqual([
      "ctrl-a",
      "ctrl-z",
      "tab",
      "enter",
      "enter",
      "backspace",
      "backspace"
    ])
    expect(pressed("\u001b[A\u001bOB\u001b[1;5C\u001b[1;5D\u001b[3~\u001b[5~\u001b[6;2~\u001b[99~\u001bOP")).toEqual([
      "up",
      "down",
      "alt-f",
      "alt-b",
      "delete",
      "page up",
      "page down",
      "unknown",
      "unknown"
    ])
    expect(pressed("\u001bb\u001b\u007f")).toEqual(["alt-b", "alt-backspace"])
  })

  it("are what they are when nothing follows", () => {
    expect(pressed("x\u001b")).toEqual(["\"x\"", "escape"])
    expect(pressed("\u001b[1;")).toEqual(["escape"])
  })
})

describe("A history", () => {
  it("of any length is handed to a subshell, which has one of its own", () => {
    const history = new History(Array.from({ length: 300_000 }, (_, index) => `line ${index}`))
    const copy = history.clone()
    copy.push("more")
    expect([history.next, copy.next, copy.last]).toEqual([300_001, 300_002, "more"])
  })
})
