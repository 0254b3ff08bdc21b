/**
 * The powers of a process, and giving them up.
 *
 * @see capabilities(7)
 */
import type * as Effect from "effect/Effect"
import type { CapabilitySet } from "../../CapabilitySet.js"
import type { Errno } from "../../Errno.js"

/** The three sets of capget(2). */
export interface ProcessCapabilities {
  readonly effective: CapabilitySet
  readonly permitted: CapabilitySet
  readonly inheritable: CapabilitySet
}

export interface CapabilityCalls {
  /** 0 is the caller itself. @see capget(2) */
  readonly capget: (pid?: number) => Effect.Effect<ProcessCapabilities, Errno<"EINVAL" | "ESRCH">>
  /** Sets the caller's; what is left out stays. Nothing can be permitted that was not. @see capset(2) */
  readonly capset: (sets: Partial<ProcessCapabilities>) => Effect.Effect<void, Errno<"EPERM">>
  /**
   * Bounding and ambient set, keeping capabilities over setuid(2), securebits, and no new privileges: PR_CAPBSET_READ,
   * PR_CAPBSET_DROP, PR_CAP_AMBIENT, PR_GET_KEEPCAPS, PR_GET_SECUREBITS, PR_GET_NO_NEW_PRIVS and their siblings.
   * @see prctl(2)
   */
  readonly prctl: (option: number, argument?: number, capability?: number) => Effect.Effect<
    number,
    Errno<"EINVAL" | "EPERM">
  >
}
