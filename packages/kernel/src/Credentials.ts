/**
 * Who a process acts as: real, effective and saved user and group, its supplementary groups, and its capabilities.
 *
 * A value that is never changed in place: setuid(2) and its siblings give a process another one, and whoever took
 * the old one (an open file, a message on a socket) keeps it. What user 0 may do besides others it may by capabilities,
 * and those can be dropped: whoever checks asks {@link capable}, never for the user.
 *
 * @see credentials(7)
 * @see capabilities(7)
 */
import {
  CAP_CHOWN,
  CAP_DAC_OVERRIDE,
  CAP_DAC_READ_SEARCH,
  CAP_FOWNER,
  CAP_FSETID,
  CAP_LINUX_IMMUTABLE,
  CAP_MAC_OVERRIDE,
  CAP_MKNOD,
  SECBIT_KEEP_CAPS,
  SECBIT_NO_SETUID_FIXUP,
  SECBIT_NOROOT
} from "./abi/Capabilities.js"
import * as CapabilitySet from "./CapabilitySet.js"

export interface Credentials {
  readonly uid: number
  readonly gid: number
  /** Effective user: who it acts as. */
  readonly euid: number
  readonly egid: number
  /** The user that files know it as: the effective one, until setfsuid(2). */
  readonly fsuid: number
  readonly fsgid: number
  readonly suid: number
  readonly sgid: number
  readonly groups: ReadonlyArray<number>
  /** The capabilities that count now. */
  readonly effective: CapabilitySet.CapabilitySet
  /** Those that may be made effective. */
  readonly permitted: CapabilitySet.CapabilitySet
  /** Those that a program which asks for them keeps over exec(2). */
  readonly inheritable: CapabilitySet.CapabilitySet
  /** What exec(2) can give at most. */
  readonly bounding: CapabilitySet.CapabilitySet
  /** Those that any program keeps over exec(2). */
  readonly ambient: CapabilitySet.CapabilitySet
  /** A sum of SECBIT_*. */
  readonly securebits: number
  /** Whether exec(2) gives no new rights. @see PR_SET_NO_NEW_PRIVS(2const) */
  readonly noNewPrivileges: boolean
}

/** A user with one group in all three roles; user 0 has every capability, others none. */
export const make = (uid: number, gid: number, groups: ReadonlyArray<number> = []): Credentials => {
  const powers = uid === 0 ? CapabilitySet.all : CapabilitySet.empty
  return {
    uid,
    gid,
    euid: uid,
    egid: gid,
    fsuid: uid,
    fsgid: gid,
    suid: uid,
    sgid: gid,
    groups,
    effective: powers,
    permitted: powers,
    inheritable: CapabilitySet.empty,
    bounding: CapabilitySet.all,
    ambient: CapabilitySet.empty,
    securebits: 0,
    noNewPrivileges: false
  }
}

export const root: Credentials = make(0, 0)

/** Whether this one capability (CAP_KILL and its siblings) is effective. */
export const capable = ({ effective }: Credentials, capability: number): boolean =>
  CapabilitySet.has(effective, capability)

export const inGroup = (self: Credentials, gid: number): boolean => self.fsgid === gid || self.groups.includes(gid)

/**
 * Whether `wanted` (a sum of R_OK, W_OK and X_OK) is granted on a file of this mode and owner. Capabilities pass over
 * what the mode says; but nobody executes a file that nobody may.
 *
 * @see path_resolution(7)
 */
export const permits = (
  self: Credentials,
  file: { readonly mode: number; readonly uid: number; readonly gid: number },
  wanted: number
): boolean => {
  const { mode } = file
  const granted = self.fsuid === file.uid ? mode >> 6 : inGroup(self, file.gid) ? mode >> 3 : mode
  if ((wanted & ~granted & 7) === 0) return true
  const directory = (mode & 0o170000) === 0o040000
  if (capable(self, CAP_DAC_OVERRIDE)) return (wanted & 1) === 0 || directory || (mode & 0o111) !== 0
  return capable(self, CAP_DAC_READ_SEARCH) && (directory ? (wanted & 2) === 0 : wanted === 4)
}

const hasRoot = ({ euid, suid, uid }: Credentials): boolean => uid === 0 || euid === 0 || suid === 0

/** What becomes of capabilities when users change. @see capabilities(7), "Effect of user ID changes on capabilities" */
export const withUsers = (
  before: Credentials,
  users: Pick<Credentials, "uid" | "euid" | "suid">
): Credentials => {
  const after = { ...before, ...users, fsuid: users.euid }
  if ((before.securebits & SECBIT_NO_SETUID_FIXUP) !== 0) return after
  let { ambient, effective, permitted } = before
  if (hasRoot(before) && !hasRoot(after)) {
    if ((before.securebits & SECBIT_KEEP_CAPS) === 0) permitted = effective = CapabilitySet.empty
    ambient = CapabilitySet.empty
  }
  if (before.euid === 0 && after.euid !== 0) effective = CapabilitySet.empty
  if (before.euid !== 0 && after.euid === 0) effective = permitted
  return { ...after, ambient, effective, permitted }
}

/** What user 0 may do besides others with files. */
const overFiles = CapabilitySet.of(
  CAP_CHOWN,
  CAP_DAC_OVERRIDE,
  CAP_DAC_READ_SEARCH,
  CAP_FOWNER,
  CAP_FSETID,
  CAP_LINUX_IMMUTABLE,
  CAP_MKNOD,
  CAP_MAC_OVERRIDE
)

/** Another user for files alone. @see setfsuid(2) */
export const withFileUser = (before: Credentials, fsuid: number): Credentials => {
  const { effective, permitted } = before
  const after = { ...before, fsuid }
  if ((before.securebits & SECBIT_NO_SETUID_FIXUP) !== 0 || (before.fsuid === 0) === (fsuid === 0)) return after
  return {
    ...after,
    effective: fsuid === 0
      ? CapabilitySet.union(effective, CapabilitySet.intersection(overFiles, permitted))
      : CapabilitySet.without(effective, overFiles)
  }
}

/** What a file lends to those who execute it, whoever they are. @see capabilities(7), "File capabilities" */
export interface FileCapabilities {
  readonly permitted: CapabilitySet.CapabilitySet
  /** Those that it asks for, of those that the process may pass on. */
  readonly inheritable: CapabilitySet.CapabilitySet
  /** Whether they are effective at once: for programs that know nothing of capabilities. */
  readonly effective: boolean
}

/**
 * The credentials of an image that exec(2) starts; `file` is what runs, where its set-id bits count, and `lent` its
 * capabilities. `undefined` for a program that would get less than it needs, and would not notice.
 *
 * @see capabilities(7), "Transformation of capabilities during execve()"
 */
export const afterExec = (
  before: Credentials,
  file: { readonly mode: number; readonly uid: number; readonly gid: number } | undefined,
  lent: FileCapabilities | undefined
): Credentials | undefined => {
  const lends = file !== undefined && !before.noNewPrivileges
  let euid = lends && (file.mode & 0o4000) !== 0 ? file.uid : before.euid
  // Set-group-id on a file that its group cannot execute is no loan.
  let egid = lends && (file.mode & 0o2010) === 0o2010 ? file.gid : before.egid
  let isEffective = lent?.effective === true
  let permitted = lent === undefined ? CapabilitySet.empty : CapabilitySet.union(
    CapabilitySet.intersection(before.bounding, lent.permitted),
    CapabilitySet.intersection(before.inheritable, lent.inheritable)
  )
  if (lent?.effective === true && !CapabilitySet.isSubset(lent.permitted, permitted)) return undefined
  // A program that lends user 0 and capabilities as well lends no more than those.
  const asRoot = (before.securebits & SECBIT_NOROOT) === 0 && (lent === undefined || before.uid === 0 || euid !== 0)
  if (asRoot && (euid === 0 || before.uid === 0)) permitted = CapabilitySet.union(before.bounding, before.inheritable)
  if (asRoot && euid === 0) isEffective = true
  const changes = euid !== before.euid || !inGroup(before, egid)
  if (before.noNewPrivileges && (changes || !CapabilitySet.isSubset(permitted, before.permitted))) {
    euid = before.uid
    egid = before.gid
    permitted = CapabilitySet.intersection(permitted, before.permitted)
  }
  const ambient = changes || lent !== undefined ? CapabilitySet.empty : before.ambient
  permitted = CapabilitySet.union(permitted, ambient)
  const effective = isEffective ? permitted : ambient
  const securebits = before.securebits & ~SECBIT_KEEP_CAPS
  const sameUser = before.euid === euid && before.suid === euid && before.fsuid === euid
  const sameGroup = before.egid === egid && before.sgid === egid && before.fsgid === egid
  const samePowers = before.permitted === permitted && before.effective === effective && before.ambient === ambient
  // Most programs change nothing: their processes share one value.
  if (sameUser && sameGroup && samePowers && before.securebits === securebits) return before
  return {
    ...before,
    euid,
    suid: euid,
    fsuid: euid,
    egid,
    sgid: egid,
    fsgid: egid,
    permitted,
    effective,
    ambient,
    securebits
  }
}
