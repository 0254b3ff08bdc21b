echo {a,b,c} {1..5} {a..e} {5..1} {1..10..3} x{a,b}y
#%%
echo {a,b}{1,2} {a,{b,c}} {a} {} {a,} {,a}x
#%%
echo {01..03} {-2..2} {z..w} {1..3}{a,b}
#%%
echo "{a,b}" '{a,b}' \{a,b} {a,b\,c} {"a b",c}
#%%
x=1; echo {$x,2} {1..$x} ${x}{a,b}
#%%
echo {a..c..2} {1..2..0} {a..5} {1.5..2}
#%%
a={1,2}; echo $a; echo a{b
#%%
touch a b c .d; echo *; echo .*; echo ?; echo [ab]; echo [!a]; echo z*
#%%
touch a1 a2 b1; echo a* *1 [ab]1 a? ; echo "a*" a\*
#%%
mkdir d; touch d/x d/y; echo d/* */x */ ./d/*
#%%
touch 'a b'; set -- *; echo $# "$1"; for f in *; do echo "[$f]"; done
#%%
touch B a C b; echo *; echo [a-b]* [A-B]*
#%%
set -f; touch a; echo *; set +f; echo *
#%%
x='*'; touch q; echo $x "$x"; y=$x; echo $y
#%%
touch '[x]' x; echo [x] \[x] "[x]" [[]x]
#%%
touch a-b a.b; echo a[-.]b a[!-]b a[.-]b
#%%
mkdir -p p/q/r; touch p/q/r/f; echo p/*/*/f p/q/*/ p/*/nosuch*
#%%
echo no*match "no*match" *nomatch[12]
#%%
touch x.txt y.txt; for f in *.txt; do echo ${f%.txt}; done
#%%
case x.txt in *.txt) echo m;; esac; touch é; echo ?
#%%
echo $(echo a; echo b) "$(echo a; echo b)"; echo $(printf 'a\n\n\n')x
#%%
x=$(printf 'a\nb\n\n'); echo "$x"; echo `echo a``echo b`
#%%
echo $(echo $(echo nested)) `echo \`echo bq\``
#%%
x=$(cat <<E
in doc
E
); echo $x
#%%
echo "$(echo "a  b")" $(echo "a  b"); x="$(echo 'q"q')"; echo "$x"
#%%
echo $(exit 3)$?; x=$(exit 3); echo $?; echo $(true; exit 2); echo $?
#%%
f() { echo in; return 4; }; x=$(f); echo $? $x
#%%
x=1; y=$(x=2; echo $x); echo $x $y
#%%
echo $(case a in a) echo paren;; esac)
#%%
echo $(echo ")") $(echo '(') # )
#%%
a=(x y z); echo ${a[0]} ${a[@]} ${#a[@]} ${a[-1]} $a "${a[*]}"
#%%
a=(1 2 3); a[5]=6; echo ${a[@]} ${!a[@]} ${#a[@]}; unset a[1]; echo ${!a[@]}; a+=(7); echo ${!a[@]} ${a[6]}
#%%
a=("x y" z); for i in "${a[@]}"; do echo "[$i]"; done; for i in ${a[@]}; do echo "($i)"; done
#%%
a=(a b c d); echo ${a[@]:1:2} ${a[@]: -2} ${a[@]/b/X} ${a[@]#a}
#%%
declare -A m; m[k]=v; m["a b"]=c; echo ${m[k]} "${m[a b]}" ${#m[@]}; unset m[k]; echo ${#m[@]}
#%%
declare -A m=([x]=1 [y]=2); for k in "${!m[@]}"; do echo $k=${m[$k]}; done | sort
#%%
a=(); echo ${#a[@]} "${a[@]}" ${a[0]-unset}; a=([2]=c [0]=a); echo ${a[@]}
#%%
i=1; a=(a b c); echo ${a[i]} ${a[i+1]} ${a[$i]}; a[i]=Z; echo ${a[@]}
#%%
a=(1 2 3); echo "${a[@]}" | cat; f() { echo $#; }; f "${a[@]}"; f "${a[*]}"
#%%
declare -i n=5+3; echo $n; n=n*2; echo $n; n+=1; echo $n
#%%
declare -u u=abc; declare -l l=ABC; echo $u $l
#%%
declare -r r=1; r=2; echo not reached?
#%%
declare -x E=1; sh -c 'echo $E'; declare +x E; sh -c 'echo ${E-no}'
#%%
x=abc; declare -n ref=x; echo $ref; ref=new; echo $x
#%%
printf -v x '%03d' 7; echo $x
#%%
mapfile -t lines <<E
a b
c
E
echo ${#lines[@]} "${lines[0]}"
#%%
x='a b c'; set -- $x; echo $#; set -- "$x"; echo $#
#%%
echo $((RANDOM>=0)) $((SECONDS<5)) ${LINENO}
#%%
echo a{b,c}d{e,f}g
#%%
shopt -s nullglob; echo a*zzz b; shopt -u nullglob; echo a*zzz b
#%%
shopt -s extglob
touch a.c b.h c.o; echo !(*.o) @(a|b).* *.+(c|h) ?(x)a.c
#%%
[[ foo == @(foo|bar) ]] && echo z
