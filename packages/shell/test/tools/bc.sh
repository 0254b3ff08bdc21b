# bc.
B() { bc "$@" 2>&1 | sed 's/adr=[0-9]*/adr=N/'; echo "=> ${PIPESTATUS[0]}"; }
L() { BC_LINE_LENGTH=0 bc -l; }
#%%
echo 'x=5;x;x++;x;(x=3);-2^2;2^-1;scale=3;1/3;-1/3;5%3;5.5%2.2;a[2]=3;a[2];length(12.340);scale(1.200);sqrt(2)' | B
echo 'ibase=16;FF;A;1.8;FF.FF;ibase=A;FF;obase=16;255;255.5;obase=2;.5;10;10.75;obase=100;12345;.123;-12345.678;obase=17;300' | B
printf 'if (1)\nprint "a\\n"\nwhile (i<2)\n{\ni++\n}\ni\nfor (j=0;j<3;j++)\nj\nif (0) 1 else 2\nif (1) { 2 } else { 3 }\nif (0) {\n1\n} else {\n5\n}\n' | B
printf 'if (0) 1\nelse 5\n7\n1 +\n2\n1;2 3\n4\n)\n5\n@\n6\nx===3\n' | B
printf 'define f(x){return(x*2)}\nf(4);f(1,2);g(1);\n9\n"str"\n"a\\nb"\nprint "a\\nb\\q\\\\\\t|\\n"\nprint 1,2,"x"\nlast\n.\n' | B
echo '1==1;1<2<3;!0;!1==1;1&&0;1||0;!(2);a=b=3;a;1+a=7;a;a+=2;a^=2;a;a-=1;a*=3;a/=2;a%%=5;a' | B
printf '2^200;2^300\nobase=16;2^300\nprint "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\\n"\n' | B
echo '2^300' | BC_LINE_LENGTH=0 B; echo '2^100' | BC_LINE_LENGTH=20 B; echo '2^100' | BC_LINE_LENGTH=1 B; echo '2^400' | BC_LINE_LENGTH=x B
echo '.5;0.5;-0.5;0;-0;1.50;00012;1.;1.0000' | B; printf '1/0\n2+3\n2^0.5\n5%%0\nsqrt(-1)\nsqrt(0);sqrt(.25);sqrt(1);sqrt(2.0000)\na[-1]\n0^-1\n' | B
echo 'ibase=1;ibase=17;ibase;ibase=10;obase=1;obase;scale=-1;scale;obase=10.5;obase' | B; echo quit | B; printf '1\nhalt\n2\n' | B; printf 'if (0) quit\n2\n' | B; B nofile </dev/null; echo '3;' > f; echo '4' > g; echo 5 | B f g; echo 'quit' > q; echo 5 | B f q g; B -z </dev/null | head -1
printf 'define f(n) {\nauto a, b[]\nb[0]=n; a=1\nif (n<=1) return (1)\nreturn (n*f(n-1))\n}\nf(20)\nf(50)\na;b[0]\n' | B
printf 'define g(*x[], y[]) { x[1]=5; y[1]=6 }\nq[1]=1; r[1]=1; g(q[], r[]); q[1]; r[1]\ndefine void v(x) { print x,"\\n" }\nv(3)\ndefine h() { return }\nh()\nz = h() + 2; z\nreturn 3\nbreak\n' | B
printf 'while (1) { if (i++ > 3) break; if (i==2) continue; i }\nfor(;;){break};i\nfor(i=0;i<3;i++) for(j=0;j<2;j++) i*j\n' | B
printf '/* c\n*/ 8 # comment\n9; /* x */ 10\n1;;2;\n{1;2}\n{ 3\n4 }\n1\\\n2\n12\\\n34\nx_y1 = 4; x_y1; aA=3\n' | B
printf '.1+.2; 1.0*2.00; scale=2; 1.0*2.00; 10/4; -7%%3; 7%%-3; 1.5^2;2^-2;1.15^2;1.1^3;(-2)^3;-2^3;2^3^2;10%%.3;1.234567/1;1.239*1.1\n' | B
printf 'length(0);length(.001);length(100);length(1.50);scale(.000);scale(5);length(-12.5)\n' | B
printf 'x=3\nx++ + ++x\nx--\n--x\na[1]=5\na[1]++;++a[1];a[a[1]-5]\n-x;--x;- -x\n(x)\n(x)+1\n' | B
printf 'define f(x) {\n auto y\n y = x * 2\n if (y > 10) {\n  return y\n }\n return\n}\nf(3)\nf(8)\ny\ndefine fib(n) { if (n < 2) return n; return fib(n-1) + fib(n-2) }\nfib(15)\n' | B
echo 'scale=30;4*a(1);e(1);l(2);s(1);c(1);a(.5);a(-2);j(0,1);j(2,3.5);e(-3.5);e(10);l(10);l(.3);s(-7);c(20);a(100)' | L; echo 'e(0);l(1);s(0);c(0);a(0);l(0);l(-1);scale;1/3;s(a(1)*2);c(a(1)*4);j(1,0);e(.5);a(.2);a(1);l(100)' | L
echo 'scale=5;e(1);l(7);s(2);c(2);a(3);scale=0;e(2);s(1);a(1);l(3);c(1)' | L; printf 'define e(x) { return x+1 }\ne(4)\n' | L; echo 'e(1)' | B; echo 'scale=60;e(1);a(1);a(.2);l(3)' | L; echo 'scale=100;4*a(1)' | L
printf 'scale=4\n1/7\nobase=2\n1/7\nobase=16\n1/7\nibase=2\n101.11\nobase=1010\n1.1\n' | B; printf 'print 1/3, " ", 2\nprint "\\n"\nprint\n' | B; printf 'limits\n' | B | head -2; printf 'x=1' | B; printf '7' | B; printf '"unclosed' | B | tail -1
