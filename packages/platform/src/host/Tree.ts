/**
 * Where files of the host are, and whether they still are what they were.
 *
 * A file is known by device and inode number. Before anything is done in a directory, its path is asked for once more
 * and has to lead to the directory that was found; what is opened by its path has to be the file that was looked at. So
 * a path that somebody has bent meanwhile leads nowhere (ESTALE), and not out of the mount.
 */
import type { Path } from "@effect/platform/Path"
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as Errno from "@effix/kernel/Errno"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { HostStat } from "../HostCalls.js"
import type { Host } from "./Host.js"
import type { HostInode, Owner } from "./HostInode.js"
import { Inodes } from "./Inodes.js"
import { run, type Steps } from "./steps.js"
import { type Turns, turnsOf } from "./Turns.js"

export interface TreeOptions {
  readonly readOnly: boolean
  readonly owner: Owner | undefined
}

/** Deeper than any path that a host takes: places that are wrong may lead in a circle. */
const DEPTH_MAX = 4096

/** What the kernel uses for bytes that are not UTF-8; the host's API has no way to say them. */
const escapes = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

export class Tree {
  readonly root: HostInode
  readonly inodes: Inodes
  private readonly turns: Turns

  constructor(
    readonly host: Host,
    private readonly paths: Path,
    private readonly rootPath: string,
    stat: HostStat,
    readonly options: TreeOptions
  ) {
    this.inodes = new Inodes(stat.dev, options.owner)
    this.root = this.inodes.at(stat, undefined, "")
    this.turns = turnsOf(host.calls ?? host.fs)
  }

  /** Whether the host can have a file of this name, in one directory. */
  sayable(name: string): boolean {
    return !escapes.test(name) && (this.paths.sep === "/" || this.paths.basename(name) === name)
  }

  /** The path of a name in a directory of the host. */
  join(directory: string, name: string): string {
    return this.paths.join(directory, name)
  }

  /** The name at the end of a path, however the host has told it. */
  nameIn(path: string): string {
    return this.paths.basename(path)
  }

  /** Runs what only looks at names. */
  looking<A, E>(steps: () => Steps<A, E>): Effect.Effect<A, E> {
    return run(this.inTurn(false, steps))
  }

  /** Runs what changes names. */
  changing<A, E>(steps: () => Steps<A, E>): Effect.Effect<A, E> {
    return run(this.inTurn(true, steps))
  }

  private *inTurn<A, E>(alone: boolean, steps: () => Steps<A, E>): Steps<A, E> {
    yield* this.turns.take(alone)
    try {
      return yield* steps()
    } finally {
      this.turns.give(alone)
    }
  }

  /** The path by which a file was found last. */
  path(inode: HostInode): Exit.Exit<string, Errno.Errno<"ESTALE">> {
    const names: Array<string> = []
    for (let each = inode; each !== this.root; each = each.directory) {
      if (each.directory === undefined || names.length > DEPTH_MAX) return Errno.fail("ESTALE")
      names.push(each.name)
    }
    return Exit.succeed(names.length === 0 ? this.rootPath : this.paths.join(this.rootPath, ...names.reverse()))
  }

  /** The path of a file, which has just been seen to lead to it. */
  *itself(inode: HostInode): Steps<string, Errno.Any> {
    const path = yield* this.path(inode)
    const stat = yield* this.host.lstat(path)
    if (!inode.is(stat)) return yield* Errno.fail("ESTALE")
    inode.update(stat)
    return path
  }

  /** The path of a name in a directory that has just been seen where it was. */
  *entry(directory: HostInode, name: string): Steps<string, Errno.Any> {
    return this.join(yield* this.itself(directory), name)
  }

  /** The path of a name that stands for `inode`, as has just been seen. */
  *entryOf(directory: HostInode, name: string, inode: HostInode): Steps<string, Errno.Any> {
    const path = yield* this.entry(directory, name)
    if (!inode.is(yield* this.host.lstat(path))) return yield* Errno.fail("ESTALE")
    return path
  }

  /** What bears a name in a directory. */
  *find(directory: HostInode, name: string): Steps<HostInode, Errno.Any> {
    if (!this.sayable(name)) return yield* Errno.fail("ENOENT")
    const path = yield* this.entry(directory, name)
    const stat = yield* this.host.lstat(path)
    // Whoever has put a link in the place of the directory meanwhile has shown another file.
    yield* this.itself(directory)
    return this.inodes.at(stat, directory, name)
  }

  /** Brings attributes up to date after a change that went well: where the file has gone, they stay as they are. */
  *renew(...inodes: ReadonlyArray<HostInode>): Steps<void, never> {
    for (const inode of inodes) yield* Effect.ignore(run(this.itself(inode)))
  }

  /** Refuses a change of a directory that is mounted to be read. */
  get changeable(): Exit.Exit<void, Errno.Errno<"EROFS">> {
    return this.options.readOnly ? Errno.fail("EROFS") : Exit.void
  }
}

export const isRegular = (inode: HostInode): boolean => FileMode.isRegular(inode.mode)
