/**
 * Calls that watch files.
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"
import type { PathError } from "./errors.js"

export interface WatchCalls {
  /** `flags`: IN_CLOEXEC, IN_NONBLOCK. What is read from the descriptor are `struct inotify_event`s. @see inotify_init1(2) */
  readonly inotifyInit: (flags?: number) => Effect.Effect<number, Errno<"EINVAL" | "EMFILE" | "ENFILE">>
  /** Answers the number of the watch, which is the same for the same file. @see inotify_add_watch(2) */
  readonly inotifyAddWatch: (
    fd: number,
    path: string,
    mask: number
  ) => Effect.Effect<number, PathError | Errno<"EBADF" | "EEXIST" | "EINVAL" | "ENOSPC">>
  /** @see inotify_rm_watch(2) */
  readonly inotifyRmWatch: (fd: number, watch: number) => Effect.Effect<void, Errno<"EBADF" | "EINVAL">>
}
