/**
 * Signals by name and number.
 *
 * @see kill(1)
 */
import { signalTable, SIGRTMAX, SIGRTMIN } from "@effix/kernel/abi/Signals"

const names = new Map<number, string>(Object.entries(signalTable).map(([name, [number]]) => [number, name.slice(3)]))

const aliases: Readonly<Record<string, number>> = { EXIT: 0, CLD: 17, IOT: 6, POLL: 29 }

/** The highest number. */
export const last = SIGRTMAX

/** `TERM` for 15; real-time signals count from the nearer end. */
export const name = (signal: number): string | undefined => {
  if (signal === 0) return "EXIT"
  if (signal < SIGRTMIN || signal > SIGRTMAX) return names.get(signal)
  if (signal === SIGRTMIN) return "RTMIN"
  if (signal === SIGRTMAX) return "RTMAX"
  const middle = (SIGRTMIN + SIGRTMAX) / 2
  return signal <= middle ? `RTMIN+${signal - SIGRTMIN}` : `RTMAX-${SIGRTMAX - signal}`
}

/** 15 for `TERM`, `SIGTERM`, `term` and `15`. */
export const parse = (text: string): number | undefined => {
  if (/^\d+$/.test(text)) {
    const number = Number(text)
    return number <= SIGRTMAX ? number : undefined
  }
  const upper = text.toUpperCase().replace(/^SIG/, "")
  for (const [number, known] of names) if (known === upper) return number
  const realTime = /^RTM(IN|AX)(?:([-+])(\d+))?$/.exec(upper)
  if (realTime !== null) {
    const base = realTime[1] === "IN" ? SIGRTMIN : SIGRTMAX
    const number = base + (realTime[2] === "-" ? -1 : 1) * Number(realTime[3] ?? 0)
    return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined
  }
  return aliases[upper]
}

/** All signals with their numbers, five in a line, as `kill -l` and `trap -l` show them. */
export const table = (): string => {
  let text = ""
  let column = 0
  for (let number = 1; number <= SIGRTMAX; number++) {
    const known = name(number)
    if (known !== undefined) text += `${String(number).padStart(2)}) SIG${known}${++column % 5 === 0 ? "\n" : "\t"}`
  }
  return column % 5 === 0 ? text : `${text}\n`
}

/** All signals that have a name of their own, in order of their numbers. */
export const all: ReadonlyArray<readonly [number: number, name: string]> = [...names].sort((a, b) => a[0] - b[0])
