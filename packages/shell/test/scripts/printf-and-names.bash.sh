printf '%d\n' abc; echo $?
#%%
printf '%d\n' 1x; echo $?
#%%
printf '%d\n' ''; echo $?
#%%
printf '%d %d\n' 99999999999999999999 -99999999999999999999; echo $?
#%%
printf '%z\n' a; echo $?
#%%
printf 'x%\n'; echo $?
#%%
printf '%5q|%-8q|\n' 'a b' "it's"; printf '%q ' '' '~x' 'a~' '#c' 'a#' 'a=b' 'a,b' '{a,b}' '!x' $'a\nb' $'\x01' 'é' 'a;b' '[x]' '^' '%' '@' '+' ':' '-' '/'; echo
#%%
printf '%Q|%.2q|%.3Q\n' 'a b c' 'a b c' 'a b c'
#%%
printf '%(%Y-%m-%d %H:%M:%S)T|%10(%Y)T|\n' 0 86400; TZ=UTC printf '%(%F)T\n' -1 | grep -c 20; printf '%()T\n' 0
#%%
printf '%s\n' ; echo; printf 'a\n' b c; printf '%s %s\n' a b c
#%%
printf '%c%c|\n' abc; printf '%b' 'a\cb' c; echo; printf '%d\n' "'a" '"b' "'"
#%%
printf '%i %u %o %x %X %#x %#o\n' -1 -1 8 255 255 255 8
#%%
printf '%e %g %a %G\n' 1.5 0.0001 1 1e10; printf '%f\n' abc; echo $?; printf '%.3f %5.1f|%-8.2f|%+d|% d\n' 1 2 3 4 5
#%%
printf -v x '%05d' 42; echo $x; printf -v 'a[2]' hi; echo ${a[2]}; printf -v 1x a; echo $?; printf; echo $?; printf -z; echo $?
#%%
printf -- '%s\n' a; printf -- -a; echo; printf '%*d|%-*d|%.*f\n' 5 1 5 2 2 3.14159
#%%
printf '%s' a%n; echo; printf 'ab%nc%s\n' v d; echo $v; printf '%ld %lld %hd %zd\n' 1 2 3 4
#%%
printf '\x41\101\u00e9\n\e[0m\a' | od -c | head; printf '%s\0' a b | od -c | head -1
#%%
printf '%d %d\n' 0x1F 010; printf '%d\n' 1.5; echo $?; printf '%d\n' ' 5' '5 '; echo $?; printf '%s\n' "$(printf '%b' '\0101')"
#%%
printf '%n' 1x; printf '%(%H)T' abc; echo $?; printf '%5(%H)T|%-5(%H)T|%.1(%H)T|\n' 0 0 0; printf '%q\n' a:~b a=~b ~ "a'b" 'a"b' 'a\b' '$x' '`x`' 'a b' $'\t'
#%%
cd /; pushd /tmp; pushd /usr; dirs -v; pushd +1; dirs -p; popd +1; dirs; pushd -n /etc; dirs; popd -n; dirs; popd; popd; popd; echo $?; dirs -l +0; dirs +5; echo $?
#%%
HOME=$PWD; cd; mkdir -p sub; cd sub; dirs; dirs -l | sed "s,$HOME,H,"; pushd /; pushd; pushd -0; dirs -v -l | sed "s,$HOME,H,"; popd -0; dirs; popd +9; pushd +9; pushd a b; pushd /nonexistent; echo $?; cd; rmdir sub
#%%
printf 'echo "${BASH_SOURCE[0]}" "$0" "${#FUNCNAME[@]}"; f() { echo "${FUNCNAME[@]}|${BASH_SOURCE[@]}|${BASH_LINENO[@]}"; }; f\n. ./inc\ng\n' > s.sh; printf 'echo "$BASH_SOURCE|${FUNCNAME[*]}"\ng() { echo "${BASH_SOURCE[@]}"; }\n' > inc; bash s.sh; bash ./s.sh; d=$(cd "$(dirname "${BASH_SOURCE[0]:-.}")" && pwd); [ "$d" = "$PWD" ] && echo here
#%%
trap 'echo "D: $BASH_COMMAND"' DEBUG; x=1; echo $x | cat; f() { :; }; f
#%%
cat > e.sh <<< 'set -E; trap '"'"'echo "failed at $LINENO: $BASH_COMMAND"'"'"' ERR; f() { false; }; f; echo end'; bash e.sh
#%%
kill -0 999999 $$; echo $?; kill -0 999999; echo $?; kill abc; echo $?; kill -n x $$; kill -l 9 15 130; kill -l KILL; kill; kill -s
#%%
env kill -0 999999; echo $?
#%%
echo ${#BASH_VERSINFO[@]} ${BASH_VERSINFO[4]} $OSTYPE $HOSTTYPE; [ -n "$BASH_VERSION" ] && [ -n "$BASH" ] && [ -n "$HOSTNAME" ] && echo told; echo $(( EPOCHSECONDS > 1700000000 )); [[ $EPOCHREALTIME =~ ^[0-9]+\.[0-9]{6}$ ]] && echo ok; a=$SRANDOM; b=$SRANDOM; [ $a != $b ] && echo differ; [ ${GROUPS[0]} = $(id -g) ] && echo group
#%%
f() { echo "${#FUNCNAME[@]} ${FUNCNAME[*]} ${BASH_LINENO[*]}"; g; }; g() { echo "${#FUNCNAME[@]}" "${FUNCNAME[1]}"; }; f; echo "${#FUNCNAME[@]}"
#%%
RANDOM=5; a=$RANDOM; RANDOM=5; [ $a = $RANDOM ] && echo same; unset RANDOM; RANDOM=x; echo $RANDOM; unset EPOCHSECONDS; EPOCHSECONDS=x; echo $EPOCHSECONDS; unset SRANDOM; echo "[$SRANDOM]"
