/**
 * How each builtin is called, and what it is for: what `help` shows, and what follows a complaint about its options.
 */
const entries: Readonly<Record<string, readonly [synopsis: string, purpose: string]>> = {
  ".": [". filename [arguments]", "Runs the commands of a file in this shell."],
  ":": [":", "Does nothing, and succeeds."],
  "[": ["[ arg... ]", "Tests a condition; the last argument is a bracket."],
  alias: ["alias [-p] [name[=value] ... ]", "Defines or shows aliases."],
  bg: ["bg [job_spec ...]", "Lets stopped jobs go on in the background."],
  bind: [
    "bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]",
    "Says what keys do at a prompt, or shows it."
  ],
  break: ["break [n]", "Leaves the innermost loop, or n of them."],
  builtin: ["builtin [shell-builtin [arg ...]]", "Runs a builtin, whatever functions there are."],
  caller: ["caller [expr]", "Shows where the running function was called from."],
  cd: ["cd [-L|[-P [-e]] [-@]] [dir]", "Changes the working directory."],
  command: [
    "command [-pVv] command [arg ...]",
    "Runs a program or builtin in spite of functions, or tells what a name is."
  ],
  compgen: [
    "compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]",
    "Shows what a word may become."
  ],
  complete: [
    "complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [name ...]",
    "Says what the arguments of commands may become."
  ],
  compopt: ["compopt [-o|+o option] [-DEI] [name ...]", "Changes options of what complete has said."],
  continue: ["continue [n]", "Goes on with the next turn of the innermost loop, or of the nth around it."],
  declare: [
    "declare [-aAfFgilnprtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]",
    "Gives variables values and attributes, or shows them."
  ],
  dirs: ["dirs [-clpv] [+N] [-N]", "Shows the directories that pushd remembers."],
  disown: ["disown [-h] [-ar] [jobspec ... | pid ...]", "Takes jobs out of the table."],
  echo: ["echo [-neE] [arg ...]", "Writes its arguments."],
  enable: ["enable [-a] [-dnps] [-f filename] [name ...]", "Turns builtins on and, with -n, off."],
  eval: ["eval [arg ...]", "Runs its arguments as a command."],
  exec: ["exec [-cl] [-a name] [command [argument ...]] [redirection ...]", "Puts a program in place of the shell."],
  exit: ["exit [n]", "Ends the shell, with status n."],
  export: ["export [-fn] [name[=value] ...] or export -p", "Hands variables and functions to programs."],
  false: ["false", "Does nothing, and fails."],
  fc: [
    "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]",
    "Shows lines of the history, or runs them again."
  ],
  fg: ["fg [job_spec]", "Brings a job into the foreground."],
  getopts: ["getopts optstring name [arg ...]", "Takes the next option from the arguments."],
  hash: ["hash [-lr] [-p pathname] [-dt] [name ...]", "Remembers where programs are, or shows it."],
  help: ["help [-dms] [pattern ...]", "Tells what builtins are for."],
  history: [
    "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]",
    "Shows the last n lines that were typed, or changes what is kept of them."
  ],
  jobs: ["jobs [-lnprs] [jobspec ...] or jobs -x command [args]", "Shows jobs and their state."],
  kill: ["kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]", "Sends a signal."],
  let: ["let arg [arg ...]", "Evaluates arithmetic expressions."],
  local: ["local [option] name[=value] ...", "Makes variables of the running function's own."],
  logout: ["logout [n]", "Ends a login shell."],
  mapfile: [
    "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
    "Reads lines into an array."
  ],
  popd: ["popd [-n] [+N | -N]", "Goes back to a directory that pushd remembered."],
  printf: ["printf [-v var] format [arguments]", "Writes its arguments in a format."],
  pushd: ["pushd [-n] [+N | -N | dir]", "Remembers the working directory and goes to another."],
  pwd: ["pwd [-LP]", "Shows the working directory."],
  read: [
    "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]",
    "Reads a line into variables."
  ],
  readarray: [
    "readarray [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]",
    "Reads lines into an array, as mapfile does."
  ],
  readonly: ["readonly [-aAf] [name[=value] ...] or readonly -p", "Keeps variables and functions as they are."],
  return: ["return [n]", "Leaves a function or sourced file, with status n."],
  set: [
    "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]",
    "Sets options and the positional parameters."
  ],
  shift: ["shift [n]", "Drops the first n positional parameters."],
  shopt: ["shopt [-pqsu] [-o] [optname ...]", "Sets or shows further options."],
  source: ["source filename [arguments]", "Runs the commands of a file in this shell."],
  suspend: ["suspend [-f]", "Stops the shell until it is told to go on."],
  test: ["test [expr]", "Tests a condition."],
  times: ["times", "Shows how much time the shell and its children have used."],
  trap: ["trap [-lp] [[arg] signal_spec ...]", "Says what a signal does."],
  true: ["true", "Does nothing, and succeeds."],
  type: ["type [-afptP] name [name ...]", "Tells what names stand for."],
  typeset: [
    "typeset [-aAfFgilnprtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]",
    "Gives variables values and attributes, as declare does."
  ],
  ulimit: ["ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]", "Sets or shows limits."],
  umask: ["umask [-p] [-S] [mode]", "Sets or shows the mask of new files' modes."],
  unalias: ["unalias [-a] name [name ...]", "Removes aliases."],
  unset: ["unset [-f] [-v] [-n] [name ...]", "Removes variables and functions."],
  wait: ["wait [-fn] [-p var] [id ...]", "Waits for processes of this shell to end."]
}

/** How a builtin is called. */
export const synopsis = (name: string): string | undefined =>
  Object.hasOwn(entries, name) ? entries[name]![0] : undefined

export const purpose = (name: string): string => Object.hasOwn(entries, name) ? entries[name]![1] : ""

/** A complaint about how a builtin was called, and how it wants to be. */
export const withUsage = (name: string, message: string): string => {
  const known = synopsis(name)
  return known === undefined ? message : `${message}\n${name}: usage: ${known}`
}
