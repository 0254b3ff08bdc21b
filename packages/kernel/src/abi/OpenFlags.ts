/**
 * Flags of open(2) and of the status that fcntl(2) reads back, as numbered on x86-64.
 *
 * @see open(2)
 */
export const O_RDONLY = 0
export const O_WRONLY = 0o1
export const O_RDWR = 0o2
export const O_ACCMODE = 0o3
export const O_CREAT = 0o100
export const O_EXCL = 0o200
export const O_NOCTTY = 0o400
export const O_TRUNC = 0o1000
export const O_APPEND = 0o2000
export const O_NONBLOCK = 0o4000
export const O_DSYNC = 0o10000
export const O_ASYNC = 0o20000
export const O_DIRECT = 0o40000
export const O_LARGEFILE = 0o100000
export const O_DIRECTORY = 0o200000
export const O_NOFOLLOW = 0o400000
export const O_NOATIME = 0o1000000
export const O_CLOEXEC = 0o2000000
export const O_SYNC = 0o4010000
export const O_PATH = 0o10000000
export const O_TMPFILE = 0o20200000

/** Every flag that there is; open(2) drops all others, and openat2(2) refuses them. */
export const known = O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC | O_ASYNC |
  O_DIRECT | O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH | O_TMPFILE

/** The flags that F_SETFL may change. */
export const changeable = O_APPEND | O_NONBLOCK | O_NOATIME | O_DIRECT

/**
 * Whether the flags ask for what cannot be: nobody could tell which of the two O_CREAT and O_DIRECTORY are to make, and
 * an unnamed file that cannot be written is of no use. @see open(2), BUGS
 */
export const contradict = (flags: number): boolean => {
  if ((flags & O_PATH) !== 0) return false
  if ((flags & (O_CREAT | O_DIRECTORY)) === (O_CREAT | O_DIRECTORY)) return true
  const unnamed = (flags & O_TMPFILE & ~O_DIRECTORY) !== 0
  return unnamed && ((flags & O_DIRECTORY) === 0 || (flags & O_ACCMODE) === O_RDONLY)
}

/** Access mode 3 asks for both permissions and gives neither: such a descriptor is for ioctl(2) alone. */
export const reads = (flags: number): boolean =>
  ((flags & O_ACCMODE) === O_RDONLY || (flags & O_ACCMODE) === O_RDWR) && (flags & O_PATH) === 0
export const writes = (flags: number): boolean =>
  ((flags & O_ACCMODE) === O_WRONLY || (flags & O_ACCMODE) === O_RDWR) && (flags & O_PATH) === 0
