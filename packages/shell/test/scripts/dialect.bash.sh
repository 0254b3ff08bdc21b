false | true | false; echo "${PIPESTATUS[@]}" "${#PIPESTATUS[@]}"; true; echo ${PIPESTATUS[0]}; ! false; echo ${PIPESTATUS[@]} $?; x=$(false); echo ${PIPESTATUS[@]}; false | true; x=("${PIPESTATUS[@]}"); echo ${x[1]}; (exit 3); echo $PIPESTATUS; if false | true; then echo "${PIPESTATUS[*]}"; fi
#%%
false | true; declare -p PIPESTATUS; f() { declare -p FUNCNAME; }; f; declare -p NOTHING; echo $?
#%%
shopt -s lastpipe; false | (exit 4) | read x; echo ${PIPESTATUS[@]}; trap 'false | true' USR1; true | false; kill -USR1 $$; echo ${PIPESTATUS[@]}
#%%
RANDOM=1; echo $RANDOM $RANDOM $RANDOM; RANDOM=12345; echo $RANDOM $RANDOM; RANDOM=0; echo $RANDOM; RANDOM=-5; echo $RANDOM; RANDOM=abc; echo $RANDOM; RANDOM=4294967297; for i in 1 2 3 4 5 6 7 8; do echo $((RANDOM % 100)); done
#%%
a=$(echo $RANDOM); b=$(echo $RANDOM); [ $a = $b ] && echo same; exit 0
#%%
declare -A m; for k in apple banana cherry date elder fig grape a b c d e f g h 1 2 3 "x y" é '$' '"' ; do m[$k]=1; done; echo "${!m[@]}"; for k in "${!m[@]}"; do echo -n "$k,"; done; echo; declare -p m; unset 'm[a]'; m[zz]=2; echo "${m[@]}" "${!m[@]}"; echo "${m[@]@K}"; set | grep '^m='
#%%
declare -A m; for i in {1..3000}; do m[k$i]=$i; done; echo "${!m[@]}" | md5sum; r=(5 6); echo "${r[@]@K}" "${r[@]@k}"
#%%
mkdir d; touch d/a.o d/b.c x.o y.c .h; GLOBIGNORE='*.o'; echo * d/*; GLOBIGNORE='*.o:y*:d/b*'; echo * d/*; GLOBIGNORE=; echo *; unset GLOBIGNORE; echo *; GLOBIGNORE='[[:alpha:]].*'; echo *
#%%
f() { f; }; FUNCNEST=5; f 2>/dev/null; echo $?
#%%
cb() { echo "cb $1 $2"; }; mapfile -t -C cb -c 2 q < <(seq 5); echo ${#q[@]}; mapfile -C 'echo x' -c 1 q < <(printf 'a b\nc'); mapfile -n x q; echo $?; mapfile -c 0 -C : q; echo $?; mapfile 1x; echo $?; mapfile -u 9 q; echo $?; mapfile -t -s 2 -n 2 -O 3 q < <(seq 9); declare -p q
#%%
enable -n cd test; type test; enable -a | head -4; enable cd test; enable -n | wc -l; enable nosuch; echo $?; enable -n ls; enable -n echo; echo hi; (enable echo; type echo); type -t echo; enable -s | head -3
#%%
help cd > /dev/null; echo $?; help nosuchtopic; echo $?; help -s pwd; help -z; echo $?
#%%
type ls echo; command -v ls; hash; ls; hash | wc -l; hash -r; hash
#%%
break; continue; echo $?; break x; echo $?; for i in 1 2; do break 5; done; echo $?; for i in 1; do break 0; done; echo $?
#%%
unset 1x; echo $?; unset -v 1x; echo $?; export 1x=2; echo $?; source; echo $?; set -q; echo $?; read -u 9 v; echo $?; read -n x v; echo $?; trap -l; exec nosuch
#%%
y[3]=a; y+=(b c); echo "${y[-9]}" after; echo ${#nope[@]}; set -u; echo ${#nope[@]}; echo never
#%%
declare -t tt=1; declare -p tt; declare +t tt; declare -p tt; shopt -s localvar_inherit; x=5; f() { local x; echo $x; }; f
#%%
x=abc; shopt -u patsub_replacement; echo ${x/b/[&]} ${x/b/\&} ${x/b/"&"}; y='&'; echo ${x/b/$y}; shopt -s patsub_replacement; echo ${x/b/$y} ${x/b/"$y"} ${x//[ac]/<&>}
#%%
shopt -s checkwinsize histappend; echo $?; shopt -p autocd; shopt -q login_shell; echo $?; shopt -s nosuch; echo $?; echo $BASHOPTS; shopt -o errexit; shopt -po nounset; shopt -so nounset; echo $-; set +H; set -o | grep -c on; set -o; set +o; echo $SHELLOPTS; shopt -su x; echo $?
#%%
shopt -s execfail; exec nosuch; echo on; shopt -s shift_verbose; shift 4; echo $?; set -P; mkdir -p a/b; ln -s a/b l; cd l; pwd | grep -o 'a/b$'; cd ..; pwd | grep -o 'a$'; set +P; cd -L ..; cd l; pwd | grep -o 'l$'
#%%
f() { echo f $1; }; export -f f; bash -c 'f 1; declare -F f; f() { echo new; }; bash -c f'; env | grep -c '^BASH_FUNC_f%%'; env -i 'BASH_FUNC_g%%=() { echo g; }' bash -c g; env 'BASH_FUNC_h%%=() { echo h; }; echo evil' bash -c 'h'; export -nf f; bash -c 'f 2'; declare -xf
#%%
command_not_found_handle() { echo "nf $*"; x=9; return 5; }; foo bar 'b c'; echo $? $x; foo > out; cat out; /no/such; echo $?; foo | cat; $(foo)
#%%
echo $(( 1 + )); echo never
#%%
(echo $((a=))); (echo $((1 2))); (echo $((08#7))); (echo $((x ? 1))); (echo $((4 4))); (echo $((3 +* 2))); echo $?
#%%
trap 'echo D:$BASH_COMMAND' DEBUG; x=1; for i in 1 2; do echo $i; done; ((1)); case a in a) echo c;; esac; for ((j=0;j<1;j++)); do :; done
#%%
sleep 0.05 & p=$!; wait $p; echo $?; wait $p; echo $?; exec 2>/dev/null; set -m; sleep 5 & kill -STOP %1; sleep 0.1; jobs; jobs -l | grep -c 'Stopped (signal)'; kill -KILL %1
#%%
set -x; for i in a "b c"; do case $i in a) : x;; esac; done; eval 'echo $(echo in)'; [[ -n a && ! -z b ]]; ((1+1)); f() { local y=2; }; f; x=(a "b c"); x[1]=; y+=1; : "$y" a# é '^' $'\x01' $'a\nb' '~' 'a~' '#'; { echo g; } 2>&1; [[ a == "b*" ]]; [[ '' =~ ^x ]]; for ((i=0;i<1;i++)); do :; done; select s in a; do break; done <<< 1
#%%
exec 2>&1; set -x; for i in a "b c"; do case $i in a) : x;; esac; done; eval 'echo $(echo in)'; [[ -n a && ! -z b ]]; ((1+1)); f() { local y=2; }; f; x=(a "b c"); x[1]=; y+=1; : "$y" a# é '^' $'\x01' $'a\nb' '~' 'a~' '#'; [[ a == "*" ]]; [[ '' =~ ^x ]]; for ((i=0;i<1;i++)); do :; done
#%%
bash -c 'cat <<EOT
a $((1+1))' 2>&1; printf 'cat <<X <<-Y\n1\nX\n\t2\n' > s; bash ./s; eval 'cat <<E
in' 2>&1 | wc -l
#%%
f1() { echo a; echo b; }
f2() { if true; then echo x; elif false; then echo y; else echo z; fi; }
f3() { for i in 1 2 "a b"; do echo $i; done; for ((i=0; i<3; i++)); do :; done; for x; do echo; done; }
f4() { while read -r l; do echo "$l"; done < file; until false; do break; done; }
f5() { case $1 in a|b) echo ab;; *) echo other; echo more;& c) ;;& esac; }
f6() { (cd /; ls) | wc -l && echo ok || echo no; ! true; time ls; }
f7() { { echo g; echo h; } > out 2>&1; [[ -n $x && ( $y == z || ! -f q ) ]]; (( x + 1 )); }
f8() { cat <<EOT
here $x
EOT
echo after; }
f9() { local x=$(echo "sub `echo b`") y=(1 2); x[1]=5; a+=b; export Q=1; echo <(ls) >&2 <<< "str"; }
f10() ( echo sub )
f11() { echo bg & echo fg; wait; sleep 1 & }
f12() { function inner { echo in; }; inner; }
f13() { select s in a b; do echo $s; done; coproc X { cat; }; }
f14() { echo a | while read x; do echo $x; done | cat; echo "multi
line"; }
f15() { a=1 b=2 cmd arg; >x; 2>&1 echo; echo hi >>f <&3 {fd}>g 3>&-; echo |& cat; }
f16() { :; } > redir
f17() { if a; then if b; then c; fi; fi; { x; }; time -p (y); }
f18() { a && b; c || d & e; [[ ! a && -z $b ]]; [[ x ]]; }
f19() { cat <<A <<-'B'; echo x
1
A
	2
	B
}
f20() { echo "$(cat <<Q
in
Q
)"; case x in esac; while :; do :; done & }
for i in {1..20}; do declare -f f$i; done; type f1 f5; declare -F f1 nope; echo $?
#%%
[[ aa =~ (a)\1 ]]; echo $?; re='(a)\1'; [[ aa =~ $re ]]; echo $? "${BASH_REMATCH[@]}"; re='^(.)(.)\2\1$'; [[ abba =~ $re ]]; echo $? "${BASH_REMATCH[@]}"; [[ abca =~ $re ]]; echo $? "${#BASH_REMATCH[@]}"
re='(é+)x\1'; [[ zééxéé =~ $re ]]; echo $? "${BASH_REMATCH[@]}"; re='(a*)b\1'; [[ aabaa =~ $re ]]; echo "${BASH_REMATCH[0]}"; [[ 'a\1' =~ "$re" ]]; echo $?; re='(a)\2'; [[ aa =~ $re ]]; echo $?; re='\\1'; [[ '\1' =~ $re ]]; echo $?
shopt -s nocasematch; re='(a)\1'; [[ aA =~ $re ]]; echo $?; shopt -u nocasematch; re='([a-z]+) \1'; [[ "the the cat" =~ $re ]] && echo "dup ${BASH_REMATCH[1]}"; re='((a)(b)?)\3'; [[ abb =~ $re ]]; echo $? "${BASH_REMATCH[@]}"; re='(.*)\1\1'; [[ xyxyxy =~ $re ]]; echo "${BASH_REMATCH[1]}"
cd "$(mktemp -d)"; command_not_found_handle() { echo "nf $*"; echo "$A" >&2; }; foo x > out 2> err; echo "$? $(cat out)"; A=1 foo y 2>&1; foo 2> err | cat; [ -s err ] && echo told; cd /
