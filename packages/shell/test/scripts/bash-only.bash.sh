set -- a b c; echo ${!#}
#%%
x=1 :; echo ${x-unset}; x=1 export y=2; echo ${x-unset}
#%%
readonly r=1; r=2; echo reached; (r=3; echo no); echo $?
#%%
echo $((1/0)); echo same line
echo next line
#%%
set --; shift; echo $?
#%%
exec 3<nosuch; echo reached $?
#%%
. ./nosuch; echo reached $?
#%%
set -o nosuch; echo reached $?
#%%
: ${x?message}; echo no
#%%
export -p | grep '^declare -x PATH' | cut -c1-15
#%%
trap 'echo x' INT; trap
#%%
alias foo='echo foo'
foo 2>/dev/null; echo $?
#%%
shopt -s expand_aliases
alias foo='echo foo'
foo bar
#%%
set -e; x=$(false; echo still); echo $x
#%%
eval 'echo )'; echo reached $?
#%%
return 3; echo $?
#%%
f() { echo f; }; export -f f 2>/dev/null; f
#%%
unset nosuch; echo ${nosuch@Q}; x="a b"; echo ${x@Q} ${x@A}
#%%
for ((i=0;i<2;i++)) { echo $i; }
#%%
time true 2>/dev/null; echo $?
