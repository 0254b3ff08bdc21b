# grep: colors, where it stops reading, and what it does not read.
Q() { "$@"; echo "=> $?"; }
mkdir -p tree/sub tree/other; printf 'one fish\ntwo fish\nred\nblue fish fish\n' > pond; printf 'fish\n' > tree/f; printf 'no fish\n' > tree/sub/g; printf 'fish\n' > tree/other/h; ln -s ../sub tree/sub/again
#%%
for o in '' -n -b -nb -c -l -o -on -v -vn -w -x -i -C1 -nC1 -vC1 -ovC1 -H -HnT -Z -z -h; do grep --color=always $o fish pond tree/f | cat -v; done
grep --color=always '' pond | cat -v; grep --color=always -e two -e 'fi*' pond | cat -v; grep --color=always -F -e sh -e ish pond | cat -v; grep --color=auto fish pond; grep --colour=never fish pond
for c in 'mt=1' 'ms=4:mc=5' 'sl=7:cx=2' 'sl=7:cx=2:rv' 'fn=1:ln=2:bn=3:se=4' ne 'fn=' 'zz=1' 'mt=x' 'rv=1:mt=9'; do GREP_COLORS=$c grep --color=always -nbC1 two pond | cat -v; GREP_COLORS=$c grep --color=always -vnHC1 two pond | cat -v; done
GREP_COLOR=7 grep --color=always two pond | cat -v; GREP_COLOR=x grep --color=always two pond 2>/dev/null | cat -v; printf 'a\nb\nc\nd\ne\n' | grep --color=always -A1 '[ad]' | cat -v
(grep -m1 fish; echo rest; cat) < pond; (grep -m2 -A1 fish; echo rest; cat) < pond; (grep -q fish; cat) < pond; (grep -m1 -v fish; echo rest; cat) < pond; cat pond | (grep -m1 fish; echo rest; cat)
Q grep -m0 fish no-such; Q grep -f /dev/null no-such; Q grep -v '' no-such; Q grep -vx '' pond; Q grep -m0 -L fish pond; Q grep -c -m0 fish pond; Q grep -vf /dev/null pond; Q grep -m0 -q fish pond
cp pond copy; Q grep fish copy >> copy; Q grep -c fish copy >> copy; Q grep -m1 fish copy >> copy; Q grep -l fish copy >> copy; Q grep -q fish copy >> copy; Q grep fish - < copy >> copy; cat copy
printf 'x\0y\n' > bin; Q grep x bin; Q grep -a x bin; Q grep -c x bin; Q grep -o x bin; printf 'x\0' | grep x; printf 'x\0' | grep -c x; printf '\0y' | grep -q y; echo $?; mkfifo pipe; Q grep -D skip x pipe; echo x | Q grep -D skip x -; Q grep -D skip fish /dev/null
cd tree; Q grep -r fish | sort; Q grep -R fish 2>&1 | sort; Q grep -R fish . 2>&1 | sort; Q grep -r fish sub | sort; for p in sub './sub' 's*' '*' . other h tree/sub sub/; do echo "$p:"; Q grep -r --exclude-dir="$p" fish . | sort; Q grep -r --exclude-dir="$p" fish sub other | sort; Q grep --exclude="$p" -r fish f sub other | sort; Q grep --include="$p" fish f sub/g | sort; done; cd ..; Q grep --include=tree/f fish tree/f pond; Q grep --include='tree/*' --exclude=f fish tree/f tree/sub/g
for n in 5 400; do p=$(printf '%*s' $n | tr ' ' '('); q=$(printf '%*s' $n | tr ' ' ')'); echo aa | grep -cE "${p}a${q}+"; done
