# gzip, gunzip and zcat: names, suffixes, damaged files, options.
for i in 1 2 3 4 5 6 7 8 9; do echo hello world $i; done > a; cp a b; cp a c.txt; mkdir d; cp a d/x; ln -s a l; touch -d '2024-01-02 03:04:05' a
V() { sed 's/[0-9.]*%/N%/g'; }
H() { od -An -tx1 "$@" | head -2; }
Q() { "$@"; echo "=> $?"; ls; }
#%%
Q gzip nosuch
Q gzip -d nosuch
Q gzip -d c.txt
Q gzip -k a; Q gzip -k a
gzip -k a; gzip -kf a; Q zcat a.gz
gzip a; Q gzip a.gz
gzip a; Q gzip -v a.gz
gzip a; Q gzip -f a.gz
Q gzip d
Q gzip l
gzip -k l; gzip -f l; ls
gzip -c l | gzip -d
gzip -l a.gz; gzip a; gzip -l a.gz | V | cut -c20-
gzip -k b; gzip -tv b.gz; gzip -t b.gz nos
gzip -y
gzip --foo
gzip -S
gzip -S '' a
gzip -S .foo a; ls; gzip -d a.foo; gzip -dS .foo a.foo; ls
gzip -d < a; echo $?
gzip -d < c.txt; echo $?
gzip < a | head -c 30 | gzip -dc >/dev/null; echo $?
gzip -k a; (cat a.gz; echo junk) | gzip -dc; echo $?
gzip -k a; (cat a.gz; echo junk) > j.gz; gzip -d j.gz; echo $?; ls
gzip -k a; (cat a.gz; echo junk) > j.gz; gzip -qd j.gz; echo $?; ls
gzip -k a; (cat a.gz; head -c 20 /dev/zero) | gzip -dc; echo $?
gzip -k a; (cat a.gz; head -c 20 /dev/zero; echo junk) | gzip -dc; echo $?
gzip -k a; (cat a.gz; printf '\x1f') | gzip -dc; echo $?
gzip -k a; (cat a.gz; printf '\x1f\x8b') | gzip -dc; echo $?
gzip -k a; (cat a.gz; printf '\x1f\x8b\x07') | gzip -dc; echo $?
(gzip < a; gzip < c.txt; gzip </dev/null; gzip <b) | gzip -d
gzip -k a b; cat a.gz b.gz > ab.gz; gzip -l ab.gz a.gz | V | cut -c20-
gzip -vr d 2>&1 | V; ls d
gzip -r d; gzip -rd d; ls d
gzip -r .; ls . d
gzip a; printf XXXX | dd of=a.gz bs=1 seek=$(( $(stat -c %s a.gz)-8 )) conv=notrunc 2>/dev/null; gzip -t a.gz; echo $?; gzip -d a.gz; echo $?; ls
gzip a; printf XXXX | dd of=a.gz bs=1 seek=$(( $(stat -c %s a.gz)-4 )) conv=notrunc 2>/dev/null; gzip -t a.gz; echo $?; zcat a.gz; echo $?
zcat a
zcat nosuch
gunzip nosuch.gz
ln a hl; gzip a; echo $?
ln a hl; ln a h2; gzip a; gzip -k a; gzip -f a; echo $?; ls
gzip -q nosuch d c.txt; echo $?; ls
: > empty; gzip -v empty; gzip -l empty.gz; gzip -lv empty.gz | cut -c1-13; zcat empty.gz | wc -c
gzip -k b; cp b.gz q.tgz; gunzip -v q.tgz 2>&1 | V; ls
gzip -dc a b; echo $?
gzip -cdf < a; gzip -cdf a b; echo $?
gzip -l; echo $?
gzip -t; echo $?
gzip -l < a; echo $?
printf '\x1f\x8b\x07\x00aaaaaaaaaaaaa' | gzip -d; echo $?
printf '\x1f\x8b\x08\xe0aaaaaaaaaaaaa' | gzip -d; echo $?
printf '\x1f\x8b\x08\xc0aaaaaaaaaaaaa' | gzip -d; echo $?
printf '\x1f\x8b\x08\x20aaaaaaaaaaaaa' | gzip -d; echo $?
printf '\x1f\x8b' | gzip -d; echo $?
printf '\x1f' | gzip -d; echo $?
printf 'x' | gzip -d; echo $?
printf '' | gzip -d; echo $?
printf '\x1f\x8b\x08' | gzip -d; echo $?
printf '\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x00abc' | gzip -d; echo $?
printf '\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x00abc' > x.gz; gzip -d x.gz; echo $?; gzip -t x.gz; zcat x.gz
printf '\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x00abc\x00\xff' > x.gz; gzip -d x.gz; echo $?; gzip -t x.gz; zcat x.gz
printf '\x1f\x8b\x08\x20aaaaaaaaaaaaa' >x.gz; gzip -d x.gz; echo $?; gzip -l x.gz; ls
printf '\x1f\x8b\x07\x20aaaaaaaaaaaaa' >x.gz; gzip -d x.gz; echo $?
chmod u+s b; gzip b; echo $?; ls
chmod g+s b; gzip b; echo $?; ls
chmod +t b; gzip b; echo $?; ls
chmod 640 b; gzip b; stat -c '%a %Y %s' a; stat -c %a b.gz
touch -d '2020-02-03 04:05:06' b; gzip b; stat -c '%Y' b.gz; gzip -d b.gz; stat -c %Y b
mkfifo f; gzip f; echo $?
gzip -N -k a; mv a.gz m.gz; gzip -dN m.gz; echo $?; rm a; gzip -dN m.gz; ls; stat -c %Y a
gzip -n a; mv a.gz m.gz;touch m.gz;  gzip -dN m.gz; ls
gzip a; H a.gz | head -c 36
gzip -n a; H a.gz | head -c 31
gzip -9 a; H a.gz | head -c 36
gzip -1 a; H a.gz | head -c 36
gzip -c < a | H | head -c 31
gzip -n < a | H | head -c 31
cat a | gzip | H | head -c 31
gzip -c -d -k; echo $?
touch -- -x; gzip -- -x; ls
mkdir z; cp a z/; chmod 0 z/a; gzip z/a; ls -l z | cut -c1-10
gzip '' ; echo $?
gzip .; echo $?; gzip -r nos
echo x > y.gz; gzip -d y.gz; ls
cp a y.GZ; gzip -d y.GZ
gzip a; mv a.gz A.GZ; gunzip A.GZ; ls
gzip a; mv a.gz a-gz; gunzip a-gz; ls
gzip a; mv a.gz .gz; gunzip .gz; ls -A
gzip a; mv a.gz x.z; gunzip x; ls
cp a x.tgz; gzip x.tgz; cp a x.z; gzip x.z; cp a x_z; gzip x_z; cp a x-gz; gzip x-gz; cp a x.Z; gzip x.Z; cp a x.taz; gzip x.taz;ls
gzip a b nosuch c.txt; echo $?; ls
gzip -kv a nosuch b 2>&1 | V
gzip -cv a 2>&1 >/dev/null | V; gzip -v <a 2>&1 >/dev/null | V
gzip a; gzip -dv <a.gz  2>&1 >/dev/null | V;  gzip -dcv a.gz  2>&1 >/dev/null | V
gzip -fast a; gzip --best --fas b; ls
gzip --keep --no-name --stdout a | H | head -c 31
mkdir a.gz; gzip a; echo $?; gzip -f a; echo $?
gzip -d d
gzip -t d a
seq 100000 | gzip -9 | gzip -d | md5sum; seq 100000 | gzip -1 | gzip -d | md5sum
head -c 300000 /dev/zero | gzip | gzip -d | md5sum
gzip -V | head -c 0; gzip -L | wc -c | head -c 0
