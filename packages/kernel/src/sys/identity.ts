/**
 * Calls about users, groups and limits.
 *
 * @see credentials(7)
 */
import * as Exit from "effect/Exit"
import { CAP_SETGID, CAP_SETUID } from "../abi/Capabilities.js"
import { capable, type Credentials, withFileUser, withUsers } from "../Credentials.js"
import * as Errno from "../Errno.js"
import { type Process, uncommonOf } from "../ProcessTable.js"

type IdError = Errno.Errno<"EPERM" | "EINVAL">

const MAX_ID = 0xffff_ffff

const isId = (id: number): boolean => Number.isInteger(id) && id >= -1 && id < MAX_ID

/** One of three ids: real, effective, saved; -1 keeps it. Without privilege it must be one of those one has. */
const allowed = (privileged: boolean, has: ReadonlyArray<number>, wanted: ReadonlyArray<number>): boolean =>
  privileged || wanted.every((id) => id === -1 || has.includes(id))

const pick = (wanted: number, before: number): number => wanted === -1 ? before : wanted

/** Gives a process other credentials. Who changes who he acts as wants nothing to do with his parent's end, and nobody to look into what he has in memory. */
const become = (self: Process, next: Credentials): void => {
  const { egid, euid, fsgid, fsuid } = self.credentials
  if (next.euid !== euid || next.egid !== egid || next.fsuid !== fsuid || next.fsgid !== fsgid) {
    const uncommon = uncommonOf(self)
    uncommon.parentDeathSignal = 0
    uncommon.dumpable = 0
  }
  self.credentials = next
}

/** Whether anything becomes another: the effective id is that for files as well. */
const changes = (wanted: ReadonlyArray<number>, has: ReadonlyArray<number>, forFiles: number): boolean =>
  wanted.some((id, i) => id !== -1 && (id !== has[i] || (i === 1 && id !== forFiles)))

/** @see setresuid(2) */
export const setresuid = (self: Process, ruid: number, euid: number, suid: number): Exit.Exit<void, IdError> => {
  const wanted = [ruid, euid, suid]
  if (!wanted.every(isId)) return Errno.fail("EINVAL", { syscall: "setresuid" })
  const c = self.credentials
  if (!allowed(capable(c, CAP_SETUID), [c.uid, c.euid, c.suid], wanted)) {
    return Errno.fail("EPERM", { syscall: "setresuid" })
  }
  // Who stays who he is keeps his credentials, and with them what he opened.
  if (changes(wanted, [c.uid, c.euid, c.suid], c.fsuid)) {
    become(self, withUsers(c, { uid: pick(ruid, c.uid), euid: pick(euid, c.euid), suid: pick(suid, c.suid) }))
  }
  return Exit.void
}

/** @see setresgid(2) */
export const setresgid = (self: Process, rgid: number, egid: number, sgid: number): Exit.Exit<void, IdError> => {
  const wanted = [rgid, egid, sgid]
  if (!wanted.every(isId)) return Errno.fail("EINVAL", { syscall: "setresgid" })
  const c = self.credentials
  if (!allowed(capable(c, CAP_SETGID), [c.gid, c.egid, c.sgid], wanted)) {
    return Errno.fail("EPERM", { syscall: "setresgid" })
  }
  if (changes(wanted, [c.gid, c.egid, c.sgid], c.fsgid)) {
    const next = pick(egid, c.egid)
    become(self, { ...c, gid: pick(rgid, c.gid), egid: next, sgid: pick(sgid, c.sgid), fsgid: next })
  }
  return Exit.void
}

/** With CAP_SETUID all three ids, for anybody else the effective one. @see setuid(2) */
export const setuid = (self: Process, uid: number): Exit.Exit<void, IdError> => {
  if (!isId(uid) || uid < 0) return Errno.fail("EINVAL", { syscall: "setuid" })
  const c = self.credentials
  const privileged = capable(c, CAP_SETUID)
  if (!privileged && uid !== c.uid && uid !== c.suid) return Errno.fail("EPERM", { syscall: "setuid" })
  become(self, withUsers(c, privileged ? { uid, euid: uid, suid: uid } : { uid: c.uid, euid: uid, suid: c.suid }))
  return Exit.void
}

/** @see setgid(2) */
export const setgid = (self: Process, gid: number): Exit.Exit<void, IdError> => {
  if (!isId(gid) || gid < 0) return Errno.fail("EINVAL", { syscall: "setgid" })
  const c = self.credentials
  const privileged = capable(c, CAP_SETGID)
  if (!privileged && gid !== c.gid && gid !== c.sgid) return Errno.fail("EPERM", { syscall: "setgid" })
  become(self, { ...c, ...(privileged ? { gid, sgid: gid } : {}), egid: gid, fsgid: gid })
  return Exit.void
}

/** The saved id follows the effective one where the real one is set, or the effective one to what is not the real one. */
const follows = (real: number, effective: number, before: number): boolean =>
  real !== -1 || (effective !== -1 && effective !== before)

/** @see setreuid(2) */
export const setreuid = (self: Process, ruid: number, euid: number): Exit.Exit<void, IdError> => {
  if (!isId(ruid) || !isId(euid)) return Errno.fail("EINVAL", { syscall: "setreuid" })
  const c = self.credentials
  const privileged = capable(c, CAP_SETUID)
  const may = allowed(privileged, [c.uid, c.euid], [ruid]) && allowed(privileged, [c.uid, c.euid, c.suid], [euid])
  if (!may) return Errno.fail("EPERM", { syscall: "setreuid" })
  const next = pick(euid, c.euid)
  const suid = follows(ruid, euid, c.uid) ? next : c.suid
  become(self, withUsers(c, { uid: pick(ruid, c.uid), euid: next, suid }))
  return Exit.void
}

/** @see setregid(2) */
export const setregid = (self: Process, rgid: number, egid: number): Exit.Exit<void, IdError> => {
  if (!isId(rgid) || !isId(egid)) return Errno.fail("EINVAL", { syscall: "setregid" })
  const c = self.credentials
  const privileged = capable(c, CAP_SETGID)
  const may = allowed(privileged, [c.gid, c.egid], [rgid]) && allowed(privileged, [c.gid, c.egid, c.sgid], [egid])
  if (!may) return Errno.fail("EPERM", { syscall: "setregid" })
  const next = pick(egid, c.egid)
  become(self, {
    ...c,
    gid: pick(rgid, c.gid),
    egid: next,
    fsgid: next,
    sgid: follows(rgid, egid, c.gid) ? next : c.sgid
  })
  return Exit.void
}

/** Answers who it was before, whether it is another now or not. @see setfsuid(2) */
export const setfsuid = (self: Process, fsuid: number): Exit.Exit<number> => {
  const c = self.credentials
  const isFree = fsuid >= 0 && isId(fsuid) && fsuid !== c.fsuid
  if (isFree && (capable(c, CAP_SETUID) || [c.uid, c.euid, c.suid].includes(fsuid))) {
    become(self, withFileUser(c, fsuid))
  }
  return Exit.succeed(c.fsuid)
}

/** @see setfsgid(2) */
export const setfsgid = (self: Process, fsgid: number): Exit.Exit<number> => {
  const c = self.credentials
  const isFree = fsgid >= 0 && isId(fsgid) && fsgid !== c.fsgid
  if (isFree && (capable(c, CAP_SETGID) || [c.gid, c.egid, c.sgid].includes(fsgid))) become(self, { ...c, fsgid })
  return Exit.succeed(c.fsgid)
}

/** NGROUPS_MAX. */
const GROUPS_MAX = 65_536

/** @see setgroups(2) */
export const setgroups = (self: Process, groups: ReadonlyArray<number>): Exit.Exit<void, IdError> => {
  if (!capable(self.credentials, CAP_SETGID)) return Errno.fail("EPERM", { syscall: "setgroups" })
  if (groups.length > GROUPS_MAX || !groups.every((gid) => isId(gid) && gid >= 0)) {
    return Errno.fail("EINVAL", { syscall: "setgroups" })
  }
  const changed: Credentials = { ...self.credentials, groups: [...groups] }
  self.credentials = changed
  return Exit.void
}
