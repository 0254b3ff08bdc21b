/**
 * Who is told of what happens to files: the place where the file system says so, in the words of inotify.
 *
 * A file's directory hears first, with the file's name, and then the file itself; so does whoever observes a whole tree.
 * While nobody watches anything `active` is 0, and whoever has something to tell asks for that before anything else.
 *
 * @see inotify(7)
 */
import { isDirectory } from "../abi/FileMode.js"
import {
  IN_ATTRIB,
  IN_CLOSE_NOWRITE,
  IN_CLOSE_WRITE,
  IN_CREATE,
  IN_DELETE,
  IN_DELETE_SELF,
  IN_ISDIR,
  IN_MOVE_SELF,
  IN_MOVED_FROM,
  IN_MOVED_TO,
  IN_UNMOUNT
} from "../abi/InotifyFlags.js"
import type { Dentry, Superblock } from "../Dentry.js"
import type { Description } from "../Description.js"
import type { Inode } from "../Inode.js"
import type { Mark } from "./Mark.js"

/** A file by one of its names; without `parent`, by none. */
export interface Named {
  readonly inode: Inode
  readonly parent: Dentry | undefined
  readonly name: string
}

/** Somebody who hears of everything, and knows by itself what lies where it looks. */
export interface Observer {
  /** Something happened to a file, or to its name. */
  readonly happened: (mask: number, file: Named) => void
  /** A name has moved. */
  readonly moved: (from: Named, to: Named) => void
}

/** Follows what others do in a directory, and with `deep` in all below; answers how to stop. */
export type Follow = (superblock: Superblock, directory: Dentry, deep: boolean) => () => void

const typed = (mask: number, { mode }: Inode): number => isDirectory(mode) ? mask | IN_ISDIR : mask

/** A name has become another in the same directory: what F_NOTIFY alone tells of. */
export const RENAMED_HERE = 0x10000000

export class Notifier {
  /** Watches and observers that there are. */
  active = 0
  /** Set by the file system. */
  follow: Follow = () => () => {}
  private readonly marks = new Set<Mark>()
  private readonly observers = new Set<Observer>()
  private lastCookie = 0

  /** The watches of an inode are a list that is never changed, but replaced: it may be gone through meanwhile. */
  add(mark: Mark, first = false): void {
    this.active++
    this.marks.add(mark)
    const others = mark.inode.watches ?? []
    mark.inode.watches = first ? [mark, ...others] : [...others, mark]
  }

  remove(mark: Mark): void {
    if (!this.marks.delete(mark)) return
    this.active--
    const left = mark.inode.watches?.filter((each) => each !== mark)
    mark.inode.watches = left?.length === 0 ? undefined : left
  }

  observe(observer: Observer): () => void {
    this.active++
    this.observers.add(observer)
    return () => {
      if (this.observers.delete(observer)) this.active--
    }
  }

  /** Something happened to a file: `unlinked` when it was reached through an open file that has no name any more. */
  file(mask: number, file: Named, unlinked = false): void {
    const { inode, name, parent } = file
    const all = typed(mask, inode)
    if (parent?.inode.watches !== undefined) {
      for (const mark of parent.inode.watches) mark.hear(all, 0, name, unlinked)
    }
    if (inode.watches !== undefined) { for (const mark of inode.watches) mark.hear(all, 0, "", unlinked) }
    // Whoever observes knows files by their names.
    if (unlinked) return
    for (const observer of this.observers) observer.happened(mask, file)
  }

  /** Something happened through an open file, or to one that is in use. */
  dentry(mask: number, dentry: Dentry): void {
    this.file(mask, dentry, dentry.unlinked)
  }

  /** The last descriptor of an open file is closed. */
  closed({ location, writable }: Description): void {
    if (this.active !== 0 && location !== undefined) {
      this.dentry(writable ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE, location.dentry)
    }
  }

  /** Something happened to an inode, whatever its names are. */
  private itself(mask: number, inode: Inode): void {
    if (inode.watches === undefined) return
    const all = mask === IN_ATTRIB ? typed(mask, inode) : mask
    for (const mark of inode.watches) mark.hear(all, 0, "", false)
  }

  private entry(mask: number, cookie: number, { inode, name, parent }: Named): void {
    if (parent?.inode.watches === undefined) return
    for (const mark of parent.inode.watches) mark.hear(typed(mask, inode), cookie, name, false)
  }

  created(file: Named): void {
    this.entry(IN_CREATE, 0, file)
    for (const observer of this.observers) observer.happened(IN_CREATE, file)
  }

  linked(file: Named): void {
    this.itself(IN_ATTRIB, file.inode)
    this.created(file)
  }

  /** A name is gone; `used`: what it stood for is still open, or stood in. */
  removed(file: Named, used: boolean): void {
    const { inode } = file
    if (!isDirectory(inode.mode)) this.itself(IN_ATTRIB, inode)
    if (!used) this.dropped(inode)
    this.entry(IN_DELETE, 0, file)
    for (const observer of this.observers) observer.happened(IN_DELETE, file)
  }

  /** A name has moved, perhaps to where another was. */
  moved(from: Named, to: Named, replaced: Inode | undefined, used: boolean): void {
    const cookie = ++this.lastCookie
    if (from.parent === to.parent) this.entry(RENAMED_HERE, 0, from)
    this.entry(IN_MOVED_FROM, cookie, from)
    this.entry(IN_MOVED_TO, cookie, to)
    if (replaced !== undefined) this.itself(IN_ATTRIB, replaced)
    this.itself(IN_MOVE_SELF, from.inode)
    if (replaced !== undefined && !used) this.dropped(replaced)
    for (const observer of this.observers) observer.moved(from, to)
  }

  /** Nothing uses a file by one of its names any more: without any other name, that is its end. */
  dropped(inode: Inode): void {
    if (inode.watches === undefined || inode.nlink > 0) return
    for (const mark of inode.watches) {
      mark.hear(IN_DELETE_SELF, 0, "", false)
      // One that hears but once has ended by now.
      if (this.marks.has(mark)) mark.end()
    }
  }

  /** A file system is mounted nowhere any more. */
  unmounted(superblock: Superblock): void {
    for (const mark of Array.from(this.marks)) {
      if (mark.superblock !== superblock) continue
      mark.hear(IN_UNMOUNT, 0, "", false)
      if (this.marks.has(mark)) mark.end()
    }
  }
}
