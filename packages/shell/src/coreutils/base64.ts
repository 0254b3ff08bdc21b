/**
 * Writes bytes as letters, and reads them back.
 *
 * @see base64(1)
 */
import * as Encoding from "effect/Encoding"
import * as Latin1 from "../Latin1.js"
import { LineReader } from "../LineReader.js"
import * as Utility from "../Utility.js"

const utility: Utility.Utility = {
  usage: "[OPTION]... [FILE]",
  does: "Base64 encode or decode FILE, or standard input, to standard output.",
  short: "diw:",
  long: { decode: "d", "ignore-garbage": "i", "wrap=": "w" }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let width = 76
  for (const { key, value } of options) {
    if (key !== "w") continue
    if (!/^\d+$/.test(value)) return yield* run.die(`invalid wrap size: '${value}'`)
    width = Number(value)
  }
  if (operands.length > 1) return yield* run.extraOperand(operands[1]!)
  const given = (key: string): boolean => options.some((option) => option.key === key)
  yield* run.inputs(operands, function*(fd) {
    const reader = new LineReader(run.sys, fd)
    const text = yield* reader.whole()
    if (reader.error !== undefined) return reader.error
    if (!given("d")) {
      const letters = Encoding.encodeBase64(Latin1.encode(text))
      if (width === 0) run.out.text(letters)
      else for (let at = 0; at < letters.length; at += width) run.out.line(letters.slice(at, at + width))
      return
    }
    const letters = text.replace(given("i") ? /[^A-Za-z0-9+/=]/g : /\n/g, "")
    const valid = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(letters)![0]
    const decoded = Encoding.decodeBase64(valid)
    if (decoded._tag === "Right") run.out.bytes(decoded.right)
    if (valid.length < letters.length) return yield* run.die("invalid input")
    return
  })
})
