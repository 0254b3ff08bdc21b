/**
 * What every part of the Vfs works with, and who it works for.
 */
import type { CoarseClock } from "../CoarseClock.js"
import type { Credentials } from "../Credentials.js"
import type { Location, MountTable, Superblock } from "../Dentry.js"
import type { Devices } from "../Devices.js"
import type { Inode } from "../Inode.js"
import type { Limits } from "../KernelConfig.js"
import type { Pipes } from "../Pipes.js"
import type { PolicyRules } from "../Policy.js"
import type { Notifier } from "../watch/Notifier.js"
import type { Leases } from "./leases.js"
import type { Prefixes } from "./prefixes.js"
import type { Settings } from "./Settings.js"

/** Whoever a path is walked for: a process, as far as paths are concerned. */
export interface Viewer {
  readonly pid: number
  readonly credentials: Credentials
  readonly root: Location
  readonly cwd: Location
  readonly umask: number
  /** The mounts it may change; those that its root stands in where this is left out. */
  readonly mounts?: MountTable | undefined
  /** Rules of its own, besides those of the kernel. */
  readonly policy?: PolicyRules | undefined
  /** How far it may make a file grow; as far as it likes where this is left out. */
  readonly limits?: { readonly fileSize: number }
}

export interface Core {
  readonly now: CoarseClock
  readonly limits: Limits
  readonly devices: Devices["Type"]
  readonly pipes: Pipes["Type"]
  readonly policy: PolicyRules | undefined
  /** Where it is told what has been done. */
  readonly watches: Notifier
  readonly settings: Settings
  readonly leases: Leases
  readonly superblocks: Set<Superblock>
  readonly tables: Set<MountTable>
  /** Files without a name that may be given one: those of O_TMPFILE without O_EXCL, once. */
  readonly linkable: WeakSet<Inode>
  /** What may not be done to files of memfd_create(2) any more. */
  readonly seals: WeakMap<Inode, number>
  /** The last device number given to a file system. */
  lastDev: number
  /** The last number given to a mount, to a table of mounts or to a peer group. */
  lastMount: number
  /** How often a name has moved, or a mount: whoever must not leave a directory asks before it goes up. */
  moves: number
  /** Dentries that are remembered without being used. */
  dentries: number
  readonly prefixes: Prefixes
  /** pivot_root(2) has put another mount at the root of a table. */
  readonly rootMoved: (table: MountTable) => void
}
