/**
 * The builtins by name.
 *
 * @see bash(1) SHELL BUILTIN COMMANDS
 */
import { builtin as echo } from "../../coreutils/echo.js"
import { main as falseMain } from "../../coreutils/false.js"
import { main as trueMain } from "../../coreutils/true.js"
import type { Shell } from "../state/Shell.js"
import { bind } from "./bind.js"
import type { Builtin } from "./Builtin.js"
import * as Command from "./command.js"
import * as Complete from "./complete.js"
import * as Directory from "./directory.js"
import { enable } from "./enable.js"
import * as Flow from "./flow.js"
import { getopts } from "./getopts.js"
import { help } from "./help.js"
import { fc, history } from "./history.js"
import * as Jobs from "./jobs.js"
import { printf } from "./printf.js"
import * as Read from "./read.js"
import * as Set from "./set.js"
import { test } from "./test.js"
import { trap } from "./trap.js"
import { ulimit } from "./ulimit.js"
import { times, umask } from "./umask.js"
import { utility } from "./utility.js"
import * as Variables from "./variables.js"

export type { Context } from "./Builtin.js"

const run = (builtin: () => Builtin): Builtin => (shell, argv, context) => builtin()(shell, argv, context)

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [":", run(() => Flow.colon)],
  [".", run(() => Flow.dot)],
  ["source", run(() => Flow.dot)],
  ["[", run(() => test)],
  ["alias", run(() => Command.alias)],
  ["bg", run(() => Jobs.bg)],
  ["bind", run(() => bind)],
  ["break", run(() => Flow.breakLoop)],
  ["builtin", run(() => Command.builtin)],
  ["caller", run(() => Flow.caller)],
  ["cd", run(() => Directory.cd)],
  ["command", run(() => Command.command)],
  ["compgen", run(() => Complete.compgen)],
  ["complete", run(() => Complete.complete)],
  ["compopt", run(() => Complete.compopt)],
  ["continue", run(() => Flow.continueLoop)],
  ["declare", run(() => Variables.declare)],
  ["dirs", run(() => Directory.dirs)],
  ["disown", run(() => Jobs.disown)],
  ["echo", run(() => echoBuiltin)],
  ["enable", run(() => enable)],
  ["eval", run(() => Flow.evaluate)],
  ["exec", run(() => Flow.exec)],
  ["exit", run(() => Flow.exit)],
  ["export", run(() => Variables.exportBuiltin)],
  ["false", run(() => falseBuiltin)],
  ["fc", run(() => fc)],
  ["fg", run(() => Jobs.fg)],
  ["getopts", run(() => getopts)],
  ["hash", run(() => Command.hash)],
  ["help", run(() => help)],
  ["history", run(() => history)],
  ["jobs", run(() => Jobs.jobs)],
  ["kill", run(() => Jobs.kill)],
  ["let", run(() => Flow.letBuiltin)],
  ["local", run(() => Variables.local)],
  ["logout", run(() => Flow.logout)],
  ["mapfile", run(() => Read.mapfile)],
  ["popd", run(() => Directory.popd)],
  ["printf", run(() => printf)],
  ["pushd", run(() => Directory.pushd)],
  ["pwd", run(() => Directory.pwd)],
  ["read", run(() => Read.read)],
  ["readarray", run(() => Read.mapfile)],
  ["readonly", run(() => Variables.readonlyBuiltin)],
  ["return", run(() => Flow.returnFrom)],
  ["set", run(() => Set.set)],
  ["shift", run(() => Flow.shift)],
  ["shopt", run(() => Set.shopt)],
  ["suspend", run(() => Jobs.suspend)],
  ["test", run(() => test)],
  ["times", run(() => times)],
  ["trap", run(() => trap)],
  ["true", run(() => trueBuiltin)],
  ["type", run(() => Command.type)],
  ["typeset", run(() => Variables.typeset)],
  ["ulimit", run(() => ulimit)],
  ["umask", run(() => umask)],
  ["unalias", run(() => Command.unalias)],
  ["unset", run(() => Variables.unset)],
  ["wait", run(() => Jobs.wait)]
])

/** The builtin of this name, unless it is turned off. */
export const builtinOf = (shell: Shell, name: string): Builtin | undefined => {
  const found = builtins.get(name)
  return found === undefined || shell.disabled.has(name) ? undefined : found
}

const plainEcho = utility(echo)

/** `shopt -s xpg_echo`: as if -e stood first. */
const echoBuiltin: Builtin = (shell, argv, context) =>
  plainEcho(shell, shell.options.xpg_echo ? [argv[0]!, "-e", ...argv.slice(1)] : argv, context)
const falseBuiltin = utility(falseMain)
const trueBuiltin = utility(trueMain)
