/**
 * Memory of a process's own, in pages of 4096 bytes.
 *
 * What a program keeps in variables is its host's memory, and nobody can tell how much that is. What it maps is counted:
 * RLIMIT_AS and RLIMIT_DATA bound it, the kernel's `memoryPagesMax` bounds what all processes have together, `/proc` shows
 * it, and it is given back when the process ends or executes another program. So a program that holds much can be kept in
 * bounds, if it holds it here.
 *
 * @see mmap(2)
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"

/** Pages that were mapped. */
export interface Mapping {
  /** What names them for munmap and mremap. */
  readonly address: number
  /** Their bytes, all 0 in the beginning. */
  readonly bytes: Uint8Array
}

export interface MemoryCalls {
  /**
   * Maps memory of the process's own; `flags` are MAP_PRIVATE and MAP_ANONYMOUS, with MAP_FIXED or MAP_FIXED_NOREPLACE for
   * memory at `address`, which otherwise is a wish. `length` is rounded up to whole pages. @see mmap(2)
   */
  readonly mmap: (
    address: number,
    length: number,
    protection: number,
    flags: number
  ) => Effect.Effect<Mapping, Errno<"EBADF" | "EEXIST" | "EINVAL" | "ENOMEM" | "EPERM">>
  /** Gives back what lies in a range of addresses. @see munmap(2) */
  readonly munmap: (address: number, length: number) => Effect.Effect<void, Errno<"EINVAL">>
  /**
   * Makes a mapping longer or shorter, at another address if there is no room and `flags` is MREMAP_MAYMOVE. What grows
   * gets other bytes, with the same content: those that were are not the process's any more. @see mremap(2)
   */
  readonly mremap: (
    address: number,
    oldLength: number,
    newLength: number,
    flags?: number
  ) => Effect.Effect<Mapping, Errno<"EFAULT" | "EINVAL" | "ENOMEM">>
}
