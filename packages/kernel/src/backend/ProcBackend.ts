/**
 * `/proc`: the kernel's records as files, made at the moment they are looked at.
 *
 * `/proc/self`, `/proc/PID/cwd` and the links in `/proc/PID/fd` are magic: they differ for each who asks, and lead to
 * the very thing, which may have no path any more.
 *
 * @see proc(5)
 */
import * as Exit from "effect/Exit"
import { CAP_SYS_PTRACE } from "../abi/Capabilities.js"
import * as FileMode from "../abi/FileMode.js"
import * as Bytes from "../Bytes.js"
import { capable, type Credentials, root } from "../Credentials.js"
import type { Location } from "../Dentry.js"
import type { Description } from "../Description.js"
import * as Errno from "../Errno.js"
import { Inode } from "../Inode.js"
import type { ProcParts } from "../proc/parts.js"
import * as ProcessTexts from "../proc/process.js"
import * as SystemTexts from "../proc/system.js"
import type { Process } from "../ProcessTable.js"
import type { Setting } from "../vfs/Settings.js"
import type { Backend, DirectoryEntry, StatFs } from "../VfsBackend.js"

const PROC_MAGIC = 0x9fa0
const { S_IFDIR, S_IFLNK, S_IFREG } = FileMode

/** What a node is made of; each kind uses what it needs. */
interface Content {
  readonly names?: () => Iterable<string>
  readonly lookup?: (name: string) => Exit.Exit<ProcInode, Errno.Errno<"ENOENT">>
  readonly text?: () => string
  /** A number that may be written, too. */
  readonly setting?: Setting
  readonly target?: (pid: number) => string | undefined
  readonly follow?: () => Location | Description | undefined
  /** Whose it is: it can be looked at by those alone who could trace that process. @see ptrace(2) */
  readonly of?: Process
}

class ProcInode extends Inode {
  constructor(
    ino: number,
    mode: number,
    owner: { readonly uid: number; readonly gid: number },
    readonly content: Content
  ) {
    super(ino, { mode, uid: owner.uid, gid: owner.gid, rdev: 0, now: 0n })
  }
}

/** Nodes that are remembered before those of dead processes are looked for. */
const NODES_MAX = 4096

const mayTrace = (viewer: Credentials, of: Credentials): boolean =>
  capable(viewer, CAP_SYS_PTRACE) ||
  [of.uid, of.euid, of.suid].every((uid) => uid === viewer.fsuid) &&
    [of.gid, of.egid, of.sgid].every((gid) => gid === viewer.fsgid)

const missing = Errno.fail("ENOENT")
const refused = Errno.fail("EPERM")

export const make = (parts: ProcParts): Backend<ProcInode> => {
  const { table } = parts
  /** Nodes by path, so that the same file is the same inode. */
  const nodes = new Map<string, ProcInode>()
  let lastIno = 0

  const node = (
    path: string,
    mode: number,
    content: () => Content,
    owner: { readonly uid: number; readonly gid: number } = root
  ): ProcInode => {
    const known = nodes.get(path)
    if (known !== undefined && known.uid === owner.uid) return known
    if (nodes.size >= NODES_MAX) prune()
    const made = new ProcInode(++lastIno, mode, owner, content())
    nodes.set(path, made)
    return made
  }

  /** Forgets the nodes of processes that are no more. */
  const prune = (): void => {
    for (const path of nodes.keys()) {
      const pid = Number.parseInt(path, 10)
      if (!Number.isNaN(pid) && !table.processes.has(pid)) nodes.delete(path)
    }
  }

  const directory = (
    path: string,
    entries: Readonly<Record<string, () => ProcInode>>,
    owner?: { readonly uid: number; readonly gid: number }
  ): ProcInode =>
    node(path, S_IFDIR | 0o555, () => ({
      names: () => Object.keys(entries),
      lookup: (name) => Object.hasOwn(entries, name) ? Exit.succeed(entries[name]!()) : missing
    }), owner)

  /** Directories and files out of a list of paths. */
  const fixed = (under: string): Readonly<Record<string, () => ProcInode>> => {
    const entries: Record<string, () => ProcInode> = {}
    for (const path of Object.keys(SystemTexts.texts)) {
      if (!path.startsWith(under)) continue
      const name = path.slice(under.length).split("/", 1)[0]!
      const whole = `${under}${name}`
      entries[name] = whole === path
        ? () => system(path)
        : () => directory(whole, fixed(`${whole}/`))
    }
    return entries
  }

  const system = (path: string): ProcInode => {
    const setting = SystemTexts.settingOf(parts, path)
    return node(path, S_IFREG | (setting === undefined ? 0o444 : 0o644), () => ({
      text: () => SystemTexts.texts[path]!(parts),
      ...setting === undefined ? {} : { setting }
    }))
  }

  const link = (path: string, self: Process, content: Content): ProcInode =>
    node(path, S_IFLNK | 0o777, () => ({ ...content, of: self }), self.credentials)

  /** Whether what asks, if it is a process at all, may look into what is behind a link. */
  const mayInspect = ({ of }: Content, pid: number): boolean => {
    const viewer = table.processes.get(pid)
    return of === undefined || viewer === undefined || viewer === of || mayTrace(viewer.credentials, of.credentials)
  }

  const placeLink = (path: string, self: Process, place: () => Location): ProcInode =>
    link(path, self, { target: () => ProcessTexts.placeText(parts, place()), follow: place })

  const descriptorText = (description: Description): string =>
    description.location === undefined ? description.label : ProcessTexts.placeText(parts, description.location)

  /** `fd` and `fdinfo`: an entry for each open descriptor. */
  const descriptors = (
    path: string,
    self: Process,
    each: (fd: number, description: Description) => ProcInode
  ): ProcInode =>
    node(path, S_IFDIR | 0o500, () => ({
      names: () => Array.from(self.fds.entries(), ([fd]) => `${fd}`),
      lookup: (name) => {
        const description = /^(0|[1-9]\d*)$/.test(name) ? self.fds.get(Number(name)) : undefined
        return description === undefined ? missing : Exit.succeed(each(Number(name), description))
      }
    }), self.credentials)

  /** What is in `/proc/PID`, and in `/proc/PID/task/PID`: a process is its only thread. */
  const processEntries = (self: Process, base: string): Record<string, () => ProcInode> => {
    const entries: Record<string, () => ProcInode> = {
      cwd: () => placeLink(`${base}/cwd`, self, () => self.cwd),
      exe: () =>
        link(`${base}/exe`, self, { target: () => ProcessTexts.textText(parts, self), follow: () => self.text }),
      fd: () =>
        descriptors(`${base}/fd`, self, (fd) =>
          link(`${base}/fd/${fd}`, self, {
            target: () => {
              const now = self.fds.get(fd)
              return now === undefined ? undefined : descriptorText(now)
            },
            follow: () => self.fds.get(fd)
          })),
      fdinfo: () =>
        descriptors(`${base}/fdinfo`, self, (fd) =>
          node(`${base}/fdinfo/${fd}`, S_IFREG | 0o400, () => ({
            text: () => {
              const now = self.fds.get(fd)
              return now === undefined ? "" : ProcessTexts.fdInfo(parts, self, fd, now)
            }
          }), self.credentials)),
      root: () => placeLink(`${base}/root`, self, () => self.root)
    }
    for (const [name, [mode, text]] of Object.entries(ProcessTexts.files)) {
      entries[name] = () =>
        node(`${base}/${name}`, S_IFREG | mode, () => ({ text: () => text(parts, self) }), self.credentials)
    }
    return entries
  }

  const forget = (pid: number): void => {
    for (const path of nodes.keys()) if (path === `${pid}` || path.startsWith(`${pid}/`)) nodes.delete(path)
  }

  const thread = (self: Process): ProcInode => {
    const base = `${self.pid}/task/${self.pid}`
    return directory(base, processEntries(self, base), self.credentials)
  }

  const processDirectory = (self: Process): ProcInode => {
    const known = nodes.get(`${self.pid}`)
    // The number may belong to another process by now.
    if (known !== undefined && owners.get(known) !== self) forget(self.pid)
    const base = `${self.pid}`
    const entries = processEntries(self, base)
    entries["task"] = () => directory(`${base}/task`, { [base]: () => thread(self) }, self.credentials)
    const made = node(`${self.pid}`, S_IFDIR | 0o555, () => ({
      names: () => Object.keys(entries),
      lookup: (name) =>
        Object.hasOwn(entries, name) && table.processes.get(self.pid) === self
          ? Exit.succeed(entries[name]!())
          : missing
    }), self.credentials)
    owners.set(made, self)
    return made
  }
  const owners = new WeakMap<ProcInode, Process>()

  /** What is there whoever runs; made for the first who looks. */
  let ofMachine: Readonly<Record<string, () => ProcInode>> | undefined
  const ofSystem = () => ofMachine ??= fixed("")
  const top: Content = {
    names: () => [
      "self",
      "thread-self",
      "mounts",
      ...Object.keys(ofSystem()),
      ...Array.from(table.processes.keys(), String)
    ],
    lookup: (name) => {
      if (name === "self") {
        return Exit.succeed(node("self", S_IFLNK | 0o777, () => ({ target: (pid) => `${pid}` })))
      }
      if (name === "thread-self") {
        return Exit.succeed(node(name, S_IFLNK | 0o777, () => ({ target: (pid) => `${pid}/task/${pid}` })))
      }
      if (name === "mounts") {
        return Exit.succeed(node("mounts", S_IFLNK | 0o777, () => ({ target: () => "self/mounts" })))
      }
      const known = ofSystem()
      if (Object.hasOwn(known, name)) return Exit.succeed(known[name]!())
      const self = /^[1-9]\d*$/.test(name) ? table.processes.get(Number(name)) : undefined
      if (self !== undefined) return Exit.succeed(processDirectory(self))
      if (/^[1-9]\d*$/.test(name)) forget(Number(name))
      return missing
    }
  }

  return {
    type: "proc",
    coherent: false,
    root: new ProcInode(++lastIno, S_IFDIR | 0o555, root, top),
    lookup: (directory, name) => directory.content.lookup?.(name) ?? missing,
    readlink: (inode, pid) => {
      if (!mayInspect(inode.content, pid)) return Errno.fail("EACCES")
      const target = inode.content.target?.(pid)
      return target === undefined ? missing : Exit.succeed(target)
    },
    // Whoever may not look is told so by `readlink`.
    follow: (inode, pid) => mayInspect(inode.content, pid) ? inode.content.follow?.() : undefined,
    list: (directory, cursor, limit) => {
      const names = Array.from(directory.content.names?.() ?? [])
      const entries: Array<DirectoryEntry> = []
      for (let i = Math.max(0, cursor - 2); i < names.length && entries.length < limit; i++) {
        const found = directory.content.lookup?.(names[i]!)
        if (found?._tag !== "Success") continue
        entries.push({ name: names[i]!, ino: found.value.ino, type: found.value.mode & FileMode.S_IFMT, cursor: i + 3 })
      }
      return Exit.succeed(entries)
    },
    read: (inode, offset, into) => {
      const bytes = Bytes.encode(inode.content.text?.() ?? "").subarray(offset, offset + into.length)
      into.set(bytes)
      return Exit.succeed(bytes.length)
    },
    // Nothing can be made here, and Linux says so with this errno.
    create: () => missing,
    unlink: () => refused,
    rmdir: () => refused,
    rename: () => refused,
    write: ({ content: { setting } }, offset, from) => {
      if (setting === undefined) return refused
      // Behind the beginning nothing is looked at.
      const text = Bytes.decode(from).trim()
      if (offset === 0 && !/^\d{1,10}$/.test(text)) return Errno.fail("EINVAL")
      if (offset === 0 && Number(text) > setting.max) return Errno.fail("EINVAL")
      if (offset === 0) setting.value = Number(text)
      return Exit.succeed(from.length)
    },
    truncate: ({ content: { setting } }) => setting === undefined ? refused : Exit.void,
    change: () => refused,
    statfs: () => statfs
  }
}

const statfs: Exit.Exit<StatFs> = Exit.succeed({
  type: PROC_MAGIC,
  bsize: 4096,
  blocks: 0,
  bfree: 0,
  bavail: 0,
  files: 0,
  ffree: 0,
  namelen: 255
})
