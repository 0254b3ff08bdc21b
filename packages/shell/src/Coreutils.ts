/**
 * The core utilities, registered as programs of the kernel.
 *
 * @see coreutils(1)
 */
import type { Errno } from "@effix/kernel/Errno"
import * as Programs from "@effix/kernel/Programs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as awk from "./coreutils/awk.js"
import * as base64 from "./coreutils/base64.js"
import * as basename from "./coreutils/basename.js"
import * as basenc from "./coreutils/basenc.js"
import * as bc from "./coreutils/bc.js"
import * as cat from "./coreutils/cat.js"
import * as chmod from "./coreutils/chmod.js"
import * as chown from "./coreutils/chown.js"
import * as cksum from "./coreutils/cksum.js"
import * as cmp from "./coreutils/cmp.js"
import * as column from "./coreutils/column.js"
import * as comm from "./coreutils/comm.js"
import * as cp from "./coreutils/cp.js"
import * as csplit from "./coreutils/csplit.js"
import * as curl from "./coreutils/curl.js"
import * as cut from "./coreutils/cut.js"
import * as date from "./coreutils/date.js"
import * as dd from "./coreutils/dd.js"
import * as df from "./coreutils/df.js"
import * as diff from "./coreutils/diff.js"
import * as dirname from "./coreutils/dirname.js"
import * as du from "./coreutils/du.js"
import * as echo from "./coreutils/echo.js"
import * as env from "./coreutils/env.js"
import * as expand from "./coreutils/expand.js"
import * as expr from "./coreutils/expr.js"
import * as factor from "./coreutils/factor.js"
import * as falseUtility from "./coreutils/false.js"
import * as fileUtility from "./coreutils/file.js"
import * as find from "./coreutils/find.js"
import * as flock from "./coreutils/flock.js"
import * as fmt from "./coreutils/fmt.js"
import * as fold from "./coreutils/fold.js"
import * as getcap from "./coreutils/getcap.js"
import * as getfattr from "./coreutils/getfattr.js"
import * as grep from "./coreutils/grep.js"
import * as gzip from "./coreutils/gzip.js"
import * as head from "./coreutils/head.js"
import * as hexdump from "./coreutils/hexdump.js"
import * as id from "./coreutils/id.js"
import * as install from "./coreutils/install.js"
import * as join from "./coreutils/join.js"
import * as kill from "./coreutils/kill.js"
import * as less from "./coreutils/less.js"
import * as link from "./coreutils/link.js"
import * as ln from "./coreutils/ln.js"
import * as logname from "./coreutils/logname.js"
import * as ls from "./coreutils/ls.js"
import * as lsof from "./coreutils/lsof.js"
import * as mkdir from "./coreutils/mkdir.js"
import * as mkfifo from "./coreutils/mkfifo.js"
import * as mktemp from "./coreutils/mktemp.js"
import * as mount from "./coreutils/mount.js"
import * as mountpoint from "./coreutils/mountpoint.js"
import * as mv from "./coreutils/mv.js"
import * as nc from "./coreutils/nc.js"
import * as netstat from "./coreutils/netstat.js"
import * as nl from "./coreutils/nl.js"
import * as nohup from "./coreutils/nohup.js"
import * as numfmt from "./coreutils/numfmt.js"
import * as od from "./coreutils/od.js"
import * as paste from "./coreutils/paste.js"
import * as patch from "./coreutils/patch.js"
import * as pathchk from "./coreutils/pathchk.js"
import * as pgrep from "./coreutils/pgrep.js"
import * as pr from "./coreutils/pr.js"
import * as printf from "./coreutils/printf.js"
import * as ps from "./coreutils/ps.js"
import * as pstree from "./coreutils/pstree.js"
import * as pwd from "./coreutils/pwd.js"
import * as readlink from "./coreutils/readlink.js"
import * as realpath from "./coreutils/realpath.js"
import * as rev from "./coreutils/rev.js"
import * as rm from "./coreutils/rm.js"
import * as rmdir from "./coreutils/rmdir.js"
import * as sed from "./coreutils/sed.js"
import * as seq from "./coreutils/seq.js"
import * as shred from "./coreutils/shred.js"
import * as shuf from "./coreutils/shuf.js"
import * as sleep from "./coreutils/sleep.js"
import * as sort from "./coreutils/sort.js"
import * as split from "./coreutils/split.js"
import * as ss from "./coreutils/ss.js"
import * as stat from "./coreutils/stat.js"
import * as strace from "./coreutils/strace.js"
import * as strings from "./coreutils/strings.js"
import * as stty from "./coreutils/stty.js"
import * as sums from "./coreutils/sums.js"
import * as tac from "./coreutils/tac.js"
import * as tail from "./coreutils/tail.js"
import * as tar from "./coreutils/tar.js"
import * as tee from "./coreutils/tee.js"
import * as testUtility from "./coreutils/test.js"
import * as timeout from "./coreutils/timeout.js"
import * as top from "./coreutils/top.js"
import * as touch from "./coreutils/touch.js"
import * as tput from "./coreutils/tput.js"
import * as tr from "./coreutils/tr.js"
import * as trueUtility from "./coreutils/true.js"
import * as truncate from "./coreutils/truncate.js"
import * as tsort from "./coreutils/tsort.js"
import * as uname from "./coreutils/uname.js"
import * as uniq from "./coreutils/uniq.js"
import * as watch from "./coreutils/watch.js"
import * as wc from "./coreutils/wc.js"
import * as which from "./coreutils/which.js"
import * as xargs from "./coreutils/xargs.js"
import * as xxd from "./coreutils/xxd.js"
import * as yesUtility from "./coreutils/yes.js"

/** Every utility by its name. */
export const utilities: Readonly<Record<string, Programs.Main>> = {
  "[": testUtility.main,
  arch: uname.arch,
  awk: awk.main,
  b2sum: sums.b2sum,
  base32: basenc.base32,
  base64: base64.main,
  basename: basename.main,
  basenc: basenc.main,
  bc: bc.main,
  cat: cat.main,
  chgrp: chown.chgrp,
  chmod: chmod.main,
  chown: chown.main,
  chroot: nohup.chroot,
  cksum: cksum.main,
  clear: tput.clear,
  cmp: cmp.main,
  column: column.main,
  comm: comm.main,
  cp: cp.main,
  csplit: csplit.main,
  curl: curl.main,
  cut: cut.main,
  date: date.main,
  dd: dd.main,
  df: df.main,
  diff: diff.main,
  dir: ls.dir,
  dirname: dirname.main,
  du: du.main,
  echo: echo.main,
  egrep: grep.egrep,
  env: env.main,
  expand: expand.main,
  expr: expr.main,
  factor: factor.main,
  false: falseUtility.main,
  fgrep: grep.fgrep,
  file: fileUtility.main,
  find: find.main,
  flock: flock.main,
  fmt: fmt.main,
  fold: fold.main,
  gawk: awk.main,
  getcap: getcap.main,
  getfattr: getfattr.main,
  grep: grep.main,
  groups: id.groups,
  gunzip: gzip.gunzip,
  gzip: gzip.main,
  hd: hexdump.hd,
  head: head.main,
  hexdump: hexdump.main,
  hostname: uname.hostname,
  id: id.main,
  install: install.main,
  join: join.main,
  kill: kill.main,
  killall: pgrep.killall,
  less: less.main,
  link: link.main,
  ln: ln.main,
  logname: logname.main,
  ls: ls.main,
  lsof: lsof.main,
  md5sum: sums.md5sum,
  mkdir: mkdir.main,
  mkfifo: mkfifo.main,
  mknod: mkfifo.mknod,
  mktemp: mktemp.main,
  more: less.more,
  mount: mount.main,
  mountpoint: mountpoint.main,
  mv: mv.main,
  nc: nc.main,
  netstat: netstat.main,
  nice: nohup.nice,
  nl: nl.main,
  nohup: nohup.main,
  nproc: uname.nproc,
  numfmt: numfmt.main,
  od: od.main,
  paste: paste.main,
  patch: patch.main,
  pathchk: pathchk.main,
  pgrep: pgrep.pgrep,
  pkill: pgrep.pkill,
  pr: pr.main,
  printenv: which.printenv,
  printf: printf.main,
  ps: ps.main,
  pstree: pstree.main,
  pwd: pwd.main,
  readlink: readlink.main,
  realpath: realpath.main,
  renice: nohup.renice,
  reset: tput.reset,
  rev: rev.main,
  rm: rm.main,
  rmdir: rmdir.main,
  sed: sed.main,
  seq: seq.main,
  setcap: getcap.setcap,
  setfattr: getfattr.setfattr,
  setsid: nohup.setsid,
  sha1sum: sums.sha1sum,
  sha224sum: sums.sha224sum,
  sha256sum: sums.sha256sum,
  sha384sum: sums.sha384sum,
  sha512sum: sums.sha512sum,
  shred: shred.main,
  shuf: shuf.main,
  sleep: sleep.main,
  sort: sort.main,
  split: split.main,
  ss: ss.main,
  stat: stat.main,
  strace: strace.main,
  strings: strings.main,
  stty: stty.main,
  sum: cksum.sum,
  sync: uname.sync,
  tac: tac.main,
  tail: tail.main,
  tar: tar.main,
  tee: tee.main,
  test: testUtility.main,
  timeout: timeout.main,
  top: top.main,
  touch: touch.main,
  tput: tput.tput,
  tr: tr.main,
  true: trueUtility.main,
  truncate: truncate.main,
  tsort: tsort.main,
  tty: stty.tty,
  umount: mount.umount,
  uname: uname.main,
  unexpand: expand.unexpand,
  uniq: uniq.main,
  unlink: link.unlink,
  users: logname.users,
  vdir: ls.vdir,
  watch: watch.main,
  wc: wc.main,
  which: which.main,
  whoami: id.whoami,
  xargs: xargs.main,
  xxd: xxd.main,
  yes: yesUtility.main,
  zcat: gzip.zcat
}

/** @category layers */
export const layer: Layer.Layer<never, Errno<"EEXIST" | "EINVAL">, Programs.Programs> = Layer.scopedDiscard(
  Effect.gen(function*() {
    const programs = yield* Programs.Programs
    for (const [name, main] of Object.entries(utilities)) yield* programs.register(name, main)
  })
)
