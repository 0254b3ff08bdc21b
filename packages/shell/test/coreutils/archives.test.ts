/** Archives and packed files go from one side to the other, and patches fit where the host's fit. */
import { expect, layer } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as zlib from "node:zlib"
import { both, type Case, hasGnu, sameAsGnu, TestKernel } from "./support/Differential.js"

const seed = 20_261_127

/** Bytes that can be packed well, badly, or not at all. */
const contents: FastCheck.Arbitrary<Uint8Array> = FastCheck.oneof(
  FastCheck.uint8Array({ maxLength: 5000 }),
  FastCheck.array(FastCheck.constantFrom("a", "ab", "abcabc", "\n", "the ", "x".repeat(300)), { maxLength: 3000 })
    .map((words) => Buffer.from(words.join(""))),
  FastCheck.integer({ min: 0, max: 400_000 }).map((length) => new Uint8Array(length))
)

const run = (argv: ReadonlyArray<string>, stdin: Uint8Array, cwd = "/tmp") =>
  Effect.flatMap(Kernel.Kernel, (kernel) => kernel.exec(argv, { stdin, cwd, timeout: "30 seconds" }))

layer(TestKernel, { excludeTestServices: true })("gzip", (it) => {
  it.effect("packs what others unpack, at every level", () =>
    Effect.gen(function*() {
      for (const [index, bytes] of FastCheck.sample(contents, { numRuns: 40, seed }).entries()) {
        const { exitCode, stdout } = yield* run(["gzip", `-${index % 9 + 1}`], bytes)
        expect(exitCode).toBe(0)
        expect(Buffer.compare(zlib.gunzipSync(stdout), bytes)).toBe(0)
      }
    }), 60_000)

  it.effect("unpacks what others pack, whatever their strategy, one member or several", () =>
    Effect.gen(function*() {
      const { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE } = zlib.constants
      const strategies = [Z_DEFAULT_STRATEGY, Z_FILTERED, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE]
      for (const [index, bytes] of FastCheck.sample(contents, { numRuns: 60, seed }).entries()) {
        const packed = zlib.gzipSync(bytes, { level: index % 10, strategy: strategies[index % 5]! })
        const { exitCode, stdout } = yield* run(["gzip", "-d"], Buffer.concat([packed, packed]))
        expect(exitCode).toBe(0)
        expect(Buffer.compare(stdout, Buffer.concat([bytes, bytes]))).toBe(0)
      }
    }), 60_000)

  it.effect("says of damaged data that it is damaged, wherever the damage is", () =>
    Effect.gen(function*() {
      const plain = Buffer.from("all work and no play ".repeat(50))
      const packed = zlib.gzipSync(plain)
      for (let at = 10; at < packed.length; at++) {
        const damaged = Buffer.from(packed)
        damaged[at]! ^= 1 << at % 8
        const { exitCode, stderrText } = yield* run(["gzip", "-t"], damaged)
        expect([at, exitCode, /crc error|length error|format violated|end of file/.test(stderrText)]).toEqual([
          at,
          1,
          true
        ])
        const cut = yield* run(["gzip", "-t"], packed.subarray(0, at))
        expect([cut.exitCode, cut.stderrText]).toEqual([1, "\ngzip: stdin: unexpected end of file\n"])
      }
    }), 60_000)
})

const name = FastCheck.constantFrom("a", "b", "dir", "é", "with blank", "n".repeat(90), "m".repeat(150), "x.y", "-dash")
const tree = FastCheck.dictionary(
  FastCheck.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/")),
  FastCheck.uint8Array({ maxLength: 2000 }),
  { maxKeys: 8 }
)

layer(TestKernel, { excludeTestServices: true })("tar", (it) => {
  it.effect.skipIf(!hasGnu)(
    "reads what the host's tar wrote, in every format, and writes what that reads",
    () =>
      Effect.gen(function*() {
        const kernel = yield* Kernel.Kernel
        const formats = ["gnu", "pax", "oldgnu"]
        for (const [index, files] of FastCheck.sample(tree, { numRuns: 15, seed }).entries()) {
          const host = fs.mkdtempSync(path.join(os.tmpdir(), "tar-"))
          const put = ([file, bytes]: [string, Uint8Array]): boolean => {
            try {
              fs.mkdirSync(path.join(host, path.dirname(file)), { recursive: true })
              fs.writeFileSync(path.join(host, file), bytes)
              return true
            } catch {
              // A name that is a file here and a directory there.
              return false
            }
          }
          const made = Object.entries(files).filter(put)
          const format = `--format=${formats[index % 3]}`
          const packed = spawnSync("tar", [format, "-cz", "."], { cwd: host }).stdout
          const inside = `/tmp/tree${index}`
          yield* kernel.exec(["mkdir", inside])
          const out = yield* run(["tar", "xz"], packed, inside)
          expect([out.exitCode, out.stderrText]).toEqual([0, ""])
          for (const [file, bytes] of made) {
            expect(Buffer.compare(yield* kernel.readFile(`${inside}/${file}`), bytes)).toBe(0)
          }
          const again = yield* run(["tar", format, "-cz", "."], new Uint8Array(0), inside)
          const back = fs.mkdtempSync(path.join(os.tmpdir(), "tar-"))
          const unpacked = spawnSync("tar", ["xz"], { cwd: back, input: again.stdout })
          expect([unpacked.status, unpacked.stderr.toString()]).toEqual([0, ""])
          for (const [file, bytes] of made) {
            expect(Buffer.compare(fs.readFileSync(path.join(back, file)), bytes)).toBe(0)
          }
          for (const directory of [host, back]) fs.rmSync(directory, { recursive: true })
        }
      }),
    120_000
  )
})

/** An archive of files that are somebody's, with every kind of mode. */
const strict = (): Uint8Array => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "tar-"))
  fs.mkdirSync(path.join(directory, "d"))
  for (const file of ["plain", "d/x", "set"]) fs.writeFileSync(path.join(directory, file), file)
  fs.chmodSync(path.join(directory, "set"), 0o6777)
  fs.chmodSync(path.join(directory, "d"), 0o2775)
  fs.chmodSync(path.join(directory, "d/x"), 0o444)
  fs.symlinkSync("../plain", path.join(directory, "d/out"))
  const options = ["--mtime=@1000000", "--owner=lp:7", "--group=lp:7", "--sort=name", "-c", "plain", "set", "d"]
  const packed = spawnSync("tar", options, { cwd: directory }).stdout
  fs.rmSync(directory, { recursive: true })
  return packed
}

const archive = hasGnu ? strict() : new Uint8Array(0)
const asUser = (...argv: ReadonlyArray<string>): Case => ({
  argv: ["tar", ...argv],
  tree: { t: archive, locked: { directory: true, mode: 0o555 } },
  user: 1000
})

sameAsGnu("tar without privileges", [
  asUser("xf", "t"),
  asUser("xpf", "t"),
  asUser("xf", "t", "--same-owner"),
  asUser("xf", "t", "-C", "locked"),
  asUser("tvf", "t", "--numeric-owner"),
  asUser("cf", "locked/n", "t"),
  asUser("xf", "t", "--no-same-permissions", "plain")
])

const lines = FastCheck.array(FastCheck.constantFrom("a\n", "b\n", "c\n", "d\n", "\n", "e\n"), { maxLength: 30 })
/** Each line may be dropped, replaced or doubled. */
const changed = (text: ReadonlyArray<string>, changes: ReadonlyArray<number>): string =>
  text.map((line, at) => {
    const change = changes[at] ?? 9
    return change === 0 ? "" : change === 1 ? "new\n" : change === 2 ? line + line : line
  }).join("")
const changes = FastCheck.array(FastCheck.integer({ min: 0, max: 12 }), { minLength: 30, maxLength: 30 })

const patches: FastCheck.Arbitrary<Case> = FastCheck.record({
  text: lines,
  ours: changes,
  theirs: changes,
  context: FastCheck.integer({ min: 0, max: 3 }),
  options: FastCheck.subarray(["-R", "-N", "--no-backup-if-mismatch", "-f"])
}).map(({ context, options, ours, text, theirs }) => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "patch-"))
  fs.writeFileSync(path.join(directory, "old"), text.join(""))
  fs.writeFileSync(path.join(directory, "new"), changed(text, ours))
  const diff = spawnSync("diff", [`-U${context}`, "--label", "old", "--label", "new", "old", "new"], { cwd: directory })
  fs.rmSync(directory, { recursive: true })
  return { argv: ["patch", ...options, "file", "p"], tree: { file: changed(text, theirs), p: diff.stdout } }
})

const patchRuns = Number(process.env.PATCH_RUNS ?? "40")

layer(TestKernel, { excludeTestServices: true })("patch", (it) => {
  it.effect.skipIf(!hasGnu)(
    "finds a place for hunks where GNU's does, and refuses what that refuses",
    () =>
      Effect.gen(function*() {
        for (const one of FastCheck.sample(patches, { numRuns: patchRuns, seed })) {
          const { host, ours } = yield* both(one)
          const { file, p } = one.tree as { readonly file: string; readonly p: Uint8Array }
          // oxlint-disable-next-line vitest/valid-expect
          expect(ours, JSON.stringify([one.argv, Buffer.from(p).toString(), file])).toEqual(host)
        }
      }),
    600_000
  )
})
