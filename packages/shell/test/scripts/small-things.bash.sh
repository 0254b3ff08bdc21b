echo one two; echo $_; : three; echo $_; x=1; echo "[$_]"; f() { echo $_; : inner; }; f arg; echo $_
echo a 'b c' > /dev/null; echo "$_"; (: sub); echo $_; [[ x ]]; for i in 1; do :; done; echo $_; y=$(: in); echo "<$_>"
#%%
show() { echo $-; }
quiet() { local -; set -f -u; show; set +o braceexpand; echo {a,b} *; nested; show; }
nested() { local - x=1; set +f -C; show; local -; set -x; } 2> /dev/null
set -- ; show; quiet; show; echo {a,b}
kept() { set -f; }; kept; show; again() { local -; set +f; return 3; }; again; echo $?; show
#%%
set +B; echo {a,b} x{1..3}y {c,d}{e,f}; for i in {1,2}; do echo $i; done; list=({p,q}); echo ${#list[@]}
set -B; echo {a,b}; f() { echo {v,w}; }; set +o braceexpand; f; shopt -o braceexpand; set -o braceexpand; f
echo {+1..3} {-1..+1} {1..+7..+3}
#%%
exec 2>&1; cat > too-many.sh <<'FILE'
f() { return 1 2; echo inside; }; f; echo same line
echo next $?
g() { exit 1 2; echo inside; }; g; echo same line
echo next $?
shift 1 2; echo same line
echo next $?
for i in 1 2; do break 1x; echo inside; done; echo not here
echo nor here
FILE
bash too-many.sh; echo $?
f() { return 1 2; echo inside; }; f; echo same line
echo not here
#%%
exec 2>&1
for i in 1 2; do (break; echo on); echo x | { continue; echo too; }; y=$(break; echo no); echo "[$y]"; { break; echo bg; } & wait; done
#%%
read -n 0 x <<< abc; echo "$? [$x]"; { read -N 0 x; read y; echo "[$x] $y"; } <<< abc; read -n 0 x < /dev/null; echo $?
#%%
x=$(echo to stderr >&2) 2> err; cat err; x=$(cat) <<< text; echo "[$x]"; x=1 > out; ls out
x=2 > /no/such/file; echo $? $x; x=$(echo 3; exit 4) > out; echo $? $x
#%%
echo -e '\101 \0101 \1 \061 \x41 \07x' | od -c; printf '%b' '\101 \0101 \1' | od -c
printf 'a\cb \" \? \'"'"' \q\n'; printf '%b\n' 'cut\chere'
#%%
command -v nosuch echo; echo $?; command -v nosuch; echo $?; command -V nosuch echo 2> /dev/null; echo $?
f() { :; }; type -f f 2> /dev/null; echo $?; type -ft f; echo $?; echo() { builtin echo "$@"; }; type -at echo; type -ft echo; type -at if
#%%
exec 2>&1
(set -u; echo $1); (set -u; echo ${1}); (set -u; echo ${12}); (set -u; echo $!); (set -u; echo ${1#x}); (set -u; echo $name)
#%%
unset LINENO; echo "[$LINENO]"; LINENO=7; echo $LINENO
#%%
declare -c title='tHE end' none; none=éTÉ; echo "$title $none"; declare -p title; title+=' OF it'; echo "$title"; declare +c title; title=x; declare -p title
declare -cu both=aB; declare -p both; declare -lc nor=aB; declare -p nor
f() { :; }; declare -F f; declare -pF f; declare -F
f() { local b=2 a=1; local -i n=3; local; }; f
#%%
shopt -u globskipdots; touch .hidden seen; echo .*; echo .[!.]*; echo *; shopt -s globskipdots; echo .*
#%%
IFS=:; set -- a '' b '' ''; for i in $*; do echo "<$i>"; done; for i in x$@y; do echo "($i)"; done; set -- '' ''; for i in $@; do echo "[$i]"; done
list=(1 '' 2:3 ''); for i in ${list[@]}; do echo "<$i>"; done; for i in ${list[*]/2/}; do echo "($i)"; done; z=$@$*; echo "$z"
IFS=' :'; for i in $* ${list[@]}; do echo "{$i}"; done; IFS=x; set -- a '' b; echo $* "$*" ${*:2}
#%%
cat <<DOC
${none:-'kept $IFS' it}${none-a'b'}
DOC
echo "${none:-'kept'}" "${none:-$'a\tb'}" ${none:-'taken'}
#%%
select choice in left right; do echo "$choice $REPLY"; done <<< $'2\n7' 2> /dev/null; echo $?
#%%
coproc upper { tr a-z A-Z; }; echo hello >&${upper[1]}; eval "exec ${upper[1]}>&-"; read line <&${upper[0]}; echo $line
wait $upper_PID; echo $? ${upper[0]-gone} ${upper_PID-gone}
#%%
cd /; HOME=; cd; echo $? $PWD; unset HOME; cd 2> /dev/null; echo $?
declare -A m=([k]=v); echo ${m@a} "[${m}]"; declare -i i; echo ${i@a} "[$i]"
#%%
exec 2>&1; wrong() { bash -c "$1"; bash -c "echo before
f() { $1
}"; }
wrong '[[ x y ]]'; wrong '[[ -n ]]'; wrong '[[ x != ]]'; wrong '[[ ]]'; wrong '[[ ! ]]'; wrong '[[ x || ]]'; wrong '[[ -d x y ]]'
wrong '[[ x ) ]]'; wrong '[[ ( x y ) ]]'; wrong '[[ ( x ]]'; wrong '[[ ( ) ]]'; wrong '[[ x == y z ]]'; wrong '[[ x < y ; ]]'
wrong '[[ | x ]]'; wrong '[[ x | y ]]'; wrong '[[ x & ]]'; wrong '[[ x && && y ]]'; wrong '[[ -x ; ]]'; wrong '[[ x -odd y ]]'
wrong 'if [[ "x y" z ]]; then :; fi'; wrong '[[ x == y ]] && [[ "a" b ]]'; wrong 'echo [[ x; [[ -lt 3 ]]'; wrong '[[ x == y
z ]]'; wrong '[[ x == y'; wrong '[[ x'; wrong '[[ x ==
'; wrong '[[ -e
'; wrong '[[ x =~ (a|b)(c) && y z ]]'; wrong '[[ x == @(a|b) y ]]'; true
#%%
exec 2>&1; cat > seen.sh <<'FILE'
echo before
set -v
echo one # remark

# remark
while false
do :
done; echo same line
cat <<DOC
text
DOC
eval 'echo a
echo b'
. ./part
f() {
  echo f; }
f; trap 'echo caught' USR1; kill -USR1 $$
set +v; echo not seen
# nor this
set -v
# end
FILE
printf 'echo part\n\n# end' > part; bash seen.sh; bash -v part; bash --verbose < part; bash -vc 'echo x; echo y
echo z'; shopt -s expand_aliases; alias say=echo; set -v
say hello
#%%
exec 2>&1; for ((i = 1 / 0; i < 2; i++)); do echo never; done; echo $?
for ((i = 0; i < 2; i += 1 +)); do echo $i; done; echo $?; for ((;1 1;)); do echo never; done; echo $?; readonly r=1; for ((r = 2;;)); do :; done; echo $?
hash -r; hash -p /bin/true yes-man; hash -l; hash -lt yes-man; hash -t yes-man; yes-man; echo $?
bash -c; echo $?; bash --nope 2>&1 | head -1; x=$(printf 'a\0b'); echo $x; x=`printf '\0\0'`; echo "[$x]"
#%%
args() { echo "$# $A $*"; }; set -k
args x A=1 y; echo "[$A]"; printenv A B=2 A=3; echo a B=2 c "C=3" \D=4 E=$HOME; A=0 args A=5; x=6 y=7; echo $x$y; : z=1; echo "[$z]"
set +k; echo a B=2
#%%
declare -A m=([a]=1 ['b c']=2); (( m['a']++, m["b c"] += 3, m[b c]++ )); declare -p m; k=a
echo $((m['a'])) $(( m["b c"] * 2 )) $((m["$k"])); (( m["$k"]++ )); (( m[q"r"] = 1 )); declare -p m
#%%
shopt -s cdable_vars; mkdir -p up/in; place=up where=nowhere; cd place > /dev/null; echo $? ${PWD##*/}; cd where 2> /dev/null; echo $?; mkdir place; cd place; echo ${PWD##*/}
caller; echo $?; bash -c 'f() { caller; }; f'; printf 'echo 1; echo 2\necho 3\n' | bash -t; printf 'if true\nthen exit 4; fi\necho 3\n' | bash -t; echo $?
printf 'echo first; set -t; echo same line\necho never\n' > one.sh; bash one.sh; bash -t one.sh; bash -tc 'echo a
echo b'
#%%
exec 2>&1
bash -c '{ }'; bash -c '( )'; bash -c 'f() { }'; bash -c 'f() ( # nothing
)'; bash -c 'echo a; {
# nothing
}'; [ 99999999999999999999 -gt 1 ]; echo $?; [ -9223372036854775808 -lt 9223372036854775807 ]; echo $?
