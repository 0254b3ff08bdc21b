import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { both, type Case, hasGnu, TestKernel } from "./support/Differential.js"

const runs = 25

const words = FastCheck.array(
  FastCheck.constantFrom("a", "b", "B", "10", "9", "-1", ":", " ", "\t", "\n", "x y", "é", "\x00", "0.5"),
  { maxLength: 60 }
)
  .map((parts) => parts.join(""))
const raw = FastCheck.uint8Array({ maxLength: 300 })
const input: FastCheck.Arbitrary<string | Uint8Array> = FastCheck.oneof(words, raw)
const flags = (...all: ReadonlyArray<string>) => FastCheck.subarray([...all])
const small = FastCheck.integer({ min: 0, max: 12 })
const signed = FastCheck.integer({ min: -30, max: 30 })

const cases: Readonly<Record<string, FastCheck.Arbitrary<Case>>> = {
  sort: FastCheck.record({
    stdin: input,
    argv: FastCheck.tuple(
      flags("-n", "-r", "-u", "-f", "-b", "-s", "-z"),
      FastCheck.subarray(["-k2", "-k1,1n", "-t:", "-k2.2,3r"], { maxLength: 2 })
    ).map(([a, b]) => ["sort", ...a, ...b])
  }),
  uniq: FastCheck.record({
    stdin: input,
    argv: FastCheck.tuple(flags("-c", "-i", "-d", "-u"), small).map((
      [a, n]
    ) => ["uniq", ...a, ...(n > 8 ? [`-f${n - 8}`] : []), ...(n === 3 ? ["-s1"] : []), ...(n === 4 ? ["-w2"] : [])])
  }),
  cut: FastCheck.record({
    stdin: input,
    argv: FastCheck.tuple(
      FastCheck.constantFrom("-b", "-c", "-f"),
      FastCheck.uniqueArray(small, { minLength: 1, maxLength: 4 }),
      FastCheck.boolean(),
      FastCheck.boolean()
    ).map(([kind, list, complement, only]) => [
      "cut",
      kind,
      list.map((n) => n % 3 === 0 ? `${n + 1}-` : n % 3 === 1 ? `${n}-${n + 2}` : `${n}`).join(","),
      ...(complement ? ["--complement"] : []),
      ...(kind === "-f" ? ["-d:", ...(only ? ["-s"] : [])] : [])
    ])
  }),
  tr: FastCheck.record({
    stdin: input,
    argv: FastCheck.constantFrom(
      ["a-z", "A-Z"],
      ["-d", "[:space:]"],
      ["-s", "ab\\n"],
      ["-cd", "[:print:]\\n"],
      ["[:upper:]", "[:lower:]"],
      ["-c", "a-z", "x"],
      ["-ds", "0-9", "\\n"],
      ["\\000-\\377", "b"],
      ["-s", "a-b", "x"]
    ).map((args) => ["tr", ...args])
  }),
  head: FastCheck.record({
    stdin: input,
    argv: FastCheck.tuple(FastCheck.constantFrom("-n", "-c"), signed).map(([o, n]) => ["head", o, String(n)])
  }),
  tail: FastCheck.record({
    stdin: input,
    argv: FastCheck.tuple(FastCheck.constantFrom("-n", "-c"), signed).map((
      [o, n]
    ) => ["tail", o, n > 10 ? `+${n}` : String(n)])
  }),
  wc: FastCheck.record({ stdin: input, argv: flags("-l", "-w", "-c", "-m", "-L").map((a) => ["wc", ...a]) }),
  printf: FastCheck.record({
    argv: FastCheck.tuple(
      FastCheck.constantFrom("%", "%+", "% ", "%#", "%0", "%-", "%+0"),
      FastCheck.constantFrom("", "1", "8", "20"),
      FastCheck.constantFrom("", ".0", ".3", ".10"),
      FastCheck.constantFrom("d", "i", "o", "u", "x", "X", "e", "f", "g", "G", "a"),
      FastCheck.oneof(
        FastCheck.integer().map(String),
        FastCheck.double({ noNaN: true, noDefaultInfinity: true }).map(String)
      )
    ).filter(([flags, , , letter]) => !(flags === "%#" && "diu".includes(letter))).map((
      [f, w, p, l, v]
    ) => ["printf", `${f}${w}${p}${l}|`, v])
  }),
  seq: FastCheck.record({
    argv: FastCheck.tuple(
      signed,
      FastCheck.constantFrom("1", "2", "-1", "-3", "0.5", "0.1", "1.25"),
      signed,
      FastCheck.constantFrom<ReadonlyArray<string>>([], ["-w"], ["-s", ","], ["-f", "%.3f"])
    ).map(([a, s, b, o]) => ["seq", ...o, "--", String(a), s, String(b)])
  })
}

layer(TestKernel, { excludeTestServices: true })("random inputs", (it) => {
  for (const [name, arbitrary] of Object.entries(cases)) {
    it.effect.skipIf(!hasGnu)(`${name} answers as GNU does on random input and options`, () =>
      Effect.gen(function*() {
        for (const one of FastCheck.sample(arbitrary, { numRuns: runs, seed: 20_241_125 })) {
          const { host, ours } = yield* both(one)
          // oxlint-disable-next-line vitest/valid-expect
          expect(
            ours,
            JSON.stringify({
              argv: one.argv,
              stdin: typeof one.stdin === "string" ? one.stdin : Buffer.from(one.stdin ?? "").toString("latin1")
            })
          ).toEqual(host)
        }
      }), { timeout: 60_000 })
  }
})
