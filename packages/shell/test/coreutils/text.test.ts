import { sameAsGnu } from "./support/Differential.js"

const on = (stdin: string) => (...argv: ReadonlyArray<string>) => ({ argv, stdin })
const lines = on("one\ntwo\nthree\nfour")
const long = on("the quick brown fox jumps over the lazy dog\n\tindented line here\nshort\n")

sameAsGnu("tac, rev, nl, fold, expand", [
  lines("tac"),
  lines("tac", "-s", "o"),
  lines("tac", "-b"),
  lines("tac", "-b", "-s", "o"),
  { argv: ["tac", "a", "b"], tree: { a: "1\n2\n", b: "3\n4" } },
  { argv: ["tac", "nope"], tree: {} },
  on("")("tac"),
  lines("rev"),
  on("xy\nab")("rev"),
  on("")("rev"),
  lines("nl"),
  on("a\n\nb\n")("nl"),
  on("a\n\nb\n")("nl", "-ba"),
  on("a\n\nb\n")("nl", "-bn"),
  lines("nl", "-w3", "-s: "),
  lines("nl", "-nln"),
  lines("nl", "-nrz"),
  lines("nl", "-v10", "-i5"),
  on("a\n\\:\\:\\:\nh\n\\:\\:\nb\n\\:\nf\n")("nl", "-ha", "-fa"),
  on("a\n\n\n\nb\n")("nl", "-ba", "-l2"),
  lines("nl", "-bpo"),
  lines("nl", "-bx"),
  lines("nl", "-nx"),
  lines("nl", "-w", "0"),
  lines("nl", "-p"),
  long("fold"),
  long("fold", "-w", "10"),
  long("fold", "-w10", "-s"),
  long("fold", "-b", "-w", "7"),
  long("fold", "-10"),
  long("fold", "-w", "x"),
  long("fold", "-w", "1"),
  on("a\tb\tc\n")("fold", "-w", "9"),
  on("aaaa bbbb cccc")("fold", "-s", "-w", "6"),
  long("expand"),
  long("expand", "-t4"),
  long("expand", "-i"),
  on("a\tb\n\tc\td\n")("expand", "-t", "2,6"),
  on("a\tb\n")("expand", "-4"),
  long("expand", "-t", "0"),
  long("expand", "-t", "x"),
  on("        a        b\n")("unexpand"),
  on("        a        b\n")("unexpand", "-a"),
  on("a       b  c\n")("unexpand", "-a"),
  on("    x   y\n")("unexpand", "-t4"),
  on("\t  \ta\n")("unexpand"),
  on("        a        b\n")("unexpand", "--first-only", "-t4")
])

sameAsGnu("paste, comm, join", [
  { argv: ["paste", "a", "b"], tree: { a: "1\n2\n3\n", b: "x\ny\n" } },
  { argv: ["paste", "-d,", "a", "b", "a"], tree: { a: "1\n2\n", b: "x\n" } },
  { argv: ["paste", "-s", "a", "b"], tree: { a: "1\n2\n3\n", b: "x\ny\n" } },
  { argv: ["paste", "-d", ",:", "-s", "a"], tree: { a: "1\n2\n3\n4\n" } },
  { argv: ["paste", "-", "-"], stdin: "1\n2\n3\n" },
  { argv: ["paste", "-d", "\\n", "-", "-"], stdin: "1\n2\n" },
  { argv: ["paste", "-d", "\\0", "a", "a"], tree: { a: "1\n" } },
  { argv: ["paste", "nope"], tree: {} },
  { argv: ["paste", "-s"], stdin: "a\nb" },
  { argv: ["paste", "-d", "", "a", "a"], tree: { a: "1\n" } },
  ...[[], ["-1"], ["-12"], ["-23"], ["-3"], ["--output-delimiter=,"], ["--total"], ["-123"]].map((args) => ({
    argv: ["comm", ...args, "a", "b"],
    tree: { a: "a\nb\nd\n", b: "b\nc\nd\n" }
  })),
  { argv: ["comm", "a", "b"], tree: { a: "b\na\n", b: "a\n" } },
  { argv: ["comm", "--nocheck-order", "a", "b"], tree: { a: "b\na\n", b: "a\n" } },
  { argv: ["comm", "a"], tree: { a: "" } },
  { argv: ["comm", "nope", "a"], tree: { a: "" } },
  { argv: ["comm"] },
  ...[
    [],
    ["-a1"],
    ["-a2"],
    ["-v1"],
    ["-v2"],
    ["-a1", "-a2", "-e", "X", "-o", "0,1.2,2.2"],
    ["-1", "2", "-2", "1"],
    ["-o", "1.1,2.2"],
    ["-j", "1"],
    ["-i"],
    ["-o", "auto", "-a1", "-e-"],
    ["--header"]
  ].map((args) => ({
    argv: ["join", ...args, "a", "b"],
    tree: { a: "a 1\nb 2\nb 3\nd 4\n", b: "A y\nb x\nb z\nc w\n" }
  })),
  { argv: ["join", "-t,", "a", "b"], tree: { a: "k,1,2\n", b: "k,3\n" } },
  { argv: ["join", "a", "b"], tree: { a: "b 1\na 2\n", b: "a 3\n" } },
  { argv: ["join", "-o", "3.1", "a", "b"], tree: { a: "", b: "" } },
  { argv: ["join", "a"], tree: { a: "" } }
])

const bytes = Buffer.from(Array.from({ length: 40 }, (_, i) => (i * 7) % 256))

sameAsGnu("od and cmp", [
  ...[
    [],
    ["-c"],
    ["-x"],
    ["-b"],
    ["-A", "x", "-t", "x1"],
    ["-A", "d", "-t", "x1z"],
    ["-A", "n", "-t", "u1"],
    ["-t", "d4"],
    ["-t", "x2c"],
    ["-t", "a"],
    ["-t", "o2"],
    ["-t", "d8"],
    ["-j", "5", "-N", "10", "-c"],
    ["-w8", "-t", "x1"],
    ["-t", "f4"],
    ["-t", "f8"],
    ["-t", "xC"],
    ["-d"],
    ["-s"],
    ["-t", "z"],
    ["-A", "q"],
    ["-tx1", "-tc"],
    ["-An", "-tx4"],
    ["-w3", "-tx1"]
  ].map((args) => ({ argv: ["od", ...args], stdin: bytes })),
  { argv: ["od", "-c"], stdin: "a".repeat(64) + "b" },
  { argv: ["od", "-v", "-c"], stdin: "a".repeat(48) },
  { argv: ["od"], stdin: "" },
  { argv: ["od", "nope"], tree: {} },
  { argv: ["od", "-j", "100"], stdin: "a" },
  { argv: ["od", "-c", "a", "b"], tree: { a: "xy", b: "z" } },
  ...[
    ["a", "b"],
    ["a", "a"],
    ["-s", "a", "b"],
    ["-l", "a", "b"],
    ["a", "c"],
    ["a", "e"],
    ["-b", "a", "b"],
    ["a", "nope"],
    ["-n", "2", "a", "b"],
    ["-i", "3", "a", "b"],
    ["c", "a"]
  ].map((args) => ({ argv: ["cmp", ...args], tree: { a: "abc\ndef\n", b: "abX\ndeY\n", c: "abc\n", e: "" } })),
  { argv: ["cmp"] }
])

sameAsGnu("dd and truncate", [
  ...[
    ["if=a"],
    ["if=a", "of=b"],
    ["if=a", "of=b", "bs=2", "count=1"],
    ["if=a", "of=b", "bs=2", "skip=1"],
    ["if=a", "of=b", "bs=2", "seek=1"],
    ["if=a", "of=b", "conv=notrunc", "bs=1", "seek=2", "count=1"],
    ["if=a", "conv=ucase"],
    ["if=a", "conv=swab"],
    ["if=a", "bs=8", "conv=sync"],
    ["if=nope"],
    ["foo"],
    ["foo=1"],
    ["bs=x"],
    ["if=a", "ibs=2", "obs=3"],
    ["if=a", "status=none"],
    ["if=a", "bs=1k", "count=1"],
    ["if=a", "status=foo"],
    ["conv=foo"],
    ["if=a", "skip=100"]
  ].map((args) => ({
    argv: ["dd", ...args],
    tree: { a: "hello!\n", b: "0123456789" },
    normalize: (text: string) => text.replace(/copied, .*/, "copied")
  })),
  { argv: ["dd", "status=noxfer"], stdin: "x".repeat(1000) },
  ...[
    ["-s", "3", "a"],
    ["-s", "+3", "a"],
    ["-s", "-3", "a"],
    ["-s", "<3", "a"],
    ["-s", ">30", "a"],
    ["-s", "%4", "a"],
    ["-s", "/4", "a"],
    ["-s", "1K", "n"],
    ["-c", "-s", "1", "n"],
    ["-r", "b", "a"],
    ["-r", "b", "-s", "+1", "a"],
    ["a"],
    ["-s", "x", "a"],
    ["-s", "1"],
    ["-s", "1", "nodir/n"]
  ].map((args) => ({ argv: ["truncate", ...args], tree: { a: "hello!\n", b: "0123456789" } }))
])
