/**
 * The texts of `/proc/PID`.
 *
 * @see proc_pid_stat(5)
 * @see proc_pid_status(5)
 */
import { PAGE_SIZE } from "../abi/Mman.js"
import { O_CLOEXEC } from "../abi/OpenFlags.js"
import * as CapabilitySet from "../CapabilitySet.js"
import type { Credentials } from "../Credentials.js"
import type { Location } from "../Dentry.js"
import type { Description } from "../Description.js"
import type { AddressSpace } from "../memory/AddressSpace.js"
import { resources } from "../process/limits.js"
import { tracerOf } from "../process/tracing.js"
import { childUsageOf, usageOf } from "../process/usage.js"
import type { Process, ProcessState } from "../ProcessTable.js"
import type { ResourceUsage } from "../Sys.js"
import { locksOf } from "./locks.js"
import { mountinfo, mounts } from "./mounts.js"
import type { ProcParts } from "./parts.js"

/** Clock ticks per second, as every program assumes. */
const HZ = 100

const stateLetter = (self: Process): string => {
  const letters: Record<ProcessState, string> = { running: "R", stopped: "T", zombie: "Z", dead: "X" }
  // A process whose fiber sleeps in a call is asleep; init only waits.
  const sleeps = self.state === "running" && (self.task === undefined || self.task.sleeping.first !== undefined)
  return sleeps ? "S" : letters[self.state]
}

const stateName = (letter: string): string => {
  const names: Record<string, string> = { R: "running", S: "sleeping", T: "stopped", Z: "zombie", X: "dead" }
  return names[letter] ?? "sleeping"
}

/** The 52 fields of one line; what has no meaning here is 0. */
const stat = ({ bootedAt }: ProcParts, self: Process): string => {
  const { terminal } = self.session
  const started = Math.max(0, Math.round((self.startTime - bootedAt) * HZ / 1000))
  const head = [
    self.pid,
    `(${self.name})`,
    stateLetter(self),
    self.parent?.pid ?? 0,
    self.group.id,
    self.session.id,
    terminal?.rdev ?? 0,
    terminal?.foreground?.id ?? -1
  ]
  // Flags and faults; then the time of the process and of its children, in ticks.
  const used = [...zeros(5), ...ticksOf(usageOf(self)), ...ticksOf(childUsageOf(self))]
  const priority = [20 + self.nice, self.nice, 1, 0, started]
  const { pages } = memoryOf(self)
  return `${[...head, ...used, ...priority, pages * PAGE_SIZE, pages, ...zeros(28)].join(" ")}\n`
}

const ticksOf = ({ systemTime, userTime }: ResourceUsage): ReadonlyArray<number> =>
  [userTime, systemTime].map((microseconds) => Math.floor(microseconds * HZ / 1e6))

const zeros = (count: number): ReadonlyArray<number> => Array.from({ length: count }, () => 0)

const hex = (set: bigint): string => set.toString(16).padStart(16, "0")

const setOf = (self: Process, wanted: (disposition: unknown) => boolean): bigint => {
  let set = 0n
  for (const [signal, { disposition }] of self.signals.actions ?? []) {
    if (wanted(disposition)) set |= 1n << BigInt(signal - 1)
  }
  return set
}

const capabilities = (self: Credentials): ReadonlyArray<string> => [
  `CapInh:\t${CapabilitySet.text(self.inheritable)}`,
  `CapPrm:\t${CapabilitySet.text(self.permitted)}`,
  `CapEff:\t${CapabilitySet.text(self.effective)}`,
  `CapBnd:\t${CapabilitySet.text(self.bounding)}`,
  `CapAmb:\t${CapabilitySet.text(self.ambient)}`,
  `NoNewPrivs:\t${self.noNewPrivileges ? 1 : 0}`
]

const nothing = { pages: 0, dataPages: 0, peak: 0, regions: [] }

const memoryOf = (self: Process): Pick<AddressSpace, keyof typeof nothing> => self.uncommon?.memory ?? nothing

/** What a program holds in variables is its host's memory, of which nobody can tell whose it is. */
const memory = (self: Process): ReadonlyArray<string> => {
  const { dataPages, pages, peak } = memoryOf(self)
  const sizes = [peak, pages, 0, 0, peak, pages, dataPages, 0, 0, 0, 0]
  return ["VmPeak", "VmSize", "VmLck", "VmPin", "VmHWM", "VmRSS", "VmData", "VmStk", "VmExe", "VmLib", "VmSwap"]
    .map((name, i) => `${name}:\t${`${sizes[i]! * PAGE_SIZE / 1024}`.padStart(8)} kB`)
}

const statm = (_parts: ProcParts, self: Process): string => {
  const { dataPages, pages } = memoryOf(self)
  return `${pages} ${pages} 0 0 0 ${dataPages} 0\n`
}

const address = (value: number): string => value.toString(16).padStart(8, "0")

/** Neighbours of one kind are one region. */
const maps = (_parts: ProcParts, self: Process): string => {
  const lines: Array<{ readonly start: number; end: number; readonly protection: number }> = []
  for (const { end, protection, start } of memoryOf(self).regions) {
    const last = lines.at(-1)
    if (last?.end === start && last.protection === protection) last.end = end
    else lines.push({ start, end, protection })
  }
  return lines.map(({ end, protection, start }) => {
    const may = ["r", "w", "x"].map((letter, bit) => (protection & 1 << bit) !== 0 ? letter : "-").join("")
    return `${address(start)}-${address(end)} ${may}p 00000000 00:00 0 \n`
  }).join("")
}

/** Room for descriptors: a power of two, and at least 64. */
const slotsOf = (self: Process): number => {
  let highest = 0
  for (const [fd] of self.fds.entries()) highest = Math.max(highest, fd)
  let slots = 64
  while (slots <= highest) slots *= 2
  return slots
}

/** Calls alone are counted, not the bytes that they moved. @see proc_pid_io(5) */
const io = (_parts: ProcParts, self: Process): string => {
  const { calls } = usageOf(self)
  return `rchar: 0\nwchar: 0\nsyscr: ${calls}\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n`
}

const status = ({ table }: ProcParts, self: Process): string => {
  const { credentials: c, signals } = self
  const letter = stateLetter(self)
  return [
    `Name:\t${self.name}`,
    `Umask:\t${self.umask.toString(8).padStart(4, "0")}`,
    `State:\t${letter} (${stateName(letter)})`,
    `Tgid:\t${self.pid}`,
    `Ngid:\t0`,
    `Pid:\t${self.pid}`,
    `PPid:\t${self.parent?.pid ?? 0}`,
    `TracerPid:\t${tracerOf(table, self)}`,
    `Uid:\t${c.uid}\t${c.euid}\t${c.suid}\t${c.fsuid}`,
    `Gid:\t${c.gid}\t${c.egid}\t${c.sgid}\t${c.fsgid}`,
    `FDSize:\t${slotsOf(self)}`,
    `Groups:\t${c.groups.map((group) => `${group} `).join("")}`,
    `NStgid:\t${self.pid}`,
    `NSpid:\t${self.pid}`,
    `NSpgid:\t${self.group.id}`,
    `NSsid:\t${self.session.id}`,
    `Kthread:\t0`,
    ...memory(self),
    `Threads:\t1`,
    `SigQ:\t${signals.queue?.length ?? 0}/${amount(self.limits.pendingSignals)}`,
    `SigPnd:\t${hex(0n)}`,
    `ShdPnd:\t${hex(signals.pending)}`,
    `SigBlk:\t${hex(signals.blocked)}`,
    `SigIgn:\t${hex(setOf(self, (disposition) => disposition === "ignore"))}`,
    `SigCgt:\t${hex(setOf(self, (disposition) => typeof disposition === "function"))}`,
    ...capabilities(c),
    `Seccomp:\t0`,
    `Cpus_allowed:\t1`,
    `Cpus_allowed_list:\t0`,
    `Mems_allowed:\t1`,
    `Mems_allowed_list:\t0`,
    `voluntary_ctxt_switches:\t${usageOf(self).calls}`,
    `nonvoluntary_ctxt_switches:\t0`,
    ""
  ].join("\n")
}

const limitTexts: ReadonlyArray<readonly [name: string, unit: string]> = [
  ["Max cpu time", "seconds"],
  ["Max file size", "bytes"],
  ["Max data size", "bytes"],
  ["Max stack size", "bytes"],
  ["Max core file size", "bytes"],
  ["Max resident set", "bytes"],
  ["Max processes", "processes"],
  ["Max open files", "files"],
  ["Max locked memory", "bytes"],
  ["Max address space", "bytes"],
  ["Max file locks", "locks"],
  ["Max pending signals", "signals"],
  ["Max msgqueue size", "bytes"],
  ["Max nice priority", ""],
  ["Max realtime priority", ""],
  ["Max realtime timeout", "us"]
]

const limitLine = (name: string, soft: string, hard: string, unit: string): string =>
  `${name.padEnd(25)} ${soft.padEnd(20)} ${hard.padEnd(20)} ${unit.padEnd(10)}\n`

const amount = (value: number): string => value === Infinity ? "unlimited" : `${value}`

const limits = (_parts: ProcParts, { hardLimits, limits }: Process): string =>
  limitLine("Limit", "Soft Limit", "Hard Limit", "Units") +
  limitTexts.map(([name, unit], number) => {
    const resource = resources[number]!
    return limitLine(name, amount(limits[resource]), amount(hardLimits[resource]), unit)
  }).join("")

/** Terminated each by a NUL. */
const nul = (texts: ReadonlyArray<string>): string => texts.map((text) => `${text}\0`).join("")

/** The texts by name, with the permission of each. */
export const files: Readonly<
  Record<string, readonly [mode: number, text: (parts: ProcParts, self: Process) => string]>
> = {
  cmdline: [0o444, (_parts, self) => self.state === "zombie" ? "" : nul(self.argv)],
  comm: [0o644, (_parts, self) => `${self.name}\n`],
  environ: [0o400, (_parts, self) => nul(Object.entries(self.env).map(([name, value]) => `${name}=${value}`))],
  io: [0o400, io],
  limits: [0o444, limits],
  maps: [0o444, maps],
  mountinfo: [0o444, mountinfo],
  mounts: [0o444, mounts],
  stat: [0o444, stat],
  statm: [0o444, statm],
  status: [0o444, status]
}

/** The text of `/proc/PID/fdinfo/N`. */
export const fdInfo = (parts: ProcParts, self: Process, fd: number, description: Description): string => {
  const flags = description.flags | (self.fds.isCloseOnExec(fd) ? O_CLOEXEC : 0)
  const ino = description.inode.ino
  return `pos:\t${description.offset}\nflags:\t0${flags.toString(8)}\nmnt_id:\t${
    description.location?.mount.id ?? 0
  }\nino:\t${ino}\n` +
    locksOf(parts, self, description) + description.info()
}

/** What a link of `/proc/PID` shows for a place: its path, or what it was. */
export const placeText = ({ vfs }: ProcParts, place: Location): string =>
  vfs.pathOf(vfs.root, place) ?? `${lastPath(place)} (deleted)`

/** The file that a process runs. What the host runs without one is as good as init's; what has ended runs nothing. */
export const textText = (parts: ProcParts, { state, text }: Process): string | undefined =>
  text ? placeText(parts, text) : state === "zombie" ? undefined : "/sbin/init"

const lastPath = ({ dentry }: Location): string => {
  const names: Array<string> = []
  let each = dentry
  for (; each.parent !== undefined; each = each.parent) names.push(each.name)
  // What never had a name has one for this alone.
  if (each.unlinked) names.push(each.name)
  return `/${names.reverse().join("/")}`
}
