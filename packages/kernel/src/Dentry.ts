/**
 * Names in use: directories that were walked through, files that are open, and the mounts that cover them.
 *
 * A dentry knows its parent, so that `..`, getcwd(2) and a rename of the directory one stands in need no backend. It
 * is kept for a directory that was seen, and for a file while somebody has it open; a file that is merely looked at
 * gets none. These are records; what happens to them is `Vfs`'s.
 *
 * @see path_resolution(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { MS_RDONLY } from "./abi/MountFlags.js"
import type { Inode, InodeLock } from "./Inode.js"
import type { Backend } from "./VfsBackend.js"

export class Dentry {
  /** Names below that are known; made when the first is. */
  children: Map<string, Dentry> | undefined = undefined
  /** Descriptions, working directories, mounts and children that keep it. */
  uses = 0
  /** Its name was removed: it has no path any more. */
  unlinked = false
  /** How many mounts cover it, over all mount tables. */
  covered = 0
  /** How often a name in it has come, gone or moved: whoever asked a backend that answers late asks again. */
  changes = 0
  /** Another stands for the same directory by now, or will: this one was not used, and there was no room. */
  forgotten = false

  constructor(
    /** `undefined` for the root of a file system. */
    public parent: Dentry | undefined,
    public name: string,
    public inode: Inode
  ) {}
}

/** A mounted backend, seen once however often it is bound elsewhere. */
export interface Superblock {
  /** What `st_dev` says. */
  readonly dev: number
  /** Whether the backend has answered at once whenever it was asked. */
  prompt: boolean
  readonly backend: Backend
  readonly root: Dentry
  /** Whether all of it is read-only, on whatever mount: MS_RDONLY, or 0. */
  flags: number
  /** Where it is mounted, over all mount tables. */
  readonly mounts: Set<Mount>
  /** Files in use that no directory names any more; made for the first. */
  nameless: Set<Inode> | undefined
  /** Held while something moves from one directory to another, so that none moves below itself. */
  lock: InodeLock | "held" | undefined
}

/** A tree of mounts, which one process sees or many. @see mount_namespaces(7) */
export interface MountTable {
  readonly id: number
  /** The mount of `/`. */
  root: Mount
  /** Processes that see it; without any it is taken down. */
  members: number
  /** Mounts in it. */
  mounts: number
}

/**
 * Mounts that share what is mounted upon them, and pass it on to those that follow them. One that only follows is a group
 * of its own, which shares with nobody. @see mount_namespaces(7)
 */
export interface PeerGroup {
  /** As mountinfo shows it; 0 for one that only follows. */
  id: number
  readonly members: Set<Mount>
  /** Whom it follows. */
  master: PeerGroup | undefined
  readonly slaves: Set<PeerGroup>
}

/** One place where a file system is attached. */
export class Mount {
  readonly children = new Map<Dentry, Mount>()
  /** Open files, working directories and roots that keep it busy. */
  uses = 0
  /** Regular files that are open for writing through it. */
  writers = 0
  /** Whether umount2(2) with MNT_EXPIRE has found it idle. */
  expires = false
  unbindable = false
  /** None for a private mount. */
  peers: PeerGroup | undefined = undefined
  /** Called when nothing uses it any more; set once it is detached. */
  idle: (() => Effect.Effect<void>) | undefined = undefined

  constructor(
    readonly id: number,
    readonly superblock: Superblock,
    /** What of the file system is seen here: its root, or less for a bind mount. */
    readonly root: Dentry,
    /** Where it is attached; `undefined` for the mount of `/`. */
    public at: Location | undefined,
    /** The table that it stands in; `undefined` once it is detached. */
    public table: MountTable | undefined,
    /** A sum of MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOSYMFOLLOW and what is said about access times. */
    public flags: number,
    /** What /proc/mounts names as its source. */
    readonly source: string
  ) {}

  get readOnly(): boolean {
    return ((this.flags | this.superblock.flags) & MS_RDONLY) !== 0
  }

  /** Whether what is mounted upon it is shared with others, if there are any. */
  get shared(): boolean {
    return this.peers !== undefined && this.peers.id > 0
  }

  /** One user less. */
  leave(): Effect.Effect<void> {
    return --this.uses === 0 && this.idle !== undefined ? this.idle() : Exit.void
  }
}

/** A directory or file as a path leads to it: which mount, and where in it. */
export interface Location {
  readonly mount: Mount
  readonly dentry: Dentry
}
