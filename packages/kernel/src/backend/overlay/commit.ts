/**
 * Writes what an overlay has changed into the highest of its layers.
 *
 * What is removed goes first, then what was added or modified, from the top down. A name that a deeper layer would
 * show again gets a whiteout. Contents that lay in what is removed have been copied before.
 */
import * as FileMode from "../../abi/FileMode.js"
import * as Errno from "../../Errno.js"
import type { Inode } from "../../Inode.js"
import { orNothing } from "../../internal/orNothing.js"
import type * as Step from "../../internal/step.js"
import type { Backend, DirectoryEntry, LookupError } from "../../VfsBackend.js"
import type { MemoryInode } from "../memory/MemoryInode.js"
import { MemoryDirectory } from "../memory/MemoryInode.js"
import { Comparison, type Difference } from "./diff.js"
import * as Layers from "./Layers.js"
import type { OverlayFiles } from "./OverlayFiles.js"
import { Ghost, OverlayDirectory, OverlayFile } from "./OverlayInode.js"

/** What stops a commit. What was written until then stays; committing again goes on. */
export type CommitError = Errno.Any

type Steps<A> = Generator<Step.Yielded<CommitError>, A, never>

const CHUNK = 262_144

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"))
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

export class Commit {
  private readonly target: Backend
  /** Inodes that were written, by those of the overlay: a further name is a link. */
  private readonly written = new Map<MemoryInode, Inode>()

  private readonly filled = new Set<MemoryInode>()

  constructor(private readonly files: OverlayFiles, private readonly now: bigint) {
    this.target = files.layers[0].backend
  }

  *all(): Steps<ReadonlyArray<Difference>> {
    const differences: ReadonlyArray<Difference> = yield* new Comparison(this.files).all()
    yield* this.settle(this.files.root)
    for (const each of differences) if (each.change === "removed") yield* this.remove(each.path)
    for (const each of differences) if (each.change !== "removed") yield* this.put(each)
    // What was put into a directory has changed its times.
    for (const each of differences) if (each.change !== "removed") yield* this.dress(each.path)
    return differences
  }

  /** What is new where it stands must not depend on where it stood. */
  private *settle(directory: MemoryDirectory): Steps<void> {
    for (const { name } of [...directory.entries?.list(0, Infinity) ?? []]) {
      const inode = directory.entries?.get(name)
      if (inode === undefined || inode instanceof Ghost) continue
      const atHome = directory instanceof OverlayDirectory && directory.fresh?.has(name) !== true
      if (!atHome) yield* this.detach(inode)
      else if (inode instanceof MemoryDirectory) yield* this.settle(inode)
    }
  }

  private *detach(inode: MemoryInode): Steps<void> {
    yield* this.files.loadAttributes(inode)
    yield* this.files.detach(inode, this.now)
    if (!(inode instanceof MemoryDirectory)) return
    yield* this.files.load(inode)
    for (const { name } of [...inode.entries?.list(0, Infinity) ?? []]) {
      yield* this.detach(yield* this.files.lookup(inode, name))
    }
    if (!(inode instanceof OverlayDirectory)) return
    inode.lowers = []
    inode.hidden = inode.fresh = undefined
  }

  /** The overlay's own inode at a path. */
  private *above(path: string): Steps<MemoryInode> {
    let inode: MemoryInode = this.files.root
    for (const name of path.split("/")) if (name !== "") inode = yield* this.files.lookup(inode, name)
    return inode
  }

  /** What the layer itself has at a path. */
  private *at(path: string): Steps<Inode | undefined> {
    let inode: Inode | undefined = this.files.layers[0].inode
    for (const name of path.split("/")) {
      if (name === "") continue
      if (inode === undefined || !FileMode.isDirectory(inode.mode)) return undefined
      inode = yield* orNothing<Inode, LookupError>(this.target.lookup(inode, name))
    }
    return inode
  }

  private *remove(path: string): Steps<void> {
    const parent: Inode | undefined = yield* this.at(parentOf(path))
    const inode: Inode | undefined = yield* this.at(path)
    if (parent !== undefined && inode !== undefined && !Layers.isWhiteout(inode)) {
      yield* this.removeAll(parent, nameOf(path), inode)
    }
    if (this.files.layers.length === 1) return
    let found: Layers.Found | undefined = this.files.layers
    for (const name of path.split("/")) if (name !== "" && found !== undefined) found = yield* Layers.find(found, name)
    if (found === undefined) return
    const made = { mode: FileMode.S_IFCHR, uid: 0, gid: 0, rdev: 0, now: this.now }
    yield* this.target.create(yield* this.directory(parentOf(path)), nameOf(path), made)
  }

  private *removeAll(parent: Inode, name: string, inode: Inode): Steps<void> {
    if (!FileMode.isDirectory(inode.mode)) return yield* this.target.unlink(parent, name, inode, this.now)
    for (;;) {
      const entries: ReadonlyArray<DirectoryEntry> = yield* this.target.list(inode, 0, 100)
      if (entries.length === 0) break
      for (const entry of entries) {
        yield* this.removeAll(inode, entry.name, yield* this.target.lookup(inode, entry.name))
      }
    }
    yield* this.target.rmdir(parent, name, inode, this.now)
  }

  /** The layer's own directory at a path, made if only a deeper layer has it. */
  private *directory(path: string): Steps<Inode> {
    const known: Inode | undefined = yield* this.at(path)
    if (known !== undefined) return known
    const parent: Inode = yield* this.directory(parentOf(path))
    const like: MemoryInode = yield* this.above(path)
    return yield* this.target.create(parent, nameOf(path), { ...like, rdev: 0, now: this.now })
  }

  private *put({ path }: Difference): Steps<void> {
    const source: MemoryInode = yield* this.above(path)
    const known: Inode | undefined = yield* this.at(path)
    if (known === undefined) return yield* this.make(path, source)
    if (FileMode.isDirectory(known.mode)) return
    const own = this.written.get(source) ?? (source instanceof OverlayFile ? source.origin.inode : undefined)
    if (own === known) return yield* this.fill(source, known)
    yield* this.target.unlink(yield* this.directory(parentOf(path)), nameOf(path), known, this.now)
    yield* this.make(path, source)
  }

  private *make(path: string, source: MemoryInode): Steps<void> {
    const parent: Inode = yield* this.directory(parentOf(path))
    const known = this.written.get(source) ?? this.stays(source)
    if (known !== undefined && this.target.link !== undefined) {
      return yield* this.target.link(known, parent, nameOf(path), this.now)
    }
    const { gid, mode, rdev, uid } = source
    const target: string | undefined = FileMode.isSymlink(mode) ? yield* this.files.readlink(source, 1) : undefined
    const made: Inode = yield* this.target.create(parent, nameOf(path), {
      mode,
      uid,
      gid,
      rdev,
      now: this.now,
      ...(target === undefined ? {} : { target })
    })
    if (!(source instanceof MemoryDirectory)) this.written.set(source, made)
    yield* this.fill(source, made)
  }

  /** The layer's own inode of a file that still has the name under which it was found there. */
  private stays(source: MemoryInode): Inode | undefined {
    const home = this.files.homes.get(source)
    if (home === undefined || home.at.layer > 0 || home.directory.lowers.length === 0) return undefined
    const stays = home.directory.entries?.get(home.name) === source && home.directory.fresh?.has(home.name) !== true
    return stays && !FileMode.isDirectory(source.mode) ? home.at.inode : undefined
  }

  private *fill(source: MemoryInode, made: Inode): Steps<void> {
    if (!FileMode.isRegular(source.mode) || this.filled.has(source)) return
    this.filled.add(source)
    // Its bytes may be those of the file that is written to.
    yield* this.files.detach(source, this.now)
    yield* this.target.truncate(made, 0, this.now)
    const chunk = new Uint8Array(Math.min(CHUNK, source.size))
    for (let at = 0; at < source.size;) {
      const data: number | undefined = yield* this.files.seekData(source, at, false)
      if (data === undefined || data >= source.size) break
      const count: number = yield* this.files.read(source, data, chunk)
      for (let done = 0; done < count;) {
        const stored: number = yield* this.target.write(made, data + done, chunk.subarray(done, count), this.now)
        if (stored === 0) return yield* Errno.fail("EIO")
        done += stored
      }
      at = data + count
    }
    yield* this.target.truncate(made, source.size, this.now)
  }

  private *dress(path: string): Steps<void> {
    const source: MemoryInode = yield* this.above(path)
    const made: Inode | undefined = yield* this.at(path)
    if (made === undefined) return
    const { atime, ctime, gid, mode, mtime, uid } = source
    const link = FileMode.isSymlink(mode)
    yield* this.target.change(made, {
      ...(link || (made.mode & FileMode.PERMISSIONS) === (mode & FileMode.PERMISSIONS)
        ? {}
        : { mode: mode & FileMode.PERMISSIONS }),
      ...(made.uid === uid ? {} : { uid }),
      ...(made.gid === gid ? {} : { gid }),
      ...(link && made.mtime === mtime ? {} : { atime, mtime, ctime })
    })
    if (this.target.setAttribute === undefined || link) return
    yield* this.files.loadAttributes(source)
    const wanted = source.attributes ?? new Map<string, Uint8Array>()
    const had: ReadonlyMap<string, Uint8Array> = yield* Layers.attributesOf({
      layer: 0,
      backend: this.target,
      inode: made
    })
    for (const name of had.keys()) if (!wanted.has(name)) yield* this.target.setAttribute(made, name, undefined)
    for (const [name, value] of wanted) yield* this.target.setAttribute(made, name, value)
  }
}
