/**
 * The errnos of the manual pages of vectored calls, of moving bytes, of storage, of extended attributes and of the newer
 * ways to open: for each call, a program whose last step answers with each of them.
 */
import { Falloc, Fcntl, FileMode, OpenFlags, Resolve, Resources } from "@effix/kernel"
import type { Directed } from "./directed.js"
import { type Call, NOWHERE, type Program, type Step } from "./program.js"
import { closed, file, foreign, full, loop, readOnly, step, sticky, walks } from "./setting.js"

const { AT_EMPTY_PATH, AT_FDCWD } = Fcntl
const { O_APPEND, O_CREAT, O_DIRECTORY, O_NONBLOCK, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = OpenFlags

const opened: Program = [["open", "a", O_CREAT | O_RDWR, 0o644]]
const pipe: Program = [["pipe2", O_NONBLOCK]]
const blocking: Program = [["pipe2", 0]]
const limited = (bytes: number): Step => ["setrlimit", Resources.RLIMIT_FSIZE, bytes]
const copy = (from: number, to: number, length = 1, flags = 0): Step => [
  "copy_file_range",
  from,
  NOWHERE,
  to,
  NOWHERE,
  length,
  flags
]
const spliced = (from: number, to: number, flags = 0): Step => ["splice", from, NOWHERE, to, NOWHERE, 1, flags]
const byteIn: Step = ["write", 1, 1, 0]
const directory: Program = [["open", ".", O_RDONLY, 0]]
const tooMany = Array.from({ length: 1025 }, () => 1).join()

export const newerCalls: Readonly<Partial<Record<Call, Directed>>> = {
  creat: {
    ...walks((path) => step("creat", path, 0o644)),
    EISDIR: [["creat", ".", 0o644]],
    EMFILE: [["setrlimit", Resources.RLIMIT_NOFILE, 0], ["creat", "a", 0o644]],
    ENOSPC: [...full, ["creat", "d/x", 0o644]],
    EROFS: [...readOnly, ["creat", "d/x", 0o644]]
  },
  openat2: {
    EAGAIN: [["openat2", AT_FDCWD, "a", O_TRUNC, 0, Resolve.RESOLVE_CACHED]],
    EBADF: [["openat2", 0, "a", 0, 0, 0]],
    EINVAL: [["openat2", AT_FDCWD, "a", 0, 0o644, 0]],
    ELOOP: [["symlink", ".", "l"], ["openat2", AT_FDCWD, "l", 0, 0, Resolve.RESOLVE_NO_SYMLINKS]],
    ENOTDIR: [...file, ["openat2", AT_FDCWD, "a", O_DIRECTORY, 0, 0]],
    EXDEV: [["openat2", AT_FDCWD, "..", 0, 0, Resolve.RESOLVE_BENEATH]]
  },
  memfd_create: {
    EINVAL: [["memfd_create", "n".repeat(250), 0]],
    EMFILE: [["setrlimit", Resources.RLIMIT_NOFILE, 0], ["memfd_create", "a", 0]]
  },
  close_range: { EINVAL: [["close_range", 2, 1, 0]] },
  readv: {
    EAGAIN: [...pipe, ["readv", 0, "1,1"]],
    EBADF: [["readv", 0, "1"]],
    EINTR: [...blocking, ["readv", 0, "1"]],
    EINVAL: [...opened, ["readv", 0, tooMany]],
    EISDIR: [...directory, ["readv", 0, "1"]]
  },
  writev: {
    EAGAIN: [...pipe, ["write", 1, 65_536, 0], ["writev", 1, "1,1", 0]],
    EBADF: [["writev", 0, "1", 0]],
    EFBIG: [...opened, limited(0), ["writev", 0, "1", 0]],
    EINTR: [...blocking, ["write", 1, 65_536, 0], ["writev", 1, "1", 0]],
    EINVAL: [...opened, ["writev", 0, tooMany, 0]],
    ENOSPC: [...full, ["open", "d/a", O_WRONLY, 0], ["write", 0, 16_384, 0], ["writev", 0, "1", 0]],
    EPERM: [["memfd_create", "a", 2], ["fcntl", 0, Fcntl.F_ADD_SEALS, Fcntl.F_SEAL_WRITE], ["writev", 0, "1", 0]],
    EPIPE: [...pipe, ["close", 0], ["writev", 1, "1", 0]]
  },
  preadv: { EINVAL: [...opened, ["preadv", 0, "1", -1]], ESPIPE: [...pipe, ["preadv", 0, "1", 0]] },
  pwritev: { EINVAL: [...opened, ["pwritev", 0, "1", 0, -1]], ESPIPE: [...pipe, ["pwritev", 1, "1", 0, 0]] },
  preadv2: { EOPNOTSUPP: [...opened, ["preadv2", 0, "1", 0, 0x1000]] },
  pwritev2: { EOPNOTSUPP: [...opened, ["pwritev2", 0, "1", 0, 0, 0x1000]] },
  copy_file_range: {
    EBADF: [["open", "a", O_CREAT | O_RDWR | O_APPEND, 0o644], copy(0, 0)],
    EFBIG: [...opened, ["write", 0, 10, 0], limited(5), ["copy_file_range", 0, 0, 0, 20, 1, 0]],
    EINVAL: [...opened, ["write", 0, 10, 0], ["copy_file_range", 0, 0, 0, 5, 6, 0]],
    EISDIR: [...directory, copy(0, 0)],
    ENOSPC: [
      ...full,
      ["open", "d/a", O_RDWR, 0],
      ["write", 0, 16_384, 0],
      ["copy_file_range", 0, 0, 0, 16_384, 100, 0]
    ],
    EOVERFLOW: [...opened, ["copy_file_range", 0, -1, 0, 0, 1, 0]],
    EPERM: [
      ["memfd_create", "a", 2],
      ["write", 0, 10, 0],
      ["fcntl", 0, Fcntl.F_ADD_SEALS, Fcntl.F_SEAL_WRITE],
      ["copy_file_range", 0, 0, 0, 20, 1, 0]
    ],
    EXDEV: [["mkdir", "d", 0o755], ["mount", "d", 0], ...opened, ["open", "d/a", O_CREAT | O_RDWR, 0o644], copy(0, 1)]
  },
  sendfile: {
    EAGAIN: [...pipe, ["write", 1, 65_536, 0], ["mknod", "z", FileMode.S_IFCHR | 0o666, FileMode.makedev(1, 5)], [
      "open",
      "z",
      O_RDONLY,
      0
    ], ["sendfile", 1, 2, NOWHERE, 1]],
    EBADF: [["sendfile", 0, 0, NOWHERE, 1]],
    EINVAL: [...pipe, ...opened, ["sendfile", 2, 0, NOWHERE, 1]],
    ESPIPE: [...pipe, ...opened, ["sendfile", 2, 0, 0, 1]]
  },
  splice: {
    EAGAIN: [...pipe, ...pipe, spliced(0, 3)],
    EBADF: [...pipe, spliced(1, 0)],
    EINTR: [...blocking, ...blocking, spliced(0, 3)],
    EINVAL: [...opened, spliced(0, 0)],
    EPIPE: [...pipe, ...pipe, byteIn, ["close", 2], spliced(0, 3)],
    ESPIPE: [...pipe, ["splice", 0, 0, 1, NOWHERE, 1, 0]]
  },
  feed: { EBADF: [["feed", 5, 1, 0, 0, 1, 0]], EPIPE: [...pipe, ["close", 0], ["feed", 1, 1, 0, 0, 1, 0]] },
  tee: {
    EAGAIN: [...pipe, ...pipe, ["tee", 0, 3, 1, 0]],
    EBADF: [["tee", 0, 1, 1, 0]],
    EINTR: [...blocking, ...blocking, ["tee", 0, 3, 1, 0]],
    EINVAL: [...pipe, ["tee", 0, 1, 1, 0]],
    EPIPE: [...pipe, ...pipe, byteIn, ["close", 2], ["tee", 0, 3, 1, 0]]
  },
  vmsplice: {
    EAGAIN: [...pipe, ["write", 1, 65_536, 0], ["vmsplice", 1, "1", 0, 2]],
    EBADF: [...opened, ["vmsplice", 0, "1", 0, 0]],
    EINTR: [...pipe, ["vmsplice", 0, "1", 0, 0]],
    EINVAL: [...pipe, ["vmsplice", 1, "1", 0, 64]],
    EPIPE: [...pipe, ["close", 0], ["vmsplice", 1, "1", 0, 0]]
  },
  fallocate: {
    EBADF: [["open", "a", O_CREAT, 0o644], ["fallocate", 0, 0, 0, 1]],
    EFBIG: [...opened, limited(5), ["fallocate", 0, 0, 0, 6]],
    EINVAL: [...opened, ["fallocate", 0, 0, 0, 0]],
    ENODEV: [["mknod", "z", FileMode.S_IFCHR | 0o666, FileMode.makedev(1, 5)], ["open", "z", O_WRONLY, 0], [
      "fallocate",
      0,
      0,
      0,
      1
    ]],
    ENOSPC: [...full, ["open", "d/a", O_WRONLY, 0], ["fallocate", 0, 0, 0, 1 << 20]],
    EOPNOTSUPP: [...opened, ["fallocate", 0, Falloc.FALLOC_FL_PUNCH_HOLE, 0, 1]],
    EPERM: [
      ["memfd_create", "a", 2],
      ["fcntl", 0, Fcntl.F_ADD_SEALS, Fcntl.F_SEAL_GROW],
      ["fallocate", 0, 0, 0, 1]
    ],
    ESPIPE: [...pipe, ["fallocate", 1, 0, 0, 1]]
  },
  fdatasync: { EBADF: [["fdatasync", 0]], EINVAL: [...pipe, ["fdatasync", 0]] },
  syncfs: { EBADF: [["syncfs", 0]] },
  sync_file_range: {
    EBADF: [["sync_file_range", 0, 0, 0, 0]],
    EINVAL: [...opened, ["sync_file_range", 0, -1, 0, 0]],
    ESPIPE: [...pipe, ["sync_file_range", 0, 0, 0, 0]]
  },
  statfs: walks((path) => step("statfs", path)),
  fstatfs: { EBADF: [["fstatfs", 0]] },
  statx: {
    ...walks((path) => step("statx", AT_FDCWD, path, 0, 0xfff)),
    EBADF: [["statx", 0, "a", 0, 0xfff]],
    EINVAL: [["statx", AT_FDCWD, ".", 0x6000, 0xfff]]
  },
  fchmodat: {
    ...walks((path) => step("fchmodat", AT_FDCWD, path, 0o600, 0)),
    EBADF: [["fchmodat", 0, "", 0o600, AT_EMPTY_PATH]],
    EINVAL: [...file, ["fchmodat", AT_FDCWD, "a", 0o600, 1]],
    EOPNOTSUPP: [...loop, ["fchmodat", AT_FDCWD, "l", 0o600, Fcntl.AT_SYMLINK_NOFOLLOW]],
    EPERM: [...foreign, ["fchmodat", AT_FDCWD, "a", 0o600, 0]],
    EROFS: [...readOnly, ["fchmodat", AT_FDCWD, "d/a", 0o600, 0]]
  },
  fchownat: {
    ...walks((path) => step("fchownat", AT_FDCWD, path, 1000, -1, 0)),
    EBADF: [["fchownat", 0, "", 0, 0, AT_EMPTY_PATH]],
    EINVAL: [...file, ["fchownat", AT_FDCWD, "a", 0, 0, 1]],
    EPERM: [...foreign, ["fchownat", AT_FDCWD, "a", 1000, -1, 0]],
    EROFS: [...readOnly, ["fchownat", AT_FDCWD, "d/a", 0, 0, 0]]
  },
  mknodat: {
    EBADF: [["mknodat", 0, "a", FileMode.S_IFREG, 0]],
    ENOTDIR: [...opened, ["mknodat", 0, "b", FileMode.S_IFREG, 0]]
  },
  symlinkat: { EBADF: [["symlinkat", "a", 0, "b"]], ENOTDIR: [...opened, ["symlinkat", "a", 0, "b"]] },
  getxattr: {
    ...walks((path) => step("getxattr", path, "user.a", 10)),
    ENODATA: [...file, ["getxattr", "a", "user.a", 10]],
    EOPNOTSUPP: [...file, ["getxattr", "a", "other.a", 10]],
    ERANGE: [...file, ["setxattr", "a", "user.a", 10, 0, 0], ["getxattr", "a", "user.a", 5]]
  },
  lgetxattr: { ENODATA: [...loop, ["lgetxattr", "l", "user.a", 10]] },
  fgetxattr: { EBADF: [["fgetxattr", 0, "user.a", 10]] },
  setxattr: {
    ...walks((path) => step("setxattr", path, "user.a", 1, 0, 0)),
    E2BIG: [...file, ["setxattr", "a", "user.a", 65_537, 0, 0]],
    EEXIST: [...file, ["setxattr", "a", "user.a", 1, 0, 0], ["setxattr", "a", "user.a", 1, 0, 1]],
    EINVAL: [...file, ["setxattr", "a", "user.a", 1, 0, 4]],
    ENODATA: [...file, ["setxattr", "a", "user.a", 1, 0, 2]],
    ENOSPC: [...full, ["setxattr", "d/a", "user.a", 1000, 0, 0]],
    EOPNOTSUPP: [...file, ["setxattr", "a", "other.a", 1, 0, 0]],
    EPERM: [...sticky, ["setxattr", "d", "user.a", 1, 0, 0]],
    ERANGE: [...file, ["setxattr", "a", "", 1, 0, 0]],
    EROFS: [...readOnly, ["setxattr", "d/a", "user.a", 1, 0, 0]]
  },
  lsetxattr: { EPERM: [...loop, ["lsetxattr", "l", "user.a", 1, 0, 0]] },
  fsetxattr: { EBADF: [["fsetxattr", 0, "user.a", 1, 0, 0]] },
  listxattr: {
    ...walks((path) => step("listxattr", path, 10)),
    ERANGE: [...file, ["setxattr", "a", "user.a", 1, 0, 0], ["listxattr", "a", 1]]
  },
  flistxattr: { EBADF: [["flistxattr", 0, 10]] },
  removexattr: {
    ...walks((path) => step("removexattr", path, "user.a")),
    ENODATA: [...file, ["removexattr", "a", "user.a"]],
    EOPNOTSUPP: [...file, ["removexattr", "a", "other.a"]],
    EPERM: [...closed.slice(2), ["removexattr", "/", "trusted.a"]],
    ERANGE: [...file, ["removexattr", "a", ""]],
    EROFS: [...readOnly, ["removexattr", "d/a", "user.a"]]
  },
  fremovexattr: { EBADF: [["fremovexattr", 0, "user.a"]] }
}
