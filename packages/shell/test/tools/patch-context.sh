# patch with context differences.
Q() { "$@" </dev/null; echo "=> $?"; }
seq 1 20 > a; cp a b; sed -i '3d;5s/.*/five/;10a new' b; seq 1 20 | sed '1i first' > c; : > e
#%%
diff -c a b > p; Q patch a p; cmp a b; Q patch -R a p; seq 20 | cmp - a; diff -c a c | sed 's/\t.*//' > q; Q patch a q; cmp a c
diff -c -C 1 a b > p; Q patch -o out a p; cmp out b; diff -c b a > r; cp b x; Q patch x r; cmp x a; diff -c a e > d; cp a y; Q patch y d; ls; diff -c e a > n; : > z; Q patch z n; cmp z a
seq 5 24 > off; diff -c a b > p; Q patch off p; cat off; seq 1 20 | sed 's/^4$/four/' > fuzz; Q patch fuzz p; cat fuzz; seq 100 120 > no; Q patch no p; ls; sed 1,2d no.rej
mkdir d; cp a d/f; cp a d/g; (cd d; cp f f.orig; sed 2d f > f.new; diff -c f f.new | sed 's/f.new/f/; s/^\*\*\* f/*** f/') > two; Q patch -d d -p0 < two; Q patch d/f two; printf 'x' > nn; printf 'y\n' > yy; diff -c nn yy > w; Q patch nn w; cmp nn yy; cp yy nn2; diff -c yy nn > w2; Q patch nn2 w2; printf 'Some mail\n' | cat - p > mail; cp a m; Q patch m mail; cmp m b; head -5 p > cut; Q patch m cut
