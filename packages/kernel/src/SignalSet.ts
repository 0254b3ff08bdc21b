/**
 * A set of signals as the bits of a bigint: signal 1 is bit 0.
 *
 * @see sigsetops(3)
 */
import { SIGKILL, SIGRTMAX, SIGSTOP } from "./abi/Signals.js"

export type SignalSet = bigint

export const empty: SignalSet = 0n
export const full: SignalSet = (1n << 64n) - 1n

const bits: ReadonlyArray<bigint> = Array.from(
  { length: SIGRTMAX + 1 },
  (_, signal) => signal === 0 ? 0n : 1n << BigInt(signal - 1)
)

/** The set of one signal. */
export const bit = (signal: number): SignalSet => bits[signal] ?? 0n

export const of = (...signals: ReadonlyArray<number>): SignalSet =>
  signals.reduce((set, signal) => set | bit(signal), empty)

export const has = (self: SignalSet, signal: number): boolean => (self & bit(signal)) !== 0n

export const add = (self: SignalSet, signal: number): SignalSet => self | bit(signal)

export const remove = (self: SignalSet, signal: number): SignalSet => self & ~bit(signal)

/** The lowest signal of the set; 0 when it is empty. */
export const lowest = (self: SignalSet): number => {
  for (let signal = 1; signal <= SIGRTMAX; signal++) if (has(self, signal)) return signal
  return 0
}

export const toArray = (self: SignalSet): ReadonlyArray<number> =>
  Array.from({ length: SIGRTMAX }, (_, index) => index + 1).filter((signal) => has(self, signal))

/** What nobody can block, catch or ignore. */
export const unstoppable: SignalSet = of(SIGKILL, SIGSTOP)
