import { sameAsGnu } from "./support/Differential.js"

const ten = Array.from({ length: 15 }, (_, i) => `line ${i + 1}\n`).join("")
const on = (command: string, stdin: string) => (...args: ReadonlyArray<string>) => ({ argv: [command, ...args], stdin })

const head = on("head", ten)
const files = { a: ten, b: "only\n", c: "no newline", e: "", d: { directory: true } } as const

sameAsGnu("head", [
  head(), head("-n", "3"), head("-3"), head("-n3"), head("-c", "10"), head("-c5"), head("-n", "-3"), head("-n", "-20"), head("-c", "-10"),
  head("-n", "0"), head("-c", "0"), head("-n", "1k"), head("-c", "1b"), head("-n", "x"), head("-c", "1x"), head("-n"), head("-q"), head("-v"),
  head("-z", "-n", "1"), head("-n", "-0"), head("-c", "-0"), head("-5c"), head("-2q"), head("--lines=2"), head("--bytes=4"), head("--lin=2"),
  { argv: ["head", "-n", "2", "a", "b", "c"], tree: files }, { argv: ["head", "-n2", "-q", "a", "b"], tree: files },
  { argv: ["head", "-v", "-n1", "a"], tree: files }, { argv: ["head", "nope", "a"], tree: files }, { argv: ["head", "d"], tree: files },
  { argv: ["head", "-n", "-1", "a", "c", "e"], tree: files }, { argv: ["head", "-c", "-3", "a"], tree: files }, { argv: ["head", "-", "b"], tree: files, stdin: "in\n" },
  { argv: ["head", "-n", "-1"], stdin: "a\nb\nc" }, { argv: ["head", "-n", "-2"], stdin: "a\nb\nc" }
])

const tail = on("tail", ten)

sameAsGnu("tail", [
  tail(), tail("-n", "3"), tail("-3"), tail("-n", "+3"), tail("+13"), tail("-c", "10"), tail("-c", "+10"), tail("-n", "0"), tail("-c", "0"),
  tail("-n", "+0"), tail("-n", "+1"), tail("-n", "+100"), tail("-n", "100"), tail("-c", "1k"), tail("-n", "x"), tail("-z"), tail("-q"), tail("-v"),
  { argv: ["tail", "-n", "2", "a", "b", "c"], tree: files }, { argv: ["tail", "-n2", "-q", "a", "b"], tree: files },
  { argv: ["tail", "-n", "1", "c", "e"], tree: files }, { argv: ["tail", "nope", "a"], tree: files }, { argv: ["tail", "-c", "5", "a"], tree: files },
  { argv: ["tail", "-c", "+5", "a"], tree: files }, { argv: ["tail", "-n", "+14", "a"], tree: files }, { argv: ["tail", "-n", "+2", "c"], tree: files },
  { argv: ["tail", "d"], tree: files, stderr: "some" }, { argv: ["tail", "-n", "2"], stdin: "a\nb\nc" }, { argv: ["tail", "-n", "1"], stdin: "\n\n" },
  { argv: ["tail", "-n", "1"], stdin: "" }, { argv: ["tail", "-n", "3", "big"], tree: { big: "x".repeat(200_000) + "\n1\n2\n" } },
  { argv: ["tail", "-n", "2", "big"], tree: { big: ("y".repeat(99_999) + "\n").repeat(3) } }, { argv: ["tail", "-5c"], stdin: ten }
])

const wcFiles = { a: "one two\nthree\n", b: "x".repeat(1000) + "\n", c: "tab\there\r\nlong line here\n\x0b\x0c", e: "" } as const

sameAsGnu("wc", [
  { argv: ["wc"], stdin: ten }, { argv: ["wc", "-l"], stdin: ten }, { argv: ["wc", "-w"], stdin: ten }, { argv: ["wc", "-c"], stdin: ten },
  { argv: ["wc", "-m"], stdin: "é\n" }, { argv: ["wc", "-L"], stdin: "a\tb\nccc\n" }, { argv: ["wc", "-lw"], stdin: ten }, { argv: ["wc", "a"], tree: wcFiles },
  { argv: ["wc", "a", "b", "c", "e"], tree: wcFiles }, { argv: ["wc", "-l", "a", "b"], tree: wcFiles }, { argv: ["wc", "-c", "b"], tree: wcFiles },
  { argv: ["wc", "-L", "a", "b", "c"], tree: wcFiles }, { argv: ["wc", "-clmwL", "c"], tree: wcFiles }, { argv: ["wc", "nope", "a"], tree: wcFiles },
  { argv: ["wc", "-"], stdin: "x y" }, { argv: ["wc", "d"], tree: { d: { directory: true } } }, { argv: ["wc", "a", "-"], tree: wcFiles, stdin: "z\n" },
  { argv: ["wc", "-w"], stdin: "\x01 \x7f a\xff b" }, { argv: ["wc", "-x"] }, { argv: ["wc", "--files0-from=l"], tree: { ...wcFiles, l: "a\0b\0" } },
  { argv: ["wc", "-c", "a", "b"], tree: wcFiles }, { argv: ["wc", "-l"], stdin: "no newline" }
])

const table = "a:b:c\n1:2:3\nnone\n::\nx:y:z:w"
const cut = on("cut", table)

sameAsGnu("cut", [
  cut("-d:", "-f1"), cut("-d:", "-f2,3"), cut("-d:", "-f", "2-"), cut("-d:", "-f", "-2"), cut("-d:", "-f1", "-s"), cut("-d:", "-f1,3", "--output-delimiter=--"),
  cut("-d:", "--complement", "-f2"), cut("-c1"), cut("-c", "1,3"), cut("-b", "2-3"), cut("-c", "3-1"), cut("-f", "0", "-d:"), cut("-c", "0"), cut("-c", "x"),
  cut("-f", "x"), cut(), cut("-f1", "-c1"), cut("-d", "ab", "-f1"), cut("-d:", "-c1"), cut("-s", "-c1"), cut("-c", "-"), cut("-f", "1-2-3"), cut("-c", ""),
  cut("-c1-2,4", "--output-delimiter=|"), cut("-c1,2", "--output-delimiter=|"), cut("-z", "-c1"), cut("-d", "", "-f1"), cut("-d:", "-f1-2,2-3"), cut("-d:", "-f3-"),
  cut("--fields=2", "--delimiter=:"), cut("-n", "-b", "1-2"), cut("-f1"), { argv: ["cut", "-f2"], stdin: "a\tb\tc\n" },
  { argv: ["cut", "-c2", "a", "nope"], tree: { a: "xyz\n" } }, cut("-d:", "-f4"), cut("-f", "1,,2", "-d:"), cut("-c", "1 3"), cut("-d:", "-f2", "--complement", "-s")
])

const tr = (stdin: string, ...args: ReadonlyArray<string>) => ({ argv: ["tr", ...args], stdin })

sameAsGnu("tr", [
  tr("hello", "a-z", "A-Z"), tr("hello", "[:lower:]", "[:upper:]"), tr("hello world", "-d", "lo"), tr("aabbcc", "-s", "a-b"), tr("aabbcc", "-s", "ab", "xy"),
  tr("hello\n", "-c", "a-z\\n", "."), tr("hello 123", "-cd", "0-9"), tr("abc", "abc", "x"), tr("abc", "-t", "abc", "x"), tr("a\tb", "\\t", " "),
  tr("abc", "a-c", "[x*]"), tr("abc", "a-c", "[x*2]y"), tr("a]b", "[=a=]", "x"), tr("abc", "\\141", "X"), tr("hello", "-ds", "l", "o"), tr("aaoo", "-ds", "a", "o"),
  tr("x"), tr("x", "a"), tr("x", "-d", "a", "b"), tr("x", "a", "b", "c"), tr("x", "z-a", "a"), tr("x", "[:foo:]", "a"), tr("x", "a", ""), tr("x", "[:alpha:]", "[:digit:]"),
  tr("x", "[a*]", "b"), tr("aBc", "[:upper:]", "[:lower:]"), tr("abc", "a-z", "[:upper:]"), tr("ab-c", "a-", "xy"), tr("ab-c", "--", "-a", "xy"), tr("a\\b", "\\\\", "/"),
  tr("hello", "-s", "[:alpha:]"), tr("a  b", "-s", " "), tr("a\nb\nc\n", "\\n", ","), tr("a\nb", "-d", "\\n"), tr("0129", "0-9", "a-j"), tr("\xff\xfe", "\\377", "x"),
  tr("abc", "-C", "a", "x"), tr("x", "-ds", "a"), tr("x", "-d"), tr("abcabc", "-c", "-s", "a", "z"), tr("hello", "e-", "xy"), tr("x", "[:upper:]", "[:digit:]a"),
  tr("abc", "[:lower:]", "x"), tr("a1", "[:alnum:]", "x"), tr("[]", "[]", "()"), tr("a-z", "a\\-z", "123"), tr("x", "[:upper:][:lower:]", "[:lower:]"), tr("abc", "abc", "[:upper:]"),
  tr("hello", "-z"), tr("ab", "a[b*3]", "x"), tr("b", "b", "[a*"), tr("é", "é", "ab"), tr("aaa", "-s", "a", "b"), tr("xay", "-c", "[:alpha:]\\n", "\\n"), tr("\0a", "\\0", "x")
])

const uniq = on("uniq", "a\na\nb\nB\nc\nc\nc\na")

sameAsGnu("uniq", [
  uniq(), uniq("-c"), uniq("-d"), uniq("-u"), uniq("-i"), uniq("-ci"), uniq("-D"), uniq("--all-repeated=prepend"), uniq("--all-repeated=separate"), uniq("--group"),
  uniq("--group=append"), uniq("--group=both"), uniq("--group=prepend"), uniq("-du"), uniq("-cd"), uniq("-z"), uniq("-x"), uniq("--group=foo"), uniq("-cD"), uniq("--group", "-c"),
  { argv: ["uniq", "-f1"], stdin: "1 a\n2 a\n3 b\n" }, { argv: ["uniq", "-s2"], stdin: "xxa\nyya\nzzb\n" }, { argv: ["uniq", "-w1"], stdin: "ab\nac\nbd\n" },
  { argv: ["uniq", "-f", "1", "-s", "1", "-w", "2"], stdin: "1  abc\n2 abd\n" }, { argv: ["uniq", "-1"], stdin: "1 a\n2 a\n" }, { argv: ["uniq", "-f", "x"], stdin: "" },
  { argv: ["uniq", "in", "out"], tree: { in: "a\na\nb\n" } }, { argv: ["uniq", "nope"], tree: {} }, { argv: ["uniq", "a", "b", "c"] }, { argv: ["uniq"], stdin: "" }, { argv: ["uniq"], stdin: "\n\n" }
])

sameAsGnu("tee and yes", [
  { argv: ["tee"], stdin: "abc\n" }, { argv: ["tee", "x", "y"], stdin: "abc\n", tree: {} }, { argv: ["tee", "-a", "x"], stdin: "abc\n", tree: { x: "old\n" } },
  { argv: ["tee", "d", "x"], stdin: "abc\n", tree: { d: { directory: true } } }, { argv: ["tee", "no/x"], stdin: "abc\n", tree: {} }, { argv: ["tee", "-i"], stdin: "q" }, { argv: ["tee", "-z"] }
])
