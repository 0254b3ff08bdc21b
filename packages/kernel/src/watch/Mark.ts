/**
 * One watch: an inotify instance that wants to hear what happens to a file.
 *
 * @see inotify_add_watch(2)
 */
import { IN_ALL_EVENTS, IN_EXCL_UNLINK, IN_IGNORED, IN_ISDIR, IN_ONESHOT, IN_UNMOUNT } from "../abi/InotifyFlags.js"
import type { Superblock } from "../Dentry.js"
import type { Inode } from "../Inode.js"

/** Where events go. */
export interface Hearing {
  readonly push: (wd: number, mask: number, cookie: number, name: string) => void
  /** The watch ends. */
  readonly forget: (mark: Mark) => void
}

const told = IN_ALL_EVENTS | IN_UNMOUNT | IN_ISDIR

export class Mark {
  constructor(
    readonly hearing: Hearing,
    readonly wd: number,
    readonly inode: Inode,
    readonly superblock: Superblock | undefined,
    /** The events asked for, and IN_EXCL_UNLINK and IN_ONESHOT. */
    public mask: number
  ) {}

  /** `unlinked`: through an open file whose name is gone. */
  hear(mask: number, cookie: number, name: string, unlinked: boolean): void {
    if ((mask & (this.mask | IN_UNMOUNT) & ~IN_ISDIR) === 0) return
    if (unlinked && (this.mask & IN_EXCL_UNLINK) !== 0) return
    this.hearing.push(this.wd, mask & told, cookie, name)
    if ((this.mask & IN_ONESHOT) !== 0) this.end()
  }

  /** Ends the watch, and says so. */
  end(): void {
    this.hearing.forget(this)
    this.hearing.push(this.wd, IN_IGNORED, 0, "")
  }
}
