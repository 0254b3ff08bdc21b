exec 2>&1; printf 'x=9; echo in1\necho in2 $?\n' > ro2.sh
readonly x=1
x=2; echo same1
echo next1 $?
f() { x=2; echo inf; }
f; echo same2
echo next2 $?
eval 'x=2; echo e1; false'; echo same3 $?
echo next3 $?
( x=2; echo a
echo b ); echo sub $?
x=2 true; echo same4 $?
echo next4 $?
x=2 f; echo same4b $?
x=2 /bin/true; echo same4c $?
declare x=2; echo same5 $?
g() { local x=2; echo ing $?; }
g; echo same6 $?
for x in a b; do echo $x; done; echo same7 $?
echo next7 $?
read x <<< foo; echo same8 $?
((x=5)); echo same9 $?
echo next9 $?
let x=5; echo same10 $?
export x=5; echo same11 $?
readonly y; echo ${y:=foo}; echo same12 $?
echo next12 $?
printf -v x %s foo; echo same13 $?
x+=2; echo same14
x[1]=2; echo same15
echo next15 $?
x=(1 2); echo same16
echo $(( x = 7 )); echo same17
echo next17 $?
echo $(x=3; echo hi); echo same18 $?
a=$(x=3; echo hi); echo same19 $? $a
select x in a; do echo $x; break; done <<< 1; echo same20 $?
getopts a x -a; echo same21 $?
mapfile x <<< foo; echo same22 $?
if x=3; then echo yes; else echo no; fi; echo same23
x=3 || echo or; echo same24
{ x=3; echo brace; }; echo same25
x=3 | cat; echo same26 $?
case $((x=4)) in *) echo c;; esac; echo same28
[[ $((x=4)) ]]; echo same29
. ./ro2.sh; echo same30 $?
unset x; echo same31 $?
echo end
#%%
exec 2>&1
readonly x=1
mapfile x <<< foo; echo same22 $?
mapfile -t x <<< foo; echo same22 $?
read -a x <<< "a b"; echo r $?
read y x <<< "a b"; echo r $? $y
declare -i x=3; echo d $?
declare +r x; echo d $?
typeset x=3; echo t $?
readonly x=3; echo ro $?
export x=3; echo ex $?
f() { local -i x=3; echo l $?; typeset x; echo l $?; local y x z; echo l $?; declare -g x=3; echo l $?; }
f; echo f $?
readonly -a a=(1 2)
a[0]=3; echo same
echo next
unset 'a[1]'; echo u $?
a=(1); echo same
a+=(1); echo same
printf -v 'a[0]' x; echo p $?
read 'a[1]' <<< x; echo r $?
declare -n r=x; r=4; echo same
unset r; echo $?
x=(1); echo same
getopts a 1x -a; echo g $?
read 1x <<< a; echo r $?
(( y = 1, x = 2 )); echo a $? $y
echo ${x:=4} ${z:=5}
#%%
readonly x=1; x=2; echo not shown
#%%
set -o posix; readonly x=1
x=2
echo not shown
#%%
exec 2>&1; func() { echo func; }; readonly -f func; func() { echo other; }; func; unset -f func; echo $?; declare -Fr; unset -fv func; echo $?; declare -f +r func; echo $?; declare -fx func; declare -Fx; logout; shift 1 2; echo $?; for 1 in a; do :; done; echo $?
