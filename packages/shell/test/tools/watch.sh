# watch, without a terminal: how it is called.
Q() { "$@" </dev/null; echo "=> $?"; }
#%%
Q watch; Q watch -z; Q watch -n x ls; Q watch -n 1x ls; Q watch -h; Q watch --nope; Q watch -n
