/**
 * Options of wait4(2), and the status word that it answers, taken apart.
 *
 * @see wait(2)
 */
export const WNOHANG = 1
export const WUNTRACED = 2
export const WCONTINUED = 8
export const WNOWAIT = 0x01000000

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

/** What a shell's `$?` makes of it: the exit code, or 128 plus the signal. */
export const shellCode = (status: WaitStatus): number =>
  status._tag === "Exited" ? status.code & 0xff : status._tag === "Continued" ? 0 : 128 + status.signal
