f() { echo "args: $@"; }; f {a,b}"c d"{1,2}
#%%
x="a:b c:d"; IFS=:; set -- $x; echo "$#|$1|$2|$3"; IFS=' '; echo $x
#%%
echo "${x:-"${y:-'q'}"}" ${x:-'a'"b"c}
#%%
for f in a "b c" 'd'; do case $f in *\ *) echo "sp: $f";; *) echo "no: $f";; esac; done
#%%
while read -r a b; do echo "$b $a"; done <<E | sort
1 x
2 y
E
#%%
n=0; while [ $n -lt 3 ]; do n=$((n+1)); [ $n -eq 2 ] || echo $n; done; echo total $n
#%%
f() { local IFS=,; echo "$*"; }; f a b c; set -- x y; echo "$*"
#%%
sum=0; for i in $(seq 1 10); do sum=$((sum+i)); done; echo $sum
#%%
printf '%s\n' b a c | sort | while read x; do printf '<%s>' "$x"; done; echo
#%%
x=$(printf 'a b\nc d\n'); echo "$x" | wc -l | tr -d ' '; echo $x | wc -l | tr -d ' '
#%%
fact() { if [ $1 -le 1 ]; then echo 1; else echo $(( $1 * $(fact $(($1-1))) )); fi; }; fact 6
#%%
fib() { [ $1 -lt 2 ] && { echo $1; return; }; echo $(( $(fib $(($1-1))) + $(fib $(($1-2))) )); }; fib 8
#%%
trap 'echo cleanup; rm -f t' EXIT; touch t; ls t; false
#%%
( trap 'echo inner' EXIT; exit 2 ); echo $?
#%%
( set -e; false; echo no ); echo $?; ( set -e; ( false ); echo no ) || echo "or $?"
#%%
set -e; f() { set +e; false; echo ok; }; f; false; echo yes
#%%
set -e; x=$(set +e; false; echo in); echo $x
#%%
set -eu; v=${u:-default}; echo $v; echo ${#v}; [ -n "$v" ] && echo yes; exit 0
#%%
set -o errexit; set +o errexit; false; echo on
#%%
f() { return $1; }; f 0 && echo zero; f 1 || echo one; if ! f 2; then echo two; fi
#%%
exec 3>&1; x=$(echo cap; echo direct >&3); echo "x=$x"
#%%
exec 3>out 4>&3; echo a >&3; echo b >&4; exec 3>&- 4>&-; cat out
#%%
{ echo a; { echo b; } >&2; echo c; } 2>/dev/null
#%%
echo data | { cat; echo after; } | tr a-z A-Z
#%%
(echo 1; (echo 2; (echo 3))) | cat
#%%
cat <<E1 && cat <<E2
first
E1
second
E2
#%%
f() { cat <<E
in f: $1
E
}; f x; f y | cat
#%%
x=5; cat <<E
$((x*2)) ${x}th `echo bq` \`lit\`
E
#%%
a=1; b=2; echo "$a$b" "${a}${b}" "$a"b"$b"; c="$a b"; echo $c
#%%
unset a; echo "${a=x}" "$a"; echo "${a+set}" "${b+set}"
#%%
s=abcabc; echo "${s%c*}" "${s%%c*}" "${s#*b}" "${s##*b}" "${s/b/-}" "${s//b/-}"
#%%
p=/a/b/c.tar.gz; echo "${p##*/}" "${p%/*}" "${p##*.}" "${p%%.*}"
#%%
a=(one two three); for i in ${!a[@]}; do echo $i ${a[i]}; done; echo "${a[@]/o/0}"
#%%
a=(); a+=(x); a+=("y z"); echo ${#a[@]}; printf '[%s]' "${a[@]}"; echo; a=("${a[@]}" w); echo ${#a[@]}
#%%
a=(3 1 2); sorted=($(printf '%s\n' "${a[@]}" | sort)); echo ${sorted[*]}
#%%
declare -A c; for w in a b a c a; do c[$w]=$(( ${c[$w]:-0} + 1 )); done; for k in a b c; do echo $k ${c[$k]}; done
#%%
case "" in "") echo empty;; *) echo other;; esac; case a/b in a*b) echo slash;; esac
#%%
[ -z "$nope" ] && [ ! -e nope ] && echo ok; [ "a b" = "a b" ] && echo sp; [ ! -d nope -a -d . ] && echo and
#%%
i=10; until [ $i -le 7 ]; do echo $i; i=$((i-1)); done
#%%
echo "a b c" | { read x rest; echo "$rest"; read y; echo "eof $?"; }
#%%
IFS= read -r line <<'E'
  keep  \n spaces  
E
echo "[$line]"
#%%
echo $((0x10 + 010 + 2#11)) $((1 << 3 | 1)) $((7 & ~2)) $(( (1+2) * 3 % 4 ))
#%%
a=5; echo $((a > 3 ? a * 2 : a)) $((a++ + ++a)) $a
#%%
eval "x=\$((1+1))"; echo $x; y='$x'; eval echo $y; eval "f() { echo evald; }"; f
#%%
cmd="echo a b"; $cmd; cmd='echo "a b"'; $cmd; eval "$cmd"
#%%
set -- "$@" extra; echo $#; set -- 1 2 3; for a; do shift; echo "$a $#"; done
#%%
touch a.txt b.txt c.md; for f in *.txt; do mv "$f" "${f%.txt}.bak"; done; ls
#%%
mkdir -p x/y; touch x/y/f; find x -name 'f*' | while read p; do echo "found $p"; done
#%%
ls /nonexistent 2>/dev/null || echo "failed $?" ; ls nonexist 2>&1 | grep -c nonexist
#%%
true & p1=$!; false & p2=$!; wait $p1; echo $?; wait $p2; echo $?
#%%
for i in 1 2 3; do ( sleep 0.0$i; exit $i ) & pids="$pids $!"; done; for p in $pids; do wait $p; echo $?; done
#%%
sleep 10 & p=$!; (sleep 0.1; kill $p) & wait $p; echo $?; wait
#%%
trap 'echo HUP' HUP; kill -HUP $$; kill -s HUP $$; kill -1 $$; echo done
#%%
trap 'echo once; trap - USR1' USR1; kill -USR1 $$; echo between; (kill -USR1 $$; sleep 0.1); echo no
#%%
x=outer; f() { x=inner; }; (f; echo $x); echo $x; f; echo $x
#%%
f() { local v=$1; if [ $v -gt 0 ]; then f $((v-1)); fi; echo $v; }; f 2
#%%
readonly c=1 2>/dev/null; echo $c; (c=2) 2>/dev/null || echo denied
#%%
export V=1; (unset V; sh -c 'echo ${V-gone}'); sh -c 'echo $V'
#%%
V=temp sh -c 'echo $V'; echo ${V-none}; V=a W=b sh -c 'echo $V$W'
#%%
PATH=/nonexistent; ls; echo $?; /bin/echo full; echo builtin
#%%
mkdir bin; printf '#!/bin/sh\necho mine $1\n' > bin/tool; chmod +x bin/tool; PATH=$PWD/bin:$PATH; tool x; hash -r; tool y
#%%
sh -c 'trap "echo bye" EXIT; exit 3'; echo $?; sh -c 'exec 2>&1; nosuch' | grep -c 'not found'
#%%
seq 3 | xargs echo; seq 1 3 | tee copy | tail -1; cat copy | wc -l | tr -d ' '
#%%
echo "it's" 'say "hi"' "a\"b" a\'b; echo '$HOME' "\$HOME"
#%%
echo $'line1\nline2' | while IFS= read -r l; do echo "> $l"; done
#%%
test 5 -gt 3 && echo gt; test abc '<' abd && echo lt; test -n "$(echo x)" && echo nonempty
#%%
if [[ "foo.txt" == *.txt && ! -e foo.txt ]]; then echo match; fi; [[ -v HOME ]] && echo set
#%%
x=3; while ((x-- > 0)); do echo $x; done; ((x == -1)) && echo end
#%%
str=hello; echo ${str:0:1} ${str: -1} ${str:1:3} ${#str} ${str^} ${str^^}
#%%
a='x y'; b=$a; [ "$b" = "x y" ] && echo same; c=`echo "$a"`; echo "$c"
#%%
echo a; exit; echo b
#%%
f() { exit 4; }; f; echo no
#%%
(f() { exit 4; }; f); echo $?; x=$(exit 5); echo $?
#%%
: ${A:=1} ${B:=$A}; echo $A $B; echo ${C:-$((A+B))}
#%%
cat /dev/null; echo $?; : > e; cat e; [ ! -s e ] && echo empty
#%%
printf '%s-%s\n' a b c d; printf '%5s|%-5s|%05d\n' ab cd 42; printf '\n'
#%%
command -v sh >/dev/null && echo have; type nosuch >/dev/null 2>&1 || echo missing
#%%
umask 077; touch s; mkdir sd; ls -ld s sd | cut -c1-10
#%%
cd / && cd - >/dev/null && [ "$PWD" != / ] && echo back
#%%
echo $LINENO
echo $LINENO
#%%
a=1
# comment between
b=2 # trailing
echo $a$b
#%%
if
  true
then
  echo multi
fi; for x in 1 \
  2; do echo $x
done
#%%
foo() { bar; }; bar() { echo bar; }; foo; unset -f bar; foo 2>/dev/null || echo gone
#%%
getopts a o -a; echo $?$o; OPTIND=1; getopts a o -z 2>/dev/null; echo $?$o
