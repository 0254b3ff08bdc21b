exec 2>&1
while IFS= read -r l; do echo "== $l"; printf 'echo start\n%s\n' "$l" > s; bash s; echo $?; bash -c "$l"; echo $?; eval "$l"; echo $?; done <<'LINES'
if x; then
if x; then fi
if true; fi
while true; do
while true; done
for x in a b; do echo
for x in a b; done
case x in a) echo;;
case x in a) echo;; esac esac
echo )
( echo
{ echo
{ echo; } }
echo "abc
echo 'abc
echo `abc
echo $(abc
echo ${abc
fi
done
esac
;
;;
&
&& echo
|| echo
| echo
echo |
echo &&
echo ||
echo a | | b
echo a ; ; b
echo a & & b
echo a && || b
a b c ( d )
f() 
f() echo
function { echo; }
function f echo
echo > 
echo > >
echo <<
echo < | cat
(( 1 + 
for ((i=0;i<3)); do echo; done
for i do echo $i; done; }
for 1 in a; do echo; done
select x in a b
until false; do
a=(1 2) b
echo ${x
echo ${x!y}
echo ${}
coproc
x=$(
{ echo ; 
}
)
echo a; } echo b
if true; then echo; else; fi
if true; then echo; elif; then echo; fi
if ; then echo; fi
while ; do echo; done
do echo
then echo
else
elif
in
case
case x
case x in
case x in a
case x in (a
case x in a) 
for
for x
for x in
for x in a
for x in a;
for x;
echo &>
echo 2>&
exec 3<>
alias x=
let 
[ 
x() { echo; 
echo $'abc
echo $"abc
LINES
#%%
exec 2>&1; printf 'echo a\nif\n' > s; bash s; printf 'echo a; if\n' > s; bash s; printf 'echo a\nwhile true; do\n' | timeout 5 bash; echo $?; printf 'f() {\necho x\n' > s; bash s; . ./s; echo $?; printf 'echo $(if x; then)\necho after\n' > s; bash s; echo on
