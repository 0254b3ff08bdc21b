/**
 * `/dev`: a small file system in memory, filled with the nodes that programs expect.
 *
 * The nodes hold numbers; what opens behind them is registered in `Devices`. `/dev/fd` and the standard streams lead
 * to `/proc/self/fd`, as on Linux.
 *
 * @see null(4)
 * @see pts(4)
 */
import * as Effect from "effect/Effect"
import * as FileMode from "../abi/FileMode.js"
import { behaviours } from "../device/basic.js"
import type { Inode, NewInode } from "../Inode.js"
import type { Backend } from "../VfsBackend.js"
import * as MemoryBackend from "./MemoryBackend.js"

const links: ReadonlyArray<readonly [name: string, target: string]> = [
  ["fd", "/proc/self/fd"],
  ["stdin", "/proc/self/fd/0"],
  ["stdout", "/proc/self/fd/1"],
  ["stderr", "/proc/self/fd/2"],
  ["ptmx", "pts/ptmx"]
]

/** Group `tty`, which may write to terminals. */
const TTY = 5

export const make = (options: MemoryBackend.Options): Backend<Inode> => {
  const files = MemoryBackend.make(options)
  const { now } = options
  const add = (name: string, made: Pick<NewInode, "mode"> & Partial<NewInode>): Inode =>
    Effect.runSync(files.create(files.root, name, { uid: 0, gid: 0, rdev: 0, now, ...made }))
  for (const { name, rdev } of behaviours(() => {})) add(name, { mode: FileMode.S_IFCHR | 0o666, rdev })
  add("tty", { gid: TTY, mode: FileMode.S_IFCHR | 0o666, rdev: FileMode.makedev(5, 0) })
  add("pts", { mode: FileMode.S_IFDIR | 0o755 })
  add("shm", { mode: FileMode.S_IFDIR | 0o1777 })
  for (const [name, target] of links) add(name, { mode: FileMode.S_IFLNK | 0o777, target })
  return files
}
