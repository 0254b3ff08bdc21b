# The colors of ls.
mkdir dir sticky open both; chmod 1755 sticky; chmod 777 open; chmod 1777 both; touch plain run.sh set group a.tar.gz 'b c' .dot; chmod +x run.sh; chmod u+s,+x set; chmod g+s,+x group; ln -s dir to-dir; ln -s nowhere broken; ln -s run.sh to-run; ln -s to-run chain; mkfifo fifo; ln plain hard
export TERM=xterm; L() { ls --color=always "$@" 2>&1 | cat -v; }
#%%
L; L -1; L -F; L -p; L -C -w 30; L -m; L -a -1; L -d dir plain 'b c'; L -1 --quoting-style=literal; L -x -w 40; L -R dir sticky; L broken to-dir/ to-run; L /dev/null /dev/tty; L -f | sort; L -L -1 to-run dir; L --file-type; L -1 -i | sed 's/^ *[0-9]* //'
ls -l --color=always | sed '/^total/d; s/^\(.\)[^>]* [0-9][0-9]:[0-9][0-9] /\1 /' | cat -v; ls -l --color=always dir/.. broken chain -d | sed '/^total/d; s/^\(.\)[^>]* [0-9][0-9]:[0-9][0-9] /\1 /' | cat -v
for c in 'di=7' 'ln=target' 'or=5' 'mi=6:or=5' 'ex=:*.sh=33' '*.tar.gz=31:*gz=32' '*gz=32:*.tar.gz=31' 'ow=0:tw=00:st=:di=4' 'su=1:sg=2' 'fi=9:pi=8' 'mh=44' 'rs=5' 'lc=<:rc=>:ec=!' 'zz=1' 'di=7:' ':di=7'; do echo "$c"; LS_COLORS=$c L -1; LS_COLORS=$c ls -l --color=always to-dir broken chain | sed 's/^.*[0-9][0-9]:[0-9][0-9] //' | cat -v; done
TERM=dumb L; TERM= L; TERM=dumb COLORTERM=yes L; ls --color=auto; ls --color=never; ls --color dir plain -d | cat -v; ls --color=odd; echo $?
