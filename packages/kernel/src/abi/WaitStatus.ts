/**
 * Options of wait4(2) and waitid(2), and the status word that they answer, taken apart.
 *
 * @see wait(2)
 */
import { CLD_CONTINUED, CLD_DUMPED, CLD_EXITED, CLD_KILLED, CLD_STOPPED } from "./SignalCodes.js"
import { SIGCONT } from "./Signals.js"

export const WNOHANG = 1
export const WUNTRACED = 2
export const WSTOPPED = 2
export const WEXITED = 4
export const WCONTINUED = 8
export const WNOWAIT = 0x01000000
export const __WNOTHREAD = 0x20000000
export const __WALL = 0x40000000
export const __WCLONE = 0x80000000

/** What the id of waitid(2) means. */
export const P_ALL = 0
export const P_PID = 1
export const P_PGID = 2
export const P_PIDFD = 3

/** How a child changed: what WIFEXITED and its siblings tell. */
export type WaitStatus =
  | { readonly _tag: "Exited"; readonly code: number }
  | { readonly _tag: "Signaled"; readonly signal: number; readonly coreDumped: boolean }
  | { readonly _tag: "Stopped"; readonly signal: number }
  | { readonly _tag: "Continued" }

/** The status word as Linux encodes it. */
export const encode = (status: WaitStatus): number => {
  switch (status._tag) {
    case "Exited":
      return (status.code & 0xff) << 8
    case "Signaled":
      return status.signal | (status.coreDumped ? 0x80 : 0)
    case "Stopped":
      return (status.signal << 8) | 0x7f
    case "Continued":
      return 0xffff
  }
}

/** The `si_code` that tells how a child changed. @see waitid(2) */
export const codeOf = (status: WaitStatus): number => {
  switch (status._tag) {
    case "Exited":
      return CLD_EXITED
    case "Signaled":
      return status.coreDumped ? CLD_DUMPED : CLD_KILLED
    case "Stopped":
      return CLD_STOPPED
    case "Continued":
      return CLD_CONTINUED
  }
}

/** The `si_status` that goes with it: an exit code, or the signal that ended, stopped or continued the child. */
export const numberOf = (status: WaitStatus): number =>
  status._tag === "Exited" ? status.code & 0xff : status._tag === "Continued" ? SIGCONT : status.signal

/** What a shell's `$?` makes of it: the exit code, or 128 plus the signal. */
export const shellCode = (status: WaitStatus): number =>
  status._tag === "Exited" ? status.code & 0xff : status._tag === "Continued" ? 0 : 128 + status.signal
