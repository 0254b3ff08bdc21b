complete -F _f a; complete -W 'x y' b; complete -o default -o nospace -A function -A signal -df -P p -S "it's" -X '!*.c' c d 'e f' '$x'
complete -D -F _d; complete -E -W e; complete -I -C 'cmd arg'; complete -G '*.c' g
complete -p; complete; complete -p -D; complete -p -E -I; complete -p -D -E; complete -p b a
complete -r b; complete -p; complete -r -D; complete -p -D; complete -r; complete -p; echo $?
#%%
complete -o default -a -b -c -e -g -j -k -s -u -v -A arrayvar -A binding -A disabled -A enabled -A helptopic -A hostname -A running -A setopt -A shopt -A stopped all
complete -p all; complete -A file -A file -f xx; complete -p xx; complete -W a -W b ww; complete -p ww; complete -pr ww; complete -p ww
complete -D; echo $?; complete -D -p; complete -- -x; complete -p -- -x; complete -r -- -x xx; echo $?
complete -o nosort -o bashdefault -o noquote -o plusdirs -o filenames -o dirnames -W "a'b" -F f -C 'x y' /usr/bin/foo; complete -p /usr/bin/foo
complete -W 'k' ''; complete -p ''; complete foo; complete -p foo
#%%
for i in $(seq 40) ls cd git make ssh apt systemctl; do complete -W "$i" "c$i"; done; complete | sed 's/.* //' | tr '\n' ' '
#%%
complete -p nope; echo $?; complete -r nope; echo $?; complete -W; echo $?; complete -A foo x; echo $?; complete -o foo x; echo $?; complete -F; echo $?
complete -z; echo $?; complete -W x; echo $?; complete -F 'a b' q; echo $?; complete -p q; complete -F 'f;x' q; echo $?; complete -r b c; echo $?
compgen; echo $?; compgen -W; echo $?; compgen -A x; echo $?; compgen -F nofunc x; echo $?; compgen -z; echo $?; compgen -p; echo $?
compopt -o nospace; echo $?; compopt -o nospace foo; echo $?; compopt foo; echo $?; compopt -D; echo $?; compopt -o bad foo; echo $?; compopt -z; echo $?; compopt -o; echo $?
#%%
complete -o default -F x foo; compopt foo; compopt +o default -o nospace foo; complete -p foo; compopt -o filenames +o filenames foo; complete -p foo
compopt foo nope; echo $?; compopt -o nosort foo nope; echo $?; complete -p foo; complete -E -W e; compopt -E -o nospace; complete -p -E; compopt -E
(complete -W q sub); complete -p sub; echo $?; echo $(complete -p foo); (complete -r foo; complete -p foo); complete -p foo
#%%
compgen -W 'a b' a b; echo $?; compgen -W 'ab ac bc' a; compgen -W 'ab ac bc' -P p -S s -- a; compgen -W 'ab "a c" $HOME $(echo aq) a{1,2} ~'; compgen -W 'ab bc ac' zz; echo $?
compgen -X 'a*' -W 'ab bc'; compgen -X '!&*' -W 'ab bc ac' a; compgen -X '!a*' -W 'ab bc'; compgen -X '' -W 'a b'; compgen -X '\&*' -W '&a b'; compgen -X '@(a|b)' -W 'a b c'; shopt -s extglob; compgen -X '@(a|b)' -W 'a b c'
compgen -W 'a b a'; compgen -W "it's a"; compgen -W 'a;b c|d #x $((1+2)) *.c'; compgen -W 'x"y z"w a\ b'; compgen -W 'ab' -- '"a'; compgen -W 'a\ b' -- 'a\ '; compgen -W 'ab' '\a'
IFS=:; compgen -W "a b:c::d"; IFS=$'\n'; compgen -W $'one two\nthree'; unset IFS; compgen -W 'a b'
shopt -s nocasematch; compgen -X 'A*' -W 'ab bc'; x=(p q); compgen -W '${x[@]}'; compgen -W '"${x[*]}"'; compgen -W '$nothing'; echo $?
#%%
f() { echo "[$#:$1:$2:$3:$COMP_LINE:$COMP_POINT:$COMP_TYPE:$COMP_KEY:${COMP_WORDS[*]}:$COMP_CWORD]"; COMPREPLY=(one two "$2x"); }
compgen -F f o; echo $?; declare -p COMPREPLY COMP_LINE COMP_WORDS; g() { COMPREPLY=solo; }; compgen -F g x; h() { COMPREPLY=(a b); return 124; }; compgen -F h x; echo $?
i() { compopt -o nospace; echo $?; COMPREPLY=(x); false; }; compgen -F i; echo $?; j() { :; }; compgen -F j -W 'a b'; compgen -F g -W 'sol b' -P '<' -S '>'; compgen -F g -X s*; echo $?
k() { local IFS=$'\n'; COMPREPLY=($(compgen -W $'a b\nac' -- "$2")); }; compgen -F k a; l() { return 3; }; (exit 5); compgen -F l; echo $?
#%%
compgen -C 'echo hey; echo' o; echo $?; compgen -C 'exit 3;' x; echo $?; compgen -C 'printf "a\\\\\nb\nc"; :' x; compgen -C 'echo "$COMP_LINE|$COMP_POINT|$COMP_KEY|$COMP_TYPE"; :' x; echo "$COMP_LINE"
#%%
mkdir sub .hid; touch a.o a.c .dot 'sp ace' sub/x; chmod +x a.c; ln -s sub lnk
FIGNORE=.o; compgen -f | sort; FIGNORE=; echo; compgen -d | sort; echo; compgen -f s | sort; compgen -f ./ | sort; compgen -f 'sp\ '; compgen -c ./ | sort; compgen -d l; compgen -G '*.c' -f a | sort
compgen -G 'a.c'; compgen -G 'nope'; echo $?; compgen -G '*.c' zzz; compgen -o filenames -o plusdirs -W s s | sort; compgen -o dirnames -W x su; compgen -o plusdirs -W suz su
compgen -o default -W x s | sort; compgen -o bashdefault -W x s; echo $?; compgen -o bashdefault -W x '$HOM'; compgen -o default z; echo $?; compgen -f sub/; compgen -f /etc/pass | grep -x /etc/passwd; compgen -d /us
compgen -G '*c*' -X '*.c' -S /; compgen -f -X '!*.@(c|o)' | sort; HOME=$PWD; compgen -f '~/a' | sort; compgen -d '~/s' | sort
#%%
compgen -A signal SIGU; compgen -A signal usr; compgen -A signal | grep -v JUNK; compgen -k; compgen -b e; compgen -A enabled ech; compgen -A disabled; enable -n echo; compgen -A disabled; compgen -b ech; compgen -A enabled ech
compgen -A setopt; compgen -A shopt; compgen -u roo; compgen -g roo; compgen -u | grep -x root; compgen -A hostname localhos
#%%
f() { :; }; g() { :; }; alias hey=x ha=y; compgen -A function; compgen -a; compgen -a he; declare -a HOARR=(1); HOPLAIN=1; export HOEX=2; compgen -A arrayvar HO; compgen -e HOE; compgen -v HO | grep -v HOS; compgen -A function -A builtin -k f
compgen -A job; sleep 1 & compgen -A job; compgen -j; compgen -A running; compgen -A stopped; echo $?; compgen -c he | grep -x hey; compgen -c whil | sort -u; compgen -c f | grep -x f; compgen -A helptopic com
#%%
compgen -W 'a ${nope?bad}'; echo "not reached $?"
#%%
type complete compgen compopt; help -s complete compgen compopt; echo "${COMP_WORDBREAKS@Q}"; _c() { COMPREPLY=($(compgen -W "start stop status" -- "${COMP_WORDS[COMP_CWORD]}")); }; complete -F _c svc; complete -p svc
