echo a"b c"'d e'f
#%%
echo 'single $x `y` \ "dq"'
#%%
echo "a\$b \`c\` \\ \" \x \
joined"
#%%
echo a\ b\	c\"d\'e\\f
#%%
echo $'tab\there\nnl\x41\101\u00e9\e[0m\'q\"' | cat -A
#%%
echo $"locale $HOME"
#%%
x='a  b'; echo $x "$x" '$x'
#%%
printf '[%s]' "" '' a"" ""b; echo
#%%
printf '[%s]' $nothing "$nothing" ''$nothing; echo
#%%
echo "a'b'c" 'a"b"c'
#%%
echo \
continued \
line
#%%
echo a#b #comment
#%%
echo "#not" \#not
#%%
x='*'; echo "$x" '*' \*
#%%
echo "${x-"a b"}" ${y-"a b"} "${z-'q'}"
#%%
printf '%s\n' "a
b"
#%%
echo 'a'\''b'
#%%
x="a\\b"; echo "$x"; printf '%s\n' "$x"
#%%
echo "\a\b\c"
#%%
printf '[%s]\n' 'a b'c"d e"
#%%
echo "$(echo "in \"quotes\"")"
#%%
echo "`echo "x y"`"
#%%
echo `echo \\\\a`
#%%
echo "a}b" ${x:-a\}b}
#%%
echo $'a\0b'c | cat -A
#%%
eval 'echo "a b"' '"c  d"'
#%%
echo "$"; echo $; echo "a$"; echo $%
#%%
echo !x "!y"
#%%
printf '%s|' $'a\tb' $'\\' $'\'' $'\x7' | cat -v; echo
#%%
set -- 'a b' c; printf '[%s]' "$@" $@ "$*" $*; echo
#%%
x=$'a\nb'; echo $x; echo "$x"
