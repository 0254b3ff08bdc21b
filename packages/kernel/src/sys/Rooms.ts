/**
 * The rooms that system calls enter.
 */
import type { Dns } from "../Dns.js"
import type { Events } from "../Events.js"
import type { FileSystems } from "../FileSystems.js"
import type { Limits } from "../KernelConfig.js"
import type { Locks } from "../Locks.js"
import type { Pipes } from "../Pipes.js"
import type { Polls } from "../Polls.js"
import type { Processes } from "../Processes.js"
import type { Signals } from "../Signals.js"
import type { Sockets } from "../Sockets.js"
import type { Timers } from "../Timers.js"
import type { Vfs } from "../Vfs.js"
import type { Watches } from "../Watches.js"

export interface Rooms {
  readonly limits: Limits
  readonly fileSystems: FileSystems["Type"]
  readonly vfs: Vfs["Type"]
  readonly pipes: Pipes["Type"]
  readonly locks: Locks["Type"]
  readonly events: Events["Type"]
  readonly polls: Polls["Type"]
  readonly watches: Watches["Type"]
  readonly processes: Processes["Type"]
  readonly signals: Signals["Type"]
  readonly sockets: Sockets["Type"]
  readonly dns: Dns["Type"]
  readonly timers: Timers["Type"]
  readonly entropy: { readonly fill: (into: Uint8Array) => void }
  /** Nanoseconds of the realtime clock when the kernel was booted. */
  readonly booted: bigint
}
