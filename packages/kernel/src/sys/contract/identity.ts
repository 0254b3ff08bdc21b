/**
 * Who a process is.
 *
 * @see credentials(7)
 */
import type * as Effect from "effect/Effect"
import type { Credentials } from "../../Credentials.js"
import type { Errno } from "../../Errno.js"

export interface IdentityCalls {
  /** Real, effective and saved ids, and the groups. @see getresuid(2) */
  readonly credentials: () => Effect.Effect<Credentials>
  /** -1 leaves an id as it is. @see setresuid(2) */
  readonly setresuid: (ruid: number, euid: number, suid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  readonly setresgid: (rgid: number, egid: number, sgid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  /** Real and effective id; -1 leaves one as it is. @see setreuid(2) */
  readonly setreuid: (ruid: number, euid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  readonly setregid: (rgid: number, egid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  /** @see setuid(2) */
  readonly setuid: (uid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  readonly setgid: (gid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  /** A user for files alone; answers the one before, also where that stays. @see setfsuid(2) */
  readonly setfsuid: (uid: number) => Effect.Effect<number>
  /** @see setfsgid(2) */
  readonly setfsgid: (gid: number) => Effect.Effect<number>
  /** @see setgroups(2) */
  readonly setgroups: (groups: ReadonlyArray<number>) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
}
