import { sameAsGnu } from "./support/Differential.js"

const sort = (stdin: string, ...args: ReadonlyArray<string>) => ({ argv: ["sort", ...args], stdin })
const numbers = "10\n9\n-1\n+5\n1.5\n1.25\n\nabc\n 3\n007\n7\n-0\n0\n99999999999999999999\n99999999999999999998\n.5\n-.5\n"
const words = "banana\nApple\ncherry\napple\nBanana\n_x\n-a\n a\n\tb\nzoo\nZoo\n"
const fields = "b 2 x\na 10 y\nc 1 z\na 2 x\nb  3 w\n"
const colons = "x:3:b\ny:1:a\nz:3:a\nw:2\n"

sameAsGnu("sort", [
  sort(words), sort(words, "-r"), sort(words, "-f"), sort(words, "-u"), sort(words, "-fu"), sort(words, "-d"), sort(words, "-b"), sort(words, "-i"), sort(words, "-df"), sort(words, "-rf"),
  sort(words, "-s", "-f"), sort(numbers), sort(numbers, "-n"), sort(numbers, "-nr"), sort(numbers, "-nu"), sort(numbers, "-g"), sort(numbers, "-gr"), sort(numbers, "-ns"), sort(numbers, "-n", "-u", "-r"),
  sort("1K\n2M\n500\n1G\n3K\n-1K\n0\n1.5K\n1k\n", "-h"), sort("JAN\nfeb\nDec\nxxx\n  mar\n", "-M"), sort("a1.10\na1.9\na1.2b\na10\na2\n.x\na1.2.tar.gz\na1.2\n", "-V"), sort("1.0\n1.0.1\n1.0~rc1\n1.0-2\n", "-V"),
  sort(fields, "-k2"), sort(fields, "-k2,2"), sort(fields, "-k2n"), sort(fields, "-k2,2n"), sort(fields, "-k1,1", "-k2,2nr"), sort(fields, "-k1.1,1.1", "-s"), sort(fields, "-k2b,2b"), sort(fields, "-k3"), sort(fields, "-k2,2n", "-u"),
  sort(colons, "-t:", "-k2"), sort(colons, "-t:", "-k2,2n"), sort(colons, "-t", ":", "-k2,2n", "-k3,3"), sort(colons, "-t:", "-k3r"), sort(colons, "-t:", "-k2,2", "-s"), sort(colons, "-t:", "-k4"), sort(colons, "-t", "\\0", "-k1"),
  sort("a\nb\n", "-c"), sort("b\na\n", "-c"), sort("b\na\n", "-C"), sort("a\na\n", "-cu"), sort("a\nA\n", "-cf"), sort("3\n2\n", "-cn"),
  sort("", "-k"), sort("", "-k", "0"), sort("", "-k", "1.0"), sort("", "-k", "x"), sort("", "-k", "1z"), sort("", "-k", "1,"), sort("", "-t", "ab"), sort("", "-t", ""), sort("", "--foo"), sort("", "-k", "1,0"), sort("", "-k", "2."),
  sort("b\0a\0", "-z"), sort("no\nnewline"), sort(""), sort("\n\n"), sort("\xff\n\x80\na\n"), sort("b\na\n", "--reverse"), sort("2\n10\n", "--sort=numeric"), sort("x", "--sort=foo"),
  { argv: ["sort", "-o", "a", "a"], tree: { a: "c\nb\na\n" } }, { argv: ["sort", "a", "b"], tree: { a: "c\na\n", b: "b\n" } }, { argv: ["sort", "-m", "a", "b"], tree: { a: "a\nc\n", b: "b\nd\n" } },
  { argv: ["sort", "nope"], tree: {} }, { argv: ["sort", "d"], tree: { d: { directory: true } } }, { argv: ["sort", "-c", "a", "b"], tree: { a: "", b: "" } }, { argv: ["sort", "-mu", "a", "b"], tree: { a: "a\na\n", b: "a\nb\n" } },
  { argv: ["sort", "-o", "no/x"], tree: {}, stdin: "a" }, sort("a b\nab\na  b\n", "-k1,1"), sort("1 2\n1 10\n1 1\n", "-n"), sort("1 2\n1 10\n1 1\n", "-k1n"), sort("a,3\nb,2\n", "-t,", "-k2,2nr"),
  sort("  b\n a\nc\n", "-b"), sort("  b\n a\nc\n", "-k1b"), sort("x 1e3\ny 5\nz 1e-2\n", "-k2g"), sort("nan\n1\ninf\n-inf\nabc\n", "-g"), sort("0x10\n5\n", "-g"), sort("a\nB\nc\n", "-f", "-r"), sort("3 b\n3 a\n1 c\n", "-k1,1n", "-r"), sort("3 b\n3 a\n1 c\n", "-k1,1nr"),
  sort("a\tb c\nd e\tf\n", "-k2"), sort("1,000\n2\n", "-n"), sort("1_000\n2\n", "-n"), sort("--5\n-5\n", "-n"), sort("b c\nb a\n", "-k1,1", "-u"), sort("abc\nabd\n", "-k1.3,1.3r"), sort("x1\nx02\n", "-k1.2n"), sort("f.txt\nf.txt~\nf1.txt\nf10.txt\nf2.txt\n", "-V")
])
