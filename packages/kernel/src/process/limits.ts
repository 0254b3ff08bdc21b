/**
 * What processes may use up: a soft limit, which counts, and a hard one, up to which the soft one may be raised.
 *
 * @see getrlimit(2)
 */
import * as Exit from "effect/Exit"
import { CAP_SYS_RESOURCE } from "../abi/Capabilities.js"
import * as R from "../abi/Resources.js"
import { capable } from "../Credentials.js"
import * as Errno from "../Errno.js"
import type { Limits } from "../KernelConfig.js"
import type { Process, ResourceLimits } from "../ProcessTable.js"
import type { Limit } from "../Sys.js"
import * as Cpu from "./cpu.js"

/** The names of the resources, in the order of their numbers. */
export const resources: ReadonlyArray<keyof ResourceLimits> = [
  "cpu",
  "fileSize",
  "data",
  "stack",
  "core",
  "residentSet",
  "processes",
  "openFiles",
  "lockedMemory",
  "addressSpace",
  "locks",
  "pendingSignals",
  "messageQueues",
  "nice",
  "realtimePriority",
  "realtimeTime"
]

/** What init has, and with it everybody who does not say otherwise. */
export const initial = (limits: Limits): ResourceLimits => ({
  cpu: R.RLIM_INFINITY,
  fileSize: limits.fileSizeMax,
  data: R.RLIM_INFINITY,
  stack: 8_388_608,
  core: R.RLIM_INFINITY,
  residentSet: R.RLIM_INFINITY,
  processes: limits.processesMax,
  openFiles: limits.openFilesMax,
  lockedMemory: 8_388_608,
  addressSpace: R.RLIM_INFINITY,
  locks: R.RLIM_INFINITY,
  pendingSignals: limits.signalsQueuedMax,
  messageQueues: 819_200,
  nice: 0,
  realtimePriority: 0,
  realtimeTime: R.RLIM_INFINITY
})

/** Both limits on a resource. */
export const get = (self: Process, resource: number): Exit.Exit<Limit, Errno.Errno<"EINVAL">> => {
  const name = resources[resource]
  return name === undefined
    ? Errno.fail("EINVAL")
    : Exit.succeed({ soft: self.limits[name], hard: self.hardLimits[name] })
}

const isAmount = (value: number): boolean => value >= 0 && (value === Infinity || Number.isInteger(value))

/** The most that RLIMIT_NOFILE may be, for anybody (`fs.nr_open`). */
const OPEN_FILES_MAX = 1_048_576

/** Sets both limits; only CAP_SYS_RESOURCE raises a hard one. */
export const set = (
  caller: Process,
  target: Process,
  resource: number,
  { hard, soft }: Limit
): Exit.Exit<void, Errno.Errno<"EINVAL" | "EPERM">> => {
  const name = resources[resource]
  if (name === undefined || !isAmount(soft) || !isAmount(hard) || soft > hard) return Errno.fail("EINVAL")
  if (name === "openFiles" && hard > OPEN_FILES_MAX) return Errno.fail("EPERM")
  if (hard > target.hardLimits[name] && !capable(caller.credentials, CAP_SYS_RESOURCE)) return Errno.fail("EPERM")
  target.limits = { ...target.limits, [name]: soft }
  target.hardLimits = { ...target.hardLimits, [name]: hard }
  if (name === "openFiles") target.fds.limit = soft
  if (name === "cpu") Cpu.watch(target)
  return Exit.void
}

/** Whether one process may look at the limits of another, and change them. @see prlimit(2) */
export const mayChange = (caller: Process, target: Process): boolean => {
  const { credentials: c } = caller
  const { credentials: t } = target
  return caller === target || capable(c, CAP_SYS_RESOURCE) ||
    ([t.uid, t.euid, t.suid].every((uid) => uid === c.uid) && [t.gid, t.egid, t.sgid].every((gid) => gid === c.gid))
}
