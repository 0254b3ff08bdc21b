# tput and clear.
P() { "$@" 2>&1 </dev/null | od -An -c; echo "=> ${PIPESTATUS[0]}"; }
#%%
for t in xterm xterm-256color vt100 linux dumb; do for c in clear longname am xenl bce colors it kf1 kf12 kcuu1 sgr0 bold dim smul rmul rev smso rmso blink civis cnorm cvvis smcup rmcup el el1 ed home op E3 xon cuu1 cub1 ht cr bel sc rc ind ri nel smkx rmkx khome kend kdch1 kpp is2 rs2; do echo "$t $c"; TERM=$t P tput $c; done; done
for t in xterm xterm-256color vt100 linux; do for c in 'cup 5 10' 'setaf 1' 'setaf 9' 'setaf 200' 'setab 3' 'setab 250' 'cuu 3' 'cud 2' 'cuf 9' 'cub 4' 'hpa 7' 'vpa 3' 'dch 2' 'ich 2' 'dl 3' 'il 4' 'ech 5' 'csr 2 10' 'indn 3' 'rin 2' 'sgr 0 0 0 1 0 1 0 0 0' 'sgr 1' 'sgr 0 1 1' 'initc 1 2 3 4' 'rep 65 5'; do echo "$t $c"; TERM=$t P tput $c; done; done
export TERM=xterm; P tput setaf; P tput cup; P tput cup a b; P tput bold sgr0 nope; P tput nosuch; P tput; P tput -T nope clear; P tput -T vt100 clear; P tput -x clear; P tput -z; P tput cup 1 2 bold; printf 'bold\ncup 1 2\nsgr0\n' | tput -S | od -c; TERM= P tput clear; unset TERM; P tput clear; COLUMNS=33 LINES=7 P tput -T xterm cols; COLUMNS=33 LINES=7 P tput -T xterm lines; P tput -T dumb cols; P tput -T xterm init
P clear; TERM= P clear; TERM=nope P clear; TERM=xterm P clear; TERM=xterm P clear -x; P clear -T vt100; TERM=linux P clear; TERM=dumb P clear; TERM=xterm P clear -z; TERM=xterm P reset
