import { sameAsGnu } from "./support/Differential.js"

const tree = {
  a: "A\n",
  b: { file: "B\n", mode: 0o600 },
  "d/x": "X\n",
  "d/e/y": { file: "Y\n", mode: 0o755 },
  "d/l": { link: "x" },
  l: { link: "a" },
  ld: { link: "d" },
  dangling: { link: "nowhere" },
  empty: { directory: true }
} as const
const t = (...argv: ReadonlyArray<string>) => ({ argv, tree, left: true })

sameAsGnu("mkdir and rmdir", [
  t("mkdir", "n"), t("mkdir", "a"), t("mkdir", "n/m"), t("mkdir", "-p", "n/m/o"), t("mkdir", "-p", "d/e"), t("mkdir", "-pv", "n/m", "d/z"), t("mkdir", "-m", "700", "n"),
  t("mkdir", "-m", "u=rwx,go=", "-p", "n/m"), t("mkdir", "-m", "z", "n"), t("mkdir"), t("mkdir", "-v", "n", "m"), t("mkdir", "-p", "a/b"), t("mkdir", "a/b"), t("mkdir", "-m", "1777", "n"), t("mkdir", "--", "-x"),
  t("rmdir", "empty"), t("rmdir", "d"), t("rmdir", "a"), t("rmdir", "nope"), t("rmdir", "-v", "empty"), t("rmdir", "--ignore-fail-on-non-empty", "d"), t("rmdir"), t("rmdir", "ld"), t("rmdir", "empty/"),
  { argv: ["rmdir", "-p", "p/q/r"], tree: { "p/q/r": { directory: true } } }, { argv: ["rmdir", "-pv", "p/q/r"], tree: { "p/q/r": { directory: true }, "p/f": "" } }
])

sameAsGnu("rm", [
  t("rm", "a"), t("rm", "a", "b"), t("rm", "nope"), t("rm", "-f", "nope"), t("rm", "d"), t("rm", "-r", "d"), { ...t("rm", "-rv", "d"), unordered: true }, t("rm", "-d", "empty"), t("rm", "-d", "d"), t("rm", "l"), t("rm", "ld"),
  t("rm", "-r", "ld"), t("rm", "-v", "a"), t("rm"), t("rm", "-f"), t("rm", "-r", "."), t("rm", "-r", ".."), t("rm", "-rf", "/"), t("rm", "-r", "d/."), { ...t("rm", "-i", "a", "b"), stdin: "y\nn\n" }, { ...t("rm", "-ri", "d"), stdin: "n\n" },
  { ...t("rm", "-I", "a", "b", "l", "dangling"), stdin: "y\n" }, { ...t("rm", "-rI", "d"), stdin: "n\n" }, t("rm", "-x"), t("rm", "dangling"), t("rm", "a/"), t("rm", "-rf", "nope", "d"), t("rm", "-R", "empty", "a"), t("rm", "-fi", "a"),
  { ...t("rm", "-if", "a"), stdin: "" }, { argv: ["rm", "d/f"], tree: { "d/f": { file: "", mode: 0o444 }, d: { directory: true, mode: 0o555 } }, user: 1000 }, { argv: ["rm", "--", "-x"], tree: { "-x": "" } }, { argv: ["rm", "-x"], tree: { "-x": "" } }
])

sameAsGnu("cp", [
  t("cp", "a", "n"), t("cp", "a", "b"), t("cp", "a", "d"), t("cp", "a", "b", "d"), t("cp", "a", "b", "n"), t("cp", "d", "n"), t("cp", "-r", "d", "n"), t("cp", "-r", "d", "empty"), t("cp", "-R", "d/", "n"), t("cp", "-a", "d", "n"),
  t("cp", "l", "n"), t("cp", "-P", "l", "n"), t("cp", "-d", "l", "n"), t("cp", "-rL", "d", "n"), t("cp", "-L", "l", "n"), t("cp", "-rH", "ld", "n"), t("cp", "-r", "ld", "n"), t("cp", "a", "a"), t("cp", "a", "l"), t("cp", "l", "a"), t("cp", "nope", "n"),
  t("cp", "a"), t("cp"), t("cp", "a", "b", "nodir/"), t("cp", "-v", "a", "n"), { ...t("cp", "-rv", "d", "n"), unordered: true }, t("cp", "-n", "a", "b"), { ...t("cp", "-i", "a", "b"), stdin: "n\n" }, { ...t("cp", "-i", "a", "b"), stdin: "y\n" },
  { ...t("cp", "-p", "b", "n"), times: true }, { ...t("cp", "-pr", "d", "n"), times: true }, t("cp", "-t", "d", "a", "b"), t("cp", "-t", "a", "b"), t("cp", "-T", "a", "d"), t("cp", "-T", "d", "n"), t("cp", "-rT", "d", "empty"), t("cp", "-T", "a", "b", "l"),
  { ...t("cp", "-r", "d", "d/n"), left: false }, t("cp", "-r", "d", "a"), t("cp", "a", "nodir/n"), t("cp", "a", "dangling"), t("cp", "--remove-destination", "a", "l"), t("cp", "-f", "a", "b"), t("cp", "-u", "a", "b"), t("cp", "-s", "a", "n"), t("cp", "-l", "a", "n"), t("cp", "a", "a", "d"),
  t("cp", "-al", "d", "n"), { argv: ["cp", "-a", "x", "y", "d"], tree: { x: "1", y: { hard: "x" }, d: { directory: true } } }, { argv: ["cp", "-r", "x", "n"], tree: { "x/p": { fifo: true } } }, t("cp", "a", "empty/"), t("cp", "a", "b/"), t("cp", "-x", "a", "n"), t("cp", "-z"),
  { argv: ["cp", "x", "y"], tree: { x: { file: "1", mode: 0 } }, user: 1000 }, { argv: ["cp", "x", "y"], tree: { x: { file: "1", mode: 0o4755 } } }, { argv: ["cp", "-p", "x", "y"], tree: { x: { file: "1", mode: 0o4755 } } }, { argv: ["cp", "-r", "x", "y"], tree: { "x/f": "1", x: { directory: true, mode: 0o500 } } },
  { argv: ["cp", "x/f", "z/f", "d"], tree: { "x/f": "1", "z/f": "2", d: { directory: true } } }, t("cp", "-r", "d", "a", "empty"), t("cp", "--preserve=foo", "a", "n"), t("cp", "--attributes-only", "a", "n"), t("cp", "-vn", "a", "b"), { ...t("cp", "-r", "d", "ld"), left: false }, t("cp", "dangling", "n"), t("cp", "-r", "dangling", "n")
])

sameAsGnu("mv", [
  t("mv", "a", "n"), t("mv", "a", "b"), t("mv", "a", "b", "d"), t("mv", "a", "d"), t("mv", "d", "n"), t("mv", "d", "empty"), t("mv", "d", "d/n"), t("mv", "d", "d"), t("mv", "a", "a"), t("mv", "nope", "n"), t("mv", "a"), t("mv"), t("mv", "-v", "a", "n"), t("mv", "-n", "a", "b"),
  { ...t("mv", "-i", "a", "b"), stdin: "n\n" }, { ...t("mv", "-i", "a", "b"), stdin: "y\n" }, t("mv", "-f", "a", "b"), t("mv", "a", "nodir/n"), t("mv", "d", "a"), t("mv", "-T", "a", "d"), t("mv", "-T", "empty", "d"), t("mv", "-t", "d", "a", "b"), t("mv", "-u", "a", "b"), t("mv", "l", "n"), t("mv", "ld", "n"),
  t("mv", "a", "b", "l"), { argv: ["mv", "d", "t"], tree: { "d/x": "", "t/d/y": "" } }, { argv: ["mv", "-v", "x", "y"], tree: { x: "1", y: { hard: "x" } } }, t("mv", "empty", "n/"), t("mv", "a", "n/"), t("mv", "d/", "n"), t("mv", "-z"), t("mv", "d/x", "d/e/y", "."), { argv: ["mv", "a", "d"], tree: { a: "", "d/a/x": "" } }, t("mv", "dangling", "d"), t("mv", "d", "ld")
])

sameAsGnu("ln", [
  t("ln", "a", "n"), t("ln", "-s", "a", "n"), t("ln", "-s", "nope", "n"), t("ln", "a", "b"), t("ln", "-f", "a", "b"), t("ln", "-sf", "a", "b"), t("ln", "-s", "a", "b"), t("ln", "d", "n"), t("ln", "-s", "d", "n"), t("ln", "-s", "x", "d"), t("ln", "-s", "../a", "d"), t("ln", "-sv", "a", "n"), t("ln", "-v", "a", "n"),
  t("ln", "-sn", "a", "ld"), t("ln", "-sfn", "a", "ld"), t("ln", "-sf", "a", "ld"), t("ln", "-sT", "a", "d"), t("ln", "-sfT", "a", "ld"), t("ln", "-t", "d", "a", "b"), t("ln", "-st", "d", "../a", "../b"), t("ln", "-sr", "a", "d/n"), t("ln", "-sr", "d/e/y", "n"), t("ln", "-sr", "d/x", "d/e/n"), t("ln", "nope", "n"), t("ln"), t("ln", "-s", "../d/x"),
  t("ln", "a", "b", "n"), t("ln", "a", "b", "d"), t("ln", "-f", "a", "a"), t("ln", "l", "n"), t("ln", "-L", "l", "n"), t("ln", "-P", "l", "n"), t("ln", "-r", "a", "n"), t("ln", "-s", "", "n"), t("ln", "a", "nodir/n"), t("ln", "-s", "a", "nodir/n"), t("ln", "-sf", "a", "d"), t("ln", "-s", "d/e", "."), t("ln", "-s", "d/e/", "."), { ...t("ln", "-i", "a", "b"), stdin: "y\n" }
])

const old = { ...tree, n1: { file: "1", mtime: 1_600_000_000 } } as const
const u = (...argv: ReadonlyArray<string>) => ({ argv, tree: old, left: true, times: true })

sameAsGnu("touch", [
  t("touch", "n"), t("touch", "a", "n", "m"), t("touch", "-c", "n"), t("touch", "nodir/n"), t("touch"), u("touch", "-r", "n1", "a"), u("touch", "-d", "2020-01-02 03:04:05", "a"), u("touch", "-t", "202001020304.05", "a"), u("touch", "-t", "2001020304", "a"), u("touch", "-d", "@1234567890", "a"), u("touch", "-md", "2020-01-02", "a"), u("touch", "-ad", "2020-01-02", "a"),
  u("touch", "-hd", "2020-01-02", "l"), u("touch", "-d", "2020-01-02", "l"), u("touch", "-d", "2020-01-02T03:04:05Z", "a"), u("touch", "-d", "2020-01-02 03:04:05 +0200", "a"), u("touch", "-r", "nope", "a"), t("touch", "-d", "rubbish", "a"), t("touch", "-t", "99", "a"), u("touch", "-r", "n1", "-d", "+1 day", "a"), t("touch", "d"), t("touch", "dangling"), u("touch", "-cd", "2020-01-02", "nope", "a"), u("touch", "-d", "Jan 5 2021 10:00", "a"), u("touch", "-d", "5 Jan 2021", "a"), u("touch", "--date=2021-02-28 23:59:59.5", "a")
])

sameAsGnu("chmod", [
  t("chmod", "644", "a"), t("chmod", "u+x", "a"), t("chmod", "go-r", "a"), t("chmod", "a=rw", "a"), t("chmod", "+x", "a"), t("chmod", "-w", "a"), t("chmod", "-r", "a"), t("chmod", "u=rwx,g=rx,o=", "a"), t("chmod", "-R", "700", "d"), t("chmod", "-R", "a+X", "d"), t("chmod", "g=u", "a"), t("chmod", "o=g-w", "a"), t("chmod", "u+s,g+s,+t", "a"), t("chmod", "1777", "d"), t("chmod", "2755", "d"), t("chmod", "755", "nope"), t("chmod", "z", "a"), t("chmod", "755"), t("chmod"),
  t("chmod", "-v", "755", "a", "b"), t("chmod", "-c", "644", "a"), t("chmod", "-c", "600", "a"), { ...t("chmod", "-Rv", "u+w", "d"), unordered: true }, t("chmod", "--reference=b", "a"), t("chmod", "--reference=nope", "a"), t("chmod", "777", "dangling"), t("chmod", "777", "l"), t("chmod", "-f", "777", "nope"), t("chmod", "00755", "d"), t("chmod", "=", "a"), t("chmod", "+", "a"), t("chmod", "u+rwxX", "a"), t("chmod", "77777", "a"), t("chmod", "u+x,", "a"), t("chmod", "-x", "d/e/y"), t("chmod", "+w", "a"), t("chmod", "-rwx", "a"), t("chmod", "ug+rw-x", "d/e/y"), t("chmod", "-v", "777", "nope"), { argv: ["chmod", "777", "x"], tree: { x: "" }, user: 1000 }
])

sameAsGnu("chown and chgrp", [
  t("chown", "4242", "a"), t("chown", "4242:4343", "a"), t("chown", ":4343", "a"), t("chown", "root", "a"), t("chown", "root:", "a"), t("chown", "nosuch", "a"), t("chown", "4242", "nope"), t("chown", "-R", "4242:4242", "d"), t("chown", "-h", "4242", "l"), t("chown", "4242", "l"), t("chown", "-v", "4242", "a"), t("chown", "-c", "0", "a"), t("chown", "--reference=b", "a"), t("chown", "--from=5", "4242", "a"), t("chown", "--from=0", "4242", "a"), t("chown"), t("chown", "0"), t("chown", "x:nosuch", "a"),
  t("chgrp", "4242", "a"), t("chgrp", "-R", "4242", "d"), t("chgrp", "nosuch", "a"), t("chgrp", "-v", "4242", "a"), t("chgrp"), t("chgrp", "-h", "4242", "l"), t("chown", "4242", "dangling"), t("chown", "-vR", "0", "empty"), t("chown", "-RL", "4242", "ld"), t("chown", "-RH", "4242", "ld"), t("chown", "-R", "4242", "ld")
])
