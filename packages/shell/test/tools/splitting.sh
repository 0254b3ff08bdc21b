# split and csplit.
seq 3 > a; cp a b; mkdir d; seq 20 > n; seq 10 > R; printf 'hello\x00\x01\xffworld this is long text 12345 and more' > t; printf 'a bb ccc\ndddd e f\n\ng\n' > w; seq 30 > s
Q() { "$@" </dev/null; echo "=> $?"; }
H() { head -100 "$@"; }
C() { csplit "$@" </dev/null; echo "=> $?"; for f in xx* pre* *.txt; do [ -f $f ] && { echo "== $f"; cat $f; }; done; rm -f xx* pre* *.txt; }
#%%
Q split nos; Q split a b c; Q split -l 0 a; Q split -b 1x a; Q split -b 1 -l 1 a; Q split -a 1 -b 1 R; ls; H x*
seq 700 | split -l 1; ls | wc -l; ls x* | tail -30 | head -3; cat x* | md5sum; rm x*
seq 95 | split -d -l 1; ls x* | wc -l; ls x* | tail -3; seq 300 | split -x -l 1 - h; ls h* | tail -3; ls h* | wc -l
Q split --verbose -d -l 4 R pre; H pre*; Q split --additional-suffix=a/b a; Q split --additional-suffix=.txt -l 5 R; ls
Q split -n l/3 R; H x*; rm x*; Q split -n r/3 R; H x*; rm x*; Q split -n l/2/3 R; Q split -n 2/3 R; Q split -n r/2/3 R; Q split -n 0 R; Q split -n 4/3 R; Q split -n x a; Q split -n l/x a; Q split -n q/3 a
Q split -n 3 a; H x*; rm x*; Q split -n 3 n; H x*; rm x*; Q split -n 7 n; H x*; rm x*; Q split -n 10 a; ls -s x* | wc -l; rm x*; Q split -e -n 10 a; ls x*; H x*; Q split -n l/10 a; H x*; rm x*; Q split -e -n l/10 a; ls x*
Q split -n 30 -d s; ls x* | tail -2; rm x*; Q split -n 700 -a 1 s; Q split -n 700 -a 2 s; ls x* | wc -l
Q split -C 5 R; H x*; rm x*; printf 'abcdefghij\nkl\nm\n\nnopq' > L; Q split -C 4 L; H x*; rm x*; Q split -C 6 L; H x*; rm x*; Q split -C 1 a; H x*; rm x*; Q split -C 100 L; H x*
Q split --numeric-suffixes=5 -l 5 R; ls x*; rm x*; Q split --hex-suffixes=9 -l 3 R; ls; rm x*;  Q split --numeric-suffixes=98 -l 2 R; ls; Q split --numeric-suffixes=x -l 2 R
printf 'a:b:c' > L; Q split -t : -l 1 L; H x*; rm x*; Q split -t '\0' L; Q split -t '' L; Q split -t ab L; Q split -a x a; Q split -3 R q; ls q*; Q split -b 1K -b 2 R; seq 5 | split -n 2; cat a | split - - ; ls; Q split -l 3 -2 R
Q split -b 7 t; H x* | od -c; rm x*; seq 100000 | split -b 100K; ls -s x* | wc -l; cat x* | md5sum; rm x*; : | split; ls x*; Q split d; Q split -b 0 a; Q split -l x a; Q split -b 1kB s; Q split -u -l 2 a; ls
C n 5 10
C n /7/ '{1}'
C n /7/ /17/
C n '/7/+2'
C n '%7%'
C n /x/
C -k n /x/
C -f pre -n 3 n 5
C -b %03d.txt n 5
C n 5 '{2}'
C n 5 '{*}'
C n /1/ '{*}'
C -z n /1/ '{*}'
C -s n 5
C n; C; C n 30; C n 10 5; C nos 5; C n 0; C n /[/; C n foo; C n /7; C n '/7/x'; C n '{2}'; C -n x n 5; C n 5 '{x}'; C -y
C --suppress-matched n /7/
C --suppress-matched n 7 /1/ '{1}'
C n 5 5
C n '/7/-2'
C n 20; C n 21
C n '%5%' /7/ ; C n '%5%' '{1}'; C n '%5%+1' 10 ; C n /5/ /5/ ; C n 5 /5/; C n /1/; C n '/1/' '/1/'; C n 1; C n 1 1
C n '/3/-5'; C n '/3/+50'; C n '/3/+18'; C -k n 5 '{9}'; C -b 'a%xb%%' n 5; ls; C -b '%d%d' n 5; C -b x n 5; C -z n 1 5; C -q n 5; csplit - 2 < a; C a 3; C a 4; C a '%x%' ; C a '%x%' '{*}'; C a /x/ '{*}'
seq 30 > a; seq 30 | sed 's/9/x/; s/^1$/!/' > b; for o in -l -bl -lb -b '-l -n 9' '-l -i 3' '-l -i 3:3' '-l -n 200'; do cmp $o a b; echo "=> $?"; cat a | cmp $o - b; echo "=> $?"; cmp $o a - < b; echo "=> $?"; done; cat a > c; echo >> c; cmp -l a c; cat a | cmp -l - <(cat b)
