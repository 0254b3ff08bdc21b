/**
 * What the descriptors of one process are told of their directories by signals: F_NOTIFY, which came before inotify.
 *
 * @see fcntl(2), F_NOTIFY
 */
import * as Dn from "../abi/Fcntl.js"
import * as In from "../abi/InotifyFlags.js"
import { POLL_MSG } from "../abi/SignalCodes.js"
import type { Description } from "../Description.js"
import type { TableLocks } from "../FdTable.js"
import { type Hearing, Mark } from "./Mark.js"
import { type Notifier, RENAMED_HERE } from "./Notifier.js"

const events: ReadonlyArray<readonly [asked: number, told: number]> = [
  [Dn.DN_ACCESS, In.IN_ACCESS],
  [Dn.DN_MODIFY, In.IN_MODIFY],
  [Dn.DN_CREATE, In.IN_CREATE | In.IN_MOVED_TO],
  [Dn.DN_DELETE, In.IN_DELETE | In.IN_MOVED_FROM],
  [Dn.DN_RENAME, RENAMED_HERE],
  [Dn.DN_ATTRIB, In.IN_ATTRIB]
]

const heard = (asked: number): number => events.reduce((mask, [dn, told]) => (asked & dn) === 0 ? mask : mask | told, 0)

/** What one description is told. */
class Notice implements Hearing {
  readonly mark: Mark
  private readonly stop: (() => void) | undefined

  constructor(
    private readonly description: Description,
    public fd: number,
    private readonly notifier: Notifier,
    private readonly ended: () => void
  ) {
    this.mark = new Mark(this, 0, description.inode, undefined, In.IN_ONESHOT)
    notifier.add(this.mark, true)
    const at = description.location
    if (at?.mount.superblock.backend.watch !== undefined) {
      this.stop = notifier.follow(at.mount.superblock, at.dentry, false)
    }
  }

  push(_wd: number, mask: number): void {
    if ((mask & (In.IN_IGNORED | In.IN_UNMOUNT)) === 0) this.description.signalOwner?.tell(this.fd, POLL_MSG)
  }

  forget(): void {
    this.notifier.remove(this.mark)
    this.stop?.()
    this.ended()
  }
}

export class Notices implements TableLocks {
  private readonly all = new Map<Description, Notice>()

  /** Tells of more, until it has told once or, with DN_MULTISHOT, each time; without any event, of nothing any more. */
  ask(description: Description, fd: number, asked: number, notifier: Notifier): void {
    if ((asked & ~Dn.DN_MULTISHOT) === 0) return this.closed(description)
    const known = this.all.get(description)
    const notice = known ?? new Notice(description, fd, notifier, () => this.all.delete(description))
    this.all.set(description, notice)
    notice.fd = fd
    notice.mark.mask |= heard(asked)
    if ((asked & Dn.DN_MULTISHOT) !== 0) notice.mark.mask &= ~In.IN_ONESHOT
  }

  closed(description: Description): void {
    this.all.get(description)?.mark.end()
  }
}
