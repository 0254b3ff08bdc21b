/**
 * Names in use: directories that were walked through, files that are open, and the mounts that cover them.
 *
 * A dentry knows its parent, so that `..`, getcwd(2) and a rename of the directory one stands in need no backend. It
 * is kept for a directory that was seen, and for a file while somebody has it open; a file that is merely looked at
 * gets none. These are records; what happens to them is `Vfs`'s.
 *
 * @see path_resolution(7)
 */
import type { Inode } from "./Inode.js"
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
}

/** One place where a file system is attached. */
export class Mount {
  readonly children = new Map<Dentry, Mount>()

  constructor(
    readonly superblock: Superblock,
    /** What of the file system is seen here: its root, or less for a bind mount. */
    readonly root: Dentry,
    /** Where it is attached; `undefined` for the mount of `/`. */
    public at: Location | undefined,
    public readOnly: boolean,
    /** What /proc/mounts names as its source. */
    readonly source: string
  ) {}
}

/** A directory or file as a path leads to it: which mount, and where in it. */
export interface Location {
  readonly mount: Mount
  readonly dentry: Dentry
}
