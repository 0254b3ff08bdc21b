import { sameAsGnu } from "./support/Differential.js"

const lines = "one\ntwo\n\n\nthree\tx\nfour"

sameAsGnu("cat", [
  { argv: ["cat"], stdin: lines },
  { argv: ["cat", "-n"], stdin: lines },
  { argv: ["cat", "-b"], stdin: lines },
  { argv: ["cat", "-nb"], stdin: lines },
  { argv: ["cat", "-s", "-E", "-T"], stdin: lines },
  { argv: ["cat", "-A"], stdin: "\x01\x7f\x80\xff\r\n\ta\r" },
  { argv: ["cat", "a", "/no/such", "b"], tree: { a: "A", b: "B\n" } },
  { argv: ["cat", "d"], tree: { d: { directory: true } } },
  { argv: ["cat", "-z"] },
  { argv: ["cat", "--foo"] },
  { argv: ["cat", "--show"] },
  { argv: ["cat", "--numb"], stdin: lines },
  { argv: ["cat", "-", "a"], stdin: "in\n", tree: { a: "A\n" } },
  { argv: ["cat", "a b", "c:d", "it's", "new\nline"], tree: {} },
  { argv: ["cat", "a"], tree: { a: { file: "x", mode: 0 } }, user: 1000 }
])
