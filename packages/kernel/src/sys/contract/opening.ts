/**
 * More calls that answer a descriptor, and one that closes many.
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"
import type { OpenError } from "./errors.js"

/** How openat2(2) is to open. */
export interface OpenHow {
  readonly flags: number
  /** Only with O_CREAT or O_TMPFILE. */
  readonly mode?: number
  /** Where the path must not lead: a sum of RESOLVE_BENEATH and its siblings. */
  readonly resolve?: number
}

export interface OpeningCalls {
  /** @see creat(2) */
  readonly creat: (path: string, mode?: number) => Effect.Effect<number, OpenError>
  /** @see openat2(2) */
  readonly openat2: (dirfd: number, path: string, how: OpenHow) => Effect.Effect<number, OpenError>
  /** A file in memory without a name. `flags`: MFD_CLOEXEC and its siblings. @see memfd_create(2) */
  readonly memfdCreate: (
    name: string,
    flags?: number
  ) => Effect.Effect<number, Errno<"EINVAL" | "EMFILE" | "ENFILE" | "ENOMEM">>
  /** Closes the descriptors from `first` to `last`, both of them. `flags`: CLOSE_RANGE_CLOEXEC. @see close_range(2) */
  readonly closeRange: (first: number, last: number, flags?: number) => Effect.Effect<void, Errno<"EINVAL">>
}
