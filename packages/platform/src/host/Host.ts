/**
 * The host, asked through `FileSystem`, and through {@link HostCalls} where there are any. Every error is an errno.
 */
import type { File, FileSystem, OpenFlag } from "@effect/platform/FileSystem"
import * as FileMode from "@effix/kernel/abi/FileMode"
import * as Bytes from "@effix/kernel/Bytes"
import * as Errno from "@effix/kernel/Errno"
import type { StatFs } from "@effix/kernel/VfsBackend"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { HostCalls, HostStat } from "../HostCalls.js"
import { asked, codeOf, thrown } from "./errors.js"

const types: Record<File.Type, number> = {
  File: FileMode.S_IFREG,
  Directory: FileMode.S_IFDIR,
  SymbolicLink: FileMode.S_IFLNK,
  BlockDevice: FileMode.S_IFBLK,
  CharacterDevice: FileMode.S_IFCHR,
  FIFO: FileMode.S_IFIFO,
  Socket: FileMode.S_IFSOCK,
  Unknown: 0
}

const nanoseconds = (date: Option.Option<Date>): bigint =>
  BigInt(Option.match(date, { onNone: () => 0, onSome: (some) => some.getTime() })) * 1_000_000n

const orZero = Option.getOrElse(() => 0)

const fromInfo = (info: File.Info): HostStat => {
  const mtime = nanoseconds(info.mtime)
  return {
    dev: info.dev,
    ino: orZero(info.ino),
    mode: types[info.type] | (info.mode & 0o7777),
    nlink: Option.getOrElse(info.nlink, () => 1),
    uid: orZero(info.uid),
    gid: orZero(info.gid),
    rdev: orZero(info.rdev),
    size: Number(info.size),
    blocks: Option.getOrElse(info.blocks, () => Math.ceil(Number(info.size) / 512)),
    atime: nanoseconds(info.atime),
    mtime,
    // FileSystem does not say when a file changed.
    ctime: mtime,
    btime: nanoseconds(info.birthtime)
  }
}

/** What is known of a symbolic link where there is no lstat(2). */
const linkStat = (dev: number, ino: number, target: string): HostStat => ({
  dev,
  ino,
  mode: FileMode.S_IFLNK | 0o777,
  nlink: 1,
  uid: 0,
  gid: 0,
  rdev: 0,
  size: Bytes.byteLength(target),
  blocks: 0,
  atime: 0n,
  mtime: 0n,
  ctime: 0n,
  btime: 0n
})

/** The device of links that have no other. */
const NO_DEVICE = -1

const attempt = <A>(call: () => A): Exit.Exit<A, Errno.Any> => {
  try {
    return Exit.succeed(call())
  } catch (error) {
    return thrown(error)
  }
}

export class Host {
  private readonly links = new Map<string, number>()

  constructor(readonly fs: FileSystem, readonly calls: HostCalls | undefined) {}

  lstat(path: string): Effect.Effect<HostStat, Errno.Any> {
    const { calls, fs } = this
    if (calls !== undefined) return attempt(() => calls.lstat(path))
    // Asked whether it is a link after it was looked at: had it been one then, it would have to have changed since.
    return Effect.flatMap(
      Effect.exit(asked(fs.stat(path))),
      (seen) =>
        Effect.matchEffect(asked(fs.readLink(path)), {
          onSuccess: (target) => Effect.succeed(linkStat(NO_DEVICE, this.linkNumber(path), target)),
          onFailure: (error) => error._tag === "ENOENT" ? Errno.fail("ENOENT") : Exit.map(seen, fromInfo)
        })
    )
  }

  private linkNumber(path: string): number {
    const number = this.links.get(path) ?? this.links.size + 1
    this.links.set(path, number)
    return number
  }

  names(path: string): Effect.Effect<ReadonlyArray<string>, Errno.Any> {
    const { calls, fs } = this
    return calls === undefined ? asked(fs.readDirectory(path)) : attempt(() => calls.names(path))
  }

  /** Paths in a directory, for each time that something may have happened to what lies there. */
  changes(path: string): Stream.Stream<string, Errno.Any> {
    return Stream.mapBoth(this.fs.watch(path), {
      onFailure: (error): Errno.Any => Errno.make(codeOf(error)),
      onSuccess: (event) => event.path
    })
  }

  fstat(file: File): Effect.Effect<HostStat, Errno.Any> {
    const { calls } = this
    return calls === undefined ? Effect.map(asked(file.stat), fromInfo) : attempt(() => calls.fstat(file))
  }

  /** Opens a file of the host until the scope is closed. */
  open(
    path: string,
    flag: OpenFlag,
    mode?: number
  ): Effect.Effect<readonly [file: File, scope: Scope.CloseableScope], Errno.Any> {
    return Effect.flatMap(
      Scope.make(),
      (scope) =>
        asked(Scope.extend(this.fs.open(path, mode === undefined ? { flag } : { flag, mode }), scope)).pipe(
          Effect.map((file) => [file, scope] as const),
          Effect.tapError(() => Scope.close(scope, Exit.void))
        )
    )
  }

  /** Removes an empty directory. Without rmdir(2), what is put into it between two calls goes with it. */
  removeDirectory(path: string): Effect.Effect<void, Errno.Any> {
    const { calls, fs } = this
    if (calls !== undefined) return attempt(() => calls.removeDirectory(path))
    return Effect.flatMap(
      asked(fs.readDirectory(path)),
      (names) => names.length > 0 ? Errno.fail("ENOTEMPTY") : asked(fs.remove(path, { recursive: true }))
    )
  }

  setTimes(path: string, atime: bigint, mtime: bigint): Effect.Effect<void, Errno.Any> {
    const { calls, fs } = this
    if (calls !== undefined) return attempt(() => calls.setLinkTimes(path, atime, mtime))
    return asked(fs.utimes(path, Number(atime) / 1e9, Number(mtime) / 1e9))
  }

  setOwner(path: string, uid: number, gid: number): Effect.Effect<void, Errno.Any> {
    const { calls, fs } = this
    if (calls !== undefined) return attempt(() => calls.setLinkOwner(path, uid, gid))
    return asked(fs.chown(path, uid, gid))
  }

  statfs(path: string): Effect.Effect<StatFs, Errno.Any> {
    const { calls } = this
    return calls === undefined ? Exit.succeed(unknownSize) : attempt(() => calls.statfs(path))
  }

  /** Whether links can be changed themselves, rather than what they point at. */
  get changesLinks(): boolean {
    return this.calls !== undefined
  }
}

/** What can be said of a file system whose size nobody tells. */
const unknownSize: StatFs = { type: 0, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, namelen: 255 }
