echo a > f; cat f; echo b >> f; cat f; echo c > f; cat < f
#%%
echo out; echo err >&2
#%%
{ echo out; echo err >&2; } 2>&1 | sort
#%%
{ echo out; echo err >&2; } > f 2>&1; sort f; { echo o; echo e >&2; } 2>&1 >g | cat; cat g
#%%
echo x &> f; cat f; echo y >& g; cat g; echo z &>> f; cat f
#%%
cat <<E
hello $HOME $((1+1)) $(echo sub) \$x \\ "q"
E
#%%
cat <<'E'
raw $x `y` \z
E
#%%
cat <<"E"
dq $x
E
cat <<\E
bs $x
E
#%%
	cat <<-E
	tabs $((1))
		two
	E
#%%
cat <<A; cat <<B
a
A
b
B
#%%
cat <<A - <<B
a
A
b
B
#%%
cat <<E | tr a-z A-Z
pipe
E
#%%
while read x; do echo "[$x]"; done <<E
1
2
E
#%%
x=v; cat <<E
${x:-d} ${y:-"a b"} ${x#v}.
E
#%%
cat <<E
line \
joined
E
#%%
cat <<< 'here string' ; x='a  b'; cat <<< $x; cat <<< "$x"
#%%
exec 3>f; echo to3 >&3; exec 3>&-; cat f; echo x >&3; echo $?
#%%
exec 3<<E
one
two
E
read a <&3; read b <&3; echo $a $b; exec 3<&-
#%%
echo a 3>f >&3; cat f
#%%
cat < nosuch; echo $?; echo x > /nosuch/f; echo $?
#%%
: > f; [ -s f ] || echo empty; > g; ls g
#%%
set -C; echo a > f; echo b > f; echo $?; cat f; echo c >| f; cat f; echo d >> f; cat f; echo n > /dev/null
#%%
echo abc > f; exec 3<>f; read x <&3; echo $x; echo more >&3; cat f; exec 3>&-
#%%
exec > f; echo hidden; exec >&2; cat f >&2
#%%
echo a >f; { read x; echo $x; } <f; (read x; echo $x) <f
#%%
if read x; then echo $x; fi <<E
line
E
#%%
for i in 1 2; do echo $i; done > f; cat f; while read x; do echo "<$x>"; done < f
#%%
f() { echo in f; } ; f > out; cat out
#%%
echo a 1>f 2>g; cat f g; ls nosuch 2>/dev/null; echo $?
#%%
ls nosuch 2>&1 >/dev/null | grep -c nosuch
#%%
echo x | cat - <<E
doc
E
#%%
x=f; echo a > $x; cat $x; echo b > "$x.2"; cat f.2
#%%
echo a > 'sp ace'; cat 'sp ace'; cat < sp\ ace
#%%
x='a b'; echo hi > $x; echo $?; ls
#%%
{ echo a; } > f; ( echo b ) >> f; cat f
#%%
exec 5>&1; echo five >&5; (echo sub >&5) >/dev/null; { echo grp >&5; } > /dev/null
#%%
exec 3>&1 4>&2; echo a >&3; echo b 2>&1 >&4 4>&- ; exec 3>&- 4>&-
#%%
echo a >&-; echo $?
#%%
cat <&-; echo $?
#%%
echo foo > f; read x < f; echo $x; exec < f; read y; echo $y
#%%
{ echo 1 >&3; } 3>f; cat f; { cat <&3; } 3<f
#%%
cat <<E
$(cat <<F
inner
F
)
E
#%%
echo $(<f) ; echo hi > f; echo "$(<f)"; x=$(< f); echo $x
#%%
echo $(</no/such); echo $?
#%%
cat <(echo a) <(echo b); diff <(echo a) <(echo a) 2>/dev/null; wc -l < <(printf '1\n2\n') | tr -d ' '
#%%
echo hi > >(cat; echo done); sleep 0.2
#%%
exec {fd}>f; echo x >&$fd; exec {fd}>&-; cat f; [ $fd -ge 10 ] && echo ok
#%%
trap 'echo bye' EXIT; exec 3>&1 >/dev/null; echo no; exec >&3
#%%
echo a > f; cat < f > g; cat g; cat 0<f
#%%
echo x 2>f >&2; cat f
#%%
2>&1 echo first; >f echo second; cat f
#%%
x=1 >f; echo $x; ls f
#%%
nosuchcmd 2>/dev/null; echo $?; nosuchcmd > f 2>&1; grep -c 'not found' f
#%%
exec 3<nosuch; echo not reached in posix
#%%
command exec 3<nosuch; echo $?
#%%
: <nosuch; echo reached?
#%%
read x <nosuch; echo $?
#%%
yes | head -2; yes | head -c 5; echo
#%%
cat <<E
a
E
echo after
#%%
cat <<'E' > f
content $x
E
cat f
#%%
echo {a,b}.c >f; cat f; echo 1 2>f; cat f
#%%
i=0; while [ $i -lt 2000 ]; do echo "line $i padding padding padding padding"; i=$((i+1)); done > big; x=$(cat big); cat <<E | wc -c | tr -d ' '
$x
E
