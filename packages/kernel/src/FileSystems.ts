/**
 * File-system types: what mount(2) can mount by name.
 *
 * A driver registers a type, and from then on `mount -t` knows it and `/proc/filesystems` lists it. The type makes a
 * backend out of a source and the text of its options; where that is attached, and with which flags, is `Vfs`'s.
 *
 * @see filesystems(5)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Credentials } from "./Credentials.js"
import * as Errno from "./Errno.js"
import type { Inode } from "./Inode.js"
import type { Backend } from "./VfsBackend.js"

/** What is to be mounted. */
export interface Request {
  /** The first argument of mount(2), as it is. */
  readonly source: string
  /** For types that need one: the block device at `source`. */
  readonly device: Inode | undefined
  /** The options of this file system alone, separated by commas: the last argument of mount(2). */
  readonly options: string
  readonly credentials: Credentials
}

export type MakeError = Errno.Errno<"EACCES" | "EBUSY" | "EINVAL" | "EIO" | "ENODEV" | "ENOSPC" | "ENXIO" | "EPERM">

export interface FileSystemType {
  /** What `mount -t` and /proc/mounts call it, such as `"tmpfs"`. */
  readonly name: string
  /** Whether the source has to be a block device; ENOTBLK otherwise. Default: `false`. */
  readonly needsDevice?: boolean
  /** Makes the backend. One that answers the same again is mounted twice, and not two file systems. */
  readonly make: (request: Request) => Effect.Effect<Backend, MakeError>
}

/** @category tags */
export class FileSystems extends Context.Tag("@effix/kernel/FileSystems")<FileSystems, {
  /** Registers a type for as long as the scope is open. A name that is taken answers EBUSY. */
  readonly register: (type: FileSystemType) => Effect.Effect<void, Errno.Errno<"EBUSY">, Scope.Scope>
  readonly find: (name: string) => FileSystemType | undefined
  /** In the order in which they were registered. */
  readonly types: () => ReadonlyArray<FileSystemType>
}>() {}

export const make = (builtIn: ReadonlyArray<FileSystemType> = []): FileSystems["Type"] => {
  const types = new Map(builtIn.map((type) => [type.name, type]))
  return {
    register: (type) =>
      Effect.acquireRelease(
        Effect.suspend(() => {
          if (types.has(type.name)) return Errno.fail("EBUSY")
          types.set(type.name, type)
          return Effect.void
        }),
        () => Effect.sync(() => types.delete(type.name))
      ),
    find: (name) => types.get(name),
    types: () => Array.from(types.values())
  }
}

/**
 * Without any type; `Kernel` registers its own.
 *
 * @category layers
 */
export const layer: Layer.Layer<FileSystems> = Layer.sync(FileSystems, make)
