history -s 'echo /a/b/c.txt a1 "b c" d; ls -la'
history -s 'cat < in.tar.gz > out.x | grep "x y" && echo $(ls a b)'
history -s 'echo aa ab ac'
for e in '!!' '!1' '!-2' '!ec' '!ca' '!?tar?' '!?b' '!9' '!zz' ''; do for w in '' ':0' ':1' ':$' ':^' ':*' ':2*' ':1-2' ':-1' ':1-' ':9' '$' '^' '*' '-' ':2-$'; do for m in '' ':h' ':t' ':r' ':e' ':q' ':x' ':s/a/X/' ':gs/a/X/' ':gs/b/[&]/' ':p' ':t:r' ':s/zz/y/' ':&'; do
[ -z "$e$w$m" ] && continue; if [ -z "$e" ]; then x="!${w#:}$m"; [ -z "$w" ] && continue; else x="$e$w$m"; fi
echo "$x => $(history -p "$x" 2>/dev/null || echo fail)"; done; done; done
#%%
history -s one; history -s 'two  words'; history -w hw; cat hw; history -c; history; history -r hw; history; history -d 1; history; history -d 99; echo $?; history x; echo $?; history -p '!two'; history -p '^two^three^'; history -p '!!^'; HISTFILE=hw; history -a; history -s three; history -a; cat hw; history 1; history -d -1; history; history -z; echo $?
#%%
# A command of several lines is one line of the history.
HISTFILE= bash --norc -i 2>/dev/null <<'E' | sed -n '/^ *1  n=0/,$p'
history -c
n=0; while [ $n -lt 1 ]
do
n=1
done
if false
then
:
elif true; then :
else :
fi
tell() {
for w in "$@"; do
echo "<$w>"; done
}
function other
{
:
}
case x in
y|x)
: matches
;;
esac
list=(one
two "three
four")
echo "first \
last" 'and
more' <<D
$n of
D
if :; then cat <<-D
indented
D
fi
( : &&
: ||
: ) >/dev/null
for each
in; do :; done
z=$(echo 1
echo 2) &&
unset z
until :
do # nothing
:
done
shopt -s lithist
if :
then :; fi
shopt -u lithist cmdhist
if :
then :; fi

   
history
E
