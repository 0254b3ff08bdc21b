f() { trap 'echo ret' RETURN; return 4; }; f; echo $?
#%%
f() { :; }; trap 'echo ret' RETURN; f; . /dev/null; echo end
#%%
set -T; f() { :; }; trap 'echo ret' RETURN; f; echo end
#%%
trap 'echo dbg' DEBUG; echo a; trap - DEBUG; echo b
#%%
trap 'echo dbg' DEBUG; f() { echo in; }; f; for i in 1 2; do echo $i; done
#%%
trap 'echo dbg $?' DEBUG; false; [[ a == b ]]; ((1)); case x in x) echo y;; esac
#%%
sleep 0.1 & p=$!; wait -p v $p; echo $((v == p))
#%%
(exit 3) & wait -n -p v; echo $? $((v == $!))
#%%
unset v; wait -n -p v; echo $? ${v-unset}
#%%
TIMEFORMAT='%lR'; { time true; } 2>&1 | grep -c m
#%%
TIMEFORMAT=; { time true; } 2>&1 | wc -c
#%%
disown; echo $?
#%%
f() { f2; }; f2() { echo ${FUNCNAME[@]}; caller 0 | cut -d' ' -f1,2; caller; caller 1 | cut -d' ' -f1,2; caller 9; echo $?; }; f
#%%
f() { local i=$1; [ $i -eq 0 ] && { echo deep; return; }; f $((i-1)); }; f 1000
#%%
f() { local i=$1; if [ $i -gt 0 ]; then while true; do case $i in *) { f $((i-1)); return $?; } ;; esac; done; else echo deep; return 7; fi; }; f 900; echo $?
#%%
f() { [ $1 -gt 150 ] && exit 5; f $(($1+1)); }; f 0; echo no
#%%
set -e; f() { [ $1 -gt 120 ] && false; f $(($1+1)); }; f 0; echo no
#%%
suspend; echo $?
#%%
env -i sh -c 'echo $PATH' | grep -c .
#%%
sh -c 'kill -KILL $$'; echo $?
#%%
sleep 5 & kill -9 $!; wait $!; echo $?
#%%
(echo $BASH_SUBSHELL) & wait; (echo $BASH_SUBSHELL) | cat; ( (echo $BASH_SUBSHELL) ) & wait
#%%
(trap 'echo bye' EXIT; exit 3) & wait $!; echo $?
#%%
(exit 4) | (exit 5); echo ${PIPESTATUS[@]}
#%%
(set -e; false; echo no) & wait $!; echo $?
#%%
(cd /; pwd) | cat; (x=5; echo $x) | cat; echo ${x-unset}
#%%
(echo $BASHPID) > out & wait $!; [ "$(cat out)" = $! ]; echo $?
#%%
(echo $BASHPID > out) & wait $!; [ "$(cat out)" = $! ]; echo $?
