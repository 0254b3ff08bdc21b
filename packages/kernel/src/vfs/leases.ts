/**
 * Leases: whoever has one on a file is told, by a signal, that somebody is about to open or cut it, who waits meanwhile.
 *
 * A lease belongs to an open file description. It is given up, or turned into one that is not in the way, by its holder,
 * or is taken away after a time. The one who waits goes on then; what he came for is kept for him.
 *
 * @see fcntl(2), F_SETLEASE
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { F_RDLCK, F_UNLCK, F_WRLCK } from "../abi/Fcntl.js"
import { O_ASYNC, O_RDONLY, writes } from "../abi/OpenFlags.js"
import { POLL_MSG } from "../abi/SignalCodes.js"
import type { Location } from "../Dentry.js"
import type { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { Owner } from "../signals/Owner.js"
import type { Timers } from "../Timers.js"
import type { StorageError } from "../VfsBackend.js"
import * as WaitQueue from "../WaitQueue.js"
import * as Attributes from "./attributes.js"
import type { Core } from "./Core.js"
import * as Dentries from "./dentries.js"
import { weightOf, WRITER } from "./opens.js"
import type { Settings } from "./Settings.js"

/** Who asks for a lease, and what the kernel is to do about it. */
export interface LeaseRequest {
  readonly description: Description
  /** The descriptor that signals will name. */
  readonly fd: number
  readonly owner: Owner
  readonly caller: Process
  readonly after: Timers["Type"]["after"]
}

/** A lease, or somebody who waits for one to go, as `/proc/locks` tells it. */
export interface LeaseInfo {
  readonly state: "ACTIVE" | "BREAKER" | "BREAKING"
  readonly type: number
  readonly pid: number
  /** The file; `undefined` for who waits. */
  readonly location: Location | undefined
}

/** Somebody who waits until the leases of a file are not in his way any more. */
interface Breaker {
  readonly pid: number
  /** O_RDONLY and its siblings. */
  readonly access: number
}

class Lease {
  /** Whether it has to go, or to become one for reading. */
  unlocking = false
  downgrading = false
  private cancels: Array<() => void> = []

  constructor(public type: number, public fd: number, readonly request: LeaseRequest) {}

  /** What it is, or is to become. */
  get target(): number {
    return this.unlocking ? F_UNLCK : this.downgrading ? F_RDLCK : this.type
  }

  limit(seconds: number, over: () => void): void {
    if (seconds > 0) this.cancels.push(this.request.after(seconds * 1000, over))
  }

  /** It has become what was asked, or less. */
  becomes(type: number): void {
    this.type = type
    if (type === F_UNLCK) this.unlocking = false
    if (type !== F_WRLCK) this.downgrading = false
    if (this.unlocking || this.downgrading) return
    for (const cancel of this.cancels) cancel()
    this.cancels = []
  }
}

class LeasedFile {
  readonly leases: Array<Lease> = []
  readonly waiting = new Set<Breaker>()
  readonly changed = WaitQueue.make()

  conflicts(access: number): ReadonlyArray<Lease> {
    return this.leases.filter(({ type }) => access !== O_RDONLY || type === F_WRLCK)
  }
}

/** Whether what others have open, or wait to open, rules out a lease; for writing, that it runs as a program as well. */
const isInUse = (description: Description, type: number): boolean => {
  const { opens } = description.inode
  return type === F_RDLCK ? opens >= WRITER : opens !== weightOf(description)
}

/** Whoever waits to open a file counts as if he had it open. */
const count = (inode: Inode, { access }: Breaker, by: 1 | -1): void => {
  if (writes(access)) inode.opens += by * WRITER
  else if (access === O_RDONLY) inode.opens += by
}

export class Leases {
  /** Leases that there are: whoever opens a file asks for that before anything else. */
  active = 0
  /** Those whose end is heard of. */
  private readonly followed = new WeakSet<Description>()
  private readonly files = new Map<Inode, LeasedFile>()

  constructor(private readonly settings: Settings, private readonly core: () => Core) {}

  /** F_GETLEASE */
  get(description: Description): number {
    return this.find(description)?.target ?? F_UNLCK
  }

  private find(description: Description): Lease | undefined {
    return this.files.get(description.inode)?.leases.find(({ request }) => request.description === description)
  }

  /** F_SETLEASE: who may ask, and of what kind of file, has been checked. */
  set(request: LeaseRequest, type: number): Exit.Exit<number, Errno.Errno<"EAGAIN" | "EINVAL">> {
    const { description, fd, owner } = request
    const { inode } = description
    const file = this.files.get(inode) ?? new LeasedFile()
    const own = this.find(description)
    if (type === F_UNLCK) {
      if (own === undefined) return Errno.fail("EAGAIN")
      this.modify(file, own, F_UNLCK)
      return Exit.succeed(0)
    }
    if (isInUse(description, type)) return Errno.fail("EAGAIN")
    const others = file.leases.filter((each) => each !== own)
    if (others.some(({ unlocking }) => type === F_WRLCK || unlocking)) return Errno.fail("EAGAIN")
    if (own !== undefined) {
      own.fd = fd
      this.modify(file, own, type)
    } else {
      if (this.settings["leases-enable"].value === 0) return Errno.fail("EINVAL")
      const lease = new Lease(type, fd, request)
      file.leases.push(lease)
      this.files.set(inode, file)
      this.active++
      this.endWith(description)
      description.flags |= O_ASYNC
    }
    owner.setUnlessSet(request.caller)
    return Exit.succeed(0)
  }

  /** A lease goes with the last descriptor of its description. */
  private endWith(description: Description): void {
    if (this.followed.has(description)) return
    this.followed.add(description)
    ;(description.closing ??= new Set()).add(() => {
      const file = this.files.get(description.inode)
      const lease = this.find(description)
      if (file !== undefined && lease !== undefined) this.modify(file, lease, F_UNLCK)
    })
  }

  private modify(file: LeasedFile, lease: Lease, type: number): void {
    lease.becomes(type)
    if (type === F_UNLCK) {
      const { description, owner } = lease.request
      file.leases.splice(file.leases.indexOf(lease), 1)
      this.active--
      if (file.leases.length === 0 && this.files.get(description.inode) === file && file.waiting.size === 0) {
        this.files.delete(description.inode)
      }
      owner.clear()
      owner.signal = 0
      description.flags &= ~O_ASYNC
    }
    WaitQueue.wakeAll(file.changed)
  }

  /**
   * Somebody is about to open or to cut a file: tells whose leases are in the way, and answers whether there are any.
   */
  private breaks(inode: Inode, access: number): boolean {
    const file = this.files.get(inode)
    const inTheWay = file?.conflicts(access) ?? []
    if (file === undefined || inTheWay.length === 0) return false
    const writes = access !== O_RDONLY
    const seconds = this.settings["lease-break-time"].value
    const told: Array<Lease> = []
    for (const lease of inTheWay) {
      if (lease.unlocking || (!writes && lease.downgrading)) continue
      if (writes) lease.unlocking = true
      else lease.downgrading = true
      const type = writes ? F_UNLCK : F_RDLCK
      lease.limit(seconds, () => {
        if (file.leases.includes(lease)) this.modify(file, lease, type)
      })
      told.push(lease)
    }
    for (const { fd, request } of told) request.owner.tell(fd, POLL_MSG)
    return true
  }

  /** Sleeps until nothing is in the way any more. */
  private wait(inode: Inode, breaker: Breaker): Effect.Effect<void, Errno.Errno<"EINTR">> {
    const file = this.files.get(inode)
    if (file === undefined) return Exit.void
    return WaitQueue.sleep([file.changed], () => file.conflicts(breaker.access).length > 0 ? undefined : Exit.void, {
      entered: () => {
        file.waiting.add(breaker)
        count(inode, breaker, 1)
      },
      left: () => {
        file.waiting.delete(breaker)
        count(inode, breaker, -1)
        if (file.leases.length === 0 && file.waiting.size === 0) this.files.delete(inode)
      }
    })
  }

  /**
   * How somebody goes on who opens a file in some way, or cuts it: `undefined` when no lease is in his way, and otherwise in
   * `next`, once none is any more. The file is held meanwhile.
   */
  broken<A, E>(
    { pid }: Pick<Process, "pid">,
    target: Attributes.Target,
    access: number,
    next: () => Effect.Effect<A, E>
  ): Effect.Effect<A, E | StorageError | Errno.Errno<"EINTR">> | undefined {
    const { inode } = target
    if (!this.breaks(inode, access)) return undefined
    return Effect.uninterruptibleMask((restore) => {
      const core = this.core()
      const at = Attributes.placeOf(core, target)
      return Step.andThen(at === undefined ? Exit.void : Dentries.hold(at), () =>
        Step.settled(
          Effect.flatMap(restore(this.wait(inode, { pid, access })), next),
          (done) => at === undefined ? done : Effect.zipRight(Dentries.letGo(core, at), done)
        ))
    })
  }

  /** All that there are, each before those who wait for it; or those of a description. */
  list(of?: Description): ReadonlyArray<LeaseInfo> {
    const infos: Array<LeaseInfo> = []
    for (const { leases, waiting } of this.files.values()) {
      for (const [at, lease] of leases.entries()) {
        const { caller: { pid }, description } = lease.request
        if (of !== undefined && of !== description) continue
        const state = lease.unlocking || lease.downgrading ? "BREAKING" : "ACTIVE"
        infos.push({ state, type: lease.target, pid, location: description.location })
        if (at > 0 || of !== undefined) continue
        for (const { access, pid } of waiting) {
          infos.push({ state: "BREAKER", type: access === O_RDONLY ? F_RDLCK : F_WRLCK, pid, location: undefined })
        }
      }
    }
    return infos
  }
}
