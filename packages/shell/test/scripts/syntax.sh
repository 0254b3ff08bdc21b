echo a; if
#%%
echo )
#%%
echo 'unterminated
#%%
for i in a b; do echo $i
#%%
case x in
#%%
echo a
echo b )
echo c
#%%
echo $(
#%%
fi
#%%
{ echo a
#%%
echo a | | b
#%%
echo a && 
#%%
;
#%%
echo ${
#%%
echo ${x!}
#%%
sh -c 'if'; echo $?; sh -c ')'; echo $?
#%%
sh nosuchfile; echo $?; mkdir d; sh d; echo $?
#%%
printf 'echo one\nif\n' > s; sh s; echo $?
#%%
printf 'echo one\necho two' > s; sh s; echo $?; : > e; sh e; echo $?
#%%
sh -c ''; echo $?; sh -c '# c'; echo $?; false; sh -c ''; echo $?
#%%
sh -e -c 'false; echo no'; echo $?; sh -u -c 'echo $x'; echo $?; sh -ec 'echo hi'; sh -c -e 'false; echo no'; echo $?
#%%
sh +e -c 'false; echo yes'; sh -x -c 'echo x' 2>/dev/null; sh -o pipefail -c 'false | true'; echo $?; sh -c; echo $?
#%%
sh -z; echo $?; sh -o nosuch -c :; echo $?
#%%
echo a # comment ; echo no
# full line
echo b
#%%
echo a;echo b&&echo c||echo d
#%%
if true;then echo a;fi;while false;do :;done;for i in 1;do echo $i;done;{ echo g;};(echo s)
#%%
echo if then else fi; if=1; echo $if
#%%
echo	tab	separated; echo a\
b
#%%
x=1;y=2;echo $x$y
#%%
\echo hi; 'echo' ho; "ec"ho hum; e='echo'; $e var
#%%
case in in in) echo in;; esac; for in in in; do echo $in; done
#%%
f ()
{
echo newline
}
f
#%%
echo ab\
cd; echo "ab\
cd"; echo 'ab\
cd'
#%%
true &&
echo continued
true ||
echo no
echo a |
cat
#%%
cat <<E; echo after
doc
E
#%%
if true; then cat <<E; fi
doc in if
E
#%%
a=$(cat <<'E'
it's "quoted" $x )
E
); echo "$a"
#%%
echo "a$(echo b)c`echo d`e$((1+1))f${x-g}h"
#%%
echo $((1+1)) $( (echo sub) ) $((echo not arith); echo x)
#%%
echo "${x:-$(echo "nested "'quo'"te")}"
#%%
[ "a" = "a" ]&&echo y
#%%
! ! true; echo $?
#%%
function f { echo a; }; f; f(){ echo b; };f
#%%
echo a >&2 2>/dev/null | cat; echo done
#%%
while read -r l; do case $l in \#*) continue;; esac; echo "$l"; done <<E
# c
data
E
