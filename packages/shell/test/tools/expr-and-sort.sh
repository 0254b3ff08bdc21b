# expr and the options of sort.
Q() { "$@" </dev/null; echo "=> $?"; }
#%%
Q expr 0 '&' 5 / 0; Q expr x '|' y + z; Q expr '' '|' '' ; Q expr 1 '&' 0 '&' 3 % 0; Q expr 7 '|' '(' 1 / 0 ')'; Q expr 5 / 0; Q expr 1 + a
Q expr noon : '\(.\)\(.\)\2\1'; Q expr aab : '\(a\)\1b'; Q expr aabb : '\(a\)\1\(b\)\2$'; Q expr abcabc : '\(abc\)\1*'; Q expr xyz : '\(y\)'; Q expr xyz : y; Q expr xyz : '^x'; Q expr ab : 'b\|a'; Q expr ab : 'x*'; Q expr a.b : '.*\.\(.*\)'; Q expr a : '\(b\)\1'
Q expr a : 'a\{2'; Q expr a : 'a\{2x'; Q expr a : 'a\{x\}'; Q expr length; Q expr + length; Q expr length length; Q expr index; Q expr match abc 'a\(.\)'; Q expr substr hello 2; Q expr index hello xl; Q expr +
printf 'b 10\na 9\n' > in; for o in -nh -gM -iV -dn -hR -nM -Vd -bn -rn -fn -di 'k1,1nM' -k2nh; do Q sort ${o/#k/-k} in; done; Q sort -c -o out in; Q sort -C -o out in; Q sort -c -C in; Q sort -o out -o other in; Q sort -o out -o out in; cat out; Q sort --sort=month -n in; Q sort --check=quiet -c in; Q sort -k1,1n -M in
