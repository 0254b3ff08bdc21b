cd /; pwd; cd /tmp; pwd; cd -; pwd; echo $OLDPWD
#%%
mkdir -p a/b; cd a/b; basename "$PWD"; cd ..; basename "$PWD"; cd nosuch; echo $?; cd; pwd | grep -c .
#%%
mkdir d; ln -s d l; cd l; basename $(pwd); basename $(pwd -P); cd ..; cd -P l; basename $PWD
#%%
unset HOME; cd; echo $?; HOME=/; cd; pwd; cd ""; echo $?; cd a b; echo $?
#%%
mkdir -p p/q; CDPATH=p; cd q >/dev/null; basename $PWD
#%%
export x=1 y; y=2; sh -c 'echo $x $y'; export -n x; sh -c 'echo ${x-no}'
#%%
export 'a b'; echo not reached?
#%%
export -p | grep -c PATH; readonly z=1; readonly -p | grep z=
#%%
readonly a=1; a=2; echo no
#%%
readonly a=1; unset a; echo no
#%%
(readonly a=1; a=2) 2>/dev/null; echo $?; readonly q=1; export q; echo $?
#%%
unset x y; x=1; unset x; echo ${x-u}; f() { :; }; unset f; f; echo $?
#%%
echo -n a; echo b; echo -e 'a\tb\n'; echo -E 'a\tb'; echo -- x; echo -z
#%%
echo -e 'a\cb'; echo; echo -ne 'x\x41\0101\n'
#%%
printf '%d %s %x %o %c %5d|%-5s|%05.1f\n' 10 str 255 8 char 42 ab 3.14159
#%%
printf '%s %s\n' a b c; printf '%d\n' 0x10 010 "'A"; printf '\101\x42\n'; printf '%%\n'
#%%
printf '%b' 'a\nb\n'; printf '%s\n'; printf '%.2s|\n' abc; printf '%*d\n' 5 3
#%%
printf '%d\n' abc; echo $?; printf; echo $?
#%%
type cd | head -1; type nosuch; echo $?; f() { :; }; type f | head -1; type if; type -t ls cd if f
#%%
command -v cd; command -v nosuch; echo $?; command -v ls >/dev/null && echo found; f() { :; }; command -v f; command -v if
#%%
cd() { echo fake; }; cd; command cd /; unset -f cd; pwd; echo() { builtin echo wrapped "$@"; }; echo x
#%%
command nosuch; echo $?; command; echo $?; command echo hi; command -p echo ho
#%%
hash; hash -r; ls >/dev/null; hash | grep -c ls; hash nosuch; echo $?
#%%
getopts ab:c o -a -b val -c; echo $o $OPTIND; getopts ab:c o -a -b val -c; echo $o $OPTARG $OPTIND
#%%
set -- -a -bfoo -cd arg; while getopts ab:cd o; do echo "$o ${OPTARG-none}"; done; shift $((OPTIND-1)); echo "$@"
#%%
while getopts :ab: o -x -b; do echo "$o:$OPTARG"; done; echo $OPTIND
#%%
while getopts ab: o -x; do echo "$o"; done 2>/dev/null; getopts a: o -a; echo $?
#%%
f() { local OPTIND=1 o; while getopts x:y o; do echo $o $OPTARG; done; }; f -x 1 -y; f -y
#%%
alias foo='echo aliased'
foo bar
unalias foo
foo 2>/dev/null
echo $?
#%%
alias e='echo '
alias w='hello world'
e w
alias
#%%
alias ll='echo ll'
f() { ll; }
f
alias ll; alias nosuch; echo $?
#%%
alias a=b b='echo cyc'
a x
alias echo='echo pre'
echo y
#%%
set -- a b c; echo $#; set x; echo $1 $#; set -- ; echo $#; set - y; echo $1
#%%
set -o nosuchoption; echo not reached
#%%
set -z; echo not reached
#%%
shift x; echo not reached?
#%%
shift 99; echo $?
#%%
let; echo $?; let 'x = 5' x++; echo $x
#%%
x=5; test -v x && echo set; test -v nope || echo unset; [ -o noglob ] || echo off; set -f; [ -o noglob ] && echo on
#%%
eval 'exit 4'; echo no
#%%
eval 'echo )'; echo no
#%%
wait nosuch; echo $?; kill; echo $?; kill nosuch; echo $?
#%%
return 3; echo $?
#%%
exit abc; echo no
#%%
f() { return abc; }; f; echo $?
#%%
f() { return 300; }; f; echo $?; f() { return -1; }; f; echo $?
#%%
local x=1; echo $?; f() { local a b=2 c; echo "[$a][$b]"; }; f
#%%
f() { local x=1; unset x; echo ${x-u}; }; x=g; f; echo $x
#%%
f() { declare x=1; g; echo $x; }; g() { x=2; }; x=0; f; echo $x
#%%
f() { local -r q=1; q=2; echo no; }; f; echo $?
#%%
declare -p nosuch; echo $?; x='a "b"'; declare -p x; a=(1 "2 3"); declare -p a
#%%
declare -i i; i=3*4; echo $i; typeset t=5; echo $t; declare -a arr; arr[1]=x; declare -p arr
#%%
x=1; f() { declare -g x=2; }; f; echo $x
#%%
pushd / >/dev/null; pwd; popd >/dev/null; pwd | grep -c .
#%%
times >/dev/null; echo $?; umask 22; umask; umask 999; echo $?
#%%
trap 'x' NOSUCH; echo $?; trap -l >/dev/null; echo $?
#%%
exec 2>/dev/null; nosuch; echo $?; cd /nosuch; echo $?
#%%
true; : $(false); echo $?; x=$(false) ; echo $?; x=$(false) true; echo $?
#%%
builtin echo hi; builtin nosuch; echo $?
#%%
pwd -L >/dev/null; pwd -P > /dev/null; echo $?; pwd -x; echo $?
#%%
read -t 0.1 x < /dev/null; echo $?; (sleep 1; echo a) | { read -t 0.1 x; echo $(($? > 128)); }
#%%
printf 'x y\n' | { read -r a b c; echo "$a|$b|$c"; }; echo 'a\b' | { read x; echo $x; }; read 1x; echo $?
#%%
read -p 'prompt ' x <<< val; echo $x; read -N 2 y <<< abc; echo $y; read -s z <<< s; echo $z
#%%
jobs; fg; echo $?; bg; echo $?; disown 2>/dev/null; echo $?
#%%
source /dev/stdin <<< 'echo from stdin'
#%%
test 1 -eq 1 && test a \< b && test ! "" && echo all
#%%
echo $SHLVL | grep -c '^[0-9]'; echo ${UID:+u} ${EUID:+e} ${PWD:+p}
#%%
false; echo "$?"; : ; echo $?
#%%
x=3; echo $((x)) | tee f; cat f; kill -l | grep -c TERM
