/**
 * What signals do when nobody says otherwise.
 *
 * @see signal(7)
 */
import * as Abi from "../abi/Signals.js"
import type { SignalAction } from "../ProcessTable.js"
import * as SignalSet from "../SignalSet.js"

const defaults = new Map<number, Abi.DefaultAction>(
  Object.values(Abi.signalTable).map(([signal, action]) => [signal, action])
)

/** The default action; a real-time signal terminates. */
export const defaultActionOf = (signal: number): Abi.DefaultAction => defaults.get(signal) ?? "terminate"

/** The signals that stop a process. */
export const stopSignals: SignalSet.SignalSet = SignalSet.of(Abi.SIGSTOP, Abi.SIGTSTP, Abi.SIGTTIN, Abi.SIGTTOU)

/** Whether a signal with this action leaves no trace. SIGCONT is no such signal only in what it has done before. */
export const isIgnored = (action: SignalAction, signal: number): boolean => {
  if (action.disposition === "ignore") return true
  if (action.disposition !== "default") return false
  const byDefault = defaultActionOf(signal)
  return byDefault === "ignore" || byDefault === "continue"
}
