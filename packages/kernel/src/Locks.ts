/**
 * File locks: those of flock(2), which belong to an open file description, and record locks on ranges of bytes, which
 * belong to a process (F_SETLK) or to a description (F_OFD_SETLK).
 *
 * All of them are advisory and hang on the inode, so that every file system has them. Whoever must wait does so behind
 * what is in its way, in the order of arrival; where a lock goes, those are woken whom nothing else holds up, readers
 * together. Two processes that would wait for each other for ever are told so (EDEADLK). A process's record locks on a
 * file go with any descriptor of that file that it closes; those of a description go with its last descriptor.
 *
 * @see flock(2)
 * @see fcntl_locking(2)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { F_UNLCK } from "./abi/Fcntl.js"
import { OFFSET_MAX } from "./abi/Limits.js"
import { O_PATH } from "./abi/OpenFlags.js"
import type { Description } from "./Description.js"
import * as Errno from "./Errno.js"
import type { FdTable, TableLocks } from "./FdTable.js"
import type { Inode } from "./Inode.js"
import * as KernelConfig from "./KernelConfig.js"
import { deadlocks } from "./lock/deadlock.js"
import { FileLocks, LockTable } from "./lock/FileLocks.js"
import { type Kind, Lock, overlap, putBehind, wakeBlocked, withdraw } from "./lock/Lock.js"
import { setRecord } from "./lock/records.js"
import type { Process } from "./ProcessTable.js"
import * as WaitQueue from "./WaitQueue.js"

export type { Kind } from "./lock/Lock.js"

/** What is asked of a range of bytes; `end` is the last one. */
export interface Range {
  /** F_RDLCK, F_WRLCK or F_UNLCK. */
  readonly type: number
  readonly start: number
  readonly end: number
}

/** A lock as it can be looked at from outside. */
export interface LockInfo extends Range {
  readonly kind: Kind
  /** Who asked for it; -1 where it belongs to a description. */
  readonly pid: number
  readonly device: number
  readonly ino: number
  /** 0 for one that is held; a request stands behind what holds it up, one deeper. */
  readonly depth: number
}

export type FlockError = Errno.Errno<"EAGAIN" | "EBADF" | "EINTR" | "ENOLCK">
export type RecordError = FlockError | Errno.Errno<"EDEADLK">

/** @category tags */
export class Locks extends Context.Tag("@effix/kernel/Locks")<Locks, {
  /** Takes a lock of `type` for a description, or with F_UNLCK gives it back. @see flock(2) */
  readonly flock: (
    caller: Process,
    description: Description,
    type: number,
    waits: boolean
  ) => Effect.Effect<void, FlockError>
  /** Sets or takes away record locks. `isOpen` is asked once more when it had to wait. @see fcntl_locking(2) */
  readonly setRecord: (
    caller: Process,
    description: Description,
    kind: "ofd" | "posix",
    range: Range,
    waits: boolean,
    isOpen: () => boolean
  ) => Effect.Effect<void, RecordError>
  /** The first lock that a request would meet. With F_UNLCK, the first of one's own. @see fcntl_locking(2) */
  readonly testRecord: (
    caller: Process,
    description: Description,
    kind: "ofd" | "posix",
    range: Range
  ) => LockInfo | undefined
  /** Every lock, the latest first, each with those who wait behind it; or the locks that a description shows. */
  readonly list: (of?: { readonly process: Process; readonly description: Description }) => ReadonlyArray<LockInfo>
}>() {}

/** The files that the descriptors of one process have had record locks on. */
class LockedFiles implements TableLocks {
  readonly files = new Map<Inode, FileLocks>()

  constructor(private readonly table: FdTable) {}

  closed({ flags, inode }: Description): void {
    const file = this.files.get(inode)
    if (file === undefined || (flags & O_PATH) !== 0) return
    this.files.delete(inode)
    file.release(this.table)
  }
}

const infoOf = (lock: Lock, depth: number): LockInfo => ({
  kind: lock.kind,
  type: lock.type,
  start: lock.start,
  end: lock.end,
  pid: lock.pid,
  device: lock.file.device,
  ino: lock.file.inode.ino,
  depth
})

/** A lock and those who wait behind it, each behind what is in its way. */
function* withBlocked(lock: Lock, depth: number): Generator<LockInfo> {
  // By hand: one may wait behind the other a thousand deep.
  const stack: Array<readonly [Lock, number]> = [[lock, depth]]
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const [each, at] = top
    yield infoOf(each, at)
    for (let child = each.blocked?.last; child !== undefined; child = child.previous) stack.push([child, at + 1])
  }
}

/** Every lock, the latest first, each with those who wait behind it. */
const listAll = (table: LockTable): ReadonlyArray<LockInfo> => {
  const listed: Array<LockInfo> = []
  for (let lock = table.held.last; lock !== undefined; lock = lock.previous) {
    for (const info of withBlocked(lock, 0)) listed.push(info)
  }
  return listed
}

/** The locks that a description shows: its own, and those of the process that has it. */
const listShown = (file: FileLocks, process: Process, description: Description): ReadonlyArray<LockInfo> =>
  [...file.flocks.values(), ...file.records]
    .filter(({ owner }) => owner === description || owner === process.fds)
    .map((lock) => infoOf(lock, 0))

export const make = (limits: KernelConfig.Limits): Locks["Type"] => {
  const table = new LockTable()
  const known = new WeakMap<Inode, FileLocks>()

  const fileOf = (description: Description): FileLocks => {
    if (description.locks instanceof FileLocks) return description.locks
    const { inode, location } = description
    const before = known.get(inode)
    if (before !== undefined) return before
    const made = new FileLocks(inode, location?.mount.superblock.dev ?? 0, table)
    known.set(inode, made)
    return made
  }

  /** Sleeps until `attempt` answers. It is told whether the request has a place among those who wait. */
  const wait = <E>(
    request: Lock,
    attempt: (placed: boolean) => WaitQueue.Attempt<void, E>
  ): Effect.Effect<void, E | Errno.Errno<"EINTR">> => {
    const queue = request.queue = WaitQueue.make()
    let entered = false
    let placed = false
    const place = (blocker: Lock | undefined): void => {
      if (blocker !== undefined) putBehind(blocker, request)
      placed = true
    }
    return WaitQueue.sleep([queue], () => {
      if (request.blocker !== undefined) return undefined
      const answer = attempt(placed)
      if (answer === undefined && entered) place(request.file.inTheWay(request, !placed))
      return answer
    }, {
      entered: () => {
        entered = true
        table.sleeps(request)
        place(request.file.inTheWay(request, true))
      },
      aside: () => {
        placed = false
        withdraw(request)
      },
      left: () => {
        if (entered) table.wakes(request)
        if (!request.held) withdraw(request)
      }
    })
  }

  const flock = (
    caller: Process,
    description: Description,
    type: number,
    waits: boolean
  ): Effect.Effect<void, FlockError> => {
    const file = fileOf(description)
    if (type === F_UNLCK) {
      const own = file.flocks.get(description)
      if (own !== undefined) {
        file.letGo(own)
        wakeBlocked(own)
      }
      return Exit.void
    }
    description.locks = file
    const request = new Lock("flock", description, caller.pid, file, type, 0, OFFSET_MAX)
    const attempt = (placed: boolean): WaitQueue.Attempt<void, Errno.Errno<"EBADF" | "EAGAIN" | "ENOLCK">> => {
      if (description.references === 0) return Errno.fail("EBADF", { syscall: "flock" })
      const own = file.flocks.get(description)
      if (own?.type === type) return Exit.void
      // What it had goes before it is asked whether it gets the other kind, and does not come back. @see flock(2)
      if (own !== undefined) file.letGo(own)
      const answer = file.inTheWay(request, !placed) !== undefined
        ? (waits ? undefined : Errno.fail("EAGAIN"))
        : table.held.size >= limits.locksMax
        ? Errno.fail("ENOLCK", { syscall: "flock", remedy: "raise locksMax" })
        : Exit.void
      if (answer === Exit.void) file.holdFlock(request)
      if (own !== undefined) wakeBlocked(own)
      return answer
    }
    return attempt(false) ?? wait(request, attempt)
  }

  const setRecordLock = (
    caller: Process,
    description: Description,
    kind: "ofd" | "posix",
    { end, start, type }: Range,
    waits: boolean,
    isOpen: () => boolean
  ): Effect.Effect<void, RecordError> => {
    const file = fileOf(description)
    const owner = kind === "ofd" ? description : caller.fds
    const request = new Lock(kind, owner, kind === "ofd" ? -1 : caller.pid, file, type, start, end)
    if (type === F_UNLCK) return setRecord(file, request, limits.locksMax - table.held.size)
    if (kind === "ofd") description.locks = file
    else remember(caller.fds, file)
    const attempt = (placed: boolean): WaitQueue.Attempt<void, RecordError> => {
      if (kind === "ofd" && description.references === 0) return Errno.fail("EBADF", { syscall: "fcntl" })
      const blocker = file.inTheWay(request, !placed)
      if (blocker === undefined) {
        const set = setRecord(file, request, limits.locksMax - table.held.size)
        if (isOpen()) return set
        // Another thread has closed it meanwhile, and its locks are to be gone then.
        file.release(owner)
        return Errno.fail("EBADF", { syscall: "fcntl" })
      }
      if (!waits) return Errno.fail("EAGAIN")
      if (kind === "ofd") return undefined
      // Whoever waited behind it must not be mistaken for one it waits for.
      wakeBlocked(request)
      return deadlocks(table, request, blocker) ? Errno.fail("EDEADLK", { syscall: "fcntl" }) : undefined
    }
    return attempt(false) ?? wait(request, attempt)
  }

  const remember = (fds: FdTable, file: FileLocks): void => {
    if (!(fds.locks instanceof LockedFiles)) fds.locks = new LockedFiles(fds)
    ;(fds.locks as LockedFiles).files.set(file.inode, file)
  }

  const testRecord = (
    caller: Process,
    description: Description,
    kind: "ofd" | "posix",
    { end, start, type }: Range
  ): LockInfo | undefined => {
    const file = fileOf(description)
    const request = new Lock(kind, kind === "ofd" ? description : caller.fds, caller.pid, file, type, start, end)
    const found = type === F_UNLCK
      ? file.records.find((lock) => lock.owner === request.owner && overlap(lock, request))
      : file.inTheWay(request, false)
    return found === undefined ? undefined : infoOf(found, 0)
  }

  return {
    flock,
    setRecord: setRecordLock,
    testRecord,
    list: (of) => of === undefined ? listAll(table) : listShown(fileOf(of.description), of.process, of.description)
  }
}

/** @category layers */
export const layer: Layer.Layer<Locks, never, KernelConfig.KernelConfig> = Layer.effect(
  Locks,
  Effect.map(KernelConfig.KernelConfig, make)
)
