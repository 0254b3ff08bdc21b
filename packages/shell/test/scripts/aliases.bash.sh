shopt -s expand_aliases
alias say='echo said' twice='say a; say'
x=$(say one; say two); echo "$x"; echo "in $(say "$(say deep)")" `say quoted`
cat <(say piped); cat <<DOC
$(say document) `say too`
DOC
list=([1]=$(say listed)); echo "${list[@]}" "${none:-$(say default)}" $(( $(say 2> /dev/null | wc -w) + 1 ))
for w in $(say); do twice $w; done; case $(say) in said) say yes;; esac; if [[ $(say) == said ]]; then say so; fi
f() { echo $(say inside); }; f; echo '$(say)' "\$(say)" # $(say)
#%%
alias off='echo off'; type off 2> /dev/null; echo $?; command -v off; echo $?; type -t off; echo $?
shopt -s expand_aliases
type off; command -v off; type -t off; type -at off; unalias off; type -t off; echo $?
#%%
exec 2>&1
unalias; echo $?; trap nosuch; echo $?; getopts; echo $?; eval -x; echo $?
