/**
 * The tree that a kernel boots with: directories, accounts, and a stub for every registered program.
 *
 * @see hier(7)
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileMode from "../abi/FileMode.js"
import * as OpenFlags from "../abi/OpenFlags.js"
import type { MemoryInode } from "../backend/memory/MemoryInode.js"
import type { MemoryStore } from "../backend/memory/MemoryStore.js"
import * as Bytes from "../Bytes.js"
import { drop, type WriteError } from "../Description.js"
import type { Any } from "../Errno.js"
import * as Step from "../internal/step.js"
import type { Process } from "../ProcessTable.js"
import { stub } from "../Programs.js"
import type { OpenError } from "../Sys.js"
import type { Vfs } from "../Vfs.js"

/** The directory of the one user that there is, and that user's number and group. */
const HOME = "/home/user"
const USER = 1000

const directories: ReadonlyArray<readonly [path: string, mode: number]> = [
  ["/bin", 0o755],
  ["/dev", 0o755],
  ["/etc", 0o755],
  ["/home", 0o755],
  [HOME, 0o755],
  ["/mnt", 0o755],
  ["/opt", 0o755],
  ["/proc", 0o555],
  ["/root", 0o700],
  ["/run", 0o755],
  ["/sbin", 0o755],
  ["/srv", 0o755],
  ["/tmp", 0o1777],
  ["/usr", 0o755],
  ["/usr/lib", 0o755],
  ["/usr/local", 0o755],
  ["/usr/local/bin", 0o755],
  ["/usr/share", 0o755],
  ["/var", 0o755],
  ["/var/log", 0o755],
  ["/var/tmp", 0o1777]
]

const links: ReadonlyArray<readonly [path: string, target: string]> = [
  ["/usr/bin", "../bin"],
  ["/usr/sbin", "../sbin"],
  ["/var/run", "../run"]
]

const files = (hostname: string): ReadonlyArray<readonly [path: string, content: string]> => [
  [
    "/etc/passwd",
    "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
  ],
  ["/etc/group", "root:x:0:\ntty:x:5:\nuser:x:1000:\nnogroup:x:65534:\n"],
  ["/etc/hostname", `${hostname}\n`],
  ["/etc/hosts", `127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\t${hostname}\n`]
]

/** It is there already, or this file system does not take it: read-only, or with owners that are fixed. */
const isLeft = ({ _tag }: Any): boolean =>
  _tag === "EEXIST" || _tag === "EROFS" || _tag === "EPERM" || _tag === "EOPNOTSUPP"

/** What is there already stays, and a file system that takes nothing is left as it is. */
const unlessThere = <E extends Any>(self: Effect.Effect<unknown, E>): Effect.Effect<void, E> => {
  if (!Step.isReady(self)) return Effect.catchIf(Effect.asVoid(self), isLeft, () => Effect.void)
  return self._tag === "Failure" && !(self.cause._tag === "Fail" && isLeft(self.cause.error))
    ? Exit.failCause(self.cause)
    : Exit.void
}

function* writeSteps(
  vfs: Vfs["Type"],
  init: Process,
  path: string,
  content: Uint8Array,
  mode: number,
  flags: number
) {
  const file = yield* vfs.open(init, vfs.root, path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | flags, mode)
  file.references++
  for (let at = 0; at < content.length;) at += yield* file.write(content.subarray(at), init)
  yield* drop(file)
}

/** Writes a whole file that is not there yet. */
export const writeNew = (
  vfs: Vfs["Type"],
  init: Process,
  path: string,
  content: Uint8Array,
  mode: number,
  flags = OpenFlags.O_EXCL
): Effect.Effect<void, OpenError | WriteError> => Step.run(writeSteps(vfs, init, path, content, mode, flags))

/**
 * Makes the tree in a file system that has nothing yet, and that nobody has seen: what {@link boot} would make there, in
 * a tenth of the time.
 */
export const plant = (
  store: MemoryStore,
  hostname: string,
  now: bigint
): Effect.Effect<void, Any> => {
  const made = new Map<string, MemoryInode>([["", store.root]])
  const add = (path: string, mode: number, owner = 0, target?: string) => {
    const slash = path.lastIndexOf("/")
    const directory = made.get(path.slice(0, slash))!
    const what = { mode, uid: owner, gid: owner, rdev: 0, now }
    const exit = store.create(directory, path.slice(slash + 1), target === undefined ? what : { ...what, target })
    if (exit._tag === "Success") made.set(path, exit.value)
    return exit
  }
  function* steps() {
    for (const [path, mode] of directories) yield* add(path, FileMode.S_IFDIR | mode, path === HOME ? USER : 0)
    for (const [path, target] of links) yield* add(path, FileMode.S_IFLNK | 0o777, 0, target)
    for (const [path, content] of files(hostname)) {
      const file = yield* add(path, FileMode.S_IFREG | 0o644)
      yield* store.write(file, 0, Bytes.encode(content), now)
    }
  }
  return Step.run(steps())
}

function* bootSteps(vfs: Vfs["Type"], init: Process, hostname: string) {
  init.umask = 0
  const { root } = vfs
  for (const [path, mode] of directories) yield* unlessThere(vfs.mkdir(init, root, path, mode))
  for (const [path, target] of links) yield* unlessThere(vfs.symlink(init, root, target, path))
  for (const [path, content] of files(hostname)) {
    yield* unlessThere(writeNew(vfs, init, path, Bytes.encode(content), 0o644))
  }
  const home = yield* vfs.find(init, root, HOME, true)
  if (home.inode.uid === 0) yield* unlessThere(vfs.chown(init, home, USER, USER))
  // mkdir takes no sticky bit through every backend's idea of a mode; /tmp must have it.
  for (const path of ["/tmp", "/var/tmp"]) {
    const target = yield* vfs.find(init, root, path, true)
    if ((target.inode.mode & 0o7777) !== 0o1777) yield* unlessThere(vfs.chmod(init, target, 0o1777))
  }
  init.umask = 0o022
}

/** Makes the tree; in one step, over a backend that answers at once. */
export const boot = (vfs: Vfs["Type"], init: Process, hostname: string): Effect.Effect<void, Any> =>
  Step.run(bootSteps(vfs, init, hostname))

/** Puts the stub of a program into `/bin`. */
export const installStub = (vfs: Vfs["Type"], init: Process, name: string): Effect.Effect<void> => {
  const installed = unlessThere(writeNew(vfs, init, `/bin/${name}`, Bytes.encode(stub(name)), 0o755))
  return Step.isReady(installed) && installed._tag === "Success" ? Exit.void : Effect.orDie(installed)
}
