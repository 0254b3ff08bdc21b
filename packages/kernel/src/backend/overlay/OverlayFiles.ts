/**
 * The files of an overlay: inodes in memory that fetch what they stand for when somebody looks.
 *
 * Every inode that was looked up is one of the overlay's own, with its own attributes. A directory finds its names below
 * one by one, or all of them when it is listed; a file reads its bytes below until it is written to. So there is
 * no moment at which a file becomes another one: what was opened before a write sees it, numbers stay, and a directory
 * from below is renamed by moving its inode, with all that it stands for.
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileMode from "../../abi/FileMode.js"
import * as Errno from "../../Errno.js"
import type { NewInode } from "../../Inode.js"
import { orNothing } from "../../internal/orNothing.js"
import * as Step from "../../internal/step.js"
import type { CreateError, LinkError, LookupError, RemoveError, RenameError, StorageError } from "../../VfsBackend.js"
import { Entries } from "../memory/Entries.js"
import { MemoryDirectory, type MemoryInode, MemorySpecial, MemorySymlink } from "../memory/MemoryInode.js"
import type { MemoryStore } from "../memory/MemoryStore.js"
import { CopyOnWrite } from "../source/CopyOnWrite.js"
import * as Layers from "./Layers.js"
import { dress, Ghost, LayerSource, madeLike, OverlayDirectory, OverlayFile } from "./OverlayInode.js"

const OVERLAYFS_MAGIC = 0x794c7630

/** Numbers of the highest layer below this one are kept; those of others, and of what is made here, come from here on. */
export const FIRST_OWN = 2 ** 31

/** Where an inode was found below. */
export interface Home {
  readonly directory: OverlayDirectory
  readonly name: string
  readonly at: Layers.Layered
}

export class OverlayFiles extends CopyOnWrite {
  override readonly root: OverlayDirectory
  /** Where each inode that comes from below was found. */
  readonly homes = new WeakMap<MemoryInode, Home>()
  /** Whether names may vanish from one moment to the next, so that nobody may remember them. */
  private restless = false
  /** Own numbers of files below, by layer. */
  private readonly numbers: ReadonlyArray<Map<number, number>>
  /** Files below that have several names, by layer and number. */
  private readonly linked: ReadonlyArray<Map<number, MemoryInode>>

  constructor(memory: MemoryStore, readonly layers: Layers.Found) {
    super("overlay", memory)
    this.numbers = layers.map(() => new Map<number, number>())
    this.linked = layers.map(() => new Map<number, MemoryInode>())
    const [{ inode }] = layers
    this.root = new OverlayDirectory(this.number(0, inode.ino), madeLike(inode), layers)
    dress(this.root, inode)
  }

  override get coherent(): boolean {
    return !this.restless
  }

  /** From now on every name is looked up each time. */
  becomeRestless(): void {
    this.restless = true
    for (const map of this.linked) map.clear()
  }

  private number(layer: number, ino: number): number {
    if (layer === 0 && ino < FIRST_OWN) return ino
    const numbers = this.numbers[layer]!
    const known = numbers.get(ino) ?? this.memory.takeNumber()
    numbers.set(ino, known)
    return known
  }

  override lookup(directory: MemoryInode, name: string): Effect.Effect<MemoryInode, LookupError> {
    const known = directory instanceof MemoryDirectory ? directory.entries?.get(name) : undefined
    if (known !== undefined && !(known instanceof Ghost)) return Exit.succeed(known)
    return directory instanceof OverlayDirectory && mayLieBelow(directory, name)
      ? Step.run(this.findBelow(directory, name))
      : Errno.fail("ENOENT")
  }

  private *findBelow(directory: OverlayDirectory, name: string) {
    const found: Layers.Found | undefined = yield* Layers.find(directory.lowers, name)
    if (found === undefined) {
      directory.missed = name
      return yield* Errno.fail("ENOENT")
    }
    const made: MemoryInode = yield* this.standFor(found)
    // Meanwhile another one may have found it, or taken it away.
    const known = directory.entries?.get(name)
    if (known !== undefined && !(known instanceof Ghost)) return known
    if (directory.hidden?.has(name) === true) return yield* Errno.fail("ENOENT")
    const [at] = found
    const { ino, mode, nlink } = at.inode
    const shared = nlink > 1 && !FileMode.isDirectory(mode)
    const other = shared ? this.linked[at.layer]!.get(ino) : undefined
    const inode = other ?? made
    if (other === undefined) {
      if (shared) this.linked[at.layer]!.set(ino, made)
      this.memory.adopt(made, true)
      this.homes.set(made, { directory, name, at })
    }
    if (known === undefined) (directory.entries ??= new Entries()).add(name, inode)
    else directory.entries?.replace(name, inode)
    return inode
  }

  /** An inode of our own for what was found below. */
  private *standFor(found: Layers.Found) {
    const [at] = found
    const { backend, inode, layer } = at
    const ino = this.number(layer, inode.ino)
    const type = inode.mode & FileMode.S_IFMT
    if (type === FileMode.S_IFDIR) {
      const directory = new OverlayDirectory(ino, madeLike(inode), found)
      dress(directory, inode)
      yield* this.countLinks(directory)
      return directory
    }
    const made = madeLike(inode)
    const stands = type === FileMode.S_IFREG
      ? new OverlayFile(ino, made, at)
      : type === FileMode.S_IFLNK
      ? new MemorySymlink(ino, made, yield* backend.readlink(inode, 1))
      : new MemorySpecial(ino, made)
    dress(stands, inode)
    if (stands instanceof OverlayFile) stands.source = new LayerSource(at)
    return stands
  }

  /** Where no single layer knows how many directories are in one, they are counted. */
  *countLinks(directory: OverlayDirectory) {
    const [first, second] = directory.lowers
    if (first === undefined || (second === undefined && first.inode.nlink >= 2)) return
    yield* this.load(directory)
    const listed = directory.entries?.list(0, Infinity) ?? []
    directory.nlink = 2 + listed.filter(({ type }) => type === FileMode.S_IFDIR).length
  }

  /** Makes every name from below known. */
  load(directory: MemoryInode): Effect.Effect<void, StorageError> {
    if (!(directory instanceof OverlayDirectory) || directory.loaded) return Exit.void
    if (directory.lowers.length === 0) {
      directory.loaded = true
      return Exit.void
    }
    return Step.run(this.loadSteps(directory))
  }

  private *loadSteps(directory: OverlayDirectory) {
    const listed = yield* Layers.all(directory.lowers)
    if (directory.loaded) return
    directory.loaded = true
    for (const [name, each] of listed) {
      if (each === undefined || directory.hidden?.has(name) === true) continue
      if (directory.entries?.get(name) !== undefined) continue
      const ghost = new Ghost(this.number(each.layer, each.entry.ino), each.entry.type)
      ;(directory.entries ??= new Entries()).add(name, ghost)
    }
  }

  override list(directory: MemoryInode, cursor: number, limit: number) {
    if (!(directory instanceof OverlayDirectory) || directory.loaded) return this.memory.list(directory, cursor, limit)
    return Step.andThen(this.load(directory), () => this.memory.list(directory, cursor, limit))
  }

  /** Succeeds when nothing below bears the name; what is here is found by whoever asks. */
  private free(directory: MemoryInode, name: string): Effect.Effect<void, StorageError | Errno.Errno<"EEXIST">> {
    if (!(directory instanceof OverlayDirectory) || !mayLieBelow(directory, name)) return Exit.void
    return Step.andThen(
      orNothing(this.lookup(directory, name)),
      (found) => found === undefined ? Exit.void : Errno.fail("EEXIST")
    )
  }

  override create(directory: MemoryInode, name: string, made: NewInode): Effect.Effect<MemoryInode, CreateError> {
    return Step.andThen(this.free(directory, name), () => {
      const exit = this.memory.create(directory, name, made)
      if (exit._tag === "Success") put(directory, name)
      return exit
    })
  }

  override link(inode: MemoryInode, directory: MemoryInode, name: string, now: bigint): Effect.Effect<void, LinkError> {
    return Step.andThen(this.free(directory, name), () => {
      const exit = this.memory.link(inode, directory, name, now)
      if (exit._tag === "Success") put(directory, name)
      return exit
    })
  }

  override unlink(
    directory: MemoryInode,
    name: string,
    inode: MemoryInode,
    now: bigint
  ): Effect.Effect<void, RemoveError> {
    return Step.andThen(this.memory.unlink(directory, name, inode, now), () => {
      take(directory, name)
      return Exit.void
    })
  }

  override rmdir(
    directory: MemoryInode,
    name: string,
    inode: MemoryInode,
    now: bigint
  ): Effect.Effect<void, RemoveError> {
    return Step.andThen(this.load(inode), () =>
      Step.andThen(this.memory.rmdir(directory, name, inode, now), () => {
        take(directory, name)
        return Exit.void
      }))
  }

  override rename(
    from: MemoryInode,
    name: string,
    inode: MemoryInode,
    to: MemoryInode,
    newName: string,
    replaced: MemoryInode | undefined,
    exchange: boolean,
    now: bigint
  ): Effect.Effect<void, RenameError> {
    const ready = replaced === undefined || exchange ? Exit.void : this.load(replaced)
    return Step.andThen(
      ready,
      () =>
        Step.andThen(this.memory.rename(from, name, inode, to, newName, replaced, exchange, now), () => {
          take(from, name)
          if (replaced !== undefined) take(to, newName)
          put(to, newName)
          if (exchange) put(from, name)
          return Exit.void
        })
    )
  }

  override getAttribute(inode: MemoryInode, name: string) {
    if (Layers.isPrivate(name)) return Errno.fail("ENODATA")
    return Step.andThen(this.loadAttributes(inode), () => this.memory.getAttribute(inode, name))
  }

  override listAttributes(inode: MemoryInode) {
    return Step.andThen(this.loadAttributes(inode), () => this.memory.listAttributes(inode))
  }

  override setAttribute(inode: MemoryInode, name: string, value: Uint8Array | undefined) {
    if (Layers.isPrivate(name)) return Errno.fail("EPERM")
    return Step.andThen(this.loadAttributes(inode), () => this.memory.setAttribute(inode, name, value))
  }

  /** Copies the extended attributes from below. */
  loadAttributes(inode: MemoryInode): Effect.Effect<void, StorageError> {
    if (!(inode instanceof OverlayFile || inode instanceof OverlayDirectory) || !inode.attributesBelow) return Exit.void
    return Step.run(this.attributeSteps(inode))
  }

  private *attributeSteps(inode: OverlayFile | OverlayDirectory) {
    const at = inode instanceof OverlayFile ? inode.origin : inode.lowers[0]
    const attributes: Map<string, Uint8Array> = at === undefined
      ? new Map<string, Uint8Array>()
      : yield* Layers.attributesOf(at)
    if (!inode.attributesBelow) return
    inode.attributesBelow = false
    if (attributes.size > 0) inode.attributes = attributes
  }

  /** For a commit: gives a file bytes of its own. */
  detach(inode: MemoryInode, now: bigint) {
    return inode instanceof OverlayFile ? this.copyUp(inode, Infinity, now) : Exit.void
  }

  /** For a discard: forgets an inode that has no name any more, or what was written to it. */
  drop(inode: MemoryInode): Effect.Effect<void> {
    return inode.references > 0 ? Exit.void : this.memory.release(inode)
  }

  empty(inode: MemoryInode): void {
    this.memory.truncate(inode, 0, inode.ctime)
  }

  override statfs() {
    return Exit.map(this.memory.statfs(), (answer) => ({ ...answer, type: OVERLAYFS_MAGIC }))
  }
}

/** Whether a name that is not among the entries may be found below. */
const mayLieBelow = (directory: OverlayDirectory, name: string): boolean =>
  directory.lowers.length > 0 && directory.missed !== name && directory.hidden?.has(name) !== true &&
  (!directory.loaded || directory.entries?.get(name) instanceof Ghost)

/** A name was put here. */
const put = (directory: MemoryInode, name: string): void => {
  if (directory instanceof OverlayDirectory && directory.lowers.length > 0) (directory.fresh ??= new Set()).add(name)
}

/** A name was taken away here; if it came from below, it is hidden from now on. */
const take = (directory: MemoryInode, name: string): void => {
  if (!(directory instanceof OverlayDirectory) || directory.lowers.length === 0) return
  if (directory.fresh?.delete(name) !== true) (directory.hidden ??= new Set()).add(name)
  // A directory below counts its size in its own way.
  if (directory.size < 0) directory.size = 0
}
