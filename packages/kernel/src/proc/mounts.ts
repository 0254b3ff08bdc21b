/**
 * The mounts that a process sees, as text.
 *
 * @see proc_pid_mounts(5)
 * @see proc_pid_mountinfo(5)
 */
import { major, minor } from "../abi/FileMode.js"
import * as Flags from "../abi/MountFlags.js"
import type { Dentry, Mount } from "../Dentry.js"
import type { Process } from "../ProcessTable.js"
import { isReachable } from "../vfs/dentries.js"
import type { ProcParts } from "./parts.js"

const shown: ReadonlyArray<readonly [flag: number, text: string]> = [
  [Flags.MS_NOSUID, "nosuid"],
  [Flags.MS_NODEV, "nodev"],
  [Flags.MS_NOEXEC, "noexec"],
  [Flags.MS_NOATIME, "noatime"],
  [Flags.MS_NODIRATIME, "nodiratime"],
  [Flags.MS_RELATIME, "relatime"],
  [Flags.MS_NOSYMFOLLOW, "nosymfollow"]
]

const flagsOf = ({ flags }: Mount): string =>
  shown.map(([flag, text]) => (flags & flag) === 0 ? "" : `,${text}`).join("")

const optionsOf = ({ superblock: { backend } }: Mount): string => {
  const options = backend.describe?.() ?? ""
  return options === "" ? "" : `,${options}`
}

const access = (readOnly: boolean): string => readOnly ? "ro" : "rw"

const escape = (text: string): string =>
  text.replace(/[ \t\n\\]/g, (each) => `\\${each.charCodeAt(0).toString(8).padStart(3, "0")}`)

/** The mounts below the root of a process, as they were made, with the path of each; those out of its reach are left out. */
const reachable = ({ vfs }: ProcParts, self: Process): ReadonlyArray<readonly [mount: Mount, path: string]> =>
  Array.from(vfs.mounts(self.mounts)).sort((a, b) => a.id - b.id).flatMap((mount) => {
    // What a bind mount shows may have been removed; the mount is where it was.
    const isRoot = mount === self.root.mount && mount.root === self.root.dentry
    const path = isRoot ? "/" : mount.at === undefined ? undefined : vfs.pathOf(self.root, mount.at)
    return path === undefined ? [] : [[mount, path] as const]
  })

/** @see fstab(5) */
export const mounts = (parts: ProcParts, self: Process): string =>
  reachable(parts, self).map(([mount, path]) => {
    const options = `${access(mount.readOnly)}${flagsOf(mount)}${optionsOf(mount)}`
    return `${escape(mount.source)} ${escape(path)} ${mount.superblock.backend.type} ${options} 0 0\n`
  }).join("")

/** What of a file system a mount shows. */
const rootOf = (root: Dentry): string => {
  const names: Array<string> = []
  let gone = false
  for (let each = root; each.parent !== undefined; each = each.parent) {
    names.push(each.name)
    gone ||= each.unlinked
  }
  return `/${names.reverse().join("/")}${gone ? "//deleted" : ""}`
}

/** The optional fields: whom it shares with, whom it follows, and of those the nearest that the process sees. */
const propagationOf = ({ mounts, root }: Process, { peers, shared, unbindable }: Mount): string => {
  const isSeen = (each: Mount): boolean =>
    each.table === mounts && isReachable({ mount: each, dentry: each.root }, root)
  const master = peers?.master
  let seen = master
  while (seen !== undefined && !Array.from(seen.members).some(isSeen)) seen = seen.master
  return (shared ? ` shared:${peers?.id}` : "") +
    (master ? ` master:${master.id}` : "") +
    (seen && seen !== master ? ` propagate_from:${seen.id}` : "") +
    (unbindable ? " unbindable" : "")
}

export const mountinfo = (parts: ProcParts, self: Process): string =>
  reachable(parts, self).map(([mount, path]) => {
    const { at, flags, id, root, source, superblock } = mount
    const place = `${id} ${at?.mount.id ?? 0} ${major(superblock.dev)}:${minor(superblock.dev)}`
    const here = `${access((flags & Flags.MS_RDONLY) !== 0)}${flagsOf(mount)}${propagationOf(self, mount)}`
    const whole = `${access(superblock.flags !== 0)}${optionsOf(mount)}`
    return `${place} ${escape(rootOf(root))} ${escape(path)} ${here} - ${superblock.backend.type} ${escape(source)} ` +
      `${whole}\n`
  }).join("")
