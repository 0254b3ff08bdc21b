import { expect, it, layer } from "@effect/vitest"
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { program } from "../awk/generated.js"
import { both, type Case, sameAsGnu, TestKernelWithShell } from "./support/Differential.js"

/** The host's `awk` may be another one, whose answers are not those that count. */
const hasGawk = spawnSync("gawk", ["--version"]).stdout?.toString().startsWith("GNU Awk") === true

const files = {
  "data.csv": "id,name,age,city\n1,Ann,23,Rome\n2,Bob,35,Oslo\n3,Cid,29,Rome\n4,\"Dee, Jr\",41,Bern\n",
  passwd:
    "root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000:Ann B,,,:/home/ann:/bin/zsh\nbob:x:1001:1001::/home/bob:/bin/bash\n",
  log: [
    "10.0.0.1 - - [10/Oct/2023:13:55:36 +0000] \"GET /index.html HTTP/1.1\" 200 2326",
    "10.0.0.2 - - [10/Oct/2023:13:55:37 +0000] \"POST /form HTTP/1.1\" 404 12",
    "10.0.0.1 - - [10/Oct/2023:13:56:00 +0000] \"GET /img.png HTTP/1.1\" 200 9999\n"
  ].join("\n"),
  nums: "5\n3\n9\n1\n7\n3\n2.5\n-4\n1e2\n",
  words: "the quick brown fox\njumps over the lazy dog\nthe end\n",
  empty: "",
  para: "name: a\nval: 1\n\n\nname: b\nval: 2\nmore: x\n\nname: c\n",
  noeol: "x y\nz w",
  tabs: "a\tb\tc\n1\t2\t3\n\t\t\nlast\trow\n",
  dos: "a b\r\nc d\r\n",
  bin: Uint8Array.from([97, 0, 98, 10, 0xff, 0xe9, 120, 10]),
  fixed: "AB12345XYZ\nCD67890UVW\n",
  mat: "1 2 3\n4 5 6\n7 8 9\n",
  "prog.awk": "#!/usr/bin/awk -f\n# a program\nBEGIN { print \"prog\" }\n{ n++ }\nEND { print n }\n",
  "lib.awk": "function twice(x) { return x * 2 }\n",
  "bad.awk": "BEGIN {\n  x = 1\n  print x +\n}\n"
}

const stdin = "alice 30 5.5 engineer,london\nbob 25 4.25 designer,paris\n\n  eve\t22  0x1F x,y\nalice 7 -3 zz,q\n"

const lines = (name: string): ReadonlyArray<string> =>
  fs.readFileSync(path.join(import.meta.dirname, "..", "awk", name), "utf8").split("\n")

/** The files that a program names, and no more. */
const treeFor = (argv: ReadonlyArray<string>): NonNullable<Case["tree"]> =>
  Object.fromEntries(Object.entries(files).filter(([name]) => argv.some((arg) => arg.includes(name))))

const run = (...args: ReadonlyArray<string>): Case => ({
  argv: ["gawk", ...args],
  stdin,
  tree: treeFor(args),
  env: { HOME: "/root" }
})

const oneLiners = lines("one-liners.txt").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
  const [, operands, source] = /^(.*?): (.*)$/.exec(line)!
  return run(source!, ...(operands === "-" ? [] : operands!.split(" ")))
})

const programs = lines("programs.txt").join("\n").split("\n%%\n").slice(1).map((source) =>
  run(source.replace(/\n$/, ""))
)

const compared = (title: string, cases: ReadonlyArray<Case>): void =>
  sameAsGnu(title, cases, TestKernelWithShell, hasGawk)

compared("awk: one-liners", oneLiners)

compared("awk: forms of the language, and complaints", programs)

compared("awk: the command line", [
  run("-F:", "{print $1}", "passwd"),
  run("-F", ":", "{print $1}", "passwd"),
  run("-F\\t", "{print $2}", "tabs"),
  run("-F|", "{print NF}", "words"),
  run("-F[ :]", "{print $2}", "para"),
  run("-F", "", "{print NF}", "words"),
  run("-F,", "-vOFS=;", "{$1=$1}1", "data.csv"),
  run("-Ft", "{print $2}", "tabs"),
  run("-v", "x=a\\tb", "BEGIN{print x}"),
  run("-v", "x=1", "-v", "y=2", "BEGIN{print x+y}"),
  run("-vx=10", "BEGIN{print (x<9)}"),
  run("-v", "1x=3", "BEGIN{}"),
  run("-v", "NR=10", "{print NR}", "words"),
  run("--assign=x=3", "BEGIN{print x}"),
  run("--field-separator=:", "{print $1}", "passwd"),
  run("-f", "prog.awk", "words"),
  run("-f", "lib.awk", "-f", "prog.awk", "words"),
  run("-f", "lib.awk", "--source", "BEGIN{print twice(4)}"),
  run("-e", "BEGIN{print 1}", "-e", "BEGIN{print 2}"),
  run("-f", "nosuch.awk"),
  run("-f", "bad.awk"),
  run("--", "{print $1}", "words"),
  run("{print}", "-"),
  run("{print FILENAME}", "words", "-"),
  run("BEGIN{for(i=0;i<ARGC;i++)print i,ARGV[i]}", "a", "b=c", "-d", "--", "e"),
  run("{print x}", "x=1", "words", "x=2", "words"),
  run("{print x, NR}", "x=a\\nb", "noeol"),
  run("END{print x}", "words", "x=3"),
  run("{print}", "words", "nosuch"),
  run("{print}", ".", "words"),
  run("{print FNR}", "empty", "words"),
  run("BEGIN{while((getline l)>0)n++;print n}", "words", "nums"),
  { ...run("-f", "-", "words"), stdin: "{ print \"from stdin\", $1 }" }
])

it.live.skipIf(!hasGawk)("awk answers as gawk does on random programs", () =>
  Effect.gen(function*() {
    for (let seed = 1; seed <= 150; seed++) {
      const { source, stdin } = program(seed)
      const { host, ours } = yield* both({ argv: ["gawk", source], stdin, stderr: "some" })
      // oxlint-disable-next-line vitest/valid-expect
      expect(ours, source).toEqual(host)
    }
  }).pipe(Effect.provide(TestKernelWithShell)), { timeout: 120_000 })

layer(TestKernelWithShell, { excludeTestServices: true })("awk", (it) => {
  const awk = (source: string, stdin = "", ...operands: ReadonlyArray<string>) =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const { exitCode, stderr, stdout } = yield* kernel.exec(["awk", source, ...operands], { stdin })
      const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1")
      return { stdout: text(stdout), stderr: text(stderr), exitCode }
    })
  const shell = (script: string) =>
    Effect.gen(function*() {
      const kernel = yield* Kernel.Kernel
      const { stdout } = yield* kernel.exec(["sh", "-c", script], { timeout: "10 seconds" })
      return Buffer.from(stdout).toString("latin1")
    })

  it.effect("calls functions ten thousand deep", () =>
    Effect.gen(function*() {
      const { stdout } = yield* awk("function f(n) { return n == 0 ? 0 : 1 + f(n - 1) } BEGIN { print f(10000) }")
      expect(stdout).toBe("10000\n")
    }))

  it.effect("ends a recursion without end with a complaint", () =>
    Effect.gen(function*() {
      const { exitCode, stderr } = yield* awk("function f(n) { return f(n + 1) } BEGIN { f(1) }")
      expect(stderr).toBe("awk: cmd. line:1: fatal: function calls nest too deeply\n")
      expect(exitCode).toBe(2)
    }))

  it.effect("complains of expressions that nest deeper than it reads", () =>
    Effect.gen(function*() {
      const { exitCode, stderr } = yield* awk(`BEGIN { print ${"(".repeat(5000)}1${")".repeat(5000)} }`)
      expect(stderr).toContain("nested too deeply")
      expect(exitCode).toBe(1)
    }))

  for (
    const source of [
      "BEGIN { s = \"x\"; while (1) s = s s }",
      "BEGIN { printf \"%2000000000d\", 1 }",
      "BEGIN { $1e9 = 1 }"
    ]
  ) {
    it.effect(`is refused more memory than there is: ${source}`, () =>
      Effect.gen(function*() {
        const { exitCode, stderr } = yield* awk(source)
        expect(stderr).toBe("awk: cmd. line:1: fatal: memory exhausted\n")
        expect(exitCode).toBe(2)
      }))
  }

  it.effect("can be stopped while it computes", () =>
    Effect.gen(function*() {
      expect(yield* shell("timeout 0.2 awk 'BEGIN { while (1) x++ }'; echo $?")).toBe("124\n")
      expect(
        yield* shell(
          "timeout 0.2 awk 'function f() { return g() } function g() { return 1 } BEGIN { for (;;) f() }'; echo $?"
        )
      ).toBe("124\n")
    }))

  it.effect("leaves as soon as it has seen enough", () =>
    Effect.gen(function*() {
      expect(yield* shell("yes | awk 'NR == 3 { exit } { print }'")).toBe("y\ny\n")
    }))

  it.effect("is killed when nobody reads what it prints", () =>
    Effect.gen(function*() {
      expect(yield* shell("awk 'BEGIN { while (1) print \"y\" }' | head -n 2")).toBe("y\ny\n")
    }))

  it.effect("hands on a record as soon as it has come", () =>
    Effect.gen(function*() {
      const script = "mkfifo in out; awk '{ print \"got\", $0; fflush() }' <in >out & exec 3>in 4<out; " +
        "echo a >&3; read -r x <&4; echo \"$x\"; echo b >&3; read -r x <&4; echo \"$x\""
      expect(yield* shell(script)).toBe("got a\ngot b\n")
    }))

  it.effect("is the interpreter of an executable file", () =>
    Effect.gen(function*() {
      const script = "printf '#!/usr/bin/awk -f\\nBEGIN { print \"script\", ARGV[1] }\\n' >p; chmod +x p; ./p x"
      expect(yield* shell(script)).toBe("script x\n")
    }))

  it.effect("gives the same random numbers in every run, and others for another seed", () =>
    Effect.gen(function*() {
      const source = "BEGIN { print rand(), rand(); srand(2); print rand() }"
      const { stdout } = yield* awk(source)
      expect((yield* awk(source)).stdout).toBe(stdout)
      expect(stdout).toMatch(/^0\.\d+ 0\.\d+\n0\.\d+\n$/)
      expect(new Set(stdout.split(/\s/)).size).toBe(4)
    }))

  it.effect("says what it does not do", () =>
    Effect.gen(function*() {
      expect((yield* awk("@include \"x\"")).stderr).toBe("awk: cmd. line:1: error: `@include' is not supported\n")
      expect((yield* awk("BEGIN { print 1 |& \"cat\" }")).stderr).toBe(
        "awk: cmd. line:1: fatal: `|&' is not supported\n"
      )
    }))

  it.effect("walks through sparse indices from the lowest to the highest", () =>
    Effect.gen(function*() {
      const { stdout } = yield* awk("{ a[$1] } END { for (i in a) printf \"%s \", i }", "90000\n5\n70000\n0\n1234\n")
      expect(stdout).toBe("0 5 1234 70000 90000 ")
    }))
})
