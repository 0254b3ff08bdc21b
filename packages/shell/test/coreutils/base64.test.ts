import { sameAsGnu } from "./support/Differential.js"

const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const b = (stdin: string | Uint8Array, ...args: ReadonlyArray<string>) => ({ argv: ["base64", ...args], stdin })

sameAsGnu("base64", [
  b(bytes),
  b(""),
  b("a"),
  b("ab", "-w0"),
  b(bytes, "-w", "10"),
  b("YWJj\nZGVm\n", "-d"),
  b("YQ==\n", "--decode"),
  b("Y W*Jj", "-di"),
  b("YWJj!", "-d"),
  b("x", "-w", "y"),
  { argv: ["base64", "nope"], tree: { a: "x" } },
  { argv: ["base64", "a"], tree: { a: "x" } }
])
