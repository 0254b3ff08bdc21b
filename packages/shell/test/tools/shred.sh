# shred.
Q() { "$@" </dev/null; echo "=> $?"; }
printf 'secret\n' > f; printf 'more' > abc; mkdir d; yes 0123456789 | head -c 300000 > r
#%%
Q shred; Q shred nope; Q shred d; Q shred -n x f; Q shred -n -1 f; Q shred -s x f; Q shred --remove=x f; Q shred -Y f; Q shred --nope; Q shred -; mkfifo p; Q timeout 5 shred -s
Q shred -v f; stat -c %s f; grep -c secret f; Q shred -vx abc; stat -c %s abc; Q shred -z f; od -An -c f | head -2; Q shred -v -n 1 -z f; Q shred -n 0 -z -v -x abc; od -An -c abc; Q shred -n 0 -v f
Q shred -u f; ls; Q shred -uv abc; ls; Q shred -v --remove=unlink d/../f; Q shred -v --remove=wipe r; ls
printf 'hello\n' > g; Q shred -n 1 -x --random-source=r g; od -An -c g; Q shred -n 2 -x --random-source=r g; od -An -c g; Q shred -s 10 -n 1 g; stat -c %s g; Q shred -n 1 -s 1K --random-source=r g; stat -c %s g; Q shred --random-source=nope g; printf 'ab' > few; Q shred -x -n 1 --random-source=few g; Q shred -n 0 -z -s 5 -x g; stat -c %s g
printf 'x' > 'a b'; Q shred -uv 'a b'; printf x > 000; printf y > abc; Q shred -uv abc; ls; printf x > d/sub; Q shred -uv d/sub; ls d; printf x > l; ln -s l sym; Q shred -u sym; ls; printf > e; Q shred -uv e; : > emp; Q shred -v emp; stat -c %s emp
