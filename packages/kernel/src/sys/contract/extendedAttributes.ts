/**
 * Calls on extended attributes.
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"
import type { PathError } from "./errors.js"

export type GetXattrError =
  | PathError
  | Errno<"EBADF" | "EINVAL" | "ENODATA" | "EOPNOTSUPP" | "ERANGE">
export type ListXattrError = PathError | Errno<"EBADF" | "ENODATA" | "EOPNOTSUPP" | "ERANGE">
export type RemoveXattrError = GetXattrError | Errno<"EDQUOT" | "EEXIST" | "ENOSPC" | "EROFS">
export type SetXattrError = RemoveXattrError | Errno<"E2BIG">

export interface ExtendedAttributeCalls {
  /** Fills `into`, if it is not empty, and answers the length of the value. @see getxattr(2) */
  readonly getxattr: (path: string, name: string, into?: Uint8Array) => Effect.Effect<number, GetXattrError>
  /** @see lgetxattr(2) */
  readonly lgetxattr: (path: string, name: string, into?: Uint8Array) => Effect.Effect<number, GetXattrError>
  /** @see fgetxattr(2) */
  readonly fgetxattr: (fd: number, name: string, into?: Uint8Array) => Effect.Effect<number, GetXattrError>
  /** `flags`: XATTR_CREATE, XATTR_REPLACE. @see setxattr(2) */
  readonly setxattr: (
    path: string,
    name: string,
    value: Uint8Array,
    flags?: number
  ) => Effect.Effect<void, SetXattrError>
  /** @see lsetxattr(2) */
  readonly lsetxattr: (
    path: string,
    name: string,
    value: Uint8Array,
    flags?: number
  ) => Effect.Effect<void, SetXattrError>
  /** @see fsetxattr(2) */
  readonly fsetxattr: (
    fd: number,
    name: string,
    value: Uint8Array,
    flags?: number
  ) => Effect.Effect<void, SetXattrError>
  /** `size`: what the names may take together, in bytes, each with its NUL. @see listxattr(2) */
  readonly listxattr: (path: string, size?: number) => Effect.Effect<ReadonlyArray<string>, ListXattrError>
  /** @see llistxattr(2) */
  readonly llistxattr: (path: string, size?: number) => Effect.Effect<ReadonlyArray<string>, ListXattrError>
  /** @see flistxattr(2) */
  readonly flistxattr: (fd: number, size?: number) => Effect.Effect<ReadonlyArray<string>, ListXattrError>
  /** @see removexattr(2) */
  readonly removexattr: (path: string, name: string) => Effect.Effect<void, RemoveXattrError>
  /** @see lremovexattr(2) */
  readonly lremovexattr: (path: string, name: string) => Effect.Effect<void, RemoveXattrError>
  /** @see fremovexattr(2) */
  readonly fremovexattr: (fd: number, name: string) => Effect.Effect<void, RemoveXattrError>
}
