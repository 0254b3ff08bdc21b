history -s 'echo /a/b/c.txt a1 "b c" d; ls -la'
history -s 'cat < in.tar.gz > out.x | grep "x y" && echo $(ls a b)'
history -s 'echo aa ab ac'
for e in '!!' '!1' '!-2' '!ec' '!ca' '!?tar?' '!?b' '!9' '!zz' ''; do for w in '' ':0' ':1' ':$' ':^' ':*' ':2*' ':1-2' ':-1' ':1-' ':9' '$' '^' '*' '-' ':2-$'; do for m in '' ':h' ':t' ':r' ':e' ':q' ':x' ':s/a/X/' ':gs/a/X/' ':gs/b/[&]/' ':p' ':t:r' ':s/zz/y/' ':&'; do
[ -z "$e$w$m" ] && continue; if [ -z "$e" ]; then x="!${w#:}$m"; [ -z "$w" ] && continue; else x="$e$w$m"; fi
echo "$x => $(history -p "$x" 2>/dev/null || echo fail)"; done; done; done
#%%
history -s one; history -s 'two  words'; history -w hw; cat hw; history -c; history; history -r hw; history; history -d 1; history; history -d 99; echo $?; history x; echo $?; history -p '!two'; history -p '^two^three^'; history -p '!!^'; HISTFILE=hw; history -a; history -s three; history -a; cat hw; history 1; history -d -1; history; history -z; echo $?
