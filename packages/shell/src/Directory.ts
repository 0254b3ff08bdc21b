/**
 * Directories, read to their end, and trees, walked to theirs.
 *
 * @see readdir(3)
 */
import { S_IFDIR, S_IFMT } from "@effix/kernel/abi/FileMode"
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from "@effix/kernel/abi/OpenFlags"
import * as Errno from "@effix/kernel/Errno"
import type { Stat } from "@effix/kernel/Inode"
import type { SystemCalls } from "@effix/kernel/Sys"
import type { DirectoryEntry } from "@effix/kernel/VfsBackend"
import { attempt, type Steps } from "./Steps.js"

/** The entries of a directory, `.` and `..` left out, in the order in which the kernel lists them. */
export function* list(sys: SystemCalls, path: string): Steps<ReadonlyArray<DirectoryEntry> | Errno.Any> {
  const fd = yield* attempt(sys.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  if (Errno.isErrno(fd)) return fd
  const entries: Array<DirectoryEntry> = []
  let error: Errno.Any | undefined
  while (true) {
    const some = yield* attempt(sys.getdents(fd))
    if (Errno.isErrno(some)) {
      error = some
      break
    }
    if (some.length === 0) break
    for (const entry of some) if (entry.name !== "." && entry.name !== "..") entries.push(entry)
  }
  yield* attempt(sys.close(fd))
  return error ?? entries
}

/** `directory/name`, without doubling a slash. */
export const join = (directory: string, name: string): string =>
  directory === "" || directory.endsWith("/") ? directory + name : `${directory}/${name}`

/** The last component, trailing slashes aside; of `/` it is `/`. @see basename(3) */
export const baseName = (path: string): string => {
  const trimmed = path.replace(/\/+$/, "")
  if (trimmed === "") return path === "" ? "" : "/"
  return trimmed.slice(trimmed.lastIndexOf("/") + 1)
}

/** Everything in front of the last component. @see dirname(3) */
export const dirName = (path: string): string => {
  const trimmed = path.replace(/\/+$/, "")
  if (trimmed === "") return path === "" ? "." : "/"
  const slash = trimmed.lastIndexOf("/")
  if (slash < 0) return "."
  return trimmed.slice(0, slash).replace(/\/+$/, "") || "/"
}

export const isDirectory = (stat: Stat | Errno.Any): stat is Stat =>
  !Errno.isErrno(stat) && (stat.mode & S_IFMT) === S_IFDIR

export const sameFile = (a: Stat, b: Stat): boolean => a.ino === b.ino && a.dev === b.dev
