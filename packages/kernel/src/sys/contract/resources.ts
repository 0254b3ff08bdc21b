/**
 * What a process may use up, and what it has.
 *
 * @see getrlimit(2)
 */
import type * as Effect from "effect/Effect"
import type { Errno } from "../../Errno.js"

/** A limit on a resource. RLIM_INFINITY is none. @see getrlimit(2) */
export interface Limit {
  /** What counts. */
  readonly soft: number
  /** How far the soft one may be raised. */
  readonly hard: number
}

/** What a process has used up. @see getrusage(2) */
export interface ResourceUsage {
  /** Microseconds; always 0, as nobody knows how long a program has computed. */
  readonly userTime: number
  /** Microseconds: one for each system call. */
  readonly systemTime: number
  /** System calls made. */
  readonly calls: number
}

/** Clock ticks of a hundredth of a second. @see times(2) */
export interface Times {
  readonly user: number
  readonly system: number
  readonly childrenUser: number
  readonly childrenSystem: number
  /** Since the kernel was booted. */
  readonly elapsed: number
}

export interface ResourceCalls {
  /** `resource`: RLIMIT_NOFILE and its siblings. @see getrlimit(2) */
  readonly getrlimit: (resource: number) => Effect.Effect<Limit, Errno<"EINVAL">>
  /** Hard limits can only be lowered, but by user 0. @see setrlimit(2) */
  readonly setrlimit: (resource: number, limit: Limit) => Effect.Effect<void, Errno<"EINVAL" | "EPERM">>
  /** Answers the limit of another process (0 is the caller) as it was, and sets it if there is a new one. @see prlimit(2) */
  readonly prlimit: (
    pid: number,
    resource: number,
    limit?: Limit
  ) => Effect.Effect<Limit, Errno<"EINVAL" | "EPERM" | "ESRCH">>
  /** `who`: RUSAGE_SELF, RUSAGE_THREAD, or RUSAGE_CHILDREN for those that were waited for. @see getrusage(2) */
  readonly getrusage: (who?: number) => Effect.Effect<ResourceUsage, Errno<"EINVAL">>
  /** @see times(2) */
  readonly times: () => Effect.Effect<Times>
  /** The lowest nice value of a process (PRIO_PROCESS), a group or a user; 0 is the caller's. @see getpriority(2) */
  readonly getpriority: (which: number, who: number) => Effect.Effect<number, Errno<"EINVAL" | "ESRCH">>
  /** @see setpriority(2) */
  readonly setpriority: (
    which: number,
    who: number,
    nice: number
  ) => Effect.Effect<void, Errno<"EACCES" | "EINVAL" | "EPERM" | "ESRCH">>
  /** Adds to the caller's nice value, and answers the new one. @see nice(2) */
  readonly nice: (increment: number) => Effect.Effect<number, Errno<"EPERM">>
}
