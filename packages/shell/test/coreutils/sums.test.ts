import { sameAsGnu } from "./support/Differential.js"

const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
const tree = {
  a: "abc",
  b: Uint8Array.from({ length: 100_000 }, (_, at) => at * 7),
  "with\\back": "abc",
  "new\nline": "abc",
  good: `${abc}  a\n`,
  tagged: `SHA256 (a) = ${abc}\n`,
  binary: `${abc.toUpperCase()} *a\n`,
  bad: `${abc}  b\n${abc}  a\nnothing\n# a comment\n\n${abc}  none\n`,
  none: "no list\n",
  escaped: `\\${abc}  with\\\\back\n\\${abc}  new\\nline\n`
}
const sha = (...args: ReadonlyArray<string>) => ({ argv: ["sha256sum", ...args], tree })

for (const name of ["md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum"]) {
  sameAsGnu(name, [
    { argv: [name, "a", "b"], tree },
    { argv: [name, "--tag", "a"], tree },
    { argv: [name], stdin: "abc" },
    { argv: [name, "-b", "-"], stdin: "" }
  ])
}

sameAsGnu("sha256sum", [
  sha("with\\back", "new\nline"),
  sha("-z", "a", "new\nline"),
  sha("nosuch", "a", "."),
  sha("-c", "good"),
  sha("-c", "tagged", "binary", "escaped"),
  sha("-c", "bad"),
  sha("-c", "-w", "bad"),
  sha("-c", "--quiet", "bad"),
  sha("-c", "--status", "bad"),
  sha("-c", "--strict", "--ignore-missing", "bad"),
  sha("-c", "none"),
  sha("-c", "nosuch"),
  { argv: ["sha256sum", "-c"], stdin: `${abc}  a\n`, tree },
  { argv: ["sha256sum", "--ignore-missing", "-c"], stdin: `${abc}  nosuch\n`, tree },
  sha("--quiet", "a"),
  sha("--tag", "-c", "good"),
  sha("-x")
])
