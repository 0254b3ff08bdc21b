x=; echo ${x:-d} ${x-d} ${y-e} ${y:-f}
#%%
echo ${x:=set} $x ${x:=other}
#%%
echo ${x=one}; x=; echo "[${x=two}]"
#%%
x=1; echo ${x:+alt} ${x+alt} ${y:+alt} ${y+alt}.
#%%
unset x; echo ${x?}; echo no
#%%
x=; echo ${x:?is null}; echo no
#%%
(echo ${x:?m}); echo $?
#%%
x=abcdef; echo ${#x} ${#} ${#y}
#%%
x=é; echo ${#x}
#%%
x=a.b.c; echo ${x#*.} ${x##*.} ${x%.*} ${x%%.*}
#%%
x=/usr/lib/x.so; echo ${x##*/} ${x%/*}
#%%
x=aXbXc; echo ${x/X/-} ${x//X/-} ${x/#a/^} ${x/%c/$} ${x//X}
#%%
x=abcdef; echo ${x:2} ${x:2:2} ${x: -2} ${x:1:-1} ${x:0:0}.
#%%
x=hello; echo ${x^} ${x^^} ${x^^[lo]}; y=HELLO; echo ${y,} ${y,,}
#%%
set -- a b c; echo $# $1 $2 $3 "$@" "$*"
#%%
set -- a b c d e f g h i j k; echo ${10} $10 ${11}
#%%
set -- a b c; echo ${@:2} ${@:1:2} "${@: -1}"
#%%
set -- a b c; IFS=-; echo "$*" $*
#%%
set -- a b c; IFS=; echo "$*"
#%%
set -- a b; unset IFS; echo "$*"
#%%
set -- "a b" c; for i in "$@"; do echo "[$i]"; done; for i in $@; do echo "($i)"; done
#%%
set -- "a b" c; for i in "$*"; do echo "[$i]"; done; for i in $*; do echo "($i)"; done
#%%
set --; for i in "$@"; do echo x; done; echo "[$*]" "$@" $#
#%%
set -- "" ""; echo $#; printf '[%s]' "$@"; printf '[%s]' $@; echo
#%%
set -- a; printf '[%s]' "x$@y" "x$*y"; echo; set -- a b; printf '[%s]' "x$@y" "x$*y"; echo
#%%
set --; printf '[%s]' "x$@y" "$@" "$@$@"; echo
#%%
x=y; y=z; echo ${!x}
#%%
echo $?; false; echo $?; true; echo $?
#%%
x=a; echo "${x}b" $xb ${x}b
#%%
x=abc; echo ${x#?} ${x#"a"} ${x#'a'} ${x#[a-b]} ${x%[!x]}
#%%
x='a*b'; echo "${x#a\*}" "${x#a*}" "${x#'a*'}"
#%%
p='*'; x=abc; echo "${x#$p}" "${x##$p}" "${x##"$p"}"
#%%
x=aaa; echo ${x#a} ${x##a} ${x%a} ${x%%a*}
#%%
x=1; y=2; echo $((${x}${y}))
#%%
unset x; echo "${x:-a b}" ${x:-a b} ${x:-"a b"}
#%%
unset x; set -- ${x:-a b "c d"}; echo $#
#%%
unset x; set -- "${x:-a b "c d"}"; echo $# "$1"
#%%
echo ${x:-${y:-${z:-deep}}}
#%%
x=set; echo "${x:+"quoted $x"}"
#%%
set -u; echo ${x-ok}; echo ${#x}; echo no
#%%
set -u; echo $x; echo no
#%%
set -u; set --; echo "$@" $# "$*"; echo ${1-none}
#%%
x=abc; echo "${x:1:1}" "${x:3}" "${x:4}".
#%%
x='a b c'; echo ${x// /_} "${x//[ab]/X}"
#%%
x=a/b/c; echo ${x//\//-} ${x/\//:}
#%%
x=abcabc; echo ${x//b/[&]} 
#%%
HOME=/h; echo ~ ~/x "~" \~ a~ ~x/y
#%%
HOME=/h; x=~; y=~/a:~/b; echo $x $y; echo x=~
#%%
HOME='/a b'; set -- ~; echo $# "$1"
#%%
OLDPWD=/old; echo ~+ ~- | cut -d ' ' -f 2
#%%
a=1 b=2; c=$a$b; echo $c
#%%
a=1; a=2 b=$a; echo $a $b
#%%
x=1; x=2 echo $x; echo $x
#%%
x+=a; x+=b; echo $x
#%%
readonly r=1; echo $r; (r=2; echo no); echo $?
#%%
x=a; unset x; echo ${x-unset}; unset nosuch; echo $?
#%%
echo ${PPID:+ok} ${$:+ok}
#%%
echo "${x@Q}"; x="a'b"; echo "${x@Q}" "${x@U}"
#%%
x='$HOME'; echo $x "$x"
#%%
foo_1=a; foo_2=b; echo ${!foo_*} "${!foo_@}"
#%%
x=; printf '[%s]' ${x:+a} "${x:+a}" "${x-b}"; echo
#%%
x=abc; echo ${x/b/} ${x/z/y} ${x/?/<>} ${x//?/.}
#%%
x=ab.tar.gz; echo ${x%.*} ${x%%.*} ${x#*.}
#%%
echo ${9} ${9-no}
#%%
set -- x; shift; echo $#; shift; echo $?
#%%
set -- a b c d; shift 2; echo $*; shift 5; echo $? $*
#%%
x='  lead trail  '; echo "[$x]" [$x]
#%%
x=1; { x=2; }; echo $x; (x=3); echo $x
#%%
f() { echo "$#:$*"; }; f; f ""; f "" ""; f $nothing
#%%
x=abc; y=${x}; z="${y}d"; echo $z
#%%
x=abcd; echo "${x:$((1+1)):1}" "${x:${#x}-1}"
