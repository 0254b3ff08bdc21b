/**
 * The core utilities, registered as programs of the kernel.
 *
 * @see coreutils(1)
 */
import type { Errno } from "@effix/kernel/Errno"
import * as Programs from "@effix/kernel/Programs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as basename from "./coreutils/basename.js"
import * as cat from "./coreutils/cat.js"
import * as chmod from "./coreutils/chmod.js"
import * as chown from "./coreutils/chown.js"
import * as cp from "./coreutils/cp.js"
import * as cut from "./coreutils/cut.js"
import * as dirname from "./coreutils/dirname.js"
import * as echo from "./coreutils/echo.js"
import * as env from "./coreutils/env.js"
import * as falseUtility from "./coreutils/false.js"
import * as find from "./coreutils/find.js"
import * as grep from "./coreutils/grep.js"
import * as head from "./coreutils/head.js"
import * as kill from "./coreutils/kill.js"
import * as ln from "./coreutils/ln.js"
import * as ls from "./coreutils/ls.js"
import * as mkdir from "./coreutils/mkdir.js"
import * as mv from "./coreutils/mv.js"
import * as printf from "./coreutils/printf.js"
import * as pwd from "./coreutils/pwd.js"
import * as rm from "./coreutils/rm.js"
import * as rmdir from "./coreutils/rmdir.js"
import * as seq from "./coreutils/seq.js"
import * as sleep from "./coreutils/sleep.js"
import * as sort from "./coreutils/sort.js"
import * as tail from "./coreutils/tail.js"
import * as tee from "./coreutils/tee.js"
import * as testUtility from "./coreutils/test.js"
import * as touch from "./coreutils/touch.js"
import * as tr from "./coreutils/tr.js"
import * as trueUtility from "./coreutils/true.js"
import * as uniq from "./coreutils/uniq.js"
import * as wc from "./coreutils/wc.js"
import * as xargs from "./coreutils/xargs.js"
import * as yesUtility from "./coreutils/yes.js"

/** Every utility by its name. */
export const utilities: Readonly<Record<string, Programs.Main>> = {
  "[": testUtility.main,
  basename: basename.main,
  cat: cat.main,
  chgrp: chown.chgrp,
  chmod: chmod.main,
  chown: chown.main,
  cp: cp.main,
  cut: cut.main,
  dir: ls.dir,
  dirname: dirname.main,
  echo: echo.main,
  egrep: grep.egrep,
  env: env.main,
  false: falseUtility.main,
  fgrep: grep.fgrep,
  find: find.main,
  grep: grep.main,
  head: head.main,
  kill: kill.main,
  ln: ln.main,
  ls: ls.main,
  mkdir: mkdir.main,
  mv: mv.main,
  printf: printf.main,
  pwd: pwd.main,
  rm: rm.main,
  rmdir: rmdir.main,
  seq: seq.main,
  sleep: sleep.main,
  sort: sort.main,
  tail: tail.main,
  tee: tee.main,
  test: testUtility.main,
  touch: touch.main,
  tr: tr.main,
  true: trueUtility.main,
  uniq: uniq.main,
  vdir: ls.vdir,
  wc: wc.main,
  xargs: xargs.main,
  yes: yesUtility.main
}

/** @category layers */
export const layer: Layer.Layer<never, Errno<"EEXIST" | "EINVAL">, Programs.Programs> = Layer.scopedDiscard(
  Effect.gen(function*() {
    const programs = yield* Programs.Programs
    for (const [name, main] of Object.entries(utilities)) yield* programs.register(name, main)
  })
)
