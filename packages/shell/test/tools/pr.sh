# pr.
Q() { "$@" </dev/null; echo "=> $?"; }
seq 1 150 > s; printf 'a\tb\tc\nlonger line here\n\nx\n' > t; printf 'a\nb\n\fc\nd\f\fe\n' > ff; seq 100 103 > u; printf 'c\001d\033e\200\n' > v; : > empty; touch -d '2020-01-02 03:04' s t ff u v
#%%
pr s | head -70; pr -l 20 s | tail -45; pr -l 10 u; pr -l 11 u; pr -t u; pr -T u; pr -h title u | head -5; pr -h '' u | head -5; pr -D '%d' u | head -4; pr empty; pr -F u; pr -f -l 13 s | head -30; pr -d u | head -14; pr -dt u
pr -2 -l 20 s | head -45; pr -3t s | head; pr -4 -t -l 9 s | head -30; pr -5ta s | head; pr -2t u; pr -3t u; pr -a -3t u; pr -9t u; pr -t -2 -w 20 s | head -5; pr -t -2 -W 20 s | head -5; pr -t -W 5 t; pr -t -w 5 t
pr -m -t s u | head; pr -m s u t | head -12; pr -mt u u u; pr -mt -w 30 t u; pr -mts: u t; pr -mtJ u t; pr -mtJS: u t; pr -mts u t; pr -mt -S'|' u t; pr -mtn u t; pr -m -t -o 3 u u
pr -tn u; pr -tn: u; pr -tn:2 s | tail -3; pr -tn3 -N 7 u; pr -2tn u; pr -3tn s | head -3; pr -3tn:3 s | head -3; pr -t -n -d u; pr -N 5 -tn u; pr -to 4 u; pr -to 4 -2 u; pr -t -o 4 -n u
pr -2ts: u; pr -2ts u; pr -2tS u; pr -2tS: u; pr -2tJ u; pr -2t -s, -w 20 u; pr -3at -s, s | head -3; pr -2t -S'--' u; pr -ts: u
pr -te t; pr -te4 t; pr -tex t; pr -tex4 t; pr -ti t; pr -t -i t; printf 'a        b    c\n' | pr -ti; printf 'a        b    c\n' | pr -ti_4; pr -tv v | od -c; pr -tc v | od -c; pr -t v | od -c
pr +2 -l 20 s | head -12; pr +2:3 -l 20 s | tail -50 | head -30; pr --pages=3 -l 20 s | head -4; Q pr +99 s; pr +2 -t -l 20 s | head -3
Q pr nope; Q pr -r nope; Q pr nope u | head -12; Q pr -l x u; Q pr -l 0 u; Q pr -w 0 u; Q pr -o x u; Q pr -N x u; Q pr --pages=0 u; Q pr --columns=0 u; Q pr -m -2 u; Q pr -ma u; Q pr -z; Q pr -nxx u; Q pr -72 u; Q pr -200 u; Q pr .
printf 'a\n\nb\n\n\nc\n' > g; pr -2t g; pr -3t g; pr -at -2 g; pr -mt g g; pr -mt empty g; pr -mt g empty u; pr -mtJ g u; pr -t -4 -w 40 t; pr -t2 -W 11 t; pr -t -W 8 -n t; pr -tm -n -W 30 t g; pr -t ff; pr ff | head -140 | grep -n .; pr -T ff; pr -2 -t ff
yes 'a long line that has to be cut off somewhere' | head -5 > l; pr -2t l; pr -3t l; pr -mt l l; pr -mtJ l l; pr -t -W 20 l; pr -w 20 -t l; pr -2t -w 20 l; pr -2ts l; pr -2t -s: -w 30 l; pr -4t -S, l; pr -l 15 -2 -d l | tail -15; pr -o 5 -W 30 -t l; pr -h 'a very long header that does not fit the page at all, not even close to it' l | head -4; pr -w 30 -2 l | head -6; pr -W 30 l | head -7
