true && echo a || echo b; false && echo c || echo d
#%%
true || echo a && echo b
#%%
! true; echo $?; ! false; echo $?; ! true && echo x
#%%
if true; then echo t; else echo f; fi; if false; then echo t; else echo f; fi
#%%
if false; then echo a; elif true; then echo b; else echo c; fi
#%%
if false; then :; fi; echo $?
#%%
for i in 1 2 3; do echo $i; done; echo last $i
#%%
for i in; do echo x; done; echo $?
#%%
set -- a b; for i do echo $i; done; for i; do echo $i; done
#%%
i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done
#%%
i=0; until [ $i -ge 3 ]; do i=$((i+1)); done; echo $i
#%%
for i in 1 2 3 4; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done
#%%
for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done
#%%
for i in 1 2; do for j in a b; do [ $i$j = 1b ] && break 2; echo $i$j; done; done; echo end
#%%
while true; do break; done; echo $?; while false; do :; done; echo $?
#%%
case abc in a*) echo 1;; *) echo 2;; esac
#%%
case x in a|x) echo ax;; esac; case y in (y) echo paren;; esac
#%%
case a in b) echo b;; esac; echo $?
#%%
case a in a) echo a;& b) echo b;; c) echo c;; esac
#%%
case a in a) echo 1;;& [a-z]) echo 2;;& b) echo 3;; *) echo 4;; esac
#%%
case "*" in "*") echo star;; esac; case a in "*") echo no;; *) echo other;; esac
#%%
case 'a b' in a\ b) echo y;; esac; x='a*'; case abc in $x) echo glob;; esac; case abc in "$x") echo no;; *) echo lit;; esac
#%%
case [ in [) echo b;; esac; case ']' in []]) echo c;; esac; case - in [a-]) echo d;; esac
#%%
case 5 in [0-9]) echo digit;; esac; case b in [!a]) echo nota;; esac; case é in ?) echo one;; esac
#%%
case a in [[:alpha:]]) echo al;; esac; case 1 in [[:alpha:]]) echo al;; [[:digit:]]) echo di;; esac
#%%
{ echo a; echo b; } | cat; (echo c; echo d) | cat
#%%
(exit 5); echo $?; { (exit 6); }; echo $?
#%%
f() { echo "f $1 $#"; return 3; }; f a b; echo $?
#%%
f() { echo out; }; g() { f; }; g | cat; x=$(g); echo $x
#%%
f() ( x=2; echo $x ); x=1; f; echo $x
#%%
f() { x=2; }; x=1; f; echo $x
#%%
f() { local x=2; echo $x; g; }; g() { echo g$x; }; x=1; f; echo $x
#%%
f() { local x; x=5; }; x=1; f; echo $x; f() { local a=1 b=$a; echo "[$b]"; }; f
#%%
f() { return; }; false; f; echo $?; f() { false; return; }; f; echo $?
#%%
f() { echo $1; [ $1 -gt 0 ] && f $(($1-1)); }; f 3; echo $?
#%%
f() { echo "$@"; shift; echo "$@"; }; set -- p q; f a b; echo "$@"
#%%
f() { cat; } <<E
doc
E
f; f
#%%
f() { echo err >&2; } 2>/dev/null; f; echo ok
#%%
function g { echo g; }; g; function h() { echo h; }; h
#%%
f() { echo 1; }; f() { echo 2; }; f; unset -f f; f 2>/dev/null; echo $?
#%%
echo a; echo b & wait; echo c
#%%
x=$(false); echo $?; x=$(exit 4) ; echo $?; echo $(exit 4) $?; 
#%%
x=1 true; echo ${x-unset}; x=1 :; echo ${x-unset}
#%%
x=5 sh -c 'echo $x'; x=1; x=6 env | grep ^x=; echo $x
#%%
f() { echo $x; }; x=1; x=2 f; echo $x
#%%
export A=1; B=2; sh -c 'echo $A ${B-unset}'; export B; sh -c 'echo $B'
#%%
nosuchcommand; echo $?
#%%
./nosuch; echo $?; /; echo $?; mkdir d; ./d; echo $?
#%%
echo 'echo script $0 $1' > s; chmod +x s; ./s arg; sh s x; sh ./s y
#%%
echo '#!/bin/sh
echo shebang "$@"' > s; chmod +x s; ./s 'a b' c
#%%
echo data > f; ./f; echo $?; chmod -x f; ./f 2>&1 | grep -c denied
#%%
sh -c 'echo $0 $1 $2' name a b; sh -c 'echo $0'; sh -c 'exit 7'; echo $?
#%%
echo 'echo in stdin' | sh; echo 'echo $1' | sh -s arg
#%%
printf 'read x\nhello\necho "got $x"\n' | sh
#%%
printf 'cat\nrest1\nrest2\n' | sh
#%%
eval 'x=5; echo $x'; eval "echo a" b; eval; echo $?; eval false; echo $?
#%%
eval 'for i in 1 2' '; do echo $i; done'
#%%
echo 'y=7; echo sourced $1' > f; . ./f arg; echo $y
#%%
echo 'return 5; echo no' > f; . ./f; echo $?
#%%
set -- keep; echo 'echo $1; set -- changed; echo $1' > f; . ./f; echo $1; . ./f new; echo $1
#%%
. ./nosuchfile; echo not reached
#%%
command . ./nosuchfile; echo $?
#%%
exit 3; echo no
#%%
(exit); echo $?; false; (exit); echo $?
#%%
sh -c 'false; exit'; echo $?; sh -c 'exit 256'; echo $?; sh -c 'exit -1'; echo $?
#%%
time true 2>/dev/null; echo $?
#%%
[[ a == a ]] && echo eq; [[ abc == a* ]] && echo glob; [[ abc == "a*" ]] || echo lit
#%%
[[ -n a && ! -z b ]] && echo and; [[ -z a || b < c ]] && echo or; [[ ( a = a ) ]] && echo paren
#%%
x='a b'; [[ $x == 'a b' ]] && echo nosplit; [[ $nothing == "" ]] && echo empty; [[ -n $nothing ]] || echo n
#%%
[[ abc123 =~ ^([a-z]+)([0-9]+)$ ]] && echo ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}; [[ a =~ b ]]; echo $?
#%%
[[ 10 -gt 9 ]] && echo num; [[ 10 < 9 ]] && echo str; [[ x1 -eq 0 ]] && echo zero
#%%
[[ a != b ]] && echo ne; [[ -e /etc ]] && echo e; [[ -f /etc ]] || echo nf; [[ -d /etc ]] && echo d
#%%
r='^a.c$'; [[ abc =~ $r ]] && echo m; [[ 'a.c' =~ "a.c" ]] && echo lit; [[ abc =~ "a.c" ]] || echo nolit
#%%
if [ a = a ]; then echo y; fi; [ a != a ] || echo n; [ ! a ] || echo x; [ -n "" ] || echo e; [ ]; echo $?
#%%
[ 1 -eq 1 -a 2 -eq 2 ] && echo a; [ 1 -eq 2 -o 2 -eq 2 ] && echo o; [ \( a = a \) ] && echo p
#%%
test a = b; echo $?; test; echo $?; test x; echo $?; test -n; echo $?; test ! x; echo $?
#%%
[ a -eq 1 ]; echo $?; [ a; echo $?; [ 1 -eq 1 ] ]; echo $?
#%%
[ -f f ]; echo $?; touch f; [ -f f ] && [ -r f ] && [ -s f ] || echo empty; [ -d . ] && echo d; [ -x /bin/sh ] && echo x
#%%
[ a '<' b ] && echo lt; [ "" = "" ] && echo e; [ 007 -eq 7 ] && echo z; [ -1 -lt 0 ] && echo neg
#%%
: ignored args; echo $?; true x; false x; echo $?
#%%
{ echo a
echo b
}; ( echo c
)
#%%
if true
then
echo x
fi
while false
do
:
done
#%%
for i in a \
b; do
echo $i
done
#%%
a=b; echo $a; a= ; echo "[$a]"; a=b c=d; echo $a$c
#%%
echo one; echo two ;echo three;
#%%
select x in a b; do echo "got $x"; break; done <<< 2 2>/dev/null
#%%
f() { for i in 1 2 3; do [ $i = 2 ] && return 9; echo $i; done; }; f; echo $?
#%%
while :; do (exit 1) || break; done; echo out
#%%
i=0; while [ $i -lt 5 ]; do i=$((i+1)); if [ $i -eq 3 ]; then continue; fi; echo $i; done | tr '\n' ' '
#%%
break; echo $?; continue; echo $?
#%%
f() { break; }; for i in 1 2; do f; echo $i; done
#%%
x=a; case $x in a) x=b;; esac; echo $x; case $x in a) ;; b) echo b; esac
#%%
if (true); then echo sub; fi; if { false; }; then :; else echo grp; fi
#%%
!(true); echo $?
#%%
coproc cat; echo hi >&${COPROC[1]}; read x <&${COPROC[0]}; echo $x
