/**
 * The options of `set` and `shopt`.
 *
 * @see bash(1) The Set Builtin
 */
export interface Options {
  allexport: boolean
  braceexpand: boolean
  emacs: boolean
  errexit: boolean
  errtrace: boolean
  functrace: boolean
  hashall: boolean
  ignoreeof: boolean
  interactive: boolean
  monitor: boolean
  noclobber: boolean
  noexec: boolean
  noglob: boolean
  nolog: boolean
  notify: boolean
  nounset: boolean
  pipefail: boolean
  posix: boolean
  privileged: boolean
  verbose: boolean
  vi: boolean
  xtrace: boolean
  // What shopt has.
  dotglob: boolean
  extglob: boolean
  expand_aliases: boolean
  failglob: boolean
  globstar: boolean
  inherit_errexit: boolean
  lastpipe: boolean
  nocaseglob: boolean
  nocasematch: boolean
  nullglob: boolean
  sourcepath: boolean
  xpg_echo: boolean
}

export type Option = keyof Options

export const make = (): Options => ({
  allexport: false,
  braceexpand: true,
  emacs: false,
  errexit: false,
  errtrace: false,
  functrace: false,
  hashall: true,
  ignoreeof: false,
  interactive: false,
  monitor: false,
  noclobber: false,
  noexec: false,
  noglob: false,
  nolog: false,
  notify: false,
  nounset: false,
  pipefail: false,
  posix: false,
  privileged: false,
  verbose: false,
  vi: false,
  xtrace: false,
  dotglob: false,
  extglob: false,
  expand_aliases: false,
  failglob: false,
  globstar: false,
  inherit_errexit: false,
  lastpipe: false,
  nocaseglob: false,
  nocasematch: false,
  nullglob: false,
  sourcepath: true,
  xpg_echo: false
})

/** The letters of `set -…`. */
export const letters: Readonly<Record<string, Option>> = {
  a: "allexport",
  b: "notify",
  B: "braceexpand",
  C: "noclobber",
  e: "errexit",
  E: "errtrace",
  T: "functrace",
  f: "noglob",
  h: "hashall",
  m: "monitor",
  n: "noexec",
  p: "privileged",
  u: "nounset",
  v: "verbose",
  x: "xtrace"
}

/** The names of `set -o`, in the order in which it lists them. */
export const setNames: ReadonlyArray<Option> = [
  "allexport",
  "braceexpand",
  "emacs",
  "errexit",
  "errtrace",
  "functrace",
  "hashall",
  "ignoreeof",
  "monitor",
  "noclobber",
  "noexec",
  "noglob",
  "nolog",
  "notify",
  "nounset",
  "pipefail",
  "posix",
  "privileged",
  "verbose",
  "vi",
  "xtrace"
]

/** The names of `shopt`. */
export const shoptNames: ReadonlyArray<Option> = [
  "dotglob",
  "expand_aliases",
  "extglob",
  "failglob",
  "globstar",
  "inherit_errexit",
  "lastpipe",
  "nocaseglob",
  "nocasematch",
  "nullglob",
  "sourcepath",
  "xpg_echo"
]

/** Those of `names` that are on, as `$SHELLOPTS` and `$BASHOPTS` list them. */
export const on = (options: Options, names: ReadonlyArray<Option>): string =>
  names.filter((name) => options[name]).join(":")

/** The value of `$-`. */
export const flags = (options: Options, from: string): string => {
  let text = ""
  for (const letter of "abefhkmnptuvxBCEHPT") {
    const option = letters[letter]
    if (option !== undefined && options[option]) text += letter
  }
  if (options.interactive) text += "i"
  return text + from
}
