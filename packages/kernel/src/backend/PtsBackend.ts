/**
 * devpts: the file system of `/dev/pts`, with one node for each open pseudo-terminal, and `ptmx`.
 *
 * The nodes come and go with the terminals; nobody makes or removes one by hand.
 *
 * @see pts(4)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { isRegular, makedev, S_IFCHR, S_IFDIR } from "../abi/FileMode.js"
import { NAME_MAX } from "../abi/Limits.js"
import * as Errno from "../Errno.js"
import { Inode, type NewInode } from "../Inode.js"
import type { Backend, Changes, DirectoryEntry, StatFs } from "../VfsBackend.js"

/** The group of terminals, as distributions have it. */
const TTY_GROUP = 5
/** Inodes 1 and 2 are the directory and `ptmx`. */
const FIRST_INO = 3
/** Cursors of a listing: `ptmx` first, then the terminals. */
const FIRST_CURSOR = 3
const DEVPTS_MAGIC = 0x1cd1

export class PtsInode extends Inode {
  constructor(ino: number, made: NewInode) {
    super(ino, made)
    this.device = made.rdev
  }

  private readonly device: number

  override get rdev(): number {
    return this.device
  }
}

/** What `Ptys` needs of it besides. */
export interface PtsBackend extends Backend<PtsInode> {
  readonly ptmx: PtsInode
  /** Makes the node of terminal `index`. */
  readonly add: (index: number, uid: number, now: bigint) => PtsInode
  readonly remove: (index: number, now: bigint) => void
}

const refused = Errno.fail("EPERM")
const statfs: Exit.Exit<StatFs> = Exit.succeed({
  type: DEVPTS_MAGIC,
  bsize: 4096,
  blocks: 0,
  bfree: 0,
  bavail: 0,
  files: 0,
  ffree: 0,
  namelen: NAME_MAX
})

export const make = (now: bigint): PtsBackend => {
  const nodes = new Map<string, PtsInode>()
  const root = new PtsInode(1, { mode: S_IFDIR | 0o755, uid: 0, gid: 0, rdev: 0, now })
  const ptmx = new PtsInode(2, { mode: S_IFCHR | 0o666, uid: 0, gid: 0, rdev: makedev(5, 2), now })

  const entryOf = (name: string, inode: PtsInode): DirectoryEntry => ({
    name,
    ino: inode.ino,
    type: S_IFCHR,
    cursor: FIRST_CURSOR + inode.ino
  })

  return {
    type: "devpts",
    // Nodes appear and vanish under the kernel's hands: names are asked for each time.
    coherent: false,
    root,
    ptmx,
    add: (index, uid, now) => {
      const made = { mode: S_IFCHR | 0o620, uid, gid: TTY_GROUP, rdev: makedev(136, index), now }
      const inode = new PtsInode(FIRST_INO + index, made)
      nodes.set(String(index), inode)
      root.mtime = root.ctime = now
      return inode
    },
    remove: (index, now) => {
      const inode = nodes.get(String(index))
      if (inode === undefined) return
      nodes.delete(String(index))
      inode.nlink = 0
      inode.ctime = root.mtime = root.ctime = now
    },
    lookup: (_directory, name) => {
      const inode = name === "ptmx" ? ptmx : nodes.get(name)
      return inode === undefined ? Errno.fail("ENOENT") : Exit.succeed(inode)
    },
    create: (_directory, _name, { mode }) => isRegular(mode) ? Errno.fail("EACCES") : refused,
    link: () => refused,
    unlink: () => refused,
    rmdir: () => refused,
    rename: () => refused,
    readlink: () => Errno.fail("ENOENT"),
    list: (_directory, cursor, limit) => {
      const entries = [entryOf("ptmx", ptmx)]
      for (const [name, inode] of nodes) entries.push(entryOf(name, inode))
      return Exit.succeed(
        entries.filter((entry) => entry.cursor > cursor).sort((a, b) => a.cursor - b.cursor).slice(0, limit)
      )
    },
    // A device is opened, never read as a file.
    read: () => Errno.fail("EIO"),
    write: () => Errno.fail("EIO"),
    truncate: () => Exit.void,
    change: (inode, changes) => change(inode, changes),
    statfs: () => statfs
  }
}

const change = (inode: PtsInode, changes: Changes): Effect.Effect<void> => {
  if (changes.mode !== undefined) inode.mode = (inode.mode & ~0o7777) | (changes.mode & 0o7777)
  if (changes.uid !== undefined) inode.uid = changes.uid
  if (changes.gid !== undefined) inode.gid = changes.gid
  if (changes.atime !== undefined) inode.atime = changes.atime
  if (changes.mtime !== undefined) inode.mtime = changes.mtime
  if (changes.ctime !== undefined) inode.ctime = changes.ctime
  return Exit.void
}
