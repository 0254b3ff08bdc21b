/**
 * The powers of a process, and giving them up.
 *
 * @see capabilities(7)
 */
import type * as Effect from "effect/Effect"
import type * as Prctl from "../../abi/Prctl.js"
import type { CapabilitySet } from "../../CapabilitySet.js"
import type { Errno } from "../../Errno.js"

/** The three sets of capget(2). */
export interface ProcessCapabilities {
  readonly effective: CapabilitySet
  readonly permitted: CapabilitySet
  readonly inheritable: CapabilitySet
}

/** What a process says about itself. @see prctl(2) */
export interface ProcessControl {
  /** The name that ps shows; at most 15 bytes of it are kept. */
  (option: typeof Prctl.PR_SET_NAME, name: string): Effect.Effect<number>
  (option: typeof Prctl.PR_GET_NAME): Effect.Effect<string>
  /**
   * PR_SET_PDEATHSIG: the signal that this process gets when its parent ends. PR_SET_CHILD_SUBREAPER: whether orphans
   * among its descendants become its children. PR_SET_NO_NEW_PRIVS: from 1 there is no way back. Bounding and ambient
   * set, keeping capabilities over setuid(2), securebits: PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_CAP_AMBIENT,
   * PR_SET_KEEPCAPS, PR_SET_SECUREBITS. PR_SET_DUMPABLE: whether it may be traced by its own user. PR_SET_TIMERSLACK and
   * PR_SET_THP_DISABLE are kept. And their siblings, which ask.
   */
  (option: number, argument?: number, capability?: number): Effect.Effect<number, Errno<"EINVAL" | "EPERM">>
}

export interface CapabilityCalls {
  /** 0 is the caller itself. @see capget(2) */
  readonly capget: (pid?: number) => Effect.Effect<ProcessCapabilities, Errno<"EINVAL" | "ESRCH">>
  /** Sets the caller's; what is left out stays. Nothing can be permitted that was not. @see capset(2) */
  readonly capset: (sets: Partial<ProcessCapabilities>) => Effect.Effect<void, Errno<"EPERM">>
  readonly prctl: ProcessControl
}
