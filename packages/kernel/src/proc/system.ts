/**
 * The texts of `/proc` that are about the machine as a whole.
 *
 * @see proc(5)
 */
import { locks } from "./locks.js"
import { net } from "./net.js"
import type { ProcParts } from "./parts.js"

const uptime = ({ bootedAt, now }: ProcParts): string => {
  const seconds = ((now() - bootedAt) / 1000).toFixed(2)
  return `${seconds} ${seconds}\n`
}

const loadavg = ({ table }: ProcParts): string => {
  const pids = [...table.processes.keys()]
  return `0.00 0.00 0.00 1/${pids.length} ${pids[pids.length - 1] ?? 1}\n`
}

const meminfo = ({ limits }: ProcParts): string => {
  const total = Math.floor(limits.memoryBytesMax / 1024)
  const line = (name: string, kilobytes: number): string => `${`${name}:`.padEnd(16)}${`${kilobytes}`.padStart(8)} kB\n`
  return line("MemTotal", total) + line("MemFree", total) + line("MemAvailable", total) + line("Buffers", 0) +
    line("Cached", 0) + line("SwapTotal", 0) + line("SwapFree", 0)
}

const stat = ({ bootedAt, table }: ProcParts): string =>
  `cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\nbtime ${Math.floor(bootedAt / 1000)}\n` +
  `processes ${table.processes.size}\nprocs_running 1\nprocs_blocked 0\n`

const filesystems = ({ fileSystems }: ProcParts): string =>
  fileSystems.types().map(({ name, needsDevice }) => `${needsDevice === true ? "" : "nodev"}\t${name}\n`).join("")

/** The texts by path below `/proc`. */
export const texts: Readonly<Record<string, (parts: ProcParts) => string>> = {
  "cpuinfo": () => "processor\t: 0\nvendor_id\t: Effix\nmodel name\t: JavaScript\n\n",
  "filesystems": filesystems,
  "loadavg": loadavg,
  "locks": locks,
  "meminfo": meminfo,
  ...net,
  "stat": stat,
  "sys/fs/file-max": ({ limits }) => `${limits.openFilesMax * limits.processesMax}\n`,
  "sys/fs/pipe-max-size": ({ limits }) => `${limits.pipeCapacityMax}\n`,
  "sys/kernel/hostname": ({ limits }) => `${limits.hostname}\n`,
  "sys/kernel/osrelease": () => "6.18.0-effix\n",
  "sys/kernel/ostype": () => "Linux\n",
  "sys/kernel/pid_max": () => "4194304\n",
  "uptime": uptime,
  "version": () => "Linux version 6.18.0-effix (effix) #1\n"
}
