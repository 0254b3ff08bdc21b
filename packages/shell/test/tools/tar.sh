# tar: archives that are the same to the byte, what comes out of them, and what is complained of.
umask 022; mkdir d; echo hi > a; ln a h; ln -s a l; mkfifo p; echo x > d/x; echo y > d/y; ln -s x d/l; mkdir d/e; echo c > a:b; printf 'q\\' > 'w\e r'; mkdir o
find . -exec touch -h -d '2024-01-02 03:04:05' {} +
L=$(printf 'x%.0s' {1..120}); M=$(printf 'y%.0s' {1..100})
S() { md5sum | cut -c1-32; }
Q() { "$@"; echo "=> $?"; }
T() { (cd ${1:-.}; find . ! -path . ! -type d -printf '%y %m %p %l %TY-%Tm-%Td %s\n' | sort; find . -mindepth 1 -type d -printf '%y %m %p %TY-%Tm-%Td\n' | sort); }
C="tar --sort=name -c"
#%%
Q tar
Q tar cx
Q tar c
Q tar -y
Q tar yf x
Q tar cf
Q tar --foo
Q tar -f
Q tar xf nosuch
Q tar cf /dev/null nosuch 'a:b:'
Q tar cvf t.tar a h d/x p 'w\e r' a:b l
$C -f t a h l p d; S < t; tar tvf t
$C -f - a h l p d | S
$C -f t d d/x ./a a ././d d//x d/; tar tf t; S < t
$C -f t --numeric-owner a; S < t; tar tvf t
$C -f t --owner=foo --group=bar a; S < t; tar tvf t
$C -f t --mode=u+x,g= --mtime=2020-01-01 d; S < t; tar tvf t
$C -f t --mode=0 a l d; tar tvf t
Q $C -f t --mode=z a
Q $C -f t --sort=foo a
Q $C -f t --format=foo a
Q tar xf nosuch --strip-components=x
Q $C -f t --owner=bin: a
touch $L $M; touch -d @1 $L $M; ln -s $L$L ll; touch -h -d @1 ll; $C -f t $L $M ll; S < t; tar tvf t; rm $L $M ll; tar xf t; T
mkdir -p $M/$M; touch $M/$M/z; find $M -exec touch -d @5 {} +; $C --format=ustar -f t $M; S < t; tar tf t; Q $C -f t --format=ustar $M/$M/$L$L
Q $C -f t --format=ustar a h l p d; S < t
Q $C -f t --format=pax d; tar tvf t; rm -r d; tar xf t; T
touch -d '2024-01-02 03:04:05.123456' a; tar -cf t --format=pax a; rm a; tar xf t; T; tar tvf t; tar tvf t --full-time
touch -d '1960-01-01' a; $C -f t a; S < t; tar tvf t; rm a; tar xf t; T
$C -f t a h d; tar xf t -C o; T o
$C -f t a h d; Q tar xf t -C nod
$C -f t a h d; tar xf t -C o -k; Q tar xf t -C o -k; Q tar xkvf t -C o a
$C -f t l p a; tar xf t -C o; Q tar xf t -C o -k; Q tar xf t -C o --skip-old-files
$C -f t a d; echo changed > o/a; touch -d 2025-01-01 o/a; Q tar xvf t -C o --keep-newer-files; cat o/a
$C -f t a d; mkdir o/a; Q tar xf t -C o; T o
$C -f t a d; mkdir -p o/a/b; Q tar xf t -C o; T o
$C -f t a d; echo > o/d; Q tar xf t -C o; T o
$C -f t a d; echo > o/d; Q tar xkf t -C o; T o
$C -f t a d; ln -s e o/d; mkdir o/e; Q tar xf t -C o; T o
$C -f t a d; ln -s e o/d; mkdir o/e; Q tar xf t -C o --keep-directory-symlink; T o
$C -f t a d; ln -s e o/a; Q tar xf t -C o; T o
$C -f t a d; echo q > o/e; ln o/e o/a; Q tar xf t -C o --overwrite; cat o/e
$C -f t a d; Q tar xUf t -C o; T o
$C -f t d; chmod 700 d; Q tar xf t --no-overwrite-dir; stat -c %a d
Q tar xf a
Q tar tf a
: > e; Q tar tf e; Q tar tf - < e
$C -f t a h d; head -c 700 t > tr; Q tar tf tr
$C -f t a h d; head -c 1500 t > tr; Q tar tf tr; head -c 2048 t > tr; Q tar tf tr; head -c 2560 t > tr; Q tar tvf tr
$C -f t a d; (head -c 1024 t; head -c 512 /dev/zero; tail -c +1025 t) > lone; Q tar tf lone; Q tar tif lone
$C -f t a d; (head -c 1024 t; for i in 1 2 3 4; do printf '%512s' junk; done; tail -c +1025 t) > bad; Q tar tf bad
printf '%3000s' junk > g; Q tar tf g
$C -f t a d; tar --sort=name -czf t.tgz a d; Q tar tf t.tgz; Q tar tzf t; Q tar xzf t.tgz -C o; T o; cat t.tgz | Q tar tf -
tar --sort=name -czf t.tgz a d; head -c 60 t.tgz > zz; Q tar xzf zz
$C -f t a d; gzip t; Q tar tf t.gz; (cat t.gz; echo junk) > j; Q tar tf j
tar caf t.tar.gz a; gzip -t t.tar.gz; tar tf t.tar.gz; tar caf t.tgz a; gzip -t t.tgz
$C -f t a d; Q tar rvf t d/x; tar tf t; S < t | wc -c
$C -f t a d/x; Q tar rf t h; S < t
$C -f t a d; Q tar uvf t a d; touch -d 2025-01-01 a d/x; Q tar uvf t a d; tar tvf t
Q tar rf new a; tar tf new; Q tar uf new2 a; tar tf new2
tar --sort=name -czf t a; Q tar rf t d
$C -f t a d; Q tar tf t nos d/x; Q tar tf t d; Q tar tf t d/; Q tar tf t ./a; Q tar tf t 'd/*'; Q tar tf t --wildcards 'd/*' 'z*'
$C -f t a d; Q tar xf t nosuch a -C o; Q tar xvf t -C o d/x a
$C -f t a d h; Q tar xvf t --strip-components=1 -C o; T o
$C -f t a d h; Q tar xOf t a h d/x; Q tar xvOf t a
$C -f t --exclude=x --exclude='d/e' a d; tar tf t
$C -f t --exclude='*' a d; Q tar tf t
$C -f t a d --exclude=d; tar tf t;  $C -f t a d --exclude='[xy]'; tar tf t;  $C -f t . --exclude=./d; tar tf t; $C -f t d --exclude=d/; tar tf t
printf 'x\ny\n' > X; $C -f t -X X d; tar tf t; Q $C -f t -X nosuch d
$C -f t d a; tar tf t --exclude=d; tar tf t --exclude='d/?'; tar xf t -C o --exclude=x; T o
printf 'a\nd/x\n' > F; $C -f t -T F; tar tf t; printf 'a\0d/x\0' > F; $C -f t --null -T F; tar tf t; printf -- '-C d\nx\n-C ..\na\n' > F; $C -f t -T F h; tar tf t
Q $C -f t -T nosuch; $C -f t -T /dev/null; tar tf t; tar tf t | wc -c; S < t
echo a | $C -f t -T -; tar tf t
$C -f t -C d x -C ../ a; tar tf t; Q $C -f t -C d; Q $C -f t -C nod x
$C -f t --transform='s/a/b/' a d; tar tf t; Q tar xvf t --transform 's,^,o/,'; T o
$C -vf t --transform='s/x/b/' d; $C -vf t --show-transformed --transform='s/x/b/' d
Q $C -f t $PWD/a $PWD/h ../$(basename $PWD)/d/x; tar tvf t | sed "s,${PWD#/},P,;s,$(basename $PWD),B,"
tar cPf t $PWD/a; Q tar tf t;  mkdir -p q; cd q; tar cPf t ../a ../h; Q tar tf t; Q tar xf t; find .
tar cPf t $PWD/a; rm a; tar xPf t; ls a
Q $C -vvf t a l d h p
Q $C -cvf - a | wc -c
Q tar cvf t t a
$C -f t a d; Q tar df t; echo foo >> a; Q tar df t; rm a; Q tar df t; ln -s foo a; Q tar df t; rm a; echo ih > a; touch -d '2024-01-02 03:04:05' a; Q tar df t; chmod 600 a d; Q tar df t; Q tar dvf t d
ln -s ../../etc/passwd s; ln -s /etc e; $C -f t s e; tar xf t -C o; T o; tar tvf t | cut -c48-
mkdir z; ln -s /tmp z/s; $C -f t z/s; rm z/s; mkdir z/s; echo > z/s/f; tar rf t z/s/f; tar xf t -C o; T o; ls /tmp/f
truncate -s 1M sp; printf abc | dd of=sp bs=1 seek=500000 conv=notrunc 2>/dev/null; touch -d @1 sp; $C -Sf t sp; S < t; tar tvf t; rm sp; tar xf t; S < sp; stat -c %s sp; tar xOf t | S
for i in 1 2 3 4 5 6 7 8; do printf abc | dd of=sp bs=1 seek=${i}00000 conv=notrunc 2>/dev/null; done; touch -d @1 sp; S < sp; $C -Sf t sp; S < t; $C --format=pax -Sf u sp; tar tvf u; tar xf t -C o; S < o/sp; tar xf u; S < sp
truncate -s 70000 sp; touch -d @1 sp; $C -Sf t sp; S < t; $C -f t sp; S < t
chmod 4755 a; chmod 1777 d; $C -f t a d; umask 077; tar xf t -C o; T o
chmod 4777 a; $C -f t a; umask 027; tar xf t -C o --no-same-permissions; T o
$C -f t a d; tar xmf t -C o; stat -c %Y o/a | cut -c1-2
chmod 555 d; $C -f t d; tar xf t -C o; T o; chmod 755 o/d
$C -hf t l d; tar tvf t
$C -f t --remove-files d a; ls; tar tf t
tar -b 1 -cf t a; stat -c %s t; tar -b 40 -cf t a; stat -c %s t; Q tar -b 0 -cf t a
Q $C -f t -N 2025-01-01 a d;  tar tf t
touch 'é' $'n\nl' 'b\s'; $C -f t 'é' $'n\nl' 'b\s'; tar tf t; Q $C -f t 'é:' $'n\n:'; Q tar xf t 'é:'
Q tar --create --sort=name --file t --verbose d; Q tar -c -f t -v d/x; Q tar cfv t d/x; Q tar -cvf t -- a; Q tar xvf t -- a; Q $C -f t -- -x
Q tar tvf t a; Q tar -t -f; Q tar -tvzf a
Q tar cf /nodir/x a; Q tar cf o a
mkdir s; chmod 0 s; Q $C -f t s; Q $C -f t ''; Q tar xf ''
Q tar xf o; Q tar tf .
Q $C -f t a a h; tar tvf t
touch -d 2040-01-01 a; $C -f t a; tar xf t 2>&1 | sed 's/is .* s in/is N s in/'; T
$C -f t --owner=root:5 a; S < t; tar tvf t
$C -f t -C d x -C e; tar tf t; $C -f t d --exclude=x a --exclude=a; tar tf t
$C -f t d a h ./h --transform='s,d,e,S' --transform='s,^a,b,h;s,x,zz,r'; tar tvf t
mkdir q; cd q; tar --sort=name -cf t ..//a ../d/../a ../h; tar tvf t
mkdir q; cd q; tar --no-recursion -cf t ..; tar tf t;  tar --no-recursion -cf t ../d/..; tar tf t; 
