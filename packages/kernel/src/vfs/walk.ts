/**
 * From a path to what it names.
 *
 * The walk is a loop over the names of the path that keeps its place in fields. Over a backend that answers at once
 * it runs through in one step; where one does not, it goes on from that place when the answer is there.
 *
 * @see path_resolution(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileMode from "../abi/FileMode.js"
import { NAME_MAX, PATH_MAX, SYMLINKS_MAX } from "../abi/Limits.js"
import { MS_NOSYMFOLLOW } from "../abi/MountFlags.js"
import {
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV
} from "../abi/Resolve.js"
import * as Bytes from "../Bytes.js"
import { permits } from "../Credentials.js"
import type { Dentry, Location, Mount } from "../Dentry.js"
import { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import type { Inode } from "../Inode.js"
import { andThen, isReady } from "../internal/step.js"
import type { PathError } from "../Sys.js"
import type { LookupError } from "../VfsBackend.js"
import { accessed } from "./accessed.js"
import type { Core, Viewer } from "./Core.js"
import * as Dentries from "./dentries.js"
import * as Lock from "./lock.js"
import { lengthOf } from "./prefixes.js"

/** What the last name of the path turned out to be. */
export type Last = "name" | "root" | "." | ".."

export interface Mode {
  /** Whether a symbolic link at the end is followed. */
  readonly follow: boolean
  /** Whether a name that does not exist ends the walk well, with `inode` left undefined. */
  readonly missing: boolean
  /** For open(2) with O_CREAT, which makes no directory: with a slash behind the last name it is not even looked up. */
  readonly create?: boolean
  /** Where the path must not lead: a sum of RESOLVE_NO_SYMLINKS and its siblings. @see openat2(2) */
  readonly resolve?: number
  /** For calls that work on the name itself: not even a trailing slash makes the walk follow a link there. */
  readonly name: boolean
}

/** stat(2), chdir(2), open(2) without O_CREAT. */
export const existing: Mode = { follow: true, missing: false, name: false }
/** lstat(2) and all that say "nofollow". */
export const itself: Mode = { follow: false, missing: false, name: false }
/** open(2) with O_CREAT. */
export const orMissing: Mode = { follow: true, missing: true, name: false, create: true }
/** mkdir(2), unlink(2), rename(2): the parent and a name. */
export const parent: Mode = { follow: false, missing: true, name: true }

const SLASH = 47

/** How often a walk begins anew because there is no room to remember where it stands. */
const RESTARTS_MAX = 1000

/** Only openat2(2) can have it, and names it; whoever walks freely need not. */
const leaving = Errno.fail("EXDEV") as Exit.Exit<never, never>
const unsure = Errno.fail("EAGAIN") as Exit.Exit<never, never>

export class Walk {
  /** The directory where the walk stands; at its end, the one that holds `name`, or the answer itself. */
  mount: Mount
  dentry: Dentry
  name = ""
  last: Last = "root"
  /** What was found; `undefined` when nothing bears the name. */
  inode: Inode | undefined = undefined
  /** The mount on which `inode` was found: another than `mount` where a mount point was crossed. */
  found: Location | undefined = undefined
  trailingSlash = false
  /** For calls that work on the name itself, which look it up when more has been checked: it is too long for one. */
  tooLong = false
  /** The description that a magic link led to. */
  jumped: Description | undefined = undefined

  private readonly start: Location
  private readonly asked: string
  private at = 0
  private links = 0
  private restarts = 0
  /** How long the part of the path is that leads to its last name, as long as that is worth remembering. */
  private prefix: number
  /** Where `/` is, and above which nothing is. */
  readonly root: Location
  private readonly resolve: number
  private readonly scoped: boolean
  /** How often anything had moved when the walk began. */
  private readonly moves: number
  /** Linux finds out where the root is when it is first needed; before that, a link to it leaves every mount. */
  private rooted: boolean

  constructor(
    private readonly core: Core,
    readonly viewer: Viewer,
    start: Location,
    private path: string,
    private readonly mode: Mode
  ) {
    this.asked = path
    this.moves = core.moves
    this.resolve = mode.resolve ?? 0
    this.prefix = this.resolve === 0 ? lengthOf(path) : 0
    this.scoped = (this.resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) !== 0
    this.root = this.scoped ? start : viewer.root
    this.rooted = this.root === start || path.charCodeAt(0) === SLASH
    this.start = path.charCodeAt(0) === SLASH ? this.root : start
    this.mount = this.start.mount
    this.dentry = this.start.dentry
  }

  run(): Effect.Effect<this, PathError> {
    if (this.path.length === 0) return Errno.fail("ENOENT")
    if (this.path.length * 3 >= PATH_MAX && Bytes.byteLength(this.path) >= PATH_MAX) return Errno.fail("ENAMETOOLONG")
    if ((this.resolve & RESOLVE_BENEATH) !== 0 && this.path.charCodeAt(0) === SLASH) return leaving
    if (this.prefix > 0) {
      const { core: { prefixes }, path, start, viewer } = this
      const known = prefixes.get(path.slice(0, this.prefix), viewer, start)
      if (known !== undefined) {
        this.mount = known.mount
        this.dentry = known.dentry
        this.at = this.prefix + 1
        this.prefix = 0
      }
    }
    return this.scoped ? andThen(this.advance(), stillWithin) : this.advance()
  }

  private advance(): Effect.Effect<this, PathError> {
    for (;;) {
      const { path } = this
      let at = this.at
      while (path.charCodeAt(at) === SLASH) at++
      if (at === path.length) return this.standHere("root")

      const slash = path.indexOf("/", at)
      const end = slash === -1 ? path.length : slash
      let next = end
      while (path.charCodeAt(next) === SLASH) next++
      const isLast = next === path.length
      const name = path.slice(at, end)
      this.at = next

      const directory = this.dentry.inode
      if (!FileMode.isDirectory(directory.mode)) return Errno.fail("ENOTDIR")
      if (!permits(this.viewer.credentials, directory, FileMode.X_OK)) return Errno.fail("EACCES")
      if (name === ".") {
        if (isLast) return this.standHere(".")
        continue
      }
      if (name === "..") {
        // Whoever is after a name gets none, and no further.
        if (isLast && this.mode.name) return this.standHere("..")
        const refused = this.ascend()
        if (refused !== undefined) return refused
        // Nobody can say whether what is above still lies below the root.
        if (this.scoped && this.core.moves !== this.moves) return unsure
        if (isLast) return this.standHere("..")
        continue
      }
      if (isLast) {
        if (this.prefix > 0) this.remember()
        this.name = name
        this.last = "name"
        this.trailingSlash = next > end
        if (this.trailingSlash && this.mode.create === true) return Exit.succeed(this)
      }
      if (name.length * 3 > NAME_MAX && Bytes.byteLength(name) > NAME_MAX) {
        if (!isLast || !this.mode.name) return Errno.fail("ENAMETOOLONG")
        this.tooLong = true
        return Exit.succeed(this)
      }
      // A directory that was walked through before: one look into a Map takes the walk there.
      const known = this.remembered(name)
      if (known !== undefined && (known.covered > 0 || FileMode.isDirectory(known.inode.mode))) {
        const done = this.enter(known, isLast)
        if (done !== undefined) return done
        continue
      }
      const looked = known === undefined ? this.lookup(name) : Exit.succeed(known.inode)
      if (looked === undefined) return this.again(name, isLast)
      if (!isReady(looked)) return this.late(looked, name, isLast)
      const done = this.goOn(looked, name, isLast)
      if (done !== undefined) return done
    }
  }

  /** The last name is next: keeps where all before it lead. */
  private remember(): void {
    const { core: { prefixes }, dentry, mount, path, prefix, start, viewer } = this
    prefixes.set(path.slice(0, prefix), viewer, start, { mount, dentry })
  }

  /** The dentry of `name` where the walk stands, if there is one that can be relied upon. */
  private remembered(name: string): Dentry | undefined {
    const known = this.dentry.children?.get(name)
    if (this.mount.superblock.backend.coherent) return known
    this.prefix = 0
    return known === undefined || known.covered === 0 ? undefined : known
  }

  /** Asks the backend for `name` in the directory where the walk stands; `undefined` while that is being changed. */
  private lookup(name: string): Effect.Effect<Inode, LookupError> | undefined {
    const { dentry, mount: { superblock } } = this
    // No name holds a NUL, and no backend is asked for one.
    if (dentry.unlinked || name.includes("\0")) return Errno.fail("ENOENT")
    if (!superblock.prompt && Lock.isHeld(dentry.inode)) return undefined
    const answer = superblock.backend.lookup(dentry.inode, name)
    if (!isReady(answer)) superblock.prompt = false
    return answer
  }

  /**
   * Goes on when the answer is there. Meanwhile, what was walked may have come to lead elsewhere, and what was asked may
   * have another answer by now, which must not be remembered.
   */
  private late(looked: Effect.Effect<Inode, LookupError>, name: string, isLast: boolean) {
    const { dentry } = this
    const { changes } = dentry
    this.prefix = 0
    return Effect.flatMap(Effect.exit(looked), (exit): Effect.Effect<this, PathError> => {
      if (dentry.forgotten) return this.restart()
      if (dentry.changes !== changes || Lock.isHeld(dentry.inode)) return this.again(name, isLast)
      return this.goOn(exit, name, isLast) ?? this.advance()
    })
  }

  /** Asks once more for a name, when its directory is not being changed. */
  private again(name: string, isLast: boolean): Effect.Effect<this, PathError> {
    const { dentry } = this
    return Effect.flatMap(Lock.passed(dentry.inode), () => {
      if (dentry.forgotten) return this.restart()
      const known = this.remembered(name)
      const looked = known === undefined ? this.lookup(name) : Exit.succeed(known.inode)
      if (looked === undefined) return this.again(name, isLast)
      if (!isReady(looked)) return this.late(looked, name, isLast)
      return this.goOn(looked, name, isLast) ?? this.advance()
    })
  }

  /** Begins anew: what the walk stood on was forgotten, and another may stand there by now. */
  private restart(): Effect.Effect<this, PathError> {
    if (++this.restarts > RESTARTS_MAX) return Errno.fail("ESTALE")
    this.path = this.asked
    this.at = 0
    this.links = 0
    this.mount = this.start.mount
    this.dentry = this.start.dentry
    this.rooted = this.root === this.start
    this.trailingSlash = false
    this.last = "root"
    return this.advance()
  }

  /** Takes what a lookup answered; `undefined` when there are names left to walk. */
  private goOn(
    exit: Exit.Exit<Inode, LookupError>,
    name: string,
    isLast: boolean
  ): Effect.Effect<this, PathError> | undefined {
    if (exit._tag === "Failure") {
      const missing = exit.cause._tag === "Fail" && exit.cause.error._tag === "ENOENT"
      if (missing) Dentries.forget(this.core, this.dentry, name)
      return missing && isLast && this.mode.missing ? Exit.succeed(this) : exit as Exit.Exit<never, PathError>
    }
    const inode = exit.value
    if (FileMode.isSymlink(inode.mode)) {
      const { follow, name: byName } = this.mode
      if (!isLast || follow || (this.trailingSlash && !byName)) return this.followLink(inode, isLast)
    } else if (FileMode.isDirectory(inode.mode)) {
      return this.enter(Dentries.child(this.core, this.dentry, name, inode), isLast)
    }
    if (!isLast) return Errno.fail("ENOTDIR")
    if (this.trailingSlash && !this.mode.name) return Errno.fail("ENOTDIR")
    this.inode = inode
    return Exit.succeed(this)
  }

  /** Goes into a directory, or to a file that is covered, and to what is mounted there. */
  private enter(directory: Dentry, isLast: boolean): Effect.Effect<this, PathError> | undefined {
    let mount = this.mount
    let dentry = directory
    while (dentry.covered > 0) {
      const covering = mount.children.get(dentry)
      if (covering === undefined) break
      if ((this.resolve & RESOLVE_NO_XDEV) !== 0) return leaving
      mount = covering
      dentry = covering.root
    }
    const isDirectory = FileMode.isDirectory(dentry.inode.mode)
    if (!isLast) {
      if (!isDirectory) return Errno.fail("ENOTDIR")
      this.mount = mount
      this.dentry = dentry
      return undefined
    }
    if (!isDirectory && this.trailingSlash && !this.mode.name) return Errno.fail("ENOTDIR")
    this.inode = dentry.inode
    this.found = { mount, dentry }
    return Exit.succeed(this)
  }

  /**
   * Goes up one directory, out of mounts, but never out of the root. Nothing is above a directory that was moved out of
   * what a bind mount shows.
   */
  private ascend(): Exit.Exit<never, PathError> | undefined {
    const { resolve, root } = this
    this.rooted = true
    for (;;) {
      const atRoot = this.dentry === root.dentry && this.mount === root.mount
      if (atRoot) {
        if ((resolve & RESOLVE_BENEATH) !== 0) return leaving
        break
      }
      if (this.dentry !== this.mount.root) {
        this.dentry = this.dentry.parent ?? this.dentry
        if (!isConnected(this.mount, this.dentry)) return Errno.fail("ENOENT")
        break
      }
      if (this.mount.at === undefined) break
      if ((resolve & RESOLVE_NO_XDEV) !== 0) return leaving
      const { dentry, mount } = this.mount.at
      this.mount = mount
      this.dentry = dentry
    }
    // What is up there may be covered by another mount.
    for (;;) {
      const covering = this.dentry.covered > 0 ? this.mount.children.get(this.dentry) : undefined
      if (covering === undefined) return undefined
      if ((resolve & RESOLVE_NO_XDEV) !== 0) return leaving
      this.mount = covering
      this.dentry = covering.root
    }
  }

  private standHere(last: Last): Effect.Effect<this, PathError> {
    this.last = last
    this.inode = this.dentry.inode
    this.found = { mount: this.mount, dentry: this.dentry }
    return Exit.succeed(this)
  }

  private followLink(link: Inode, isLast: boolean): Effect.Effect<this, PathError> | undefined {
    const refused = (this.resolve & RESOLVE_NO_SYMLINKS) !== 0 || (this.mount.flags & MS_NOSYMFOLLOW) !== 0
    if (++this.links > SYMLINKS_MAX) return Errno.fail("ELOOP")
    if (isLast && !this.mayFollow(link)) return Errno.fail("EACCES")
    if (refused) return Errno.fail("ELOOP")
    this.prefix = 0
    const { backend } = this.mount.superblock
    accessed(this.core.now, this.mount, link)
    const jump = backend.follow?.(link, this.viewer.pid)
    if (jump instanceof Description) return this.jumpTo(jump, isLast)
    if (jump !== undefined && isLocation(jump)) return this.jumpTo(jump, isLast)
    const target = backend.readlink(link, this.viewer.pid)
    if (isReady(target)) {
      return target._tag === "Failure" ? target as Exit.Exit<never, PathError> : this.goTo(target.value, isLast)
    }
    const { dentry } = this
    return Effect.flatMap(
      target,
      (text) => dentry.forgotten ? this.restart() : this.goTo(text, isLast) ?? this.advance()
    )
  }

  /** In a sticky directory that all may write to, not every link of somebody else. @see proc_sys_fs(5) */
  private mayFollow({ uid }: Inode): boolean {
    if (this.core.settings.protected_symlinks.value === 0) return true
    const { inode: directory } = this.dentry
    const open = FileMode.S_ISVTX | 0o002
    return uid === this.viewer.credentials.fsuid || (directory.mode & open) !== open || directory.uid === uid
  }

  /** Goes on along the text of a link. */
  private goTo(target: string, isLast: boolean): Effect.Effect<this, PathError> | undefined {
    if (target.length === 0) return Errno.fail("ENOENT")
    const rest = isLast ? (this.trailingSlash ? "/" : "") : `/${this.path.slice(this.at)}`
    this.path = target + rest
    this.at = 0
    return target.charCodeAt(0) === SLASH ? this.toRoot() : undefined
  }

  private toRoot(): Exit.Exit<never> | undefined {
    const leaves = (this.resolve & RESOLVE_BENEATH) !== 0 ||
      ((this.resolve & RESOLVE_NO_XDEV) !== 0 && (!this.rooted || this.mount !== this.root.mount))
    if (leaves) return leaving
    this.rooted = true
    this.mount = this.root.mount
    this.dentry = this.root.dentry
    return undefined
  }

  /** Goes where a magic link leads, which may be where no path does. */
  private jumpTo(to: Description | Location, isLast: boolean): Effect.Effect<this, PathError> | undefined {
    const location = to instanceof Description ? to.location : to
    const inode = to instanceof Description ? to.inode : to.dentry.inode
    if (this.resolve !== 0) {
      if ((this.resolve & RESOLVE_NO_MAGICLINKS) !== 0) return Errno.fail("ELOOP")
      const crosses = (this.resolve & RESOLVE_NO_XDEV) !== 0 && location?.mount !== this.mount
      if (crosses || (this.resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) !== 0) return leaving
    }
    if (!isLast || this.trailingSlash) {
      if (location === undefined || !FileMode.isDirectory(inode.mode)) return Errno.fail("ENOTDIR")
      this.mount = location.mount
      this.dentry = location.dentry
      return isLast ? this.standHere("root") : undefined
    }
    if (location !== undefined && FileMode.isDirectory(inode.mode)) {
      this.mount = location.mount
      this.dentry = location.dentry
      return this.standHere("root")
    }
    this.inode = inode
    this.found = location
    this.jumped = to instanceof Description ? to : undefined
    return Exit.succeed(this)
  }
}

/** Whether a place can be seen through a mount: all of a file system, or what lies below the root of a bind mount. */
const isConnected = (mount: Mount, dentry: Dentry): boolean =>
  mount.root.parent === undefined || Dentries.isWithin(dentry, mount.root)

/** What must not lead out of a directory has not been moved out of it meanwhile. */
const stillWithin = <W extends Walk>(walked: W): Exit.Exit<W> => {
  const { inode, mount, root } = walked
  if (inode === undefined) return Exit.succeed(walked)
  return Dentries.isReachable(walked.found ?? { mount, dentry: walked.dentry }, root) ? Exit.succeed(walked) : leaving
}

const isLocation = (u: unknown): u is Location => typeof u === "object" && u !== null && "mount" in u && "dentry" in u

/** Walks `path` for `viewer`, from `start` unless it begins with a slash. */
export const walk = (
  core: Core,
  viewer: Viewer,
  start: Location,
  path: string,
  mode: Mode
): Effect.Effect<Walk, PathError> => new Walk(core, viewer, start, path, mode).run()

/** The mount on which the result of a walk lies. */
export const mountOf = (self: Walk): Mount => self.found?.mount ?? self.mount

/** What bears the name itself: a directory that is a mount point stands for itself here, not for what covers it. */
export const named = ({ dentry, inode, name }: Walk): Inode | undefined =>
  inode === undefined ? undefined : dentry.children?.get(name)?.inode ?? inode
