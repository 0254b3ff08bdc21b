exec 9>L; flock 9 && echo got; flock -n L echo no; echo $?; flock -n -E 5 L echo no; echo $?
#%%
exec 9>L; flock 9; flock -w 0.05 L true; echo $?; flock -u 9; flock -n L echo free
#%%
exec 8>L; flock -s 8; flock -sn L echo shared; flock -xn L echo no; echo $?
#%%
(flock -n 7 || exit 4; echo in) 7>L; echo $?
#%%
exec 9>L; flock 9; (flock -n 7 || exit 4; echo in) 7<L; echo $?
#%%
exec 9>L; flock 9; flock 9; (flock -n 9 && echo inherited); exec 9>&-; flock -n L echo closed
#%%
flock L -c 'echo text; exit 3'; echo $?; flock L sh -c 'kill -TERM $$'; echo $?
#%%
for i in 1 2 3 4; do flock L sh -c 'n=$(cat c 2>/dev/null || echo 0); echo $((n + 1)) > c' & done; wait; cat c
#%%
flock 9; echo $?; flock -n no/where true; echo $?; flock L nosuch; echo $?
