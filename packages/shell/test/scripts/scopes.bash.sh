exec 2>&1
inner() { unset res; echo ${res-unset}; res=new; }
outer() { local res=l; inner; echo o:$res; }
res=g; outer; echo $res
f() { local x=1; g; echo f:$x; }
g() { local x=2; h; echo g:$x; }
h() { unset x; echo h:$x; unset x; echo h:$x; unset x; echo h:$x; x=new; }
x=0; f; echo $x
f() { local x=1; unset x; echo ${x-u}; x=2; }; x=0; f; echo $x
f() { local v=1 w; declare -g v=2 w=3 z=4; echo $v,$w,$z; }; v=; f; echo $v,$w,$z
f() { local -a v=(1); g; echo ${v[@]}; }; g() { declare -ga v=(a b); declare -g -A m=([x]=1); echo "${v[@]}"; }; unset v; f; echo ${v[@]} ${m[x]}
upvar() { unset -v "$1"; eval "$1=\$2"; }; f() { local r; upvar r val; echo $r; }; f; echo ${r-none}
f() { declare -gi n=3+4; declare -gx e=5; local n=9; declare -g n+=1; echo $n; }; f; echo $n; env | grep ^e=
shopt -s localvar_unset; inner() { unset res; echo ${res-unset}; res=new; }; res=g; outer; echo $res
#%%
exec 2>&1
echo 'set -- m n' > s4a.sub; echo 'shift; echo "$@"' > s4b.sub
set -- a b c; . ./s4a.sub x y; echo "$@"; set -- a b c; . ./s4b.sub x y; echo "$@"; . ./s4b.sub; echo "$@"; . ./s4a.sub; echo "$@"
f() { set -- q; . ./s4a.sub z; echo "$@"; }; set -- o; f; echo "$@"
FUNCNAME=7; echo $FUNCNAME; g() { FUNCNAME=7; echo $FUNCNAME; }; g; PIPESTATUS=3; true | false; echo ${PIPESTATUS[@]}; BASH_SOURCE=x; echo $BASH_SOURCE
#%%
cat > s <<'SCRIPT'
exec 2>&1
set -m
{ sleep 0.1 ; exit 4; } &
{ sleep 0.3 ; exit 5; } & bgpid1=$!
{ sleep 0.5 ; exit 6; } &
wait -p wvar -n %2 %3; echo $? $((wvar == bgpid1))
{ sleep 0.1 ; exit 2; } & bgpid2=$!
wait -p wvar -n %8 $!; echo $? $((wvar == bgpid2))
wait -n; echo $?
wait; echo $?
sleep 0.1 & wait -n $!; echo $?
wait -n; echo $?
wait -n 99999; echo $?
(exit 3) & wait $!; echo $?
wait %1; echo $?
jobs
sleep 1 & 
set +m
fg %1; echo fg $?
bg %1; echo bg $?
sleep 0.1 &
fg; echo $?
disown %1; echo $?
disown %9; echo $?
jobs -p | wc -l
kill %1; echo $?
kill %8; echo $?
wait %8; echo $?
suspend; echo $?
SCRIPT
bash ./s
#%%
cat > s <<'SCRIPT'
exec 2>&1
trap "echo caught" CHLD
set -m
sleep 0.1 & sleep 0.2 & sleep 0.3 &
wait
trap -p CHLD
(exit 1)
/bin/true
echo end
SCRIPT
bash ./s
#%%
exec 2>&1
HOME=/usr/xyz
h=HOME=~; echo $h
export h=HOME=~; echo $h
typeset k=~:~; echo $k
for i in z=~; do echo $i; done
f() { echo $1; }; f y=~
[[ a=~ == a=/usr/xyz ]] ; echo $?
case q=~ in q=/*) echo exp;; *) echo no;; esac
set -o posix
echo FOO=~/mumble; h=HOME=~; echo $h; export h=~:~; echo $h; make=~ ; echo $make
shopt -s xpg_echo; echo 'a\n\nb'
set +o posix; echo 'a\nb'
shopt -u xpg_echo; echo 'a\nb'
declare -A A; [ -v 'A[@]' ]; echo $?; A[x]=1;  [ -v 'A[@]' ]; echo $?; b=(); [ -v 'b[@]' ]; echo $?
(exec -l -a nm bash -c 'echo $0')
foo=1 export foo; echo $foo; bar=2 readonly bar; echo $bar; baz=3 declare -x baz; echo $baz; q=3 declare q; echo $q; r=4 typeset -r r; echo $r
#%%
exec 2>&1
a="'" b='ab#c' c='#x' d='~' e='x~' f='x=~' g='a:~' h='a b' i='a!' j='{a}' k='a^b' l='a,b' m='a%b' n='a@b' o='a+b' p=$'a\nb' q=$'a\001' r='' s='a[b' t='a]' u='\' v='"' w="''" x="a'b" y='~a' z='a;b' aa='a=b' ab='é' ac='-' ad='a/b' ae='*' af='$x' ag='`' ah='x:~' ai='x=~a' aj='#' ak='a #b'
set | grep -E '^([a-z]|a[a-k])='
for v in a b c d e f g h i j k l m n o p q r s t u v w x y z aa ab ac ad ae af ag ah ai aj ak; do declare -n n=$v; printf '%s %q %s\n' "$v" "$n" "${n@Q}"; unset -n n; done
set -x; : "$a" "$b" "$c" "$d" "$e" "$f" "$g" "$i" "$j" "$k" "$l" "$s" "$t" "$u" "$w" "$x" "$y" "$ai" "$aj"
#%%
exec 2>&1; bar=one; declare -n foo=bar; echo $foo; foo=two; echo $bar; declare -n; declare +n foo=other; echo $foo $bar; a=(1 2 3); declare -n e=a[1]; echo $e; e=9; echo ${a[@]}; declare -A m; declare -n k=m[x]; k=5; declare -p m; for e in a bar; do echo $e; done; declare -n self=self; declare -n bad='x y'; echo $?; unset -n e; echo ${e-gone}; unset foo; echo ${bar-gone}
#%%
exec 2>&1; declare -a b; declare -p b; b+=(x); declare -p b; declare -A c; declare -p c; c=(); declare -p c; declare -a d='([1]=x [3]="y z" w)'; declare -p d; declare -A f='([k]=v)'; declare -p f; b[]=1; echo no
echo on; b[*]=1; echo no
d[1]=(x); echo no
d=([]=1 [2]=y [*]=3); declare -p d; b[-9]=1; echo no
readonly 'd[1]'; echo $?; declare +a d; echo $?; s=1; unset 's[2]'; echo $?; export -a d; declare -p d; test=(first & second)
echo $? after
#%%
exec 2>&1; trap 'echo dbg' DEBUG; f() { trap 'echo own' DEBUG; :; }; f; trap -p DEBUG; trap - DEBUG; g() { :; }; declare -ft g; declare -F g; for i in 1 2; do for j in 1 2; do continue 0; done; echo no; done; echo $?; set -x; BASH_XTRACEFD=1; echo x 2>/dev/null
#%%
exec 2>&1; echo in > f; { exec 10>&1; } > f; echo out; for x in 1 2; do { read line; echo $line; } & wait; done <<< $'ab\ncd'; cat & wait; cat < /dev/null; { cat & wait; } <<< given
#%%
x="a'b'c"; p() { printf '<%s>' "$@"; echo; }; p "${x/b/\'}" "${x//\'/\'}" "${x/b/~}" "${x/b/[&]}" "${x/b/\&}" "${x/#/\n}" ${x/b/\'} "${x/b/"&"}"
x=abc
cat <<E
${x/b/'q'} ${x/b/"q"} ${x/b/\q} ${x/b/\\q} ${x//b/~} ${x/b/$x} ${x/b/[&]} ${x/b/\&}
E
echo "${x/b/$x$x}" "${x/b/"$x  y"}" "${x/b/$(echo "a  b")}" "${x/b/a  b}" "${x//[ab]/<&>}" "${x/b/\\}" "${x/b/\/}" "${x//b/\"}"
p=/a/b/c; echo "${p//\//\\/}" "${p//\//_}" ${p//\//\\/}
#%%
shopt -s globstar; mkdir -p a/a b/a; touch a/f b/a/g; echo **/** '|' **/**/ '|' **/**/a '|' a/** '|' **/; f() { typeset OPTIND=1 opt; while getopts :abcxyz opt; do echo opt: $opt; if [[ $opt = y ]]; then f -abc; fi; done; }; f -xyz
#%%
cat > s <<'SCRIPT'
exec 2>&1
set -T
trap 'echo "d $LINENO ${FUNCNAME[0]} $BASH_COMMAND"' DEBUG
f() {
  echo in
  g x
}
g() { echo g; return 3; }
f
echo after
set +T
f
declare -ft g
g
x=1
for i in 1; do :; done
trap - DEBUG
set -- 'a b' "c'd" ''; echo "${@@A}"; a=(1 'x y'); echo "${a[@]@A}" "${a[*]@A}"; declare -A m=([k]='v w'); echo "${m[@]@A}"; n=5; echo ${n@A}; declare -i n; echo ${n@A}; set -e; trap 'echo "r $FUNCNAME"' RETURN; h() { :; }; h; declare -ft h; h
SCRIPT
bash ./s
#%%
exec 2>&1; touch f1 f2; declare -A d=( "?" quest * star "x y" z ); declare -p d; x="1 2"; declare -A e=( $x 3 4 ); declare -p e; e=( [k]=* [j]=$x ); declare -p e; e+=( n m ); declare -p e; e=( a ); declare -p e; declare -i -A h=([a]=1+1); h[b]+=3; declare -p h; declare -A k; k=val; declare -p k; k+=( [x]=$(echo '*') ); declare -p k; a=( * ); echo ${#a[@]}; a=( [3]=* x ); declare -p a; declare -A q=(["@"]=1 ["]"]=2 [')']=3 ['"']=4); declare -p q; for i in "${!q[@]}"; do echo "$i"; done; echo "${q[@]@A}"
