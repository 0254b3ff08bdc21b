declare -A ages; who='ann lee' nobody=dee
printf -v 'ages[$who]' 31; printf -v "ages[bo]" %d 9; read 'ages["cy"]' <<< 40; declare -p ages
test -v 'ages[$who]'; echo $?; [[ -v ages[bo] ]]; echo $?; [[ -v 'ages[$nobody]' ]]; echo $?
unset 'ages[$who]' "ages['bo']"; declare -p ages
#%%
row=(a b c d e f); n=1
unset 'row[n]' 'row[$n+1]' "row[n*4]"; declare -p row
printf -v 'row[n]' B; read 'row[n+1]' 'row[$n*4]' <<< 'C E F'; declare -p row
unset 'row[-1]'; declare -p row; unset 'row[@]'; declare -p row; unset 'row[7]'; echo $?
#%%
exec 2>&1
row=(a b); unset 'row[-5]'; echo $?
one=1; unset 'one[2]'; echo $?; unset 'one[0]'; echo ${one-gone}
printf -v 'row[@]' x; echo $?; read 'row[*]' <<< x; echo $?; read -a 'row[1]' <<< 'x y'; echo $?; export 'row[1]=x'; echo $?
cat > bad.sh <<'FILE'
unset 'row[1 2]'; echo same line
echo next line $?; printf -v 'row[1 2]' x; echo same line
echo next line $?; test -v 'row[1 2]'; echo same line
echo next line $?; [[ -v 'row[1 2]' ]]; echo same line
echo next line $?; read 'row[1 2]' <<< x; echo same line
echo next line $?
FILE
row=(a b); . ./bad.sh; bash bad.sh; unset 'none[1 2]'; echo $?; declare 'row[1 2]=x'; echo never
#%%
declare -A odd; odd[@]=at; odd[*]=star; odd[' ']=blank; odd[x]=ex
unset 'odd[@]'; declare -p odd; unset 'odd[*]'; declare -p odd; unset 'odd[x]' 'odd[ ]'; declare -p odd
#%%
row=(a b c); declare -n second='row[1]'; echo "$second" ${second:-none} "${!second}"
second=B; second+=b; declare -p row; i=2; declare -n at='row[i]'; echo $at; at=C; unset at; declare -p row
declare -n all='row[@]'; for each in "$all"; do echo "<$each>"; done
declare -A map=([k]=v); declare -n val='map[$key]'; key=k; echo $val
#%%
a[ ]=first; declare -p a; i=1; a[i + 1]=third; declare -p a
declare -A m; m[ ]=1; m[ a ]=2; declare -p m
