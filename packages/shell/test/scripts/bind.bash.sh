INPUTRC=/dev/null
bind -q yank abort 2>/dev/null; bind -q abort; bind -q nope; echo $?; bind -u yank; echo $?; bind -q yank; echo $?; bind -u nope; echo $?; bind -q self-insert; bind -q digit-argument
#%%
INPUTRC=/dev/null
bind '"\C-xq": "hello \"w\\ \e"'; bind -s; bind -S; bind '"\C-xp":"a\C-x\t\001\d\\"' '"\e[24~": "f12"' "'k': yank" "\"\\C-xt\": 'single'"; bind -s; bind -S; bind -q yank
bind -r '\C-xq'; echo $?; bind -r '\C-xq'; echo $?; bind -s; bind '"\C-xp":'; bind -s; bind '"\C-a": nosuchfunction'; bind -q beginning-of-line
#%%
INPUTRC=/dev/null
bind -x '"\C-xw": echo hi "x"'; bind -X; bind -x '"\C-t":"echo x"'; bind -X; bind -x 'foo'; echo $?; bind -x '"foo'; echo $?; bind -x '"\C-xz" "echo"'; echo $?; bind -X
#%%
INPUTRC=/dev/null
bind -z; echo $?; bind -m foo; echo $?; bind -q; echo $?; bind foo; echo $?; bind '"x: foo'; echo $?; bind '"\C-a"'; echo $?; bind '"a""b"'; echo $?; bind '# c' '' ; echo $?; bind -f /nope; echo $?; bind 'set nope x'; echo $?; bind 'set'; echo $?
#%%
INPUTRC=/dev/null
bind 'Control-q: yank'; bind -q yank; bind 'C-x: yank' 'TAB: menu-complete' 'RETURN:yank' 'Meta-q: "mq"' 'Meta-Control-u: "abc"' 'DEL: undo' 'SPC: magic-space' 'ESC: abort' 2>/dev/null; bind -q menu-complete; bind -q magic-space; bind -s; bind '"\M-q":"foo"' '"\303\251":"e"' '"é":"f"'; bind -s; bind '  "q": "x"  '; bind -s; bind '"\C-\M-a":"cm"' '"\x41":"hex"'; bind -s
#%%
INPUTRC=/dev/null
bind 'set bell-style none' 'set completion-ignore-case On' 'set mark-directories 0' 'set keyseq-timeout abc' 'set history-size 5' 'set comment-begin "//"' 'set show-all-if-ambiguous' 'set completion-query-items 7'; bind -v | grep 'bell-style\|ignore-case\|mark-dir\|keyseq\|history-size\|comment\|ambiguous\|query'
bind -V | grep 'bell-style\|ignore-case\|mark-dir\|keyseq\|history-size\|comment\|ambiguous\|query'; bind 'set bell-style foo'; echo $?; bind 'set keymap nope'; bind -v | wc -l; (bind 'set bell-style off'); bind -v | grep bell-style
#%%
INPUTRC=/dev/null
bind -m emacs-ctlx '"q": yank'; bind -q yank; bind -m emacs-meta '"q": "in meta"'; bind -s; bind -m emacs '"\C-xi": undo'; bind -q undo; bind -m emacs-ctlx -q undo; bind -m emacs-meta -q backward-word
#%%
INPUTRC=/dev/null
cat > rc <<'X'
# comment
set bell-style none
"\C-xp": "hey"
$if Bash
"\C-xq": yank
$else
"\C-xr": yank
$endif
$if term=nothing
"\C-xs": yank
$else
"\C-xj": yank
$endif
$if nope
"a": yank
set nope
$if Bash
"b": yank
$endif
$endif
Meta-o: "mo"
$include inner
$if mode=emacs
"\C-xo": "abc"
$endif
$if version >= 8.0
"\C-xv": yank
$endif
$if version < 8.0
"\C-xy": yank
$endif
   "\C-xu":   undo   
X
echo '"\C-xi": "inc"' > inner; TERM=xterm; bind -f rc; echo $?; bind -q yank; bind -s; bind -q undo; bind -v | grep bell; printf 'bad line\nset nope 1\n"x\n$else\n$endif\n$foo\n' > bad; bind -f bad; echo $?
#%%
INPUTRC=/dev/null
for f in abort accept-line backward-char backward-kill-word beginning-of-line clear-screen digit-argument do-lowercase-version end-of-history forward-word kill-line reverse-search-history transpose-words undo upcase-word yank-last-arg yank-nth-arg yank-pop set-mark operate-and-get-next menu-complete; do bind -q $f; done; bind -p | grep '"\\C-.":' | grep -v 'C-]'; bind -P | grep -x 'abort can.*\|accept-line can.*\|undo can.*\|kill-region is.*'; type bind; help -s bind; compgen -A binding kill
