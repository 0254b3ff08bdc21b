/**
 * The texts of `/proc` that are about the machine as a whole.
 *
 * @see proc(5)
 */
import { PAGE_SIZE } from "../abi/Mman.js"
import type { Setting } from "../vfs/Settings.js"
import * as Settings from "../vfs/Settings.js"
import { interfaces } from "./interfaces.js"
import { locks } from "./locks.js"
import { net } from "./net.js"
import type { ProcParts } from "./parts.js"
import { counters } from "./snmp.js"

const uptime = ({ bootedAt, now }: ProcParts): string => {
  const seconds = ((now() - bootedAt) / 1000).toFixed(2)
  return `${seconds} ${seconds}\n`
}

const loadavg = ({ table }: ProcParts): string => {
  const pids = [...table.processes.keys()]
  return `0.00 0.00 0.00 1/${pids.length} ${pids[pids.length - 1] ?? 1}\n`
}

/** The memory that processes map; nothing that was granted is missing later, so what is promised is what is used. */
const meminfo = ({ table: { memory } }: ProcParts): string => {
  const total = memory.max * PAGE_SIZE / 1024
  const used = memory.used * PAGE_SIZE / 1024
  const line = (name: string, kilobytes: number): string => `${`${name}:`.padEnd(16)}${`${kilobytes}`.padStart(8)} kB\n`
  return line("MemTotal", total) + ["MemFree", "MemAvailable"].map((name) => line(name, total - used)).join("") +
    ["Buffers", "Cached", "SwapCached", "Active", "Inactive", "SwapTotal", "SwapFree", "Dirty", "Writeback"]
      .map((name) => line(name, 0)).join("") +
    line("AnonPages", used) +
    ["Mapped", "Shmem", "Slab", "SReclaimable", "SUnreclaim"].map((name) => line(name, 0)).join("") +
    line("CommitLimit", total) + line("Committed_AS", used)
}

const stat = ({ bootedAt, table }: ProcParts): string =>
  `cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\nintr 0\nctxt 0\nbtime ${Math.floor(bootedAt / 1000)}\n` +
  `processes ${table.processes.size}\nprocs_running 1\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n`

/** Open descriptions, however many descriptors lead to each; how many are free; and the most there may be. */
const fileNumbers = ({ limits, table }: ProcParts): string =>
  `${table.processes.get(1)?.fds.descriptions.open ?? 0}\t0\t${limits.descriptionsMax}\n`

const cpuinfo = [
  ["processor", "0"],
  ["vendor_id", "Effix"],
  ["cpu family", "0"],
  ["model", "0"],
  ["model name", "JavaScript"],
  ["stepping", "0"],
  ["cpu MHz", "0.000"],
  ["cache size", "0 KB"],
  ["physical id", "0"],
  ["siblings", "1"],
  ["core id", "0"],
  ["cpu cores", "1"],
  ["flags", ""],
  ["bogomips", "0.00"]
].map(([name, value]) => `${name!.padEnd(15, "\t").replace(/\t+$/, "\t")}: ${value}\n`).join("")

/** A random UUID of version 4. @see random(4) */
const uuid = ({ random }: ProcParts): string => {
  const bytes = new Uint8Array(16)
  random(bytes)
  bytes[6] = bytes[6]! & 0x0f | 0x40
  bytes[8] = bytes[8]! & 0x3f | 0x80
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return `${hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}\n`
}

/** One for each kernel, drawn when it is first asked for. */
const bootIds = new WeakMap<ProcParts["table"], string>()

const bootId = (parts: ProcParts): string => {
  const known = bootIds.get(parts.table) ?? uuid(parts)
  bootIds.set(parts.table, known)
  return known
}

/** What may be written as well. */
export const settingOf = ({ vfs }: ProcParts, path: string): Setting | undefined =>
  path.startsWith("sys/fs/") ? Object.entries(vfs.settings).find(([name]) => path === `sys/fs/${name}`)?.[1] : undefined

const constant = (text: string) => (): string => `${text}\n`

const filesystems = ({ fileSystems }: ProcParts): string =>
  fileSystems.types().map(({ name, needsDevice }) => `${needsDevice === true ? "" : "nodev"}\t${name}\n`).join("")

/** The texts by path below `/proc`. */
export const texts: Readonly<Record<string, (parts: ProcParts) => string>> = {
  ...counters,
  "cpuinfo": () => `${cpuinfo}\n`,
  "filesystems": filesystems,
  "loadavg": loadavg,
  "locks": locks,
  "meminfo": meminfo,
  ...interfaces,
  ...net,
  "stat": stat,
  "sys/fs/file-nr": fileNumbers,
  "sys/fs/nr_open": ({ limits }) => `${Math.max(1_048_576, limits.openFilesMax)}\n`,
  "sys/fs/overflowgid": constant("65534"),
  "sys/fs/overflowuid": constant("65534"),
  "sys/fs/file-max": ({ limits }) => `${limits.descriptionsMax}\n`,
  "sys/fs/inotify/max_queued_events": ({ limits }) => `${limits.inotifyEventsMax}\n`,
  "sys/fs/inotify/max_user_instances": ({ limits }) => `${limits.inotifyInstancesMax}\n`,
  "sys/fs/inotify/max_user_watches": ({ limits }) => `${limits.inotifyWatchesMax}\n`,
  ...Object.fromEntries(
    Object.keys(Settings.make()).map((name) => [
      `sys/fs/${name}`,
      (parts: ProcParts) => `${settingOf(parts, `sys/fs/${name}`)?.value}\n`
    ])
  ),
  "sys/fs/pipe-max-size": ({ limits }) => `${limits.pipeCapacityMax}\n`,
  "sys/kernel/cap_last_cap": constant("40"),
  "sys/kernel/domainname": constant("(none)"),
  "sys/kernel/ngroups_max": constant("65536"),
  "sys/kernel/random/boot_id": bootId,
  "sys/kernel/random/entropy_avail": constant("256"),
  "sys/kernel/random/poolsize": constant("256"),
  "sys/kernel/random/uuid": uuid,
  "sys/kernel/threads-max": ({ limits }) => `${limits.processesMax}\n`,
  "sys/kernel/version": constant("#1"),
  "sys/kernel/hostname": ({ limits }) => `${limits.hostname}\n`,
  "sys/kernel/osrelease": () => "6.18.0-effix\n",
  "sys/kernel/ostype": () => "Linux\n",
  "sys/kernel/pid_max": () => "4194304\n",
  "uptime": uptime,
  "version": () => "Linux version 6.18.0-effix (effix) #1\n"
}
