# cksum, sum, b2sum, basenc and base32.
seq 3 > a; cp a b; mkdir d; seq 20 > n; seq 10 > R; printf 'hello\x00\x01\xffworld this is long text 12345 and more' > t; printf 'a bb ccc\ndddd e f\n\ng\n' > w; seq 30 > s
Q() { "$@" </dev/null; echo "=> $?"; }
H() { head -100 "$@"; }
#%%
Q cksum a b nos; Q cksum t n; seq 100000 | cksum; cksum < /dev/null
Q sum a; Q sum a b; Q sum -s a b; cat a | sum; cat a | sum -s; Q sum -r t n s; Q sum -s t n s; seq 100000 | sum; seq 100000 | sum -s; Q sum nos d; sum < /dev/null; sum -s </dev/null
Q cksum -a md5 a; Q cksum -a md5 --untagged a b; Q cksum -a blake2b -l 128 a; Q cksum -a bsd a b; Q cksum -a sysv a; Q cksum -a sha256 a; Q cksum -z a
Q b2sum a t n; Q b2sum -l 128 a --tag; Q b2sum -l 7 a; Q b2sum -l 1024 a; Q b2sum -l 0 a; Q b2sum -l x a; b2sum a > L; Q b2sum -c L; b2sum --tag b > L; Q b2sum -c L; b2sum -z a | od -c | tail -2
Q cksum -l 8 a; Q cksum -c a; Q cksum -a crc -c a
cksum -a sha1 a > L; Q cksum -c L; md5sum a > L; Q cksum -c L; Q cksum -a md5 -c L; cksum -a sha256 a b > L; echo x >> L; echo >> b; Q cksum -c L; Q cksum -cw L; Q cksum -c --status L
for f in --base64 --base64url --base32 --base32hex --base16 --base2msbf --base2lsbf; do for s in '' h he hel hell hello 'hello\xff'; do printf $s | basenc $f; printf $s | basenc $f | basenc $f -d | od -An -c; done; done
printf 'hello\xff12' | basenc --z85; printf 'hello\xff12' | basenc --z85 | basenc --z85 -d | od -c; Q basenc --z85 t; printf 'HelloWorld' | basenc --z85 -d | od -c;  printf 'Hello' | basenc --z85 -d | od -c; printf 'Hell' | basenc --z85 -d; printf '#####' | basenc --z85 -d; echo $?
seq 2000 | basenc --base32 -w 20 | md5sum; seq 20000 | basenc --base16 -w 0 | md5sum;  seq 20000 | base32 | md5sum; seq 20000 | base32 | base32 -d | md5sum; seq 20000 | basenc --base64 | basenc --base64 -d | md5sum
Q basenc a; Q basenc --foo; Q base32 a b; Q base32 -w x a; Q base32 nos; Q base32 d; Q base32 --decode --ignore-garbage a
printf '1' | basenc --base16 -d; echo "6z" | basenc --base16 -d; echo $?; printf '6a6' | basenc --base16 -d; echo $?; printf '6A6b' | basenc --base16 -d; echo $?
printf 'ABC' | base32 -d; echo $?; printf 'NBSWY3DP=' | base32 -d; echo $?; printf 'NBSWY3DPEB3W64TMMQ======NBSWY3DP' | base32 -d; echo $?; printf 'nbswy3dp' | base32 -d; echo $?; printf 'NB!SWY3DP' | base32 -di; echo $?; printf 'AB======' | base32 -d | od -c; printf 'AA======' | base32 -d | od -c; printf 'A=======' | base32 -d; echo $?
printf 'YQ==YQ==' | basenc --base64 -d; echo $?; printf 'YQ=' | basenc --base64 -d; echo $?; printf 'YQ' | basenc --base64 -d; echo $?; printf 'YR==' | basenc --base64 -d; echo $?; printf 'a-_/' | basenc --base64url -d | od -c; printf 'a-__' | basenc --base64url -d | od -c
printf '0110100' | basenc --base2msbf -d; echo $?; printf '01101001x' | basenc --base2lsbf -d; echo $?
