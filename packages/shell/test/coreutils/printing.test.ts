import { sameAsGnu } from "./support/Differential.js"

const echo = (...args: ReadonlyArray<string>) => ({ argv: ["echo", ...args] })

sameAsGnu("echo", [
  echo(), echo("a", "b"), echo("-n", "a"), echo("-e", "a\\tb\\n\\\\"), echo("-e", "x\\cy"), echo("-E", "a\\tb"),
  echo("-ne", "a\\x41\\0101\\101"), echo("-nx"), echo("--", "a"), echo("-e", "\\xzz"), echo("-e", "\\e[1m\\a\\b\\f\\v\\r"),
  echo("-e", "\\0303\\0251"), echo("é", "-n"), echo("-e", "end\\"), echo("-e", "\\q"), echo("-"), echo("-neE", "a\\tb")
])

const printf = (...args: ReadonlyArray<string>) => ({ argv: ["printf", ...args] })

sameAsGnu("printf", [
  printf(), printf("hello"), printf("%s\n", "a", "b"), printf("%s-%s\n", "a", "b", "c"), printf("%d\n", "42"),
  printf("%d\n", "0x1F"), printf("%d\n", "017"), printf("%d\n", "-5"), printf("%d\n", "abc"), printf("%d\n", "12x"),
  printf("%d\n", "'A"), printf("%d\n", "\"AB"), printf("%5d|%-5d|%05d|%+d|% d\n", "1", "2", "3", "4", "5"),
  printf("%x %X %#x %o %#o\n", "255", "255", "255", "8", "8"), printf("%u\n", "-1"), printf("%i\n", "99999999999999999999"),
  printf("%c%c\n", "abc", "d"), printf("%.2s|%5s|%-5s|\n", "abcdef", "ab", "ab"), printf("%*d|%-*d|\n", "5", "1", "5", "2"),
  printf("%.*f\n", "2", "3.14159"), printf("%f %e %g\n", "1.5", "1.5", "1.5"), printf("%g\n", "100000"), printf("%g\n", "1000000"),
  printf("%g\n", "0.0001"), printf("%g\n", "0.00001"), printf("%.3g\n", "1234.5"), printf("%#g\n", "1"), printf("%G\n", "1e-10"),
  printf("%.0f %.0f %.0f\n", "0.5", "1.5", "2.5"), printf("%.20f\n", "0.1"), printf("%.30g\n", "0.1"), printf("%a\n", "1"),
  printf("%a %A\n", "0.1", "255.5"), printf("%10.3e|\n", "12345.678"), printf("%f\n", "inf"), printf("%F %f\n", "nan", "-inf"),
  printf("%5f|%-12f|%012f|\n", "inf", "1", "-1"), printf("%f\n", "abc"), printf("%f\n", "1e400"), printf("%s"), printf("%d"),
  printf("%b\n", "a\\tb\\0101\\x41\\n"), printf("%b", "a\\cb", "c"), printf("a\\cb"), printf("\\101\\x41\\t\\\\\\\"\\n"),
  printf("%q\n", "a b", "it's", "", "x", "a\nb", "$x", "~", "é"), printf("%%\n"), printf("%z\n"), printf("%"), printf("abc", "x", "y"),
  printf("%s\n"), printf("%5%\n"), printf("%ld %lld %hd %jd %zd\n", "1", "2", "3", "4", "5"), printf("%d %s\n", "1"), printf("\\"),
  printf("%s %d\n", "a", "1", "b"), printf("%d\n", ""), printf("%d\n", " 7"), printf("%d\n", "7 "), printf("%x\n", "-1"),
  printf("%'d\n", "1234567"), printf("%+5d|%+x\n", "3", "3"), printf("\\x"), printf("%.3d|%5.3d|%-8.3x|\n", "5", "5", "10"),
  printf("%s", "--help"), printf("--", "a"), printf("--", "%s\n", "-x"), printf("%d\n", "9223372036854775808"),
  printf("%u\n", "18446744073709551616"), printf("%.10b|%10b|\n", "abc", "\\x41"), printf("%e\n", "0"), printf("%g %g\n", "123456789", "1e100"),
  printf("%.1f\n", "0.25"), printf("%.2f\n", "2.675"), printf("%c", ""), printf("%i %i\n", "08", "0b1"), printf("%d\n", "+3"), printf("%s\\n", "x")
])

sameAsGnu("pwd, true, false, basename, dirname", [
  { argv: ["true"] }, { argv: ["false"] }, { argv: ["true", "--x"] },
  { argv: ["basename", "/usr/bin/sort"] }, { argv: ["basename", "include/stdio.h", ".h"] }, { argv: ["basename", "-s", ".h", "a/b.h", "c.h"] },
  { argv: ["basename", "-a", "any/str1", "any/str2"] }, { argv: ["basename", "/"] }, { argv: ["basename", "//"] }, { argv: ["basename", ""] },
  { argv: ["basename", "a/b/"] }, { argv: ["basename", ".h", ".h"] }, { argv: ["basename"] }, { argv: ["basename", "a", "b", "c"] },
  { argv: ["basename", "-z", "a/b"] }, { argv: ["basename", "-az", "a/b", "c"] }, { argv: ["basename", "a/b", "b"] },
  { argv: ["dirname", "/usr/bin/"] }, { argv: ["dirname", "dir1/str", "dir2/str"] }, { argv: ["dirname", "stdio.h"] },
  { argv: ["dirname", "/"] }, { argv: ["dirname", "//a"] }, { argv: ["dirname", ""] }, { argv: ["dirname", "a//b"] }, { argv: ["dirname"] },
  { argv: ["dirname", "-z", "a/b"] }, { argv: ["dirname", "/a"] }, { argv: ["dirname", "///a///b"] }, { argv: ["dirname", "a/b/c"] }
])

const seq = (...args: ReadonlyArray<string>) => ({ argv: ["seq", ...args] })

sameAsGnu("seq", [
  seq("5"), seq("2", "5"), seq("1", "2", "10"), seq("10", "-3", "0"), seq("0"), seq("-2", "2"), seq("-5", "-1"), seq("5", "1"),
  seq("-w", "8", "11"), seq("-w", "-5", "5"), seq("-s", ",", "3"), seq("-s", "", "3"), seq("-f", "%03g", "3"), seq("-f", "%.2f", "1", "0.5", "3"),
  seq("-f", "x%gy%%", "2"), seq("0", "0.1", "1"), seq("1", "0.5", "3"), seq("-w", "0", "0.25", "1"), seq("1.5"), seq("0.5", "3"), seq("1", "0", "3"),
  seq(), seq("a"), seq("1", "2", "3", "4"), seq("-f", "%d", "3"), seq("-f", "abc", "3"), seq("-f", "%g%g", "3"), seq("-f", "%", "3"),
  seq("99", "101"), seq("-w", "1", "100"), seq("1e2", "1e1", "150"), seq("0x10", "0x12"), seq("-w", "-f", "%g", "3"), seq("1000000", "1000003"),
  seq("999999999999999998", "1000000000000000001"), seq("0.1", "0.1", "0.5"), seq("-s", ":", "-w", "9", "10"), seq("-1"), seq("--", "-1", "1"),
  seq("1", "-1", "-3"), seq("-f", "%e", "1", "2"), seq("-w", "1", ".5", "2"), seq("1", "1.0", "3"), seq("5", "5"), seq("inf"), seq("nan")
].filter(({ argv }) => argv.at(-1) !== "inf"))

sameAsGnu("sleep, env, printenv", [
  { argv: ["sleep", "0"] }, { argv: ["sleep", "0.01", ".01s"] }, { argv: ["sleep"] }, { argv: ["sleep", "x"] }, { argv: ["sleep", "1x", "y"] }, { argv: ["sleep", "-1"] },
  { argv: ["env", "-i", "A=1", "B=2"] }, { argv: ["env", "-i", "A=1", "env", "B=2"], stderr: "ignore" }, { argv: ["env", "-", "X=y"] },
  { argv: ["env", "-i", "-0", "A=1"] }, { argv: ["env", "/no/such/thing"] }, { argv: ["env", "nosuchthing"] },
  { argv: ["env", "-i", "A=1", "-u"] }, { argv: ["env", "-u", "LC_ALL", "-u", "TZ", "-u", "PATH", "-i"] }, { argv: ["env", "-u", "A=B"] },
  { argv: ["env", "echo", "hi"] }, { argv: ["env", "false"] }, { argv: ["env", "-C", "/", "pwd"] }, { argv: ["env", "-C", "/no", "pwd"] },
  { argv: ["env", "-S", "echo a 'b c'"] }, { argv: ["env", "-0", "ls"] }, { argv: ["env", "-x"] }, { argv: ["env", "d"], tree: { d: { directory: true } } }
])
