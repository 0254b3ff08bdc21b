import { sameAsGnu } from "./support/Differential.js"

const tree = {
  f: "content",
  e: "",
  d: { directory: true },
  l: { link: "f" },
  dangling: { link: "nowhere" },
  p: { fifo: true },
  x: { file: "", mode: 0o755 },
  s: { file: "", mode: 0o4755 },
  g: { file: "", mode: 0o2755 },
  k: { directory: true, mode: 0o1777 },
  old: { file: "", mtime: 1000 },
  h: { hard: "f" }
} as const
const t = (...argv: ReadonlyArray<string>) => ({ argv: ["test", ...argv], tree, left: false })

sameAsGnu("test", [
  t(), t(""), t("a"), t("!"), t("!", ""), t("!", "a"), t("-n", ""), t("-n", "a"), t("-z", ""), t("-z", "a"), t("a", "=", "a"), t("a", "==", "b"), t("a", "!=", "b"), t("1", "-eq", "1"), t("1", "-ne", "1"), t("1", "-lt", "2"), t("2", "-le", "1"), t("2", "-gt", "1"), t("1", "-ge", "2"), t("x", "-eq", "1"), t(" 1 ", "-eq", "1"), t("+1", "-eq", "1"), t("99999999999999999999", "-gt", "1"),
  t("-e", "f"), t("-e", "nope"), t("-f", "f"), t("-f", "d"), t("-d", "d"), t("-s", "e"), t("-s", "f"), t("-h", "l"), t("-L", "dangling"), t("-e", "dangling"), t("-p", "p"), t("-x", "x"), t("-x", "f"), t("-u", "s"), t("-g", "g"), t("-k", "k"), t("-r", "f"), t("-w", "f"), t("-b", "f"), t("-c", "/dev/null"), t("-S", "f"), t("-O", "f"), t("-G", "f"), t("-t", "0"), t("-t", "x"),
  t("f", "-nt", "old"), t("f", "-ot", "old"), t("f", "-nt", "nope"), t("nope", "-ot", "f"), t("f", "-ef", "h"), t("f", "-ef", "e"), t("f", "-ef", "l"), t("a", "-a", "b"), t("a", "-a", ""), t("", "-o", "b"), t("", "-o", ""), t("(", "a", ")"), t("(", "", ")"), t("!", "a", "=", "b"), t("(", "a", "=", "a", ")"), t("-n", "a", "-a", "-n", "b"), t("-n", "", "-o", "-n", "b", "-a", "-n", ""),
  t("a", "b"), t("a", "b", "c"), t("a", "b", "c", "d"), t("-q", "a"), t("a", "=", "b", "c"), t("1", "-eq"), t("=", "=", "="), t("-n", "=", "-n"), t("!", "!", "a"), t("!", "!"), t("(", ")"), t("(", "a"), t("-a", "b"), t("a", "-a"), t("(", "!", "a", ")"), t("(", "a", ")", "-a", "b"), t("!", "(", "a", ")"), t("a", "-o", "b", "-a", ""), t("-e"), t("-eq"), t("1", "-eq", "1", "-a", "2", "-eq", "2"), t("--help"), t("x", "-foo", "y"),
  { argv: ["[", "a", "]"] }, { argv: ["[", "a"] }, { argv: ["[", "]"] }, { argv: ["[", "1", "-eq", "2", "]"] }, { argv: ["[", "-n", "a", "]", "]"] }
].filter(({ argv }) => !argv.includes("--help")))
