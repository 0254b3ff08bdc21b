import { sameAsGnu } from "./support/Differential.js"

const tree = {
  "a file": "hello\n", b: { file: "x".repeat(5000), mode: 0o755, mtime: 1_600_000_000 }, ".hid": "", "d/x": "x", "d/.y": "", "d/e/z": "z", l: { link: "b" }, ld: { link: "d" }, dang: { link: "nope" }, p: { fifo: true }, h: { hard: "b" }, "n\nl": "", "a.c": "1", "a10": "", "a2": "", "A": "", empty: { directory: true }, s: { file: "", mode: 0o4755, mtime: 1_000_000_000 }, t: { directory: true, mode: 0o1777 }, "é": ""
} as const
// Directories take no blocks in memory, and their sizes are the file system's own.
const blocks = (text: string) => text.replace(/^total .*$/gm, "total N").replace(/^(\s*\d+ )?(\s*\d+ )?(d\S+\s+)(\d+)(\s+\w+\s+\w+\s+)(\d+)/gm, "$3N$5N").replace(/ {2,}/g, " ")
const l = (...args: ReadonlyArray<string>) => ({ argv: ["ls", ...args], tree, left: false, normalize: blocks })

sameAsGnu("ls", [
  l(), l("-a"), l("-A"), l("-1"), l("-C"), l("-C", "-w", "30"), l("-x", "-w", "30"), l("-m"), l("-m", "-w", "20"), l("-l"), l("-la"), l("-d"), l("-ld"), l("-R"), l("-lR"), l("-r"), l("-t"), l("-tr"), l("-S"), l("-Sr"), l("-X"), l("-v"), l("-F"), l("-p"), l("-lF"), l("--file-type"), l("-b"), l("-Q"), l("-N"), l("-q"), l("-lh"), l("-ln"), l("-g"), l("-o"), l("-lG"), l("-L", "l"), l("-lL", "l"), l("-lH", "ld"), l("-l", "ld"), l("ld"), l("-d", "ld"), l("l", "dang", "p"), l("-l", "l", "dang"), l("nope"), l("nope", "b"), l("d", "empty"), l("d", "b", "empty"), l("-l", "d", "b"), l("-R", "d"), l("-lt", "b", "s", "a.c"), l("--time-style=long-iso", "-l", "b"), l("--time-style=full-iso", "-l", "b"), l("--full-time", "b"), l("--time-style=iso", "-l", "b"), l("-l", "--time-style=+%Y/%m", "b"), l("--time-style=foo", "-l", "b"), l("--color=never"), l("--color=auto"), l("--sort=size"), l("--sort=foo"), l("--format=commas"), l("-I", "a*"), l("--hide=a*"), l("-B"), l("--group-directories-first"), l("-w", "x"), l("-z"), l("--foo"), l("-l", "-u", "b"), l("-lc", "nope"), l("-F", "-d", "d", "l", "p", "b"), l("--quoting-style=shell"), l("--quoting-style=shell-always"), l("--quoting-style=c"), l("--quoting-style=escape"), l("--quoting-style=locale"), l("-1F"), l("-a", "d"), l("--zero"), l("-lS"), l("-U", "empty"), l("-f", "empty"), l("-C", "-F"), l("-x", "-F"), l("-m", "-F"), l("--width=40", "-C"), l("-T", "4", "-C", "-w40"), l("--author", "-l", "b"), l("-l", "--block-size=1", "b"), l("-k", "-1"), l("-lsi", "empty"), l("d/", "ld/"), l("-l", "p"), l("-dl", "t", "s"), l("-1", "d", "d")
])
sameAsGnu("dir and vdir", [{ argv: ["dir"], tree, left: false }, { argv: ["vdir", "b", "s"], tree, left: false }])
