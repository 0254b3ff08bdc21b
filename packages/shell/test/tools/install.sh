# install.
seq 3 > a; cp a b; mkdir d; seq 20 > n; seq 10 > R; printf 'hello\x00\x01\xffworld this is long text 12345 and more' > t; printf 'a bb ccc\ndddd e f\n\ng\n' > w; seq 30 > s
Q() { "$@" </dev/null; echo "=> $?"; }
H() { head -100 "$@"; }
#%%
Q install; Q install a; Q install a nos/x; Q install -v a c; ls -l c | cut -c1-10; Q install -v a c; Q install d c; Q install a b d -v; Q install -d x/y z -v; Q install -Dv a q/r/s; Q install -t d a; Q install -Dvt dd a; ls d dd q/r x
Q install -m 640 -v a e; stat -c %a e; Q install -m zz a e; Q install -o foo a e; Q install -o 5 -g 6 a e; stat -c %u:%g e; Q install nos e; Q install -d a; Q install -d a/b; Q install -C -v a e; Q install -Cv a e; Q install -p a e;  Q install -T a d; Q install a a; Q install -d -D x; Q install a b nodir; Q install -d; Q install -m u+w -d m; stat -c %a m; Q install a b c; Q install -y; ls
touch -d 2020-01-01 a; install -p a z; stat -c %Y z; install a y; stat -c %Y y | cut -c1-2; Q install -g foo a z; Q install -m 4755 a z; stat -c %a z; ln -s a l; Q install l k; stat -c %F k; Q install a l; stat -c %F l; Q install -d p/ q//r/; stat -c %a q/r p; Q install -m 700 -d p; stat -c %a p; Q install -dt d a; Q install -D a; Q install -D a b g/h; ls
