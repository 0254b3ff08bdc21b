/**
 * Who a process is, and what it may use up.
 *
 * @see credentials(7)
 */
import type * as Effect from "effect/Effect"
import type { Credentials } from "../../Credentials.js"
import type { Errno } from "../../Errno.js"
import type { ResourceLimits } from "../../ProcessTable.js"

export interface IdentityCalls {
  /** Real, effective and saved ids, and the groups. @see getresuid(2) */
  readonly credentials: () => Effect.Effect<Credentials>
  /** -1 leaves an id as it is. @see setresuid(2) */
  readonly setresuid: (ruid: number, euid: number, suid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  readonly setresgid: (rgid: number, egid: number, sgid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  /** @see setuid(2) */
  readonly setuid: (uid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  readonly setgid: (gid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  /** @see setgroups(2) */
  readonly setgroups: (groups: ReadonlyArray<number>) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  readonly getrlimit: () => Effect.Effect<ResourceLimits>
  /** Limits can only be lowered, but by user 0. @see setrlimit(2) */
  readonly setrlimit: (limits: Partial<ResourceLimits>) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
}
