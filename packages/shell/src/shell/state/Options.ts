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
  /** Whether `!` refers to earlier lines; at a prompt only. */
  histexpand: boolean
  /** Shown and set only. */
  history: boolean
  ignoreeof: boolean
  interactive: boolean
  /** Shown and set only: comments are comments everywhere. */
  "interactive-comments": boolean
  /** Shown and set only: assignments count before the command's name. */
  keyword: boolean
  monitor: boolean
  noclobber: boolean
  noexec: boolean
  noglob: boolean
  nolog: boolean
  notify: boolean
  nounset: boolean
  /** Shown and set only. */
  onecmd: boolean
  /** Whether `cd` and `pwd` go by the directories themselves, not by how they were reached. */
  physical: boolean
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
  /** Whether a shell goes on whose `exec` has failed. */
  execfail: boolean
  /** Whether a local variable begins with the value of the one that it hides. */
  localvar_inherit: boolean
  localvar_unset: boolean
  /** Whether `shift` complains about what cannot be shifted. */
  shift_verbose: boolean
  /** Whether `&` in the replacement of `${x/p/r}` stands for what the pattern matched. */
  patsub_replacement: boolean
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
  histexpand: false,
  history: false,
  ignoreeof: false,
  interactive: false,
  "interactive-comments": true,
  keyword: false,
  monitor: false,
  noclobber: false,
  noexec: false,
  noglob: false,
  nolog: false,
  notify: false,
  nounset: false,
  onecmd: false,
  physical: false,
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
  execfail: false,
  localvar_inherit: false,
  localvar_unset: false,
  shift_verbose: false,
  patsub_replacement: true,
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
  H: "histexpand",
  k: "keyword",
  m: "monitor",
  n: "noexec",
  p: "privileged",
  P: "physical",
  t: "onecmd",
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
  "histexpand",
  "history",
  "ignoreeof",
  "interactive-comments",
  "keyword",
  "monitor",
  "noclobber",
  "noexec",
  "noglob",
  "nolog",
  "notify",
  "nounset",
  "onecmd",
  "physical",
  "pipefail",
  "posix",
  "privileged",
  "verbose",
  "vi",
  "xtrace"
]

/**
 * Further names of `shopt`, and whether they are on at first. They can be set and are shown, so that what bash reads at
 * its start can be read here, but nothing depends on them.
 */
export const accepted: Readonly<Record<string, boolean>> = {
  autocd: false,
  assoc_expand_once: false,
  cdable_vars: false,
  cdspell: false,
  checkhash: false,
  checkjobs: false,
  checkwinsize: true,
  cmdhist: true,
  compat31: false,
  compat32: false,
  compat40: false,
  compat41: false,
  compat42: false,
  compat43: false,
  compat44: false,
  complete_fullquote: true,
  direxpand: false,
  dirspell: false,
  extdebug: false,
  extquote: true,
  force_fignore: true,
  globasciiranges: true,
  globskipdots: true,
  gnu_errfmt: false,
  histappend: false,
  histreedit: false,
  histverify: false,
  hostcomplete: true,
  huponexit: false,
  interactive_comments: true,
  lithist: false,
  login_shell: false,
  mailwarn: false,
  no_empty_cmd_completion: false,
  noexpand_translation: false,
  progcomp: true,
  progcomp_alias: false,
  promptvars: true,
  restricted_shell: false,
  varredir_close: false
}

/** The names of `shopt` that mean something here. */
export const shoptNames: ReadonlyArray<Option> = [
  "dotglob",
  "execfail",
  "expand_aliases",
  "extglob",
  "failglob",
  "globstar",
  "inherit_errexit",
  "lastpipe",
  "localvar_inherit",
  "localvar_unset",
  "nocaseglob",
  "nocasematch",
  "nullglob",
  "patsub_replacement",
  "shift_verbose",
  "sourcepath",
  "xpg_echo"
]

/** All names of `shopt`, in the order in which it lists them: that of the alphabet, but for the first. */
export const shoptOrder = (others: Iterable<string>): ReadonlyArray<string> => {
  const [array = "", second = "", ...rest] = [...shoptNames, ...others].sort()
  return [second, array, ...rest]
}

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
