import { sameAsGnu } from "./support/Differential.js"

const text = "hello world\nHello World\nfoo bar\nfoo.bar\n\nfoobar baz foo\nabc123\nabcabc\n  indented\nlast line"
const g = (...args: ReadonlyArray<string>) => ({ argv: ["grep", ...args], stdin: text })
const e = (...args: ReadonlyArray<string>) => g("-E", ...args)

sameAsGnu("grep: patterns", [
  g("foo"), g("-i", "hello"), g("-v", "foo"), g("-c", "foo"), g("-n", "foo"), g("-o", "foo"), g("-on", "foo"), g("-ob", "o"), g("-b", "foo"), g("-w", "foo"), g("-x", "foo bar"), g("-q", "foo"), g("-q", "nope"), g("nope"), g("-vc", "foo"), g("^foo"), g("bar$"), g("^$"), g("fo*b"), g("f.o"), g("foo\\.bar"), g("[a-c]*1"), g("[^a-z ]"), g("[[:digit:]]"), g("[[:upper:]][[:lower:]]*"), g("[]a]bc"), g("a\\{1\\}b"), g("\\(abc\\)\\1"), g("\\(a\\).*\\1"),
  g("foo\\|abc"), g("o\\+"), g("x\\?foo"), g("\\<foo\\>"), g("\\bfoo\\b"), g("foo\\B"), g("\\w\\+\\W\\w"), g("\\s"), g("^\\s"), g("*"), g("^*"), g("\\(*a\\)"), g("a\\|*b"), g("$foo"), g("a^"), g("\\(^foo\\)"), g("\\(bar$\\)"), g("-F", "."), g("-F", "foo.bar"), g("-F", "foo\nabc"), g("-F", "-x", "foo bar"), g("-F", "-w", "foo"), g("-F", "-i", "HELLO"), g("-e", "foo", "-e", "abc"), g("foo\nabc"), g(""), g("-c", ""), g("-w", ""), g("-x", ""), g("-v", ""), g("-e", ""), g("-F", ""),
  e("foo|abc"), e("(abc)+"), e("a{1,2}b"), e("a{2}"), e("ab{0,1}c"), e("(foo|bar) (foo|bar)"), e("^(foo|abc)"), e("(abc)\\1"), e("a+b?c*"), e("*a"), e("+a"), e("a{x"), e("a{,2}b"), e("{1}a"), e("()"), e("a||b"), e("(a|)b"), e("foo$|^abc"), e("[.]"), e("\\."), e("a\\{1"), e("^*a"), e("(^|x)foo"), e("o{2,}"), e("\\<f|z\\>"), e("[[:alpha:]]+[[:digit:]]+"), e("(foo)(bar) (baz) \\1"), e("a**"), e("x*"), e("-o", "x*"), e("-o", "[a-z]+"), e("-o", "(a|ab)(c|bcd)*"), e("-ow", "[a-z]+"), e("-io", "h[a-z]*"), e("-w", "foo|abc"), e("-x", "foo|foo bar"),
  g("["), g("[a"), g("[[:foo:]]"), g("[[:alpha:"), g("[:alpha:]"), g("[b-a]"), g("\\("), g("\\)"), g("a\\{1"), g("a\\{1,0\\}"), g("a\\{x\\}"), g("\\"), g("\\1"), e("("), e(")"), e("a{1,0}"), e("a{99999}"), e("(a)\\2"), e("[[.x.]]"), e("[[=a=]]bc"), e("[[.hyphen.]]"), g("\\d"), g("foo\\-"), g("\\a"), e("a\\/b"), e("\\%"), g("[\\d]"), g("[a-]"), g("[-a]b"), g("[^]]o"), g("\\`foo"), g("line\\'"), e("a{1}{2}"), e("(a*)*"), e("(a*)+$"), e("((a))(b)")
])

const files = {
  a: "one\ntwo\nthree\n", b: "two\nfour\n", bin: "text\0two\nmore two\n", empty: "", "d/c": "two\n", "d/e/f.txt": "two\nx\n", "d/g.c": "int two;\n", "d/skip/h": "two\n", "d/l": { link: "c" }, latin: "caf\xe9 two\n", ctx: "1\n2\nM\n4\n5\n6\n7\nM\n9\nM\n11\n12\n"
} as const
const f = (...args: ReadonlyArray<string>) => ({ argv: ["grep", ...args], tree: files, left: false, unordered: args.some((arg) => /^-[a-zA-Z]*[rR]/.test(arg)) })

sameAsGnu("grep: files", [
  f("two", "a"), f("two", "a", "b"), f("-h", "two", "a", "b"), f("-H", "two", "a"), f("-l", "two", "a", "b", "empty"), f("-L", "two", "a", "b", "empty"), f("-c", "two", "a", "b", "empty"), f("two", "nope"), f("-s", "two", "nope"), f("two", "nope", "a"), f("-q", "two", "nope", "a"), f("-q", "two", "a", "nope"), f("two", "d"), f("-s", "two", "d"), f("two", "bin"), f("-a", "two", "bin"), f("-c", "two", "bin"), f("-l", "two", "bin"), f("-I", "two", "bin"), f("--binary-files=text", "more", "bin"), f("-o", "two", "bin"), f("-v", "two", "bin"), f("zzz", "bin"), f("-n", "two", "a", "b", "bin"),
  f("-r", "two", "d"), f("-r", "two"), f("-R", "two", "d"), f("-rl", "two", "."), f("-rh", "two", "d"), f("-rc", "two", "d"), f("-r", "--include=*.txt", "two", "d"), f("-r", "--include=*.txt", "--include=*.c", "two", "d"), f("-r", "--exclude=*.txt", "two", "d"), f("-r", "--exclude-dir=skip", "two", "d"), f("-rn", "two", "d", "a"), f("--exclude=a", "two", "a", "b"), f("-r", "two", "d/"), f("-d", "skip", "two", "d", "a"), f("-rL", "x", "d"), f("-rZl", "two", "d/e"),
  f("-A", "1", "M", "ctx"), f("-B", "1", "M", "ctx"), f("-C", "1", "M", "ctx"), f("-1", "M", "ctx"), f("-nC1", "M", "ctx"), f("-A2", "-m1", "M", "ctx"), f("-m", "2", "M", "ctx"), f("-m", "0", "M", "ctx"), f("-c", "-m", "2", "M", "ctx"), f("-vA1", "[0-9]", "ctx"), f("-B5", "M", "ctx"), f("-A1", "M", "ctx", "a"), f("-A1", "-h", "two", "a", "b"), f("-C1", "--no-group-separator", "M", "ctx"), f("-C1", "--group-separator=##", "M", "ctx"), f("-A0", "M", "ctx"), f("-oA1", "M", "ctx"), f("-C", "x", "M", "ctx"), f("-m", "x", "M", "ctx"), f("-A", "1", "-b", "M", "ctx"), f("-T", "two", "a"), f("-Tn", "two", "a"),
  f("-f", "b", "a"), f("-f", "empty", "a"), f("-vf", "empty", "a"), f("-f", "nope", "a"), f("-e"), f(), f("-E"), f("--foo", "x"), f("-z", "two", "a"), f("caf.", "latin"), f("-P", "two", "a"), f("--color=never", "two", "a"), f("--line-buffered", "two", "a"), f("two", "-", "a"), f("-e", "two", "--", "a"), f("-y", "TWO", "a"), f("-lv", "two", "b", "a"), f("-cv", "two", "a", "b"), f("-lc", "two", "a"), f("-Lv", "two", "a", "b"), f("-on", "o", "a"), f("--max-count=1", "o", "a"), f("-ic", "TWO", "a"), f("-xv", "two", "a"), f("-wc", "two", "a"), f("-L", "two", "a"), f("-L", "zzz", "a")
])

sameAsGnu("egrep and fgrep", [
  { argv: ["egrep", "a|b"], stdin: "a\nb\nc\n", stderr: "ignore" }, { argv: ["fgrep", "a.b"], stdin: "a.b\naxb\n", stderr: "ignore" }
])
