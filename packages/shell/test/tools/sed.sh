# Ranges, the text of a, i and c, labels.
t() { printf 'first\nsecond\nthird\nfourth\nfifth\n' | sed "$@" 2>&1; echo "-- $? $*"; }
l() { printf 'l\n' | sed "$@" 2>&1 | od -c; }
#%%
for s in '1d;1,3p' '2d;2,1p' '1d;1,/hir/p' '1,2d;2,3p' '2,4{p;n};' '2{N};2,3p' '1!{2,3p}' '2d;2,+1p' '2d;2,~4p' '2d;0,/s/p' '3,1p' '1d;2d;1,2p' '4,2p;4,2p' '2,/second/p' '/second/,1p' '/t/,2p' '/first/,+0p' '1,1p' '$!N;2,3P' '1d;1,$p'; do t -n "$s"; done; t '1d;1!G;1,2h'
seq 3 > a; seq 4 6 > b; sed -n '2,3p' a b; sed -sn '2,3p' a b; sed -i '1d;1,2s/^/x/' a b; cat a b; sed -sn '0,/5/p' a b; sed -e '' -i; echo $?
l 'a\\t\rzero\none\\ntwo\\\nthree'; l 'i\\t\rzero\none\\ntwo\\\nthree'; l 'a\ttab'; l 'a\  \ttab\x41\o101\d065'; l $'a \\ttab\\\ntwo\\tx'; l $'c\\\n\\thello\\\nwor\\\\ld\\nx'; l 'i\   lead'; l 'a    lead'; l -e 'a\' -e '  lead\tx'; l '$a\'; printf 'l' | sed '$a\' | od -c; l 'a'; l 'a\'; l $'{a x\n}'; l '1{a x}'; l 'a x;p'; l 'a\\x'; l 'a\\\x'; l 'a x\'; l 'a x\\'; l 'y/l/\t/'
printf '%s\n' 'one' 'two \' 'three' 'four' 'five \' 'six' | sed ': join; /\\$/{ =; N; b join }'; seq 3 | sed ':a;N;$!ba;s/\n/,/g'; seq 3 | sed -e ':a # x' -e 'n;b a'; seq 2 | sed -n '/1/b end;p;:end'; sed '{p' /dev/null; sed 'p}' /dev/null; sed 'b nowhere' /dev/null; sed ':' /dev/null
for e in '[a-c-e]' '[-ae]' '[ae-]' '[^-x]' '[+--]' '[[:digit:]-z]' '[a-c-]' '[]-a]' '[--/]'; do echo 'a-c]e5' | sed "s/$e/<&>/g"; echo "=> $?"; echo 'a-c]e5' | grep -o "$e"; echo "=> $?"; done
