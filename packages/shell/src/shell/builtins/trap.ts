/**
 * `trap`.
 *
 * @see trap(1p)
 */
import {
  SIGHUP,
  SIGINT,
  SIGKILL,
  SIGQUIT,
  SIGSTOP,
  SIGTERM,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU
} from "@effix/kernel/abi/Signals"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as SignalNames from "../../SignalNames.js"
import * as Quote from "../expand/quote.js"
import { hangUp } from "../run/hangUp.js"
import { print } from "../run/report.js"
import { Fatal } from "../state/Control.js"
import { call, type Run, type Shell } from "../state/Shell.js"
import { type Builtin, complain, flags, tellUsage } from "./Builtin.js"
import { withUsage } from "./usage.js"

/** The name and the number of a condition; signals that are no signals have the number 0. */
const condition = (text: string): { readonly name: string; readonly signal: number } | undefined => {
  const upper = text.toUpperCase().replace(/^SIG/, "")
  if (upper === "EXIT" || text === "0") return { name: "EXIT", signal: 0 }
  if (upper === "ERR" || upper === "DEBUG" || upper === "RETURN") return { name: upper, signal: 0 }
  const signal = SignalNames.parse(text)
  return signal === undefined || signal === 0 ? undefined : { name: SignalNames.name(signal) ?? text, signal }
}

const interactiveIgnored = new Set([SIGTSTP, SIGTTIN, SIGTTOU, SIGTERM, SIGQUIT])

/** Tells the kernel what the shell does about a signal. */
function* install(shell: Shell, signal: number, action: string | undefined): Run<void> {
  if (signal === 0 || signal === SIGKILL || signal === SIGSTOP) return
  if (action === "") {
    yield* call(shell.sys.sigaction(signal, { disposition: "ignore" }))
  } else if (action !== undefined || (shell.interactive && signal === SIGINT)) {
    yield* call(shell.sys.sigaction(signal, {
      disposition: () => Effect.sync(() => void shell.traps.pending.push(signal))
    }))
  } else if (shell.interactive && signal === SIGHUP) {
    yield* call(shell.sys.sigaction(signal, { disposition: () => hangUp(shell) }))
  } else {
    const ignored = shell.interactive && interactiveIgnored.has(signal)
    yield* call(shell.sys.sigaction(signal, { disposition: ignored ? "ignore" : "default" }))
  }
}

const order = (name: string): number => name === "EXIT" ? 0 : SignalNames.parse(name) ?? 100

const line = (shell: Shell, name: string, action: string): string => {
  const bare = name === "EXIT" || name === "ERR" || name === "DEBUG" || name === "RETURN" || shell.options.posix
  return `trap -- ${Quote.always(action)} ${bare ? name : `SIG${name}`}\n`
}

function* list(shell: Shell, names: ReadonlyArray<string>): Run<number> {
  const listed = shell.traps.listed()
  const wanted = names.length === 0
    ? [...listed.keys()].sort((left, right) => order(left) - order(right))
    : names.map((name) => condition(name)?.name ?? name)
  const text = wanted.map((name) => listed.has(name) ? line(shell, name, listed.get(name)!) : "").join("")
  return yield* print(shell, "trap", text)
}

/** Whether the shell was started with this signal ignored: then it stays so. */
function* ignoredAtStart(shell: Shell, signal: number, name: string): Run<boolean> {
  if (signal === 0 || shell.interactive || shell.traps.actions.has(name)) return false
  const before = yield* call(shell.sys.sigaction(signal))
  return !Errno.isErrno(before) && before.disposition === "ignore"
}

export const trap: Builtin = function*(shell, argv) {
  const given = flags(argv, "lp")
  if (typeof given === "string") throw new Fatal(2, `trap: ${withUsage("trap", given)}`)
  const { letters, rest } = given
  if (letters.includes("l")) {
    return yield* print(shell, "trap", SignalNames.table())
  }
  if (letters.includes("p") || rest.length === 0) return yield* list(shell, rest)
  const [first = "", ...others] = rest
  if (others.length === 0 && first !== "-" && condition(first) === undefined) return yield* tellUsage(shell, "trap")
  // A number first, or a condition alone, sets conditions back.
  const reset = first === "-" || others.length === 0 || /^[0-9]+$/.test(first)
  const conditions = first === "-" ? others : reset ? rest : others
  let status = 0
  for (const text of conditions) {
    const one = condition(text)
    if (one === undefined) {
      status = yield* complain(shell, "trap", `${text}: invalid signal specification`)
      continue
    }
    if (yield* ignoredAtStart(shell, one.signal, one.name)) continue
    shell.traps.set(one.name, reset ? undefined : first)
    yield* install(shell, one.signal, reset ? undefined : first)
  }
  return status
}
