/**
 * Errnos of the manual pages that no program here can reach, and why. `docs/deviations.md` says the same to readers.
 */
import type { Errno } from "@effix/kernel"
import { impossibleSockets, manualSockets } from "./impossibleSockets.js"
import type { Call } from "./program.js"

/** For every call. */
export const everywhere: Readonly<Partial<Record<Errno.Code, string>>> = {
  EFAULT: "arguments are JavaScript values: there is no bad address",
  EIO: "memory does not fail; a backend that can fail answers it, and has tests of its own",
  ENOBUFS: "as ENOMEM",
  ENOMEM: "nothing here runs out of kernel memory before the process that embeds it does",
  EDQUOT: "there are no quotas; a backend that has them answers it",
  EOVERFLOW: "sizes and offsets have 64 bits"
}

const never = "nothing in memory takes long enough to be interrupted"
const noFlags = "neither file systems nor files with such restrictions (chattr) exist"
const exhausts = "would exhaust a table of the whole machine that is asked"
const runs = "none of these programs runs a file: `powers.test.ts` compares programs that do"
const unlimited = "a tmpfs has no such limit"
const noUser = "the limit on processes is looked at when one is started"

/** For some calls. */
export const impossible: Readonly<Partial<Record<Call, Readonly<Partial<Record<Errno.Code, string>>>>>> = {
  ...impossibleSockets,
  open: {
    EBUSY: "there are no block devices",
    EFBIG: "sizes and offsets have 64 bits",
    ENFILE: exhausts,
    ENODEV: "a bug of old kernels; ENXIO is right",
    EOPNOTSUPP: "a tmpfs makes files without a name",
    ETXTBSY: runs
  },
  close: { EINTR: never, ENOSPC: "what is written is stored at once" },
  read: { EINVAL: "no descriptor of these calls is unfit for reading" },
  write: {
    EDESTADDRREQ: "for sockets",
    EINVAL: "no descriptor of these calls is unfit for writing"
  },
  creat: { ETXTBSY: runs },
  openat2: { E2BIG: "`how` is a record: it has no size and no unknown fields" },
  memfd_create: { ENFILE: exhausts },
  close_range: { EMFILE: "every process has a descriptor table of its own" },
  copy_file_range: {
    EOPNOTSUPP: "of file systems that are not here",
    ETXTBSY: "there are no swap files"
  },
  fallocate: {
    EINTR: never,
    ENOSYS: "no backend that is too old",
    ETXTBSY: "there are no swap files"
  },
  fdatasync: { EINTR: never, ENOSPC: "what is written is stored at once", EROFS: "of no file system that is here" },
  sync_file_range: { ENOSPC: "what is written is stored at once" },
  syncfs: { ENOSPC: "what is written is stored at once" },
  statfs: { EINTR: never, ENOSYS: "every backend tells" },
  getxattr: { E2BIG: "no value is set that is larger than XATTR_SIZE_MAX" },
  listxattr: {
    E2BIG: "a list of 64 KiB of names takes more attributes than the file system of a test has room for",
    EOPNOTSUPP: "every file system here has attributes"
  },
  dup: { EBUSY: "a race between threads in open(2)", EINTR: never },
  fcntl: {
    EACCES: "Linux answers EAGAIN",
    EAGAIN: "for record locks, which `actors.test.ts` compares",
    EDEADLK: "for record locks, which `actors.test.ts` compares",
    EINTR: "for record locks, which `actors.test.ts` compares",
    ENOLCK: "for record locks, which `actors.test.ts` compares"
  },
  pipe2: { ENFILE: exhausts, ENOPKG: "O_NOTIFICATION_PIPE is not there" },
  fsync: { EINTR: never, ENOSPC: "what is written is stored at once", EROFS: "of no file system that is here" },
  truncate: { EPERM: noFlags, ETXTBSY: runs },
  access: { EPERM: noFlags, ETXTBSY: "the page says so, and Linux does not" },
  chmod: { EINVAL: "for the flags of fchmodat(2)", EOPNOTSUPP: "for the flags of fchmodat(2)" },
  chown: { EINVAL: "for the flags of fchownat(2)" },
  utimensat: { ESRCH: "of another process's descriptors" },
  mkdir: { EINVAL: "every name is a valid one", EMLINK: unlimited, EPERM: noFlags },
  unlink: { EBUSY: "only directories are mounted upon" },
  link: { EMLINK: unlimited },
  symlink: { EPERM: noFlags },
  rename: { EMLINK: unlimited, ENOSPC: "a tmpfs needs no room to rename" },
  list: { EINVAL: "a listing is asked for by number of entries: no buffer is too small" },
  getcwd: {
    EACCES: "the path is known, and nobody has to look for it",
    EINVAL: "the path is a string: no buffer has a wrong size",
    ENAMETOOLONG: "the path is a string: no buffer is too small",
    ERANGE: "the path is a string: no buffer is too small"
  },
  setresuid: { EAGAIN: noUser, EINVAL: "every number is a valid user" },
  setresgid: { EAGAIN: noUser, EINVAL: "every number is a valid group" },
  setuid: { EAGAIN: noUser },
  setgroups: { EINVAL: "takes a list of 65,537 groups" },
  setrlimit: {
    EINVAL: "the soft and the hard limit are one, and resources have names",
    ESRCH: "for other processes than oneself"
  }
}

/** What the manual pages list under ERRORS, by the calls that they describe. */
export const manual: ReadonlyArray<readonly [calls: ReadonlyArray<Call>, errnos: string]> = [
  [
    ["open", "openat"],
    "EACCES EBADF EBUSY EDQUOT EEXIST EFAULT EFBIG EINTR EINVAL EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT ENOMEM ENOSPC ENOTDIR ENXIO EOPNOTSUPP EOVERFLOW EPERM EROFS ETXTBSY EAGAIN"
  ],
  [["close"], "EBADF EINTR EIO ENOSPC EDQUOT"],
  [["read"], "EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR"],
  [["write"], "EAGAIN EBADF EDESTADDRREQ EDQUOT EFAULT EFBIG EINTR EINVAL EIO ENOSPC EPERM EPIPE"],
  [["pread", "pwrite"], "EINVAL ESPIPE EOVERFLOW EBADF"],
  [["lseek"], "EBADF EINVAL ENXIO EOVERFLOW ESPIPE"],
  [["dup", "dup2", "dup3"], "EBADF EBUSY EINTR EINVAL EMFILE"],
  [["fcntl"], "EACCES EAGAIN EBADF EBUSY EDEADLK EFAULT EINTR EINVAL EMFILE ENOLCK ENOTDIR EPERM"],
  [["pipe2"], "EFAULT EINVAL EMFILE ENFILE ENOPKG"],
  [["poll", "wait"], "EFAULT EINTR EINVAL ENOMEM"],
  [
    ["truncate", "ftruncate"],
    "EACCES EBADF EFAULT EFBIG EINTR EINVAL EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOTDIR EPERM EROFS ETXTBSY"
  ],
  [["fsync"], "EBADF EINTR EIO ENOSPC EROFS EINVAL EDQUOT"],
  [
    ["stat", "lstat", "fstat", "fstatat"],
    "EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EOVERFLOW"
  ],
  [
    ["access", "faccessat"],
    "EACCES EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS ETXTBSY"
  ],
  [
    ["chmod", "fchmod"],
    "EACCES EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EOPNOTSUPP EPERM EROFS"
  ],
  [
    ["chown", "lchown", "fchown"],
    "EACCES EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS"
  ],
  [["utimensat", "futimens"], "EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOTDIR EPERM EROFS ESRCH"],
  [
    ["mkdir", "mkdirat"],
    "EACCES EBADF EDQUOT EEXIST EFAULT EINVAL ELOOP EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS"
  ],
  [["mknod"], "EACCES EDQUOT EEXIST EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS"],
  [["mkfifo"], "EACCES EDQUOT EEXIST ENAMETOOLONG ENOENT ENOSPC ENOTDIR EROFS"],
  [["rmdir"], "EACCES EBUSY EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR ENOTEMPTY EPERM EROFS"],
  [
    ["unlink", "unlinkat"],
    "EACCES EBADF EBUSY EFAULT EINVAL EIO EISDIR ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS"
  ],
  [
    ["link", "linkat"],
    "EACCES EBADF EDQUOT EEXIST EFAULT EINVAL EIO ELOOP EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS EXDEV"
  ],
  [["symlink"], "EACCES EDQUOT EEXIST EFAULT EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS"],
  [["readlink", "readlinkat"], "EACCES EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR"],
  [
    ["rename", "renameat2"],
    "EACCES EBADF EBUSY EDQUOT EEXIST EFAULT EINVAL EISDIR ELOOP EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR ENOTEMPTY EPERM EROFS EXDEV"
  ],
  [["creat"], "EACCES EDQUOT EFAULT EISDIR ELOOP EMFILE ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EROFS ETXTBSY"],
  [["openat2"], "E2BIG EAGAIN EINVAL ELOOP EXDEV"],
  [["memfd_create"], "EFAULT EINVAL EMFILE ENFILE ENOMEM"],
  [["close_range"], "EINVAL EMFILE ENOMEM"],
  [["readv", "preadv", "preadv2"], "EAGAIN EBADF EFAULT EINTR EINVAL EIO EISDIR EOPNOTSUPP ESPIPE"],
  [
    ["writev", "pwritev", "pwritev2"],
    "EAGAIN EBADF EFAULT EFBIG EINTR EINVAL EIO ENOSPC EOPNOTSUPP EPERM EPIPE ESPIPE"
  ],
  [["copy_file_range"], "EBADF EFBIG EINVAL EIO EISDIR ENOMEM ENOSPC EOPNOTSUPP EOVERFLOW EPERM ETXTBSY EXDEV"],
  [["sendfile"], "EAGAIN EBADF EFAULT EINVAL EIO ENOMEM EOVERFLOW ESPIPE"],
  [["splice"], "EAGAIN EBADF EINVAL ENOMEM ESPIPE"],
  [["tee"], "EAGAIN EINVAL ENOMEM"],
  [["vmsplice"], "EAGAIN EBADF EINVAL ENOMEM"],
  [["fallocate"], "EBADF EFBIG EINTR EINVAL EIO ENODEV ENOSPC ENOSYS EOPNOTSUPP EPERM ESPIPE ETXTBSY"],
  [["fdatasync"], "EBADF EINTR EIO ENOSPC EROFS EINVAL EDQUOT"],
  [["syncfs"], "EBADF EIO ENOSPC EDQUOT"],
  [["sync_file_range"], "EBADF EINVAL EIO ENOMEM ENOSPC ESPIPE"],
  [
    ["statfs", "fstatfs"],
    "EACCES EBADF EFAULT EINTR EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOSYS ENOTDIR EOVERFLOW"
  ],
  [["statx"], "EACCES EBADF EFAULT EINVAL ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR"],
  [
    ["fchmodat"],
    "EACCES EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EOPNOTSUPP EPERM EROFS"
  ],
  [["fchownat"], "EACCES EBADF EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS"],
  [["mknodat"], "EBADF ENOTDIR"],
  [["symlinkat"], "EBADF ENOTDIR"],
  [
    ["getxattr", "lgetxattr", "fgetxattr"],
    "E2BIG EACCES EBADF EFAULT EIO ELOOP ENAMETOOLONG ENODATA ENOENT ENOMEM ENOTDIR EOPNOTSUPP ERANGE"
  ],
  [
    ["setxattr", "lsetxattr", "fsetxattr"],
    "E2BIG EACCES EBADF EDQUOT EEXIST EFAULT EINVAL EIO ELOOP ENAMETOOLONG ENODATA ENOENT ENOMEM ENOSPC ENOTDIR EOPNOTSUPP EPERM ERANGE EROFS"
  ],
  [
    ["listxattr", "flistxattr"],
    "E2BIG EACCES EBADF EFAULT EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EOPNOTSUPP ERANGE"
  ],
  [
    ["removexattr", "fremovexattr"],
    "EACCES EBADF EFAULT EIO ELOOP ENAMETOOLONG ENODATA ENOENT ENOMEM ENOTDIR EOPNOTSUPP EPERM ERANGE EROFS"
  ],
  [["list"], "EBADF EFAULT EINVAL ENOENT ENOTDIR"],
  [["chdir", "fchdir"], "EACCES EBADF EFAULT EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR"],
  [["getcwd"], "EACCES EFAULT EINVAL ENAMETOOLONG ENOENT ENOMEM ERANGE"],
  [["chroot"], "EACCES EFAULT EIO ELOOP ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM"],
  [["setresuid"], "EAGAIN EINVAL EPERM"],
  [["setresgid"], "EAGAIN EINVAL EPERM"],
  [["setuid"], "EAGAIN EINVAL EPERM"],
  [["setgid"], "EINVAL EPERM"],
  [["setgroups"], "EFAULT EINVAL ENOMEM EPERM"],
  [["setrlimit"], "EFAULT EINVAL EPERM ESRCH"],
  ...manualSockets
]
