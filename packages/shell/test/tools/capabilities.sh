# getcap and setcap.
touch f g; mkdir d; touch d/x; ln -s f l
PATH=$PATH:/usr/sbin:/sbin; export PATH
S() { setcap "$1" f; echo "=> $?"; getcap f; }
Q() { "$@"; echo "=> $?"; }
#%%
S cap_chown=ep; S cap_chown,cap_kill+eip; S all=ep; S "cap_chown=p cap_kill+i"; S "cap_chown=p cap_kill+ep"; S =; S bogus=p; S "all=p cap_chown-p"; S "all=ip cap_chown-i"; S =p; S 5,6=p; S CAP_KILL=p; S cap_kill=e; S cap_kill=ei; S 40=p; S 63=p; S cap_kill+; S cap_kill; S ""
S "cap_chown=p+e"; S "cap_chown+p-p"; S "cap_chown+p=e"; S "cap_chown=eip-i"; S "cap_chown+P"; S "All=p"; S "cap_chown,=p"; S ",cap_chown=p"; S "+p"; S "-p"; S "cap_chown =p"; S "  cap_chown=p   cap_kill=p "; S "all+p cap_net_raw-p 50+p"; S "64=p"; S "=eip"; S "=eip cap_bpf-eip"; S "cap_chown=pp"; S "cap_chown"; S "cap_chown=i cap_kill=p cap_net_raw=ip"; S "cap_chown=+pe"; S "cap_chown=p=e"; S "cap_chown=e-p+i"; S "cap_kill-p"; S "all=p cap_kill-p+e"; S "=eip cap_kill-e"; S "0,1,2=p 3=i"; S "cap_chown=p cap_chown=i"; S "cap_chown=ep cap_kill=p cap_bpf=e"; S "cap_chown=p cap_kill=ep cap_bpf=e"
Q getcap -v f g nope; Q setcap -r f; Q setcap cap_kill=p f; Q setcap -r f; Q setcap -r f; Q getcap f; Q setcap cap_chown=p nope; Q setcap; Q setcap cap_chown=p; Q getcap; Q getcap -x; Q setcap -x; Q setcap -x f; Q setcap -h; Q getcap -h
Q setcap -v cap_chown=p f; Q setcap cap_chown=p f; Q setcap -v cap_chown=p f; Q setcap -v cap_chown=ep f; Q setcap -q -v cap_chown=p f; Q setcap -q -v cap_chown=ip f; Q setcap -n 1000 cap_chown=p f; Q getcap -n f; Q getcap f; Q setcap -v cap_chown=p f; Q setcap -v -n 1000 cap_chown=p f; Q setcap -v -r f; Q setcap -n 0 cap_chown=p f; Q setcap -n x cap_chown=p f
setcap cap_kill=ep d/x; Q getcap -r d; Q getcap -r d nope; Q getcap d; Q getcap -v d; Q getcap -v l; Q setcap cap_kill=ep d; Q setcap cap_kill=ep l; Q getcap -r l; Q getcap -rv d
echo cap_chown=p | setcap - f; getcap f; Q setcap cap_kill=p f cap_chown=ep g; Q getcap f g; Q setcap cap_kill=p f bogus=p g; Q setcap cap_kill=p f -r g; Q getcap f g; printf 'cap_chown=p\ncap_kill+i\n\ncap_bpf+p\n' | setcap -q - f; getcap f
setcap cap_kill=ep f; getcap f; echo x >> f; getcap -v f; setcap cap_kill=ep f; chown 5 f; getcap -v f; setcap cap_kill=ep f; cp f c; getcap -v c; mv f m; getcap -v m; chmod 700 m; getcap m; truncate -s 0 m; getcap -v m
