/**
 * What an overlay has that the layers below it have not, and the other way round.
 *
 * Only what was touched is looked at: where a directory is where it was, just the names that were put into it, taken
 * from it or looked up.
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileMode from "../../abi/FileMode.js"
import * as Bytes from "../../Bytes.js"
import type { Errno } from "../../Errno.js"
import type { Inode } from "../../Inode.js"
import { orNothing } from "../../internal/orNothing.js"
import * as Step from "../../internal/step.js"
import type { LookupError, StorageError } from "../../VfsBackend.js"
import { MemoryDirectory, type MemoryInode } from "../memory/MemoryInode.js"
import * as Layers from "./Layers.js"
import type { OverlayFiles } from "./OverlayFiles.js"
import { Ghost, OverlayDirectory, OverlayFile } from "./OverlayInode.js"

/** One file, on one side of a difference. */
export interface Version {
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtime: bigint
  /** For symbolic links: where it points. */
  readonly target?: string
  /** For devices: which one. */
  readonly rdev: number
  /** The bytes of a regular file; none of anything else. */
  readonly content: Effect.Effect<Uint8Array, StorageError>
}

/** What can differ between two files of the same type. */
export type Aspect = "attributes" | "content" | "gid" | "mode" | "mtime" | "rdev" | "target" | "uid"

/** One path at which the overlay and what is below it are not the same. */
export type Difference =
  | {
    readonly change: "added"
    readonly path: string
    readonly after: Version
    /** Where it stood below, if it was renamed. */
    readonly from?: string
  }
  | { readonly change: "removed"; readonly path: string; readonly before: Version }
  | {
    readonly change: "modified"
    readonly path: string
    readonly before: Version
    readonly after: Version
    /** In the order of the alphabet. */
    readonly aspects: ReadonlyArray<Aspect>
  }

/** Bytes that are compared at a time. */
const CHUNK = 65_536

const typeOf = ({ mode }: Inode): number => mode & FileMode.S_IFMT

type Steps<A> = Generator<Step.Yielded<StorageError>, A, never>

/** What can be read: a file of the overlay, or one below. */
interface Side {
  readonly inode: Inode
  readonly read: (offset: number, into: Uint8Array) => Effect.Effect<number, StorageError>
  readonly target: () => Effect.Effect<string, StorageError>
  readonly attributes: () => Effect.Effect<ReadonlyMap<string, Uint8Array>, StorageError>
}

const noAttributes: ReadonlyMap<string, Uint8Array> = new Map()

const textOf = (target: Effect.Effect<string, StorageError | Errno<"ENOENT">>): Effect.Effect<string, StorageError> =>
  Step.andThen(orNothing(target), (text) => Exit.succeed(text ?? ""))

const above = (files: OverlayFiles, inode: MemoryInode): Side => ({
  inode,
  read: (offset, into) => files.read(inode, offset, into),
  target: () => textOf(files.readlink(inode, 1)),
  attributes: () => Step.andThen(files.loadAttributes(inode), () => Exit.succeed(inode.attributes ?? noAttributes))
})

const below = (at: Layers.Layered): Side => {
  const { backend, inode } = at
  return {
    inode,
    read: (offset, into) => backend.read(inode, offset, into),
    target: () => textOf(backend.readlink(inode, 1)),
    attributes: () => Step.run(Layers.attributesOf(at))
  }
}

function* contentOf({ inode, read }: Side) {
  if (!FileMode.isRegular(inode.mode)) return new Uint8Array(0)
  const whole = new Uint8Array(inode.size)
  for (let at = 0; at < whole.length;) {
    const count: number = yield* read(at, whole.subarray(at))
    if (count === 0) break
    at += count
  }
  return whole
}

function* versionOf(side: Side) {
  const { gid, mode, mtime, rdev, size, uid } = side.inode
  const content: Effect.Effect<Uint8Array, StorageError> = Step.lazily(() => Step.run(contentOf(side)))
  const version: Version = { mode, uid, gid, size, mtime, rdev, content }
  if (!FileMode.isSymlink(mode)) return version
  const target: string = yield* side.target()
  return { ...version, target } satisfies Version
}

/** Fills `into` as far as there is anything. */
function* fill(side: Side, offset: number, into: Uint8Array) {
  let done = 0
  while (done < into.length) {
    const count: number = yield* side.read(offset + done, into.subarray(done))
    if (count === 0) break
    done += count
  }
}

function* sameContent(one: Side, other: Side) {
  const { size } = one.inode
  if (size !== other.inode.size) return false
  const left = new Uint8Array(Math.min(CHUNK, size))
  const right = new Uint8Array(left.length)
  for (let at = 0; at < size; at += CHUNK) {
    const length = Math.min(CHUNK, size - at)
    const [here, there] = [left.subarray(0, length), right.subarray(0, length)]
    yield* fill(one, at, here)
    yield* fill(other, at, there)
    if (!Bytes.equal(here, there)) return false
  }
  return true
}

const sameAttributes = (a: ReadonlyMap<string, Uint8Array>, b: ReadonlyMap<string, Uint8Array>): boolean =>
  a.size === b.size && [...a].every(([name, value]) => {
    const other = b.get(name)
    return other !== undefined && Bytes.equal(value, other)
  })

/** Whether a file reads its bytes from this very place. */
const readsFrom = (inode: MemoryInode, at: Layers.Layered): boolean =>
  inode instanceof OverlayFile && inode.source !== undefined && inode.origin.inode === at.inode

export class Comparison {
  readonly found: Array<Difference> = []

  constructor(private readonly files: OverlayFiles) {}

  *all(): Steps<ReadonlyArray<Difference>> {
    const { root } = this.files
    yield* this.same("/", root, this.files.layers)
    return this.found
  }

  /** Both sides have a file of the same type here. */
  private *same(
    path: string,
    inode: MemoryInode,
    at: Layers.Found
  ): Steps<void> {
    const [first] = at
    const aspects: Array<Aspect> = []
    const [after, before] = [above(this.files, inode), below(first)]
    const untouched = (inode instanceof OverlayFile || inode instanceof OverlayDirectory) && inode.attributesBelow
    if (!untouched && !sameAttributes(yield* after.attributes(), yield* before.attributes())) aspects.push("attributes")
    if (FileMode.isRegular(inode.mode) && !readsFrom(inode, first) && !(yield* sameContent(after, before))) {
      aspects.push("content")
    }
    for (const aspect of ["gid", "mode"] as const) if (inode[aspect] !== first.inode[aspect]) aspects.push(aspect)
    if (!FileMode.isDirectory(inode.mode) && inode.mtime !== first.inode.mtime) aspects.push("mtime")
    if (inode.rdev !== first.inode.rdev) aspects.push("rdev")
    if (FileMode.isSymlink(inode.mode) && (yield* after.target()) !== (yield* before.target())) aspects.push("target")
    if (inode.uid !== first.inode.uid) aspects.push("uid")
    if (aspects.length > 0) {
      this.found.push({
        change: "modified",
        path,
        before: yield* versionOf(before),
        after: yield* versionOf(after),
        aspects
      })
    }
    if (inode instanceof MemoryDirectory) yield* this.inside(path === "/" ? "" : path, inode, at)
  }

  /** What is in a directory that both sides have. */
  private *inside(path: string, directory: MemoryDirectory, lowers: Layers.Found): Steps<void> {
    for (const name of (yield* this.names(directory, lowers)).sort()) {
      const at: Layers.Found | undefined = yield* Layers.find(lowers, name)
      const inode: MemoryInode | undefined = yield* orNothing<MemoryInode, LookupError>(
        this.files.lookup(directory, name)
      )
      const here = `${path}/${name}`
      if (at !== undefined && inode !== undefined && typeOf(inode) === typeOf(at[0].inode)) {
        yield* this.same(here, inode, at)
        continue
      }
      if (at !== undefined) yield* this.removed(here, at)
      if (inode !== undefined) yield* this.added(here, inode)
    }
  }

  /** The names that may differ. */
  private *names(directory: MemoryDirectory, lowers: Layers.Found): Steps<Array<string>> {
    const atHome = directory instanceof OverlayDirectory && directory.lowers[0]?.inode === lowers[0].inode
    const names = new Set<string>()
    if (atHome) { for (const name of directory.hidden ?? []) names.add(name) }
    else {
      yield* this.files.load(directory)
      for (const name of (yield* Layers.all(lowers)).keys()) names.add(name)
    }
    for (const { name } of directory.entries?.list(0, Infinity) ?? []) {
      if (!atHome || !(directory.entries?.get(name) instanceof Ghost)) names.add(name)
    }
    return [...names]
  }

  private *added(path: string, inode: MemoryInode): Steps<void> {
    const from = this.homeOf(inode)
    const after: Version = yield* versionOf(above(this.files, inode))
    this.found.push({ change: "added", path, after, ...(from === undefined || from === path ? {} : { from }) })
    if (!(inode instanceof MemoryDirectory)) return
    yield* this.files.load(inode)
    for (const { name } of [...inode.entries?.list(0, Infinity) ?? []].sort(byName)) {
      const child: MemoryInode | undefined = yield* orNothing<MemoryInode, LookupError>(
        this.files.lookup(inode, name)
      )
      if (child !== undefined) yield* this.added(`${path}/${name}`, child)
    }
  }

  private *removed(path: string, at: Layers.Found): Steps<void> {
    const before: Version = yield* versionOf(below(at[0]))
    this.found.push({ change: "removed", path, before })
    if (!FileMode.isDirectory(at[0].inode.mode)) return
    const names: Iterable<string> = (yield* Layers.all(at)).keys()
    for (const name of [...names].sort()) {
      const child: Layers.Found | undefined = yield* Layers.find(at, name)
      if (child !== undefined) yield* this.removed(`${path}/${name}`, child)
    }
  }

  /** Where an inode was found below, as a path. */
  private homeOf(inode: MemoryInode): string | undefined {
    const home = this.files.homes.get(inode)
    if (home === undefined) return undefined
    const above = home.directory === this.files.root ? "" : this.homeOf(home.directory)
    return above === undefined ? undefined : `${above}/${home.name}`
  }
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => a.name < b.name ? -1 : 1
