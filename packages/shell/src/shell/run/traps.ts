/**
 * Running traps: between commands, and when the shell ends.
 *
 * @see trap(1p)
 */
import { SIGINT } from "@effix/kernel/abi/Signals"
import * as SignalNames from "../../SignalNames.js"
import { Exit, Interrupted, Return } from "../state/Control.js"
import type { Run, Shell } from "../state/Shell.js"
import { evaluateText } from "./source.js"

/** Runs the actions of the signals that came. */
export function* runPending(shell: Shell): Run<void> {
  while (shell.traps.pending.length > 0) {
    const signal = shell.traps.pending.shift()!
    const action = shell.traps.actions.get(SignalNames.name(signal) ?? String(signal))
    if (action === undefined && signal === SIGINT && shell.interactive) throw new Interrupted(SIGINT)
    if (action === undefined || action === "") continue
    yield* runAction(shell, action)
  }
}

/** Runs an action; `$?` is afterwards what it was before. */
function* runAction(shell: Shell, action: string): Run<void> {
  const { line, stages, status, tested } = shell
  yield* evaluateText(shell, action, line)
  shell.status = status
  shell.stages = stages
  shell.line = line
  shell.tested = tested
}

/** Runs the action of a condition that is no signal, unless it is that very action which brought it about. */
function* runHook(shell: Shell, condition: "DEBUG" | "ERR" | "RETURN"): Run<void> {
  const action = shell.traps.actions.get(condition)
  if (action === undefined || action === "" || shell.traps.running) return
  shell.traps.running = true
  try {
    yield* runAction(shell, action)
  } finally {
    shell.traps.running = false
  }
}

/** A command failed where that is not a condition. */
export function* runErrorTrap(shell: Shell, status: number): Run<void> {
  if (
    shell.frames.length > 0 && !shell.options.errtrace && shell.frames[shell.frames.length - 1]!.kind === "function"
  ) return
  shell.status = status
  yield* runHook(shell, "ERR")
}

/** A command is about to run. */
export const runDebugTrap = (shell: Shell): Run<void> => runHook(shell, "DEBUG")

/** A function, or a script that was sourced, has returned. */
export const runReturnTrap = (shell: Shell): Run<void> => runHook(shell, "RETURN")

const hidden = ["DEBUG", "RETURN"] as const

/** Functions do not inherit these traps; the answered function puts those back that there were. */
export const hideTraps = ({ options, traps: { actions } }: Shell, traced: boolean): () => void => {
  if (options.functrace || traced || !hidden.some((condition) => actions.has(condition))) return () => {}
  const before = hidden.map((condition) => actions.get(condition))
  for (const condition of hidden) actions.delete(condition)
  // What the function has set itself stays.
  return () =>
    hidden.forEach((condition, at) =>
      before[at] !== undefined && !actions.has(condition) && actions.set(condition, before[at])
    )
}

/** The shell ends with `status`: answers what it ends with after its EXIT trap. */
export function* runExitTrap(shell: Shell, status: number): Run<number> {
  let result = status
  try {
    yield* runPending(shell)
  } catch (error) {
    if (!(error instanceof Exit) && !(error instanceof Return)) throw error
    result = error.status
  }
  const action = shell.traps.actions.get("EXIT")
  if (action === undefined || action === "") return result
  shell.traps.actions.delete("EXIT")
  shell.status = result
  shell.tested = 0
  try {
    yield* evaluateText(shell, action, shell.line)
  } catch (error) {
    if (error instanceof Exit || error instanceof Return) return error.status
    throw error
  }
  return result
}
