/**
 * An open regular file.
 *
 * Over a backend that answers at once, read and write are one step. Over any other, they take turns on the offset
 * and on the inode, as Linux does with `f_pos_lock` and `i_rwsem`.
 *
 * @see read(2)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_FSETID } from "../abi/Capabilities.js"
import * as Fcntl from "../abi/Fcntl.js"
import { IN_ACCESS, IN_MODIFY } from "../abi/InotifyFlags.js"
import { OFFSET_MAX, RW_COUNT_MAX } from "../abi/Limits.js"
import * as OpenFlags from "../abi/OpenFlags.js"
import { capable } from "../Credentials.js"
import type { Location } from "../Dentry.js"
import { Description, type ReadError, type SeekError, type WriteError } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode, InodeLock } from "../Inode.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import type { Backend } from "../VfsBackend.js"
import { accessed } from "./accessed.js"
import { allocate } from "./allocate.js"
import * as Attributes from "./attributes.js"
import type { Core } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Lock from "./lock.js"
import { weightOf, WRITER } from "./opens.js"
import * as Seals from "./seals.js"

export class RegularFile extends Description {
  /** Guards the offset, over backends that do not answer at once. */
  lock: InodeLock | "held" | undefined = undefined
  readonly inode: Inode
  private readonly backend: Backend
  /** What it adds to the `opens` of its inode. */
  private readonly weight: number

  constructor(
    flags: number,
    private readonly core: Core,
    readonly place: Location,
    /** Whether it counts at all, as what open(2) opens does. */
    counts = true
  ) {
    super(flags)
    this.location = place
    this.inode = place.dentry.inode
    this.backend = place.mount.superblock.backend
    this.weight = counts ? weightOf(this) : 0
    this.inode.opens += this.weight
    if (this.weight === WRITER) place.mount.writers++
  }

  private uncount(): void {
    this.inode.opens -= this.weight
    if (this.weight === WRITER) this.place.mount.writers--
  }

  get label(): string {
    return "file"
  }

  override get seekable(): boolean {
    return true
  }

  override read(into: Uint8Array): Effect.Effect<number, ReadError> {
    if (!this.place.mount.superblock.prompt) return this.inTurn(() => this.readNow(into, this.offset))
    const answer = this.readNow(into, this.offset)
    return Step.isReady(answer) ? this.moved(answer) : this.inTurn(() => answer)
  }

  override pread(into: Uint8Array, offset: number): Effect.Effect<number, ReadError> {
    return offset < 0 ? Errno.fail("EINVAL") : this.readNow(into, offset)
  }

  private readNow(into: Uint8Array, offset: number): Effect.Effect<number, ReadError> {
    const answer = this.backend.read(this.inode, offset, into)
    if (!Step.isReady(answer)) this.place.mount.superblock.prompt = false
    // Even a read of no bytes is one, on tmpfs.
    if ((this.flags & OpenFlags.O_NOATIME) === 0) accessed(this.core.now, this.place.mount, this.inode)
    return this.told(IN_ACCESS, answer)
  }

  /** Moves the offset by what a call that was ready at once has read or written. */
  private moved<E>(answer: Exit.Exit<number, E>): Exit.Exit<number, E> {
    if (answer._tag === "Success") this.offset += answer.value
    return answer
  }

  /** One call after the other on this description's offset. */
  private inTurn<E>(call: () => Effect.Effect<number, E>): Effect.Effect<number, E> {
    return Lock.holding(this, () =>
      Step.map(call(), (count) => {
        this.offset += count
        return count
      }))
  }

  override write(from: Uint8Array, caller: Process, append?: boolean): Effect.Effect<number, WriteError> {
    // Writing nothing does not even move to the end that O_APPEND is about.
    if (from.length === 0) return Exit.succeed(0)
    const { place: { mount: { superblock } } } = this
    if (!superblock.prompt) {
      return this.inTurn(() => Step.run(this.writeLocked(from, undefined, caller, append)))
    }
    const at = append ?? (this.flags & OpenFlags.O_APPEND) !== 0 ? this.inode.size : this.offset
    const answer = this.writeNow(from, at, caller)
    if (Step.isReady(answer)) {
      if (answer._tag === "Success") this.offset = at + answer.value
      return answer
    }
    superblock.prompt = false
    this.offset = at
    // The first answer of a backend that came late: the others wait for it from now on.
    return this.inTurn(() => Lock.holding(this.inode, () => answer))
  }

  override pwrite(
    from: Uint8Array,
    offset: number,
    caller: Process,
    append?: boolean
  ): Effect.Effect<number, WriteError> {
    if (offset < 0) return Errno.fail("EINVAL")
    // Linux appends even here. @see pwrite(2), BUGS
    const appends = append ?? (this.flags & OpenFlags.O_APPEND) !== 0
    if (this.place.mount.superblock.prompt) return this.writeNow(from, appends ? this.inode.size : offset, caller)
    return Step.run(this.writeLocked(from, offset, caller, append))
  }

  private *writeLocked(from: Uint8Array, offset: number | undefined, caller: Process, append: boolean | undefined) {
    yield* Lock.acquire(this.inode)
    try {
      const appends = append ?? (this.flags & OpenFlags.O_APPEND) !== 0
      if (appends) {
        if (this.backend.refresh !== undefined) yield* this.backend.refresh(this.inode)
        if (offset === undefined) this.offset = this.inode.size
      }
      const at = appends ? this.inode.size : offset ?? this.offset
      return yield* this.writeNow(from, at, caller)
    } finally {
      Lock.release(this.inode)
    }
  }

  private writeNow(from: Uint8Array, offset: number, caller: Process): Effect.Effect<number, WriteError> {
    if (from.length === 0) return Exit.succeed(0)
    const limit = caller.limits.fileSize
    let bytes = from.length > RW_COUNT_MAX ? from.subarray(0, RW_COUNT_MAX) : from
    if (offset + bytes.length > limit) {
      if (offset >= limit) return Errno.fail("EFBIG")
      bytes = bytes.subarray(0, limit - offset)
    }
    if (offset > OFFSET_MAX - bytes.length) return Errno.fail("EFBIG")
    const { core, inode } = this
    if (inode.nlink === 0) {
      const count = Seals.writable(core, inode, offset, bytes.length)
      if (count === 0) return this.sealed(caller)
      if (count < bytes.length) bytes = bytes.subarray(0, count)
    }
    if (inode.hasAttributes || ((inode.mode & 0o6000) !== 0 && !capable(caller.credentials, CAP_FSETID))) {
      const dropped = Attributes.dropLoans(core, caller, this.target) as Effect.Effect<void, WriteError>
      return Step.andThen(dropped, () => this.told(IN_MODIFY, this.backend.write(inode, offset, bytes, core.now())))
    }
    return this.told(IN_MODIFY, this.backend.write(inode, offset, bytes, core.now()))
  }

  /** A seal is met when all is ready for the bytes: what the file lent is gone by then, and it is stamped. */
  private sealed(caller: Process): Effect.Effect<never, WriteError> {
    const { backend, core, inode } = this
    const now = core.now()
    const prepared = Step.andThen(
      Attributes.dropLoans(core, caller, this.target),
      () => backend.change(inode, { mtime: now, ctime: now })
    ) as Effect.Effect<void, WriteError>
    return Step.andThen(prepared, () => Errno.fail("EPERM"))
  }

  /** Those who watch are told of a call that has moved bytes. */
  private told<E>(mask: number, answer: Effect.Effect<number, E>): Effect.Effect<number, E> {
    const { core: { watches }, place: { dentry } } = this
    if (watches.active === 0) return answer
    return Step.andThen(answer, (count) => {
      if (count > 0) watches.dentry(mask, dentry)
      return Exit.succeed(count)
    })
  }

  private get target(): Attributes.Target {
    const { inode, place } = this
    return { inode, mount: place.mount, place }
  }

  override seek(offset: number, whence: number): Effect.Effect<number, SeekError> {
    return Lock.isHeld(this) ? Lock.holding(this, () => this.seekNow(offset, whence)) : this.seekNow(offset, whence)
  }

  private seekNow(offset: number, whence: number): Effect.Effect<number, SeekError> {
    const { inode } = this
    switch (whence) {
      case Fcntl.SEEK_SET:
        return this.moveTo(offset)
      case Fcntl.SEEK_CUR:
        return this.moveTo(this.offset + offset)
      case Fcntl.SEEK_END:
        return this.moveTo(inode.size + offset)
      case Fcntl.SEEK_DATA:
      case Fcntl.SEEK_HOLE:
        return this.seekData(offset, whence === Fcntl.SEEK_HOLE)
      default:
        return Errno.fail("EINVAL")
    }
  }

  private moveTo(offset: number): Exit.Exit<number, SeekError> {
    if (offset < 0 || offset > OFFSET_MAX) return Errno.fail("EINVAL")
    this.offset = offset
    return Exit.succeed(offset)
  }

  /** A backend that does not tell has no holes: all is data, and the only hole is behind the end. */
  private seekData(offset: number, hole: boolean): Effect.Effect<number, SeekError> {
    const { inode } = this
    if (offset < 0 || offset >= inode.size) return Errno.fail("ENXIO")
    if (this.backend.seekData === undefined) return this.moveTo(hole ? inode.size : offset)
    return Step.andThen(
      this.backend.seekData(inode, offset, hole),
      (found) => found === undefined ? (hole ? this.moveTo(inode.size) : Errno.fail("ENXIO")) : this.moveTo(found)
    )
  }

  override truncate(size: number, caller: Process) {
    if (size < 0) return Errno.fail("EINVAL")
    return Step.run(
      Attributes.setLength(this.core, caller, this.target, size)
    ) as ReturnType<Description["truncate"]>
  }

  override allocate(mode: number, offset: number, length: number, caller: Process) {
    const { core, inode, place: { dentry, mount } } = this
    return Step.andThen(allocate(core, caller, inode, mount, mode, offset, length), () => {
      if (core.watches.active !== 0) core.watches.dentry(IN_MODIFY, dentry)
      return Exit.void
    })
  }

  override available(): Exit.Exit<number> {
    // Below 0 behind the end, and cut to an `int`.
    return Exit.succeed((this.inode.size - this.offset) | 0)
  }

  override sync(dataOnly: boolean) {
    return this.backend.sync?.(this.inode, dataOnly) ?? Exit.void
  }

  override release(): Effect.Effect<void> {
    this.core.watches.closed(this)
    this.uncount()
    return Dentries.letGo(this.core, this.place)
  }
}
