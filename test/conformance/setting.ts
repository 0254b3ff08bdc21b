/**
 * What directed programs begin with.
 */
import { type Errno, FileMode } from "@effix/kernel"
import type { Argument, Call, Program, Step } from "./program.js"

const long = "n".repeat(256)
export const drop: Program = [["setgroups", ""], ["setresgid", 1000, 1000, 1000], ["setresuid", 1000, 1000, 1000]]

/** A directory that is closed to others, and a file in it; then without privilege. */
export const closed: Program = [["mkdir", "d", 0o700], ["mknod", "d/a", FileMode.S_IFREG | 0o644, 0], ...drop]
/** A file of root's, and no privilege. */
export const foreign: Program = [["mknod", "a", FileMode.S_IFREG | 0o644, 0], ...drop]
/** A sticky directory for all, with a file and a directory of root's in it; and no privilege. */
export const sticky: Program = [
  ["mkdir", "d", 0o755],
  ["mknod", "d/a", FileMode.S_IFREG | 0o666, 0],
  ["mkdir", "d/e", 0o777],
  ["chmod", "d", 0o1777],
  ...drop
]
export const file: Program = [["mknod", "a", FileMode.S_IFREG | 0o644, 0]]
export const loop: Program = [["symlink", "l", "l"]]
export const readOnly: Program = [
  ["mkdir", "d", 0o755],
  ["mount", "d", 0],
  ["mknod", "d/a", FileMode.S_IFREG | 0o644, 0],
  ["mkdir", "d/e", 0o755],
  ["readonly", "d"]
]
/** A file system with room for the root, three files, and no more. */
export const full: Program = [
  ["mkdir", "d", 0o755],
  ["mount", "d", 1],
  ["mknod", "d/a", FileMode.S_IFREG | 0o644, 0],
  ["mkdir", "d/e", 0o755],
  ["mkfifo", "d/p", 0o644]
]
/** What a call that walks along its path answers, whatever it is there for. */
export const walks = (of: (path: string) => Step): Partial<Record<Errno.Code, Program>> => ({
  EACCES: [...closed, of("d/a")],
  ELOOP: [...loop, of("l/a")],
  ENAMETOOLONG: [of(long)],
  ENOENT: [of("d/a")],
  ENOTDIR: [...file, of("a/b")]
})

export const step = (call: Call, ...args: ReadonlyArray<Argument>): Step => [call, ...args]
