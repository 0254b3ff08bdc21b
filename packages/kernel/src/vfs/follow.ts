/**
 * What others than this kernel do in directories that somebody watches, over backends that others change.
 *
 * Such a backend says only that something may have happened to a name. What it was is found out by looking: whether the
 * name is there, what bears it, and how long it is and when it was changed, beside what was known. What this kernel does
 * itself it tells itself, before the backend hears of it from outside, and is not told again.
 *
 * @see inotify(7)
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import { isDirectory } from "../abi/FileMode.js"
import { IN_ATTRIB, IN_CREATE, IN_DELETE, IN_MODIFY } from "../abi/InotifyFlags.js"
import type { Dentry, Superblock } from "../Dentry.js"
import type { Inode } from "../Inode.js"
import type { StorageError } from "../VfsBackend.js"
import type { Follow, Named } from "../watch/Notifier.js"
import type { Core } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Lock from "./lock.js"

/** What bore a name when it was looked at last. */
interface Seen {
  readonly inode: Inode
  readonly size: number
  readonly mtime: bigint
  readonly ctime: bigint
  /** This kernel has changed it since, and has told so: whatever it is next is what it was made. */
  own: boolean
}

const seen = (inode: Inode, own: boolean): Seen => {
  const { ctime, mtime, size } = inode
  return { inode, size, mtime, ctime, own }
}

/** Entries that are listed at once. */
const LISTED = 1024

class Following {
  /** How many follow it, and how many of them all that lies below. */
  users = 0
  deep = 0
  private readonly known = new Map<string, Seen>()
  /** Directories in it that are followed as well: how they are left. */
  private readonly below = new Map<string, () => void>()
  private telling = false
  private readonly leave: () => void
  private readonly fiber: Fiber.RuntimeFiber<void, unknown>

  constructor(
    private readonly core: Core,
    private readonly superblock: Superblock,
    private readonly dentry: Dentry,
    private readonly follow: Follow,
    fork: <E>(effect: Effect.Effect<void, E>) => Fiber.RuntimeFiber<void, E>
  ) {
    this.leave = core.watches.observe({
      happened: (mask, file) => this.own(mask, file),
      moved: (from, to) => {
        this.own(IN_DELETE, from)
        this.own(IN_CREATE, to)
      }
    })
    this.fiber = fork(this.run())
  }

  private get inode(): Inode {
    return this.dentry.inode
  }

  /** What this kernel has done. */
  private own(mask: number, { inode, name, parent }: Named): void {
    if (this.telling || parent?.inode !== this.inode) return
    if (mask === IN_DELETE) this.forget(name)
    else if (mask === IN_CREATE) this.remember(name, seen(inode, true))
    else {
      const known = this.known.get(name)
      if (known !== undefined) known.own = true
    }
  }

  private remember(name: string, found: Seen): void {
    this.known.set(name, found)
    if (this.deep > 0) this.descend(name, found)
  }

  private forget(name: string): void {
    this.known.delete(name)
    this.below.get(name)?.()
    this.below.delete(name)
  }

  private descend(name: string, { inode }: Seen): void {
    if (!isDirectory(inode.mode) || this.below.has(name)) return
    this.below.set(name, this.follow(this.superblock, Dentries.child(this.core, this.dentry, name, inode), true))
  }

  /** All that lies below is followed as well. */
  deepen(): void {
    for (const [name, found] of this.known) this.descend(name, found)
  }

  private run(): Effect.Effect<void, StorageError> {
    const { inode, superblock: { backend } } = this
    return Effect.gen(this, function*() {
      yield* this.list()
      const names = yield* Queue.unbounded<string>()
      const look = Effect.forever(Effect.flatMap(Queue.take(names), (name) => this.look(name)))
      const hears = backend.watch!(inode, (name) => void names.unsafeOffer(name))
      yield* Effect.all([hears, look], { concurrency: 2, discard: true })
    })
  }

  private *lookAll(names: ReadonlyArray<string>) {
    for (const name of names) {
      const found = yield* Effect.option(Effect.suspend(() => this.superblock.backend.lookup(this.inode, name)))
      if (found._tag === "Some" && !this.known.has(name)) this.remember(name, seen(found.value, false))
    }
  }

  private list(): Effect.Effect<void, StorageError> {
    const { inode, superblock: { backend } } = this
    return Effect.gen(this, function*() {
      for (let cursor = 0;;) {
        const entries = yield* backend.list(inode, cursor, LISTED)
        if (entries.length === 0) return
        yield* this.lookAll(entries.map(({ name }) => name))
        cursor = entries[entries.length - 1]!.cursor
      }
    })
  }

  /** Something may have happened to a name. */
  private look(name: string): Effect.Effect<void> {
    return Effect.gen(this, function*() {
      // Whoever changes it here tells so first.
      yield* Lock.passed(this.inode)
      const looked = yield* Effect.either(Effect.suspend(() => this.superblock.backend.lookup(this.inode, name)))
      if (looked._tag === "Left") return looked.left._tag === "ENOENT" ? this.removed(name) : undefined
      yield* Lock.passed(looked.right)
      this.compare(name, looked.right)
    })
  }

  private tell(what: () => void): void {
    this.telling = true
    what()
    this.telling = false
  }

  private named(name: string, inode: Inode): Named {
    return { inode, parent: this.dentry, name }
  }

  private removed(name: string): void {
    const before = this.known.get(name)
    if (before === undefined) return
    this.forget(name)
    Dentries.forget(this.core, this.dentry, name)
    this.tell(() => this.core.watches.removed(this.named(name, before.inode), false))
  }

  private compare(name: string, inode: Inode): void {
    const { core: { watches } } = this
    let before = this.known.get(name)
    if (before !== undefined && before.inode !== inode) {
      this.removed(name)
      before = undefined
    }
    const now = seen(inode, false)
    this.remember(name, now)
    if (before === undefined) return this.tell(() => watches.created(this.named(name, inode)))
    if (before.own) return
    const mask = before.size !== now.size || before.mtime !== now.mtime
      ? IN_MODIFY
      : before.ctime !== now.ctime
      ? IN_ATTRIB
      : 0
    if (mask !== 0) this.tell(() => watches.file(mask, this.named(name, inode)))
  }

  end(): Effect.Effect<unknown> {
    this.leave()
    for (const leave of this.below.values()) leave()
    this.below.clear()
    return Fiber.interrupt(this.fiber)
  }
}

/** `fork` starts a fiber. */
export const make = (
  core: Core,
  fork: <E>(effect: Effect.Effect<void, E>) => Fiber.RuntimeFiber<void, E>
): Follow => {
  const all = new Map<Inode, Following>()
  const follow: Follow = (superblock, dentry, deep) => {
    if (superblock.backend.watch === undefined) return () => {}
    const known = all.get(dentry.inode)
    const following = known ?? new Following(core, superblock, dentry, follow, fork)
    if (known === undefined) all.set(dentry.inode, following)
    following.users++
    if (deep && following.deep++ === 0) following.deepen()
    let left = false
    return () => {
      if (left) return
      left = true
      if (deep) following.deep--
      if (--following.users > 0) return
      all.delete(dentry.inode)
      fork(Effect.asVoid(following.end()))
    }
  }
  return follow
}
