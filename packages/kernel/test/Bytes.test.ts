import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Bytes from "../src/Bytes.js"

/** Bytes that are mostly near valid UTF-8. */
const bytes = FastCheck.oneof(
  FastCheck.uint8Array({ maxLength: 40 }),
  FastCheck.array(
    FastCheck.constantFrom(
      0x41,
      0x80,
      0xc3,
      0xa9,
      0xe2,
      0x82,
      0xac,
      0xed,
      0xa0,
      0xf0,
      0x9f,
      0x98,
      0x80,
      0xf4,
      0x90,
      0xff
    ),
    { maxLength: 40 }
  ).map((each) => Uint8Array.from(each))
)

describe("Bytes", () => {
  it("any bytes survive the way into a string and back", () => {
    FastCheck.assert(
      FastCheck.property(bytes, (input) => {
        assert.deepStrictEqual(Bytes.encode(Bytes.decode(input)), input)
      }),
      { numRuns: 2000 }
    )
  })

  it("valid UTF-8 is decoded as everybody does", () => {
    assert.strictEqual(Bytes.decode(Uint8Array.of(0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80)), "€😀")
  })

  it("a byte that belongs to no character becomes a lone surrogate", () => {
    assert.strictEqual(Bytes.decode(Uint8Array.of(0x61, 0xff, 0x62)), "a\udcffb")
  })

  it("byteLength is the length of what encode answers", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.oneof(FastCheck.string({ unit: "binary" }), bytes.map(Bytes.decode)),
        (text) => assert.strictEqual(Bytes.byteLength(text), Bytes.encode(text).length)
      )
    )
  })

  it("a byte order mark is text like any other", () => {
    assert.deepStrictEqual(
      Bytes.encode(Bytes.decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))),
      Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)
    )
  })
})
