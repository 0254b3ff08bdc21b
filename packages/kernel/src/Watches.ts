/**
 * Watches: programs that want to hear when files change, with inotify.
 *
 * The file system tells the `notifier` what it has done; an instance queues the events that its watches ask for, and is
 * read as a file is. Twice the same in a row is once, and when the queue is full one event says that some were lost. A
 * watch is on the inode: it follows the file through renames and ends with it. What nobody watches costs the look at one
 * number.
 *
 * @see inotify(7)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import {
  IN_ALL_EVENTS,
  IN_EXCL_UNLINK,
  IN_MASK_ADD,
  IN_MASK_CREATE,
  IN_NONBLOCK,
  IN_ONESHOT
} from "./abi/InotifyFlags.js"
import * as CoarseClock from "./CoarseClock.js"
import type { Dentry, Mount } from "./Dentry.js"
import type { Description } from "./Description.js"
import * as Errno from "./Errno.js"
import * as AnonymousInode from "./event/AnonymousInode.js"
import * as Host from "./Host.js"
import type { Inode } from "./Inode.js"
import { isReady } from "./internal/step.js"
import * as KernelConfig from "./KernelConfig.js"
import type { StorageError } from "./VfsBackend.js"
import { Instance } from "./watch/Instance.js"
import { Mark } from "./watch/Mark.js"
import { Notifier } from "./watch/Notifier.js"

export type { Named, Notifier, Observer } from "./watch/Notifier.js"

export type AddError = StorageError | Errno.Errno<"EBADF" | "EEXIST" | "EINVAL" | "ENOSPC">

/** @category tags */
export class Watches extends Context.Tag("@effix/kernel/Watches")<Watches, {
  /** Where the file system says what it has done. */
  readonly notifier: Notifier
  /** A new instance, which `uid` answers for; `flags` may hold IN_NONBLOCK. @see inotify_init1(2) */
  readonly create: (flags: number, uid: number) => Exit.Exit<Description, Errno.Errno<"EMFILE">>
  /** Watches a file, or changes what is watched of it; answers the number of the watch. @see inotify_add_watch(2) */
  readonly add: (
    instance: Description,
    inode: Inode,
    mount: Mount | undefined,
    mask: number,
    /** The file itself if it is a directory, or the one that it lies in: others may change what is there. */
    directory?: Dentry
  ) => Effect.Effect<number, AddError>
  /** @see inotify_rm_watch(2) */
  readonly remove: (instance: Description, wd: number) => Exit.Exit<void, Errno.Errno<"EINVAL">>
}>() {}

/** What a user has already. */
interface Account {
  instances: number
  watches: number
}

/** `anonymous` is the inode of instances; `later` runs what a backend does not do at once. */
export const make = (
  limits: KernelConfig.Limits,
  anonymous: Inode,
  later: (effect: Effect.Effect<void>) => void
): Watches["Type"] => {
  const notifier = new Notifier()
  const accounts = new Map<number, Account>()
  const owners = new WeakMap<Instance, Account>()
  const mounts = new WeakMap<Mark, Mount>()
  const followed = new WeakMap<Mark, () => void>()

  const accountOf = (uid: number): Account => {
    const known = accounts.get(uid)
    if (known !== undefined) return known
    const made = { instances: 0, watches: 0 }
    accounts.set(uid, made)
    return made
  }

  /** A watched inode is held, so that it stays the same object: without its name that is all there is of it. */
  const hold = (mark: Mark, mount: Mount | undefined): Effect.Effect<void, StorageError> => {
    if (mount === undefined) return Exit.void
    mounts.set(mark, mount)
    if (mark.inode.references++ > 0) return Exit.void
    const retained = mount.superblock.backend.retain?.(mark.inode) ?? Exit.void
    if (isReady(retained) && retained._tag === "Success") return Exit.void
    return Effect.tapErrorCause(retained, () => Effect.sync(() => void mark.inode.references--))
  }

  const letGo = (mark: Mark): void => {
    const mount = mounts.get(mark)
    if (mount === undefined || --mark.inode.references > 0) return
    const released = mount.superblock.backend.release?.(mark.inode) ?? Exit.void
    if (!isReady(released)) later(released)
  }

  const create = (flags: number, uid: number): Exit.Exit<Description, Errno.Errno<"EMFILE">> => {
    const account = accountOf(uid)
    if (account.instances >= limits.inotifyInstancesMax) {
      return Errno.fail("EMFILE", { syscall: "inotify_init1", remedy: "raise inotifyInstancesMax" })
    }
    account.instances++
    const ended = (mark: Mark): void => {
      account.watches--
      notifier.remove(mark)
      followed.get(mark)?.()
      letGo(mark)
    }
    const instance = new Instance(flags & IN_NONBLOCK, anonymous, limits.inotifyEventsMax, ended, () => {
      account.instances--
      if (account.instances === 0) accounts.delete(uid)
    })
    owners.set(instance, account)
    return Exit.succeed(instance)
  }

  const kept = IN_ALL_EVENTS | IN_EXCL_UNLINK | IN_ONESHOT

  const add = (
    instance: Description,
    watched: Inode,
    mount: Mount | undefined,
    mask: number,
    directory?: Dentry
  ): Effect.Effect<number, AddError> => {
    if (!(instance instanceof Instance)) return Errno.fail("EINVAL")
    const known = instance.marked.get(watched)
    if (known !== undefined) {
      if ((mask & IN_MASK_CREATE) !== 0) return Errno.fail("EEXIST")
      known.mask = ((mask & IN_MASK_ADD) !== 0 ? known.mask : 0) | (mask & kept)
      return Exit.succeed(known.wd)
    }
    const account = owners.get(instance)!
    if (account.watches >= limits.inotifyWatchesMax) return Errno.fail("ENOSPC", { remedy: "raise inotifyWatchesMax" })
    const mark = new Mark(instance, instance.nextWatch(), watched, mount?.superblock, mask & kept)
    const watch = (): Exit.Exit<number, Errno.Errno<"EBADF">> => {
      // Closed by another thread while a backend took its time.
      if (instance.references === 0) {
        letGo(mark)
        return Errno.fail("EBADF")
      }
      account.watches++
      instance.add(mark)
      notifier.add(mark)
      if (mount !== undefined && directory !== undefined && mount.superblock.backend.watch !== undefined) {
        followed.set(mark, notifier.follow(mount.superblock, directory, false))
      }
      return Exit.succeed(mark.wd)
    }
    const held = hold(mark, mount)
    return isReady(held)
      ? (held._tag === "Success" ? watch() : Exit.failCause(held.cause))
      : Effect.flatMap(held, watch)
  }

  return {
    notifier,
    create,
    add,
    remove: (instance, wd) => {
      const mark = instance instanceof Instance ? instance.marks.get(wd) : undefined
      if (mark === undefined) return Errno.fail("EINVAL")
      mark.end()
      return Exit.void
    }
  }
}

/** @category layers */
export const layer: Layer.Layer<Watches, never, KernelConfig.KernelConfig | Host.Host> = Layer.effect(
  Watches,
  Effect.gen(function*() {
    const host = yield* Host.Host
    const anonymous = AnonymousInode.make(CoarseClock.make(yield* Effect.clock)())
    return make(yield* KernelConfig.KernelConfig, anonymous, (effect) => void host.fork(effect))
  })
)
