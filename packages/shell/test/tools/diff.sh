# diff: colors, sections, what does not count.
mkdir -p one/sub two/sub; printf 'int first()\n{\n  a;\n  b;\n  c;\n  d;\n  e;\n  f;\n}\n\nvoid second(int x, int y, int z, char **names, long more)\n{\n  g;\n  h;\n  i;\n  j;\n  k;\n  l;\n}\n' > one/f; sed 's/^  k;/  K;/; s/^  c;/  C;\n  cc;/; /^  i;/d' one/f > two/f; echo 1 > one/x.o; echo 2 > two/x.o; echo a > one/sub/y.tmp; echo b > two/sub/y.tmp; echo a > one/sub/z; printf a > two/sub/z; echo '# one' > one/c; echo '# two' > two/c; printf '# a\n1\n' > one/d; printf '# b\n2\n' > two/d
D() { TZ=UTC0 diff "$@" 2>&1 | sed 's/\t[12][0-9][0-9][0-9]-.*/ TIME/; s/\t[A-Z][a-z][a-z] [A-Z].*/ TIME/' | cat -v; echo "=> ${PIPESTATUS[0]}"; }
#%%
for o in '' -u -c -U1 -C1 -U0; do D --color=always $o one/f two/f; D --color=always $o one/sub/z two/sub/z; D -p $o one/f two/f; D -F '^void' $o one/f two/f; done; D --color=always -r one two; D --color=never one/c two/c; D --color=auto one/c two/c; D --color one/c two/c; D --color=odd one/c two/c
D -r -x '*.o' one two; D -r -x '*.o' -x sub one two; printf '*.tmp\n\n[xz]*\n' > pats; D -r -X pats one two; D -r --exclude=f --exclude-from=pats one two; D -X none one two
D -I '^#' one/c two/c; D -q -I '^#' one/c two/c; D -I '^#' one/d two/d; D -I '^#' -I '[0-9]' one/d two/d; D -I '\' one/c two/c; D -F '[' one/c two/c; D -p one/c two/c; D -s -I '#' one/c two/c
