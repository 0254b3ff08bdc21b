/**
 * `/dev`: a small file system in memory, filled with the nodes that programs expect.
 *
 * The nodes hold numbers; what opens behind them is registered in `Devices`. `/dev/fd` and the standard streams lead
 * to `/proc/self/fd`, as on Linux.
 *
 * @see null(4)
 * @see pts(4)
 */
import * as FileMode from "../abi/FileMode.js"
import { behaviours } from "../device/basic.js"
import type { Inode } from "../Inode.js"
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
  const root = { uid: 0, gid: 0, rdev: 0, now }
  for (const { name, rdev } of behaviours(() => {})) {
    files.create(files.root, name, { ...root, mode: FileMode.S_IFCHR | 0o666, rdev })
  }
  files.create(files.root, "tty", { ...root, gid: TTY, mode: FileMode.S_IFCHR | 0o666, rdev: FileMode.makedev(5, 0) })
  files.create(files.root, "pts", { ...root, mode: FileMode.S_IFDIR | 0o755 })
  files.create(files.root, "shm", { ...root, mode: FileMode.S_IFDIR | 0o1777 })
  for (const [name, target] of links) files.create(files.root, name, { ...root, mode: FileMode.S_IFLNK | 0o777, target })
  return files
}
