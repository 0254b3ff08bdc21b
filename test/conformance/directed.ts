/**
 * The errnos of the manual pages: for each call, a program whose last step answers with each of them.
 */
import { type Errno, Fcntl, FileMode, OpenFlags, PollEvents, Resources } from "@effix/kernel"
import { newerCalls } from "./directedNewer.js"
import { socketCalls } from "./directedSockets.js"
import type { Call, Program } from "./program.js"
import { drop, file, foreign, full, readOnly, step, sticky, walks } from "./setting.js"

const { AT_FDCWD } = Fcntl
const O = OpenFlags
const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOATIME, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_TMPFILE, O_WRONLY } = O

/** The writing end of a pipe without room is descriptor 1. */
const fullPipe = (flags: number): Program => [["pipe2", flags], ["write", 1, 65_536, 0]]

/** The writer of `a` would have to wait. */
const leased: Program = [
  ...file,
  ["open", "a", O_RDONLY, 0],
  ["fcntl", 0, Fcntl.F_SETLEASE, Fcntl.F_RDLCK]
]

export type Directed = Readonly<Partial<Record<Errno.Code, Program>>>

export const directed: Readonly<Partial<Record<Call, Directed>>> = {
  ...newerCalls,
  ...socketCalls,
  open: {
    ...walks((path) => step("open", path, O_RDONLY, 0)),
    EAGAIN: [...leased, ["open", "a", O_WRONLY | O_NONBLOCK, 0]],
    EEXIST: [...file, ["open", "a", O_CREAT | O_EXCL, 0o644]],
    EINTR: [["mkfifo", "p", 0o644], ["open", "p", O_RDONLY, 0]],
    EINVAL: [["open", "a", O_CREAT | O_DIRECTORY, 0o644]],
    EISDIR: [["open", ".", O_WRONLY, 0]],
    EMFILE: [["setrlimit", Resources.RLIMIT_NOFILE, 0], ["open", ".", O_RDONLY, 0]],
    ENOSPC: [...full, ["open", "d/x", O_CREAT | O_WRONLY, 0o644]],
    ENXIO: [["mkfifo", "p", 0o644], ["open", "p", O_WRONLY | O_NONBLOCK, 0]],
    EPERM: [["mknod", "a", FileMode.S_IFREG | 0o644, 0], ...drop, ["open", "a", O_NOATIME, 0]],
    EROFS: [...readOnly, ["open", "d/a", O_WRONLY, 0]]
  },
  openat: {
    EBADF: [["openat", 5, "a", O_RDONLY, 0]],
    EINVAL: [["openat", AT_FDCWD, ".", O_TMPFILE, 0]],
    ELOOP: [["symlink", "a", "l"], ["openat", AT_FDCWD, "l", O_NOFOLLOW, 0]],
    ENOTDIR: [["open", "a", O_CREAT, 0o644], ["openat", 0, "b", O_RDONLY, 0]]
  },
  close: { EBADF: [["close", 0]] },
  read: {
    EAGAIN: [["pipe2", O_NONBLOCK], ["read", 0, 1]],
    EBADF: [["open", "a", O_CREAT | O_WRONLY, 0o644], ["read", 0, 1]],
    EINTR: [["pipe2", 0], ["read", 0, 1]],
    EISDIR: [["open", ".", O_RDONLY, 0], ["read", 0, 1]]
  },
  write: {
    EAGAIN: [...fullPipe(O_NONBLOCK), ["write", 1, 1, 0]],
    EBADF: [["open", "a", O_CREAT, 0o644], ["write", 0, 1, 0]],
    EFBIG: [["open", "a", O_CREAT | O_WRONLY, 0o644], ["setrlimit", Resources.RLIMIT_FSIZE, 0], ["write", 0, 1, 0]],
    EINTR: [...fullPipe(0), ["write", 1, 1, 0]],
    ENOSPC: [["mknod", "f", FileMode.S_IFCHR | 0o666, FileMode.makedev(1, 7)], ["open", "f", O_WRONLY, 0], [
      "write",
      0,
      1,
      0
    ]],
    EPERM: [["memfd_create", "a", 2], ["fcntl", 0, Fcntl.F_ADD_SEALS, Fcntl.F_SEAL_WRITE], ["write", 0, 1, 0]],
    EPIPE: [["pipe2", 0], ["close", 0], ["write", 1, 1, 0]]
  },
  pread: {
    EBADF: [["pread", 0, 1, 0]],
    EINVAL: [["open", "a", O_CREAT, 0o644], ["pread", 0, 1, -1]],
    EISDIR: [["open", ".", O_RDONLY, 0], ["pread", 0, 1, 0]],
    ESPIPE: [["pipe2", 0], ["pread", 0, 1, 0]]
  },
  pwrite: {
    EBADF: [["open", "a", O_CREAT, 0o644], ["pwrite", 0, 1, 0, 0]],
    EFBIG: [["open", "a", O_CREAT | O_WRONLY, 0o644], ["setrlimit", Resources.RLIMIT_FSIZE, 5], ["pwrite", 0, 1, 0, 5]],
    EINVAL: [["open", "a", O_CREAT | O_WRONLY, 0o644], ["pwrite", 0, 1, 0, -1]],
    ENOSPC: [...full, ["open", "d/a", O_WRONLY, 0], ["write", 0, 16_384, 0], ["pwrite", 0, 1, 0, 16_384]],
    ESPIPE: [["pipe2", 0], ["pwrite", 1, 1, 0, 0]]
  },
  lseek: {
    EBADF: [["lseek", 0, 0, Fcntl.SEEK_SET]],
    EINVAL: [["open", "a", O_CREAT, 0o644], ["lseek", 0, -1, Fcntl.SEEK_SET]],
    ENXIO: [["open", "a", O_CREAT, 0o644], ["lseek", 0, 1, Fcntl.SEEK_DATA]],
    ESPIPE: [["pipe2", 0], ["lseek", 0, 0, Fcntl.SEEK_CUR]]
  },
  dup: {
    EBADF: [["dup", 0]],
    EMFILE: [["open", ".", O_RDONLY, 0], ["setrlimit", Resources.RLIMIT_NOFILE, 1], ["dup", 0]]
  },
  dup2: { EBADF: [["open", ".", O_RDONLY, 0], ["dup2", 0, 1024]] },
  dup3: { EBADF: [["dup3", 0, 1, 0]], EINVAL: [["open", ".", O_RDONLY, 0], ["dup3", 0, 0, 0]] },
  fcntl: {
    EBADF: [["fcntl", 0, Fcntl.F_GETFD, 0]],
    EBUSY: [["pipe2", 0], ["write", 1, 8192, 0], ["fcntl", 1, Fcntl.F_SETPIPE_SZ, 4096]],
    EINVAL: [["open", ".", O_RDONLY, 0], ["fcntl", 0, Fcntl.F_DUPFD, 1024]],
    EMFILE: [
      ["open", ".", O_RDONLY, 0],
      ["setrlimit", Resources.RLIMIT_NOFILE, 1],
      ["fcntl", 0, Fcntl.F_DUPFD, 0]
    ],
    ENOTDIR: [...file, ["open", "a", O_RDONLY, 0], ["fcntl", 0, Fcntl.F_NOTIFY, Fcntl.DN_CREATE]],
    EPERM: [...foreign, ["open", "a", O_RDONLY, 0], ["fcntl", 0, Fcntl.F_SETFL, O_NOATIME]]
  },
  pipe2: {
    EINVAL: [["pipe2", O_CREAT]],
    EMFILE: [["setrlimit", Resources.RLIMIT_NOFILE, 1], ["pipe2", 0]]
  },
  poll: { EINVAL: [["setrlimit", Resources.RLIMIT_NOFILE, 1], ["poll", 0, 0, 0, 0]] },
  wait: { EINTR: [["pipe2", 0], ["wait", 0, PollEvents.POLLIN]] },
  fsync: { EBADF: [["fsync", 0]], EINVAL: [["pipe2", 0], ["fsync", 0]] },
  ftruncate: {
    EBADF: [["ftruncate", 0, 0]],
    EFBIG: [["open", "a", O_CREAT | O_WRONLY, 0o644], ["setrlimit", Resources.RLIMIT_FSIZE, 5], ["ftruncate", 0, 6]],
    EINVAL: [["open", "a", O_CREAT, 0o644], ["ftruncate", 0, 0]]
  },
  truncate: {
    ...walks((path) => step("truncate", path, 0)),
    EFBIG: [...file, ["setrlimit", Resources.RLIMIT_FSIZE, 5], ["truncate", "a", 6]],
    EINTR: [...leased, ["truncate", "a", 0]],
    EINVAL: [...file, ["truncate", "a", -1]],
    EISDIR: [["truncate", ".", 0]],
    EROFS: [...readOnly, ["truncate", "d/a", 0]]
  },
  list: {
    EBADF: [["list", 0]],
    ENOENT: [["mkdir", "d", 0o755], ["open", "d", O_RDONLY, 0], ["rmdir", "d"], ["list", 0]],
    ENOTDIR: [["open", "a", O_CREAT, 0o644], ["list", 0]]
  },
  stat: walks((path) => step("stat", path)),
  lstat: walks((path) => step("lstat", path)),
  fstat: { EBADF: [["fstat", 0]] },
  fstatat: {
    EBADF: [["fstatat", 0, "a", 0]],
    EINVAL: [...file, ["fstatat", AT_FDCWD, "a", 1]],
    ENOTDIR: [["open", "a", O_CREAT, 0o644], ["fstatat", 0, "b", 0]]
  },
  access: {
    ...walks((path) => step("access", path, 0)),
    EINVAL: [...file, ["access", "a", 8]],
    EROFS: [...readOnly, ["access", "d/a", 2]]
  },
  faccessat: {
    EACCES: [...foreign, ["faccessat", AT_FDCWD, "a", 2, 0]],
    EBADF: [["faccessat", 0, "a", 0, 0]],
    EINVAL: [...file, ["faccessat", AT_FDCWD, "a", 0, 1]],
    ENOTDIR: [["open", "a", O_CREAT, 0o644], ["faccessat", 0, "b", 0, 0]]
  },
  chmod: {
    ...walks((path) => step("chmod", path, 0o600)),
    EPERM: [...foreign, ["chmod", "a", 0o600]],
    EROFS: [...readOnly, ["chmod", "d/a", 0o600]]
  },
  fchmod: {
    EBADF: [["fchmod", 0, 0o600]],
    EPERM: [...foreign, ["open", "a", O_RDONLY, 0], ["fchmod", 0, 0o600]],
    EROFS: [...readOnly, ["open", "d/a", O_RDONLY, 0], ["fchmod", 0, 0o600]]
  },
  chown: {
    ...walks((path) => step("chown", path, 1000, -1)),
    EPERM: [...foreign, ["chown", "a", 1000, -1]],
    EROFS: [...readOnly, ["chown", "d/a", 1000, -1]]
  },
  lchown: {
    ...walks((path) => step("lchown", path, 1000, -1)),
    EPERM: [...foreign, ["lchown", "a", -1, 1001]],
    EROFS: [...readOnly, ["lchown", "d/a", 1000, -1]]
  },
  fchown: {
    EBADF: [["fchown", 0, 0, 0]],
    EPERM: [...foreign, ["open", "a", O_RDONLY, 0], ["fchown", 0, 1000, -1]],
    EROFS: [...readOnly, ["open", "d/a", O_RDONLY, 0], ["fchown", 0, 1000, -1]]
  },
  utimensat: {
    ...walks((path) => step("utimensat", AT_FDCWD, path, "1", "1", 0)),
    EACCES: [...foreign, ["utimensat", AT_FDCWD, "a", "now", "now", 0]],
    EBADF: [["utimensat", 0, "a", "now", "now", 0]],
    EINVAL: [...file, ["utimensat", AT_FDCWD, "a", "now", "now", 1]],
    EPERM: [...foreign, ["utimensat", AT_FDCWD, "a", "1", "omit", 0]],
    EROFS: [...readOnly, ["utimensat", AT_FDCWD, "d/a", "now", "now", 0]]
  },
  futimens: {
    EACCES: [...foreign, ["open", "a", O_RDONLY, 0], ["futimens", 0, "now", "now"]],
    EBADF: [["futimens", 0, "now", "now"]],
    EPERM: [...foreign, ["open", "a", O_RDONLY, 0], ["futimens", 0, "1", "now"]],
    EROFS: [...readOnly, ["open", "d/a", O_RDONLY, 0], ["futimens", 0, "now", "now"]]
  },
  mkdir: {
    ...walks((path) => step("mkdir", path, 0o755)),
    EEXIST: [...file, ["mkdir", "a", 0o755]],
    ENOSPC: [...full, ["mkdir", "d/x", 0o755]],
    EROFS: [...readOnly, ["mkdir", "d/x", 0o755]]
  },
  mkdirat: {
    EBADF: [["mkdirat", 0, "d", 0o755]],
    ENOTDIR: [["open", "a", O_CREAT, 0o644], ["mkdirat", 0, "d", 0o755]]
  },
  mknod: {
    ...walks((path) => step("mknod", path, FileMode.S_IFREG | 0o644, 0)),
    EEXIST: [...file, ["mknod", "a", FileMode.S_IFREG | 0o644, 0]],
    EINVAL: [["mknod", "a", 0o030000, 0]],
    ENOSPC: [...full, ["mknod", "d/x", FileMode.S_IFSOCK | 0o644, 0]],
    EPERM: [["chmod", "/", 0o777], ...drop, ["mknod", "a", FileMode.S_IFCHR | 0o644, 259]],
    EROFS: [...readOnly, ["mknod", "d/x", FileMode.S_IFREG | 0o644, 0]]
  },
  mkfifo: {
    ...walks((path) => step("mkfifo", path, 0o644)),
    EEXIST: [...file, ["mkfifo", "a", 0o644]],
    ENOSPC: [...full, ["mkfifo", "d/x", 0o644]],
    EROFS: [...readOnly, ["mkfifo", "d/x", 0o644]]
  },
  rmdir: {
    ...walks((path) => step("rmdir", path)),
    EBUSY: [["mkdir", "d", 0o755], ["mount", "d", 0], ["rmdir", "d"]],
    EINVAL: [["rmdir", "."]],
    ENOTEMPTY: [["mkdir", "d", 0o755], ["mkdir", "d/e", 0o755], ["rmdir", "d"]],
    EPERM: [...sticky, ["rmdir", "d/e"]],
    EROFS: [...readOnly, ["rmdir", "d/e"]]
  },
  unlink: {
    ...walks((path) => step("unlink", path)),
    EISDIR: [["mkdir", "d", 0o755], ["unlink", "d"]],
    EPERM: [...sticky, ["unlink", "d/a"]],
    EROFS: [...readOnly, ["unlink", "d/a"]]
  },
  unlinkat: {
    EBADF: [["unlinkat", 0, "a", 0]],
    EINVAL: [["unlinkat", AT_FDCWD, "a", 1]],
    EISDIR: [["mkdir", "d", 0o755], ["unlinkat", AT_FDCWD, "d", 0]],
    ENOTDIR: [...file, ["unlinkat", AT_FDCWD, "a", Fcntl.AT_REMOVEDIR]]
  },
  link: {
    ...walks((path) => step("link", path, "x")),
    EEXIST: [...file, ["link", "a", "a"]],
    ENOSPC: [...full, ["link", "d/a", "d/x"]],
    EPERM: [["mkdir", "d", 0o755], ["link", "d", "x"]],
    EROFS: [...readOnly, ["link", "d/a", "d/x"]],
    EXDEV: [["mkdir", "d", 0o755], ["mount", "d", 0], ...file, ["link", "a", "d/a"]]
  },
  linkat: {
    EBADF: [...file, ["linkat", AT_FDCWD, "a", 0, "x", 0]],
    EINVAL: [...file, ["linkat", AT_FDCWD, "a", AT_FDCWD, "x", 1]],
    // Before anybody asks for the descriptor.
    ENAMETOOLONG: [["linkat", 9, "a".repeat(4096), AT_FDCWD, "x", Fcntl.AT_EMPTY_PATH]],
    ENOENT: [
      ["open", "a", O_CREAT | O_RDWR, 0o644],
      ["unlink", "a"],
      ["linkat", 0, "", AT_FDCWD, "x", Fcntl.AT_EMPTY_PATH]
    ],
    ENOTDIR: [["open", "a", O_CREAT, 0o644], ["linkat", 0, "a", AT_FDCWD, "x", 0]]
  },
  symlink: {
    ...walks((path) => step("symlink", "target", path)),
    EEXIST: [...file, ["symlink", "target", "a"]],
    ENOSPC: [...full, ["symlink", "target", "d/x"]],
    EROFS: [...readOnly, ["symlink", "target", "d/x"]]
  },
  readlink: {
    ...walks((path) => step("readlink", path)),
    EINVAL: [...file, ["readlink", "a"]]
  },
  readlinkat: {
    EBADF: [["readlinkat", 0, "l"]],
    EINVAL: [...file, ["readlinkat", AT_FDCWD, "a"]],
    ENOTDIR: [["open", "a", O_CREAT, 0o644], ["readlinkat", 0, "l"]]
  },
  rename: {
    ...walks((path) => step("rename", path, "x")),
    EBUSY: [["mkdir", "d", 0o755], ["mount", "d", 0], ["rename", "d", "x"]],
    EINVAL: [["mkdir", "d", 0o755], ["rename", "d", "d/x"]],
    EISDIR: [["mkdir", "d", 0o755], ...file, ["rename", "a", "d"]],
    ENOTEMPTY: [["mkdir", "d", 0o755], ["mkdir", "e", 0o755], ["mkdir", "e/a", 0o755], ["rename", "d", "e"]],
    EPERM: [["mkdir", "x", 0o777], ["chmod", "x", 0o777], ...sticky, ["rename", "d/a", "x/a"]],
    EROFS: [...readOnly, ["rename", "d/a", "d/x"]],
    EXDEV: [["mkdir", "d", 0o755], ["mount", "d", 0], ...file, ["rename", "a", "d/a"]]
  },
  renameat2: {
    EBADF: [["renameat2", 0, "a", AT_FDCWD, "x", 0]],
    EEXIST: [...file, ["mkdir", "d", 0o755], ["renameat2", AT_FDCWD, "a", AT_FDCWD, "d", Fcntl.RENAME_NOREPLACE]],
    EINVAL: [...file, ["renameat2", AT_FDCWD, "a", AT_FDCWD, "x", 3]],
    ENOENT: [...file, ["renameat2", AT_FDCWD, "a", AT_FDCWD, "x", Fcntl.RENAME_EXCHANGE]],
    ENOTDIR: [["open", "a", O_CREAT, 0o644], ["renameat2", 0, "a", AT_FDCWD, "x", 0]]
  },
  chdir: walks((path) => step("chdir", path)),
  fchdir: {
    EACCES: [["mkdir", "d", 0o700], ["open", "d", O_RDONLY, 0], ...drop, ["fchdir", 0]],
    EBADF: [["fchdir", 0]],
    ENOTDIR: [["open", "a", O_CREAT, 0o644], ["fchdir", 0]]
  },
  getcwd: { ENOENT: [["mkdir", "d", 0o755], ["chdir", "d"], ["rmdir", "/d"], ["getcwd"]] },
  chroot: { ...walks((path) => step("chroot", path)), EPERM: [...drop, ["chroot", "/"]] },
  setresuid: { EPERM: [...drop, ["setresuid", 0, 0, 0]] },
  setresgid: { EPERM: [...drop, ["setresgid", 0, 0, 0]] },
  setuid: { EINVAL: [["setuid", -1]], EPERM: [...drop, ["setuid", 0]] },
  setgid: { EINVAL: [["setgid", -1]], EPERM: [...drop, ["setgid", 0]] },
  setgroups: { EPERM: [...drop, ["setgroups", "100"]] },
  setrlimit: { EPERM: [...drop, ["setrlimit", Resources.RLIMIT_NOFILE, 2000]] }
}
