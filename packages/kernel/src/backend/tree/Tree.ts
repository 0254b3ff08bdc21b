/**
 * What a tree of files is written as.
 */
import type { Producer } from "../source/Produced.js"
import type { Extent } from "../source/Source.js"

/** A file with holes: what is not in an extent is zeros. The extents are in order and do not overlap. */
export interface Sparse {
  readonly size: number
  readonly extents: ReadonlyArray<Extent>
}

/** Text, bytes, bytes with holes between them, or an effect that produces bytes when they are wanted. */
export type Content = string | Uint8Array | Sparse | Producer

/** What is said about a file besides what it is. */
export interface Attributes {
  /** Permission bits. Default: 0o644 for files, 0o755 for directories, 0o777 for links. */
  readonly mode?: number
  /** Default: 0, as for the group. */
  readonly uid?: number
  readonly gid?: number
  /** Nanoseconds since the epoch, as all times. */
  readonly mtime?: bigint
  /** Default: `mtime`, as for the other. */
  readonly atime?: bigint
  readonly ctime?: bigint
  /** Extended attributes, such as `user.comment`. */
  readonly attributes?: Readonly<Record<string, string | Uint8Array>>
}

/** One file. Text, bytes and effects stand for a regular file with that content. */
export type TreeNode =
  | Exclude<Content, Sparse>
  | Attributes & { readonly content: Content }
  | Attributes & { readonly directory: true }
  | Attributes & { readonly symlink: string }
  /** One more name of the file at this other path of the tree. */
  | { readonly link: string }
  | Attributes & { readonly fifo: true }
  | Attributes & { readonly socket: true }
  | Attributes & { readonly device: "block" | "char"; readonly major: number; readonly minor: number }

/** Files by path. A slash at the beginning is not needed; an empty path, or `/`, is the root. */
export type Tree = Readonly<Record<string, TreeNode>> | Iterable<readonly [path: string, node: TreeNode]>
