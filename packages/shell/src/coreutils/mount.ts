/**
 * Mounts and unmounts file systems, and shows those that are mounted.
 *
 * @see mount(8)
 * @see umount(8)
 */
import * as Flags from "@effix/kernel/abi/MountFlags"
import * as Errno from "@effix/kernel/Errno"
import * as Accounts from "../Accounts.js"
import { attempt, type Steps } from "../Steps.js"
import * as Utility from "../Utility.js"

/** What mount(2) refused. */
const REFUSED = 32

/** How a mount takes part in what happens on others, and with an `r` all that lies below it. */
const propagations: Readonly<Record<string, number>> = {
  shared: Flags.MS_SHARED,
  rshared: Flags.MS_SHARED | Flags.MS_REC,
  slave: Flags.MS_SLAVE,
  rslave: Flags.MS_SLAVE | Flags.MS_REC,
  private: Flags.MS_PRIVATE,
  rprivate: Flags.MS_PRIVATE | Flags.MS_REC,
  unbindable: Flags.MS_UNBINDABLE,
  runbindable: Flags.MS_UNBINDABLE | Flags.MS_REC
}

const utility: Utility.Utility = {
  usage: "[-t TYPE]\n[OPTION]... [-t TYPE] [-o OPTIONS] SOURCE DIRECTORY\n[OPTION]... -o remount,OPTIONS DIRECTORY\n" +
    "--make-{shared|slave|private|unbindable} DIRECTORY",
  does: "Mount a file system, or show what is mounted.",
  short: "lnrt:wo:BRMv",
  long: {
    "types=": "t",
    "options=": "o",
    "read-only": "r",
    "rw": "w",
    "read-write": "w",
    bind: "B",
    rbind: "R",
    move: "M",
    "no-mtab": "n",
    verbose: "v",
    ...Object.fromEntries(Object.keys(propagations).map((word) => [`make-${word}`, `make-${word}`]))
  }
}

const words: Readonly<Record<string, readonly [set: number, clear: number]>> = {
  bind: [Flags.MS_BIND, 0],
  rbind: [Flags.MS_BIND | Flags.MS_REC, 0],
  move: [Flags.MS_MOVE, 0],
  remount: [Flags.MS_REMOUNT, 0],
  ro: [Flags.MS_RDONLY, 0],
  rw: [0, Flags.MS_RDONLY],
  nosuid: [Flags.MS_NOSUID, 0],
  suid: [0, Flags.MS_NOSUID],
  nodev: [Flags.MS_NODEV, 0],
  dev: [0, Flags.MS_NODEV],
  noexec: [Flags.MS_NOEXEC, 0],
  exec: [0, Flags.MS_NOEXEC],
  noatime: [Flags.MS_NOATIME, 0],
  atime: [0, Flags.MS_NOATIME],
  relatime: [Flags.MS_RELATIME, 0],
  strictatime: [Flags.MS_STRICTATIME, 0],
  nodiratime: [Flags.MS_NODIRATIME, 0],
  nosymfollow: [Flags.MS_NOSYMFOLLOW, 0],
  defaults: [0, 0]
}

const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))

function* mounted(run: Utility.Run): Steps<ReadonlyArray<ReadonlyArray<string>>> {
  const text = yield* Accounts.readSmallFile(run.sys, "/proc/self/mounts")
  return (text ?? "").split("\n").filter((line) => line !== "").map((line) => line.split(" ").map(unescape))
}

function* show(run: Utility.Run, types: string | undefined): Steps<number> {
  const wanted = types?.split(",")
  for (const [source, path, type, options] of yield* mounted(run)) {
    if (wanted === undefined || wanted.includes(type!)) run.out.text(`${source} on ${path} type ${type} (${options})\n`)
  }
  return 0
}

const complaints: Readonly<Partial<Record<Errno.Code, string>>> = {
  ENOENT: "mount point does not exist",
  ENOTDIR: "mount point is not a directory",
  EPERM: "permission denied",
  EACCES: "permission denied"
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  let flags = 0
  let type: string | undefined
  const data: Array<string> = []
  // Each is a call of its own, after the mount.
  const kinds: Array<number> = []
  const take = (word: string): void => {
    const known = words[word]
    const kind = propagations[word]
    if (kind !== undefined) kinds.push(kind)
    else if (known === undefined) data.push(word)
    else flags = (flags & ~known[1]) | known[0]
  }
  for (const { key, value } of options) {
    if (key === "t") type = value
    else if (key === "o") value.split(",").filter((word) => word !== "").forEach(take)
    else if (key === "r") take("ro")
    else if (key === "w") take("rw")
    else if (key === "B") take("bind")
    else if (key === "R") take("rbind")
    else if (key === "M") take("move")
    else if (key.startsWith("make-")) take(key.slice(5))
  }
  if (operands.length === 0) return yield* show(run, type)
  if (operands.length > 2) return yield* run.misuse("bad usage")
  const [first = "", second] = operands
  const target = second ?? first
  const changes = second === undefined && (flags & Flags.MS_REMOUNT) === 0
  if (changes && kinds.length === 0) return yield* run.die(`${first}: can't find in /etc/fstab.`)
  const source = second === undefined ? "none" : first
  let failed = changes ? undefined : yield* attempt(run.sys.mount(source, target, type, flags, data.join(",")))
  for (const kind of kinds) {
    if (!Errno.isErrno(failed)) failed = yield* attempt(run.sys.mount("none", target, undefined, kind))
  }
  if (!Errno.isErrno(failed)) return 0
  if (failed._tag === "ENODEV") yield* run.warn(`${target}: unknown filesystem type '${type ?? ""}'.`)
  else {
    const known = changes && failed._tag === "EINVAL" ? "not mount point or bad option" : complaints[failed._tag]
    yield* run.warn(`${target}: ${known ?? `mount(2) system call failed: ${Errno.text(failed._tag)}`}.`)
  }
  return REFUSED
})

/** @see umount(8) */
export const umount = Utility.make(
  {
    usage: "[-lf] {SOURCE|DIRECTORY}...",
    does: "Unmount file systems.",
    short: "fln",
    long: { force: "f", lazy: "l", "no-mtab": "n" }
  },
  function*(run, { operands, options }) {
    if (operands.length === 0) return yield* run.misuse("bad usage")
    const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
    const flags = (has("f") ? Flags.MNT_FORCE : 0) | (has("l") ? Flags.MNT_DETACH : 0)
    for (const path of operands) {
      const failed = yield* attempt(run.sys.umount(path, flags))
      if (!Errno.isErrno(failed)) continue
      run.status = REFUSED
      const known: Partial<Record<Errno.Code, string>> = {
        ENOENT: "no mount point specified",
        EINVAL: "not mounted",
        EBUSY: "target is busy",
        EPERM: "must be superuser to unmount"
      }
      yield* run.warn(`${path}: ${known[failed._tag] ?? `umount failed: ${Errno.text(failed._tag)}`}.`)
    }
    return run.status
  }
)
