p() { printf '[%s]' "$@"; echo; }; x='  a  b '; p $x
#%%
p() { printf '[%s]' "$@"; echo; }; IFS=:; x='a:b::c:'; p $x
#%%
p() { printf '[%s]' "$@"; echo; }; IFS=:; x=':a'; p $x; x='::'; p $x; x=':'; p $x
#%%
p() { printf '[%s]' "$@"; echo; }; IFS=' :'; x=' a : b  c:: d '; p $x
#%%
p() { printf '[%s]' "$@"; echo; }; IFS=; x='a b'; p $x
#%%
p() { printf '[%s]' "$@"; echo; }; x='a b'; p x$x"y z"$x
#%%
p() { printf '[%s]' "$@"; echo; }; x=' a '; p x${x}y "x${x}y"
#%%
p() { printf '[%s]' "$@"; echo; }; IFS=x; v=axbxc; p $v "$v" axb
#%%
p() { printf '[%s]' "$@"; echo; }; p $(echo 'a  b'; echo c) "$(echo 'a  b'; echo c)"
#%%
p() { printf '[%s]' "$@"; echo; }; IFS=$'\n'; x=$'a b\nc d'; p $x
#%%
p() { printf '[%s]' "$@"; echo; }; x=''; p $x a $x; p "$x" a
#%%
p() { printf '[%s]' "$@"; echo; }; IFS=0; p $((100+1))
#%%
p() { printf '[%s]' "$@"; echo; }; x='a b'; y=$x; p $y; z=$x$x; p $z
#%%
p() { printf '[%s]' "$@"; echo; }; IFS=:; x='a b:c'; p $x ${x#*:} ${nothing:-d:e f}
#%%
p() { printf '[%s]' "$@"; echo; }; x='a '; p $x$x; p ${x}b
#%%
p() { printf '[%s]' "$@"; echo; }; IFS=': '; set -- 'a:b' 'c d'; p $*; p "$*"; p $@
#%%
p() { printf '[%s]' "$@"; echo; }; set -- '' a ''; p "$@"; p $@; p "$*"
#%%
p() { printf '[%s]' "$@"; echo; }; set -- a '' b; IFS=; p $*; p "$*"
#%%
case "a b" in a\ b) echo yes;; esac; x='a b'; case $x in "a b") echo yes2;; esac
#%%
x='*.nothing'; echo $x; x='a  b'; y="$x"; echo "$y"
#%%
set -- a b; x="$@"; echo "$x"; x=$*; echo "$x"; IFS=-; x=$*; echo "$x"; x=$@; echo "$x"
#%%
read a b c <<E
 one two  three four 
E
echo "[$a][$b][$c]"
#%%
IFS=: read a b c <<E
1:2:3:4:
E
echo "[$a][$b][$c]"
#%%
IFS=: read a b <<E
1:2:
E
echo "[$a][$b]"
#%%
read x <<'E'
a\tb\
c
E
echo "$x"
#%%
read -r x <<'E'
a\tb\
E
echo "$x"
#%%
printf 'a\nb\nc' | while read x; do echo "<$x>"; done; printf 'no newline' | { read x; echo $? "$x"; }
#%%
printf '  sp  \n' | { IFS= read -r x; echo "[$x]"; }
#%%
printf 'a b c\n' | { read x y; echo "$x|$y"; }
#%%
printf 'x\n' | { read; echo "$REPLY"; }
#%%
read x </dev/null; echo $? "[$x]"
#%%
printf 'a:b\n' | { IFS=: read x y z; echo "[$x][$y][$z]"; }
#%%
printf '1\n2\n3\n' | { read a; cat; echo "a=$a"; }
#%%
printf 'a,b;c' | { read -d ';' x; echo "$x"; }
#%%
printf 'abcdef' | { read -n 3 x; echo "$x"; read y; echo "$y"; }
#%%
printf 'a b c\n' | { read -a arr; echo "${arr[1]}" "${#arr[@]}"; }
