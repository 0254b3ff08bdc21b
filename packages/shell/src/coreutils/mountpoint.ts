/**
 * Tells whether a directory is a mount point.
 *
 * @see mountpoint(1)
 */
import { AT_FDCWD } from "@effix/kernel/abi/Fcntl"
import { major, minor, S_IFBLK, S_IFMT } from "@effix/kernel/abi/FileMode"
import { STATX_ATTR_MOUNT_ROOT } from "@effix/kernel/abi/Statx"
import * as Errno from "@effix/kernel/Errno"
import { attempt } from "../Steps.js"
import * as Utility from "../Utility.js"

const NOT_ONE = 32

const utility: Utility.Utility = {
  usage: "[-qd] /path/to/directory\n-x /dev/device",
  does: "Check whether a directory or file is a mountpoint.",
  short: "qdx",
  long: { quiet: "q", nofollow: "nofollow", "fs-devno": "d", devno: "x" }
}

export const main = Utility.make(utility, function*(run, { operands, options }) {
  const has = (wanted: string): boolean => options.some(({ key }) => key === wanted)
  const quiet = has("q")
  const [path] = operands
  if (path === undefined || operands.length > 1 || has("nofollow") && has("x")) return yield* run.misuse("bad usage")
  const stat = yield* attempt(has("nofollow") ? run.sys.lstat(path) : run.sys.stat(path))
  if (Errno.isErrno(stat)) {
    if (!quiet) yield* run.warn(`${path}: ${Errno.text(stat._tag)}`)
    return 1
  }
  if (has("x")) {
    if ((stat.mode & S_IFMT) !== S_IFBLK) {
      if (!quiet) yield* run.warn(`${path}: not a block device`)
      return NOT_ONE
    }
    run.out.text(`${major(stat.rdev)}:${minor(stat.rdev)}\n`)
    return 0
  }
  const more = yield* attempt(run.sys.statx(AT_FDCWD, path))
  if (Errno.isErrno(more) || (more.attributes & STATX_ATTR_MOUNT_ROOT) === 0) {
    if (!quiet) run.out.text(`${path} is not a mountpoint\n`)
    return NOT_ONE
  }
  if (has("d")) run.out.text(`${major(stat.dev)}:${minor(stat.dev)}\n`)
  else if (!quiet) run.out.text(`${path} is a mountpoint\n`)
  return 0
})
