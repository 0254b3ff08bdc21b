# patch: hunks in their place, moved, fuzzy, refused and reversed.
seq 20 > a; sed 's/^5$/five/;s/^15$/fifteen/' a > b; touch -d 2024-01-02 a b; D() { diff -u "$@"; }; D a b > p; cp a f; N() { sed 's/[0-9-]* [0-9:.]* +0000/T/'; }
Q() { "$@" </dev/null; echo "=> $?"; }
L() { for f in $(find . -type f ! -name p ! -name a ! -name b | sort); do echo "== $f"; cat $f; done | N; }
#%%
Q patch f p; L
patch f p; Q patch f p; L
patch f p; Q patch -R f p; L; Q patch -R f p; L
patch f p; Q patch -N f p; L
patch f p; Q patch -t f p; L
patch f p; Q patch -f f p; L
sed -i 1,2d f; Q patch f p; L
seq 3 20 > f; Q patch f p; Q patch f p; L
(seq 1; seq 20) > f; Q patch f p; L
(seq 30 33; seq 10; seq 3; seq 11 20) > f; Q patch f p; L
sed -i 's/^4$/4x/' f; Q patch f p; L
sed -i 's/^2$/2x/' f; Q patch f p; L
sed -i 's/^2$/2x/;s/^8$/8x/' f; Q patch f p; L
sed -i 's/^3$/2x/;s/^7$/8x/' f; Q patch f p; L
sed -i 's/^3$/2x/;s/^7$/8x/' f; Q patch -F0 f p; L
sed -i 's/^3$/2x/;s/^7$/8x/' f; Q patch -F3 f p; L
sed -i 's/^2$/2x/' f; Q patch -F0 f p; L
sed -i 's/^5$/2x/' f; Q patch --no-backup-if-mismatch f p; L
sed -i 's/^5$/2x/;s/^15$/q/' f; Q patch f p; L
sed -i 's/^5$/2x/;s/^15$/q/' f; Q patch -r rr f p; L
sed 's/$/ /' -i f; Q patch f p; rm -f *.rej *.orig; Q patch -l f p; L
echo garbage | patch f; echo "=> $?"
Q patch f
Q patch -i nosuch f
Q patch --dry-run f p; L
Q patch -b f p; L
Q patch -b -z .bak f p; L
Q patch -s f p; L
Q patch -o out f p; L
Q patch -o - f p
Q patch -y
Q patch --foo
Q patch a b c
Q patch -p x f p
patch < p; echo $?; cat a | head -5; L
mkdir -p d/e; seq 20 > d/e/g; (cd d/e; sed 's/^3$/three/' g > h; diff -u g h | sed '1s,g,x/d/e/g,;2s,h,x/d/e/g,' > ../../q); rm d/e/h; Q patch -p1 -i q; L
mkdir -p d/e; seq 20 > d/e/g; (cd d/e; sed 's/^3$/three/' g > h; diff -u g h | sed '1s,g,x/d/e/g,;2s,h,x/d/e/g,' > ../../q); rm d/e/h; Q patch -p0 -i q 2>&1 | N; Q patch -i q 2>&1 | N;  Q patch -p5 -i q 2>&1 | N; Q patch -p2 -d d -i ../q; L
diff -u /dev/null a | sed '2s,a,new/x,' > q; Q patch -p0 -i q; L; Q patch -p0 -i q; Q patch -p0 -R -i q; ls
diff -u a /dev/null > q; Q patch -p0 -i q; ls; L
diff -u a /dev/null > q; echo more >> a; Q patch -p0 -i q; ls; tail -3 a
diff -uN a nosuch > q; Q patch -p0 -i q; ls;  diff -uN nosuch b > q; Q patch -p0 -i q; ls
diff a b > q; Q patch f q; L
diff -U0 a b > q; Q patch f q; L; (echo 1; seq 20) > f; Q patch f q; L
diff -U1 a b > q; Q patch f q; L
printf 'a\nb' > x; printf 'a\nc' > y; diff -u x y > q; Q patch x q; L
printf 'a\nb' > x; printf 'a\nb\n' > y; diff -u x y > q; Q patch x q; od -c x; Q patch -R x q; od -c x
printf 'a\nb' > x; printf 'a\nb\nc' > y; diff x y > q; Q patch x q; od -c x
(echo Hello; echo "Index: f"; cat p; echo bye) > q; Q patch -p0 -i q; L
sed 's/^ 7$/ 7x/' p > q; Q patch f q; L
sed '5s/^ / y/' p > q; Q patch f q; L
sed '5s/^ /y/' p > q; Q patch f q
head -8 p > q; Q patch f q; head -6 p > q; Q patch f q
sed 's/^@@ -2,7/@@ -2,9/' p > q; Q patch f q
sed 's/^@@ -2,7/@@ -2,6/' p > q; Q patch f q
chmod 444 f; Q patch f p; stat -c %a f
chmod 755 f; Q patch f p; stat -c %a f; ln f g; Q patch -R f p; cmp f g | wc -l
ln -s a l; Q patch l p; L
Q patch d p; mkdir d; Q patch d p
seq 20 > c; (cat p; diff -u b c | sed '1s,b,c,') > q; cp b c; Q patch -p0 -i q; L
sed '1s,a,../a,;2s,b,../b,' p > q; Q patch -p0 -i q 2>&1 | N
sed '1s,a,/tmp/a,;2s,b,/tmp/b,' p > q; Q patch -p0 -i q 2>&1 | N
Q patch -u f p
seq 5 > x; seq 6 > y; diff -u x y > q; seq 4 > x; Q patch x q; L; seq 7 > x; Q patch x q;cat x
seq 2 6 > x; seq 6 > y; diff -u x y > q; seq 3 6 > x; Q patch x q; L; seq 7 > x; Q patch x q; cat x; (seq 9 12; seq 2 9) > x;  Q patch x q; cat x
: > x; seq 3 > y; diff -u x y > q; Q patch x q; cat x; Q patch x q; Q patch -R x q; ls x; seq 9 12 > x; Q patch x q; cat x
Q patch -E -R y y
seq 3 > x; : > y; diff -u x y > q; Q patch x q; ls x; seq 3 > x; Q patch -E x q; ls
