/**
 * What `/proc` looks at.
 */
import type { FileSystems } from "../FileSystems.js"
import type { Limits } from "../KernelConfig.js"
import type { Locks } from "../Locks.js"
import type { ProcessTable } from "../ProcessTable.js"
import type { Sockets } from "../Sockets.js"
import type { Vfs } from "../Vfs.js"

export interface ProcParts {
  readonly table: ProcessTable
  readonly fileSystems: Pick<FileSystems["Type"], "types">
  readonly vfs: Vfs["Type"]
  readonly limits: Limits
  readonly locks: Locks["Type"]
  readonly sockets: Sockets["Type"]
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly bootedAt: number
  /** Fills with bytes that nobody can foretell. */
  readonly random: (into: Uint8Array) => void
}
