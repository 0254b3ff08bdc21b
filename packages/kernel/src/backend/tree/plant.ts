/**
 * Makes the inodes of a tree.
 */
import * as Exit from "effect/Exit"
import * as FileMode from "../../abi/FileMode.js"
import { NAME_MAX } from "../../abi/Limits.js"
import * as Bytes from "../../Bytes.js"
import * as Errno from "../../Errno.js"
import type { NewInode } from "../../Inode.js"
import { Entries } from "../memory/Entries.js"
import { ENTRY_SIZE, MemoryDirectory, type MemoryInode } from "../memory/MemoryInode.js"
import type { MemoryStore } from "../memory/MemoryStore.js"
import { Produced } from "../source/Produced.js"
import { BytesSource, type Source, SourcedFile, SparseSource } from "../source/Source.js"
import type { Attributes, Content, Tree, TreeNode } from "./Tree.js"

type Code = "EDQUOT" | "EEXIST" | "EINVAL" | "EMLINK" | "ENAMETOOLONG" | "ENOENT" | "ENOSPC" | "ENOTDIR" | "EPERM"

/** What is wrong with a tree. */
export type TreeError = Errno.Errno<Code>

type Description = Exclude<TreeNode, string | Uint8Array | (() => unknown)>

const described = (node: TreeNode): Description =>
  typeof node === "string" || typeof node === "function" || node instanceof Uint8Array ? { content: node } : node

const { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG, S_IFSOCK } = FileMode

/** File type, default permissions. */
const kindOf = (
  node: Exclude<Description, { readonly link: string }>
): readonly [type: number, permissions: number] => {
  if ("content" in node) return [S_IFREG, 0o644]
  if ("directory" in node) return [S_IFDIR, 0o755]
  if ("symlink" in node) return [S_IFLNK, 0o777]
  if ("fifo" in node) return [S_IFIFO, 0o644]
  if ("socket" in node) return [S_IFSOCK, 0o755]
  return [node.device === "char" ? S_IFCHR : S_IFBLK, 0o600]
}

const sourceOf = (content: Exclude<Content, string>): readonly [source: Source, size: number] => {
  if (typeof content === "function") return [new Produced(content), 0]
  if (content instanceof Uint8Array) return [new BytesSource(content), content.length]
  return [new SparseSource(content.extents, content.size), content.size]
}

/** The names of a path; `undefined` for one that has a name which no file can have. */
const namesOf = (path: string): ReadonlyArray<string> | undefined => {
  const names = path.split("/").filter((name) => name !== "")
  return names.some((name) => name === "." || name === ".." || name.includes("\0")) ? undefined : names
}

const tooLong = (name: string): boolean => name.length * 3 > NAME_MAX && Bytes.byteLength(name) > NAME_MAX

/** Puts a whole tree below the root of an empty file system. */
export const plant = (memory: MemoryStore, tree: Tree, now: bigint): Exit.Exit<void, TreeError> => {
  const gardener = new Gardener(memory, now)
  const later: Array<readonly [string, Description]> = []
  for (const [path, node] of Symbol.iterator in tree ? tree : Object.entries(tree)) {
    const known = described(node)
    if ("link" in known) {
      later.push([path, known])
      continue
    }
    const exit = gardener.one(path, known)
    if (exit._tag === "Failure") return Exit.mapError(exit, (error) => Errno.within<Code>(error, { path }))
  }
  for (const [path, node] of later) {
    const exit = gardener.one(path, node)
    if (exit._tag === "Failure") return Exit.mapError(exit, (error) => Errno.within<Code>(error, { path }))
  }
  gardener.finish()
  return Exit.void
}

class Gardener {
  /** Attributes count when all is in its place: whatever is put into a directory changes its times. */
  private readonly stamps = new Map<MemoryInode, Attributes>()

  constructor(private readonly memory: MemoryStore, private readonly now: bigint) {}

  one(path: string, node: Description): Exit.Exit<void, TreeError> {
    const names = namesOf(path)
    if (names === undefined) return Errno.fail("EINVAL")
    let directory: MemoryDirectory = this.memory.root
    const parents = "directory" in node ? names : names.slice(0, -1)
    for (const name of parents) {
      if (tooLong(name)) return Errno.fail("ENAMETOOLONG")
      const known = directory.entries?.get(name)
      if (known === undefined) {
        const made = this.memory.create(directory, name, {
          mode: S_IFDIR | 0o755,
          uid: 0,
          gid: 0,
          rdev: 0,
          now: this.now
        })
        if (made._tag === "Failure") return made
        if (made.value instanceof MemoryDirectory) directory = made.value
      } else if (known instanceof MemoryDirectory) directory = known
      else return Errno.fail("ENOTDIR")
    }
    if ("directory" in node) return this.describe(directory, node)
    const name = names[names.length - 1]
    if (name === undefined) return Errno.fail("EEXIST")
    if (tooLong(name)) return Errno.fail("ENAMETOOLONG")
    if (directory.entries?.get(name) !== undefined) return Errno.fail("EEXIST")
    if ("link" in node) {
      const target = this.find(node.link)
      if (target === undefined) return Errno.fail("ENOENT", { target: node.link })
      if (target instanceof MemoryDirectory) return Errno.fail("EPERM", { target: node.link })
      return this.memory.link(target, directory, name, this.now)
    }
    return this.file(directory, name, node)
  }

  /** A directory that is named, and may be there already. */
  private describe(directory: MemoryDirectory, node: Attributes): Exit.Exit<void> {
    directory.mode = S_IFDIR | (node.mode ?? 0o755) & FileMode.PERMISSIONS
    this.stamps.set(directory, node)
    return Exit.void
  }

  private find(path: string): MemoryInode | undefined {
    let inode: MemoryInode | undefined = this.memory.root
    for (const name of namesOf(path) ?? [".."]) {
      inode = inode instanceof MemoryDirectory ? inode.entries?.get(name) : undefined
    }
    return inode
  }

  private file(
    directory: MemoryDirectory,
    name: string,
    node: Exclude<Description, { readonly directory: true } | { readonly link: string }>
  ): Exit.Exit<void, TreeError> {
    const [type, permissions] = kindOf(node)
    const made: NewInode = {
      mode: type | (node.mode ?? permissions) & FileMode.PERMISSIONS,
      uid: node.uid ?? 0,
      gid: node.gid ?? 0,
      rdev: "device" in node ? FileMode.makedev(node.major, node.minor) : 0,
      now: node.mtime ?? this.now,
      ...("symlink" in node ? { target: node.symlink } : {})
    }
    if ("content" in node) {
      const content = typeof node.content === "string" ? Bytes.encode(node.content) : node.content
      const file = new SourcedFile(this.memory.takeNumber(), made)
      const [source, size] = sourceOf(content)
      file.source = source
      file.size = size
      if (!this.memory.adopt(file, false)) return Errno.fail("ENOSPC")
      enter(directory, name, file)
      this.stamps.set(file, node)
      return Exit.void
    }
    return Exit.map(this.memory.create(directory, name, made), (inode) => void this.stamps.set(inode, node))
  }

  finish(): void {
    for (const [inode, { atime, attributes, ctime, gid, mtime, uid }] of this.stamps) {
      inode.uid = uid ?? inode.uid
      inode.gid = gid ?? inode.gid
      inode.mtime = mtime ?? inode.mtime
      inode.atime = atime ?? inode.mtime
      inode.ctime = ctime ?? inode.mtime
      for (const [name, value] of Object.entries(attributes ?? {})) {
        ;(inode.attributes ??= new Map()).set(name, typeof value === "string" ? Bytes.encode(value) : value)
      }
    }
  }
}

const enter = (directory: MemoryDirectory, name: string, inode: MemoryInode): void => {
  ;(directory.entries ??= new Entries()).add(name, inode)
  directory.size += ENTRY_SIZE
}
