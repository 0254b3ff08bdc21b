/**
 * Descriptors that stand for processes: ready to be read from when theirs has ended.
 *
 * @see pidfd_open(2)
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"
import type { Program } from "../../Sys.js"
import type { SpawnError } from "./errors.js"
import type { SpawnOptions } from "./processes.js"

export interface PidfdCalls {
  /** With FD_CLOEXEC. `flags`: PIDFD_NONBLOCK. @see pidfd_open(2) */
  readonly pidfdOpen: (
    pid: number,
    flags?: number
  ) => Effect.Effect<number, Errno<"EINVAL" | "EMFILE" | "ENFILE" | "ESRCH">>
  /** As spawn; answers a descriptor of the child instead of its number. @see pidfd_spawn(3) */
  readonly pidfdSpawn: (what: string | Program, options?: SpawnOptions) => Effect.Effect<number, SpawnError>
  /** `flags`: PIDFD_SIGNAL_PROCESS_GROUP and its siblings. @see pidfd_send_signal(2) */
  readonly pidfdSendSignal: (
    pidfd: number,
    signal: number,
    flags?: number
  ) => Effect.Effect<void, Errno<"EAGAIN" | "EBADF" | "EINVAL" | "EPERM" | "ESRCH">>
  /** A copy of another process's descriptor, with FD_CLOEXEC. @see pidfd_getfd(2) */
  readonly pidfdGetfd: (
    pidfd: number,
    fd: number,
    flags?: number
  ) => Effect.Effect<number, Errno<"EBADF" | "EINVAL" | "EMFILE" | "EPERM" | "ESRCH">>
}
