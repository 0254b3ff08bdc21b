/**
 * Capabilities: asking for them, dropping them, and what may be raised again.
 *
 * @see capabilities(7)
 */
import * as Exit from "effect/Exit"
import * as Abi from "../abi/Capabilities.js"
import * as Prctl from "../abi/Prctl.js"
import * as CapabilitySet from "../CapabilitySet.js"
import { capable, type Credentials } from "../Credentials.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { ProcessCapabilities } from "../Sys.js"
import type { Rooms } from "./Rooms.js"

/** @see capget(2) */
export const capget = (
  { processes }: Rooms,
  self: Process,
  pid: number
): Exit.Exit<ProcessCapabilities, Errno.Errno<"EINVAL" | "ESRCH">> => {
  if (pid < 0) return Errno.fail("EINVAL", { syscall: "capget" })
  const target = pid === 0 ? self : processes.table.processes.get(pid)
  if (target === undefined) return Errno.fail("ESRCH", { syscall: "capget" })
  const { effective, inheritable, permitted } = target.credentials
  return Exit.succeed({ effective, permitted, inheritable })
}

/** Bits beyond the last capability are nobody's. */
const known = (set: CapabilitySet.CapabilitySet): CapabilitySet.CapabilitySet =>
  CapabilitySet.intersection(set, CapabilitySet.all)

/** @see capset(2) */
export const capset = (self: Process, sets: Partial<ProcessCapabilities>): Exit.Exit<void, Errno.Errno<"EPERM">> => {
  const before = self.credentials
  const effective = known(sets.effective ?? before.effective)
  const permitted = known(sets.permitted ?? before.permitted)
  const inheritable = known(sets.inheritable ?? before.inheritable)
  const { isSubset, union } = CapabilitySet
  const mayInherit = capable(before, Abi.CAP_SETPCAP) ||
    isSubset(inheritable, union(before.inheritable, before.permitted))
  const allowed = mayInherit && isSubset(inheritable, union(before.inheritable, before.bounding)) &&
    isSubset(permitted, before.permitted) && isSubset(effective, permitted)
  if (!allowed) return Errno.fail("EPERM", { syscall: "capset" })
  const stillAmbient = CapabilitySet.intersection(permitted, inheritable)
  self.credentials = {
    ...before,
    effective,
    permitted,
    inheritable,
    ambient: CapabilitySet.intersection(before.ambient, stillAmbient)
  }
  return Exit.void
}

type PrctlError = Errno.Errno<"EINVAL" | "EPERM">

const isCapability = (capability: number): boolean =>
  Number.isInteger(capability) && capability >= 0 && capability <= Abi.CAP_LAST_CAP

const invalid = Errno.fail("EINVAL", { syscall: "prctl" })
const refused = Errno.fail("EPERM", { syscall: "prctl" })
const done: Exit.Exit<number> = Exit.succeed(0)

/** SECBIT_EXEC_RESTRICT_FILE and SECBIT_EXEC_DENY_INTERACTIVE, for interpreters: anybody may set them. */
const unprivilegedBits = 0x500
const allBits = Abi.SECBIT_NOROOT | Abi.SECBIT_NO_SETUID_FIXUP | Abi.SECBIT_KEEP_CAPS |
  Abi.SECBIT_NO_CAP_AMBIENT_RAISE | unprivilegedBits
const allLocks = allBits << 1

const change = (self: Process, changes: Partial<Credentials>): Exit.Exit<number> => {
  self.credentials = { ...self.credentials, ...changes }
  return done
}

const dropFromBounding = (self: Process, capability: number): Exit.Exit<number, PrctlError> => {
  if (!capable(self.credentials, Abi.CAP_SETPCAP)) return refused
  if (!isCapability(capability)) return invalid
  return change(self, { bounding: CapabilitySet.remove(self.credentials.bounding, capability) })
}

const setSecurebits = (self: Process, wanted: number): Exit.Exit<number, PrctlError> => {
  const { securebits } = self.credentials
  const changesLocked = ((securebits & allLocks) >> 1) & (securebits ^ wanted)
  const unlocks = securebits & allLocks & ~wanted
  const unknown = wanted & ~(allLocks | allBits)
  if (changesLocked !== 0 || unlocks !== 0 || unknown !== 0) return refused
  const changes = securebits ^ wanted
  const free = changes !== 0 && (changes & ~(unprivilegedBits | (unprivilegedBits << 1))) === 0
  return free || capable(self.credentials, Abi.CAP_SETPCAP) ? change(self, { securebits: wanted }) : refused
}

const keepCapabilities = (self: Process, keep: number): Exit.Exit<number, PrctlError> => {
  const { securebits } = self.credentials
  if (keep !== 0 && keep !== 1) return invalid
  if ((securebits & Abi.SECBIT_KEEP_CAPS_LOCKED) !== 0) return refused
  return change(self, {
    securebits: keep === 1 ? securebits | Abi.SECBIT_KEEP_CAPS : securebits & ~Abi.SECBIT_KEEP_CAPS
  })
}

/** @see PR_CAP_AMBIENT(2const) */
const ambient = (self: Process, how: number, capability: number): Exit.Exit<number, PrctlError> => {
  const { ambient, inheritable, permitted, securebits } = self.credentials
  if (how === Prctl.PR_CAP_AMBIENT_CLEAR_ALL) {
    return capability === 0 ? change(self, { ambient: CapabilitySet.empty }) : invalid
  }
  if (!isCapability(capability)) return invalid
  switch (how) {
    case Prctl.PR_CAP_AMBIENT_IS_SET:
      return Exit.succeed(CapabilitySet.has(ambient, capability) ? 1 : 0)
    case Prctl.PR_CAP_AMBIENT_RAISE: {
      const may = CapabilitySet.has(CapabilitySet.intersection(permitted, inheritable), capability) &&
        (securebits & Abi.SECBIT_NO_CAP_AMBIENT_RAISE) === 0
      return may ? change(self, { ambient: CapabilitySet.add(ambient, capability) }) : refused
    }
    case Prctl.PR_CAP_AMBIENT_LOWER:
      return change(self, { ambient: CapabilitySet.remove(ambient, capability) })
    default:
      return invalid
  }
}

/** @see prctl(2) */
export const prctl = (
  self: Process,
  option: number,
  argument: number,
  capability: number
): Exit.Exit<number, PrctlError> => {
  const { bounding, noNewPrivileges, securebits } = self.credentials
  switch (option) {
    case Prctl.PR_CAPBSET_READ:
      return isCapability(argument) ? Exit.succeed(CapabilitySet.has(bounding, argument) ? 1 : 0) : invalid
    case Prctl.PR_CAPBSET_DROP:
      return dropFromBounding(self, argument)
    case Prctl.PR_GET_SECUREBITS:
      return Exit.succeed(securebits)
    case Prctl.PR_SET_SECUREBITS:
      return setSecurebits(self, argument)
    case Prctl.PR_GET_KEEPCAPS:
      return Exit.succeed((securebits & Abi.SECBIT_KEEP_CAPS) === 0 ? 0 : 1)
    case Prctl.PR_SET_KEEPCAPS:
      return keepCapabilities(self, argument)
    case Prctl.PR_CAP_AMBIENT:
      return ambient(self, argument, capability)
    case Prctl.PR_GET_NO_NEW_PRIVS:
      return argument === 0 ? Exit.succeed(noNewPrivileges ? 1 : 0) : invalid
    case Prctl.PR_SET_NO_NEW_PRIVS:
      return argument === 1 ? change(self, { noNewPrivileges: true }) : invalid
    default:
      return invalid
  }
}
