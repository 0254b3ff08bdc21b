echo a | cat | cat | cat
#%%
false | true; echo $?; true | false; echo $?; set -o pipefail; false | true; echo $?; true | (exit 3) | true; echo $?
#%%
echo a | read x; echo "[$x]"; echo b | { read x; echo $x; }
#%%
true | false | true; echo ${PIPESTATUS[@]}
#%%
x=1; echo | x=2; echo $x; (x=3); echo $x; { x=4; } | cat; echo $x
#%%
sleep 0.1 & wait $!; echo $?; (exit 3) & wait $!; echo $?
#%%
(exit 3) & p=$!; wait $p; echo $?; wait $p; echo $?; wait 999999; echo $?
#%%
false & wait; echo $?; wait; echo $?
#%%
(sleep 0.1; echo late) & echo now; wait; echo end
#%%
for i in 3 1 2; do (sleep 0.$i; echo $i) & done; wait
#%%
sleep 5 & kill $!; wait $!; echo $?
#%%
sleep 5 & kill -9 $! ; wait $! 2>/dev/null; echo $?
#%%
sh -c 'kill -9 $$'; echo $?; sh -c 'kill $$'; echo $?
#%%
(kill -9 $BASHPID) 2>/dev/null; echo $?
#%%
kill -0 $$ && echo alive; kill -0 999999 2>/dev/null; echo $?; kill -l 9; kill -l 137
#%%
trap 'echo exit' EXIT; echo body
#%%
trap 'echo exit $?' EXIT; exit 3
#%%
trap 'echo one' EXIT; trap 'echo two' EXIT; trap; 
#%%
trap 'echo exit' 0; (echo sub); echo main
#%%
(trap 'echo sub exit' EXIT; echo in sub); echo out
#%%
trap 'echo got' USR1; kill -USR1 $$; echo after
#%%
trap 'echo int' INT TERM; kill -INT $$; kill -TERM $$; echo end
#%%
trap '' TERM; kill -TERM $$; echo survived; trap - TERM; kill -TERM $$; echo no
#%%
trap 'echo t' TERM; sh -c 'kill -TERM $PPID'; echo done
#%%
trap '' INT; sh -c 'kill -INT $$; echo child survived'
#%%
trap 'echo caught' INT; sh -c 'kill -INT $$; echo no' 2>/dev/null; echo $?
#%%
trap 'exit 7' TERM; kill -TERM $$; echo no
#%%
trap 'echo usr1' USR1; (sleep 0.1; kill -USR1 $$) & wait $!; echo $?; wait
#%%
trap "echo 'q u'" HUP; trap; trap -p HUP; trap - HUP; trap
#%%
trap 'echo e' EXIT; trap - EXIT; echo none
#%%
f() { trap 'echo from f' EXIT; }; f; echo main
#%%
trap 'echo $?' EXIT; false
#%%
trap 'false' EXIT; true
#%%
trap 'exit 9' EXIT; exit 1
#%%
trap 'echo err' ERR; false; true; (exit 3); if false; then :; fi; echo end
#%%
set -e; true; false; echo no
#%%
set -e; false || true; echo a; false && true; echo b; ! true; echo c; if false; then :; fi; echo d
#%%
set -e; (false); echo no
#%%
set -e; (false; echo no) || echo or
#%%
set -e; f() { false; echo in f; }; f || echo x; if f; then echo y; fi; f; echo no
#%%
set -e; false | true; echo a; true | false; echo no
#%%
set -e; x=$(false); echo no
#%%
set -e; echo $(false) yes; while false; do :; done; until true; do :; done; echo end
#%%
set -e; { false; } || true; echo a; { false; }; echo no
#%%
set -e; trap 'echo trap $?' EXIT; (exit 4); echo no
#%%
set -e; ! false; echo a; ! { false; }; echo b; for i in 1; do false || :; done; echo c
#%%
set -e; case x in x) false;; esac; echo no
#%%
set -e; [ 1 = 2 ]; echo no
#%%
set -e; (( 0 )); echo no
#%%
set -e; [[ a = b ]] || echo or; [[ a = b ]]; echo no
#%%
set -e; eval false; echo no
#%%
set -e; eval 'false || true'; sh -c false || echo ok; f() { return 1; }; f && :; echo d
#%%
set -e; x=1; readonly x; echo $x; set +e; false; echo e
#%%
set -e; for i in 1 2; do if [ $i = 2 ]; then false; fi; echo $i; done; echo no
#%%
set -e; true && false; echo no
#%%
set -e; true && false || true; echo a; false; 
#%%
set -x; echo a b; x=1; : "$x y" 2>/dev/null
#%%
set -n; echo no
#%%
set -u; x=1; echo $x; echo ${y:-d}; (echo $y; echo no); echo $?
#%%
set -a; x=5; sh -c 'echo $x'; set +a; y=6; sh -c 'echo ${y-no}'
#%%
set -- -a b; echo $1; set -o noglob; echo *; set +o noglob
#%%
echo $-; set -f; case $- in *f*) echo f;; esac
#%%
set +o | head -1 | cut -c1-4
#%%
(echo a; exit 3; echo b); echo $?; (exit 1) || echo or; (true) && echo and
#%%
x=$(sleep 0.1 & echo started); echo $x
#%%
{ sleep 0.1; echo bg; } & wait; (sleep 0.1; echo late) | cat
#%%
cat /dev/null | while read x; do echo $x; done; echo $?
#%%
echo abc | (read x; echo "$x"; cat); printf '1\n2\n' | (read x; cat)
#%%
exec echo replaced; echo no
#%%
exec nosuchcommand; echo no
#%%
(exec true; echo no); echo $?; exec; echo still
#%%
sh -c 'exec sh -c "echo deep; exit 4"'; echo $?
#%%
echo $$ | grep -c '^[0-9]*$'; [ $$ = $(echo $$) ] && echo same; (echo $$) | grep -c "^$$\$"
#%%
sleep 0.05 & [ $! -gt 0 ] && echo ok; wait; jobs
#%%
sleep 1 & jobs | tr -s ' '; kill %1; wait 2>/dev/null
#%%
true & true & wait %1; echo $?; wait -n; echo $?
#%%
mkfifo p; echo through > p & read x < p; echo $x; wait
#%%
mkfifo p; cat p & echo data > p; wait
#%%
yes | head -1; (yes; echo $? >&2) 2>&1 | head -1
#%%
seq 1 10000 | tail -1; seq 1 5 | while read i; do echo -n $i; done; echo
#%%
i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo x; done | wc -l | tr -d ' '
#%%
umask 027; umask; umask -S; touch f; ls -l f | cut -c1-10; umask u=rwx,g=,o=; umask
#%%
ulimit -n >/dev/null && echo ok; (ulimit -n 20; ulimit -n); ulimit -f
(ulimit -Sn 10; ulimit -Sn; ulimit -Hn 30; ulimit -n hard; ulimit -n; ulimit -Sn 31) 2>&1; (ulimit -n 12; ulimit -Sn; ulimit -Hn); ulimit -c 0; ulimit -c -x | tr -s " "; ulimit -n x 2>&1
#%%
times | wc -l | tr -d ' '
#%%
f() { wait; }; sleep 0.1 & f; echo waited
#%%
for i in 1 2 3; do echo $i & done | sort
#%%
! echo a | grep -q b; echo $?; echo a | ! cat
#%%
a() { echo a; }; b() { cat; }; a | b; (a | b) | b
#%%
sh -c 'echo a; echo b >&2; exit 3' 2>/dev/null; echo $?
#%%
echo "$(echo a; echo b >&2)" 2>&1
#%%
x=$(echo out; exit 5) && echo yes || echo "no $? $x"
