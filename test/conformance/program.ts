/**
 * Programs of system calls, as data: made by a generator, run on Linux and on Effix, made smaller where the two differ.
 */
import { Bytes } from "@effix/kernel"

/**
 * `text` is a path, `time` nanoseconds, `"now"` or `"omit"`, `ids` numbers with commas, the rest are numbers; a
 * `code` stands for something, and none is smaller than another.
 */
export type Kind = "code" | "dirfd" | "fd" | "ids" | "number" | "text" | "time"

/** What each call takes. Files begin with the calls on descriptors, as `Sys` does. */
const calls = {
  open: ["text", "number", "number"],
  openat: ["dirfd", "text", "number", "number"],
  creat: ["text", "number"],
  /** Flags, mode, and where the path must not lead. */
  openat2: ["dirfd", "text", "number", "number", "number"],
  memfd_create: ["text", "number"],
  close: ["fd"],
  close_range: ["number", "number", "number"],
  read: ["fd", "number"],
  pread: ["fd", "number", "number"],
  /** Bytes are told by how many they are and by a number that all of them follow from. */
  write: ["fd", "number", "number"],
  pwrite: ["fd", "number", "number", "number"],
  /** Buffers are told by their lengths. */
  readv: ["fd", "ids"],
  writev: ["fd", "ids", "number"],
  preadv: ["fd", "ids", "number"],
  pwritev: ["fd", "ids", "number", "number"],
  preadv2: ["fd", "ids", "number", "number"],
  pwritev2: ["fd", "ids", "number", "number", "number"],
  /** An offset of NOWHERE is none: where the description stands. */
  copy_file_range: ["fd", "number", "fd", "number", "number", "number"],
  sendfile: ["fd", "fd", "number", "number"],
  splice: ["fd", "number", "fd", "number", "number", "number"],
  /** Splices part of a file that nobody changes: length and first byte, offset, how much, flags. */
  feed: ["fd", "number", "number", "number", "number", "number"],
  /** Buffers, their first byte, flags. */
  vmsplice: ["fd", "ids", "number", "number"],
  tee: ["fd", "fd", "number", "number"],
  fallocate: ["fd", "code", "number", "number"],
  fdatasync: ["fd"],
  sync: [],
  syncfs: ["fd"],
  sync_file_range: ["fd", "number", "number", "number"],
  fstatfs: ["fd"],
  statfs: ["text"],
  lseek: ["fd", "number", "code"],
  dup: ["fd"],
  dup2: ["fd", "fd"],
  dup3: ["fd", "fd", "number"],
  fcntl: ["fd", "code", "number"],
  pipe2: ["number"],
  /** Two descriptors with the events asked for. */
  poll: ["fd", "number", "fd", "number"],
  fsync: ["fd"],
  ftruncate: ["fd", "number"],
  /** All entries from the descriptor's position on. */
  list: ["fd"],
  fionread: ["fd"],
  stat: ["text"],
  lstat: ["text"],
  fstat: ["fd"],
  fstatat: ["dirfd", "text", "number"],
  statx: ["dirfd", "text", "number", "number"],
  access: ["text", "number"],
  faccessat: ["dirfd", "text", "number", "number"],
  chmod: ["text", "number"],
  fchmod: ["fd", "number"],
  fchmodat: ["dirfd", "text", "number", "number"],
  chown: ["text", "number", "number"],
  lchown: ["text", "number", "number"],
  fchown: ["fd", "number", "number"],
  fchownat: ["dirfd", "text", "number", "number", "number"],
  utimensat: ["dirfd", "text", "time", "time", "number"],
  futimens: ["fd", "time", "time"],
  truncate: ["text", "number"],
  mkdir: ["text", "number"],
  mkdirat: ["dirfd", "text", "number"],
  mknod: ["text", "number", "number"],
  mknodat: ["dirfd", "text", "number", "number"],
  mkfifo: ["text", "number"],
  rmdir: ["text"],
  unlink: ["text"],
  unlinkat: ["dirfd", "text", "number"],
  link: ["text", "text"],
  linkat: ["dirfd", "text", "dirfd", "text", "number"],
  /** The target, and where the link is made. */
  symlink: ["text", "text"],
  symlinkat: ["text", "dirfd", "text"],
  readlink: ["text"],
  readlinkat: ["dirfd", "text"],
  rename: ["text", "text"],
  renameat2: ["dirfd", "text", "dirfd", "text", "number"],
  /** Name, length of the buffer. */
  getxattr: ["text", "text", "number"],
  lgetxattr: ["text", "text", "number"],
  fgetxattr: ["fd", "text", "number"],
  /** Name, length and first byte of the value, flags. */
  setxattr: ["text", "text", "number", "number", "number"],
  lsetxattr: ["text", "text", "number", "number", "number"],
  fsetxattr: ["fd", "text", "number", "number", "number"],
  listxattr: ["text", "number"],
  llistxattr: ["text", "number"],
  flistxattr: ["fd", "number"],
  removexattr: ["text", "text"],
  lremovexattr: ["text", "text"],
  fremovexattr: ["fd", "text"],
  chdir: ["text"],
  fchdir: ["fd"],
  getcwd: [],
  /** And stands in the new root. */
  chroot: ["text"],
  umask: ["number"],
  setresuid: ["code", "code", "code"],
  setresgid: ["code", "code", "code"],
  setuid: ["number"],
  setgid: ["number"],
  setgroups: ["ids"],
  /** Real, effective and saved ids, and the groups. */
  ids: [],
  /** One of RLIMIT_FSIZE and RLIMIT_NOFILE. */
  setrlimit: ["code", "number"],
  /** Waits for an event of a descriptor. */
  wait: ["fd", "number"],
  /** Whom a descriptor tells: -1 is the caller, 0 nobody, and an actor otherwise. */
  setown: ["fd", "code"],
  getown: ["fd"],
  setown_ex: ["fd", "code", "code"],
  getown_ex: ["fd"],
  owner_uids: ["fd"],
  /** F_SET_RW_HINT or F_GET_RW_HINT. */
  hint: ["fd", "code", "number"],
  /** All signals that wait, of those that every program holds back. */
  signals: [],
  flock: ["fd", "code"],
  /** A command, and a `struct flock`: type, whence, start, length, pid. */
  lock: ["fd", "code", "code", "code", "number", "number", "number"],
  lockf: ["fd", "code", "number"],
  inotify_init: ["number"],
  inotify_add: ["fd", "text", "number"],
  inotify_rm: ["fd", "number"],
  /** The events of an inotify instance, as many as so many bytes hold. */
  events: ["fd", "number"],
  /** Family, type, protocol. */
  socket: ["code", "code", "number"],
  socketpair: ["code", "code", "number"],
  /** An address: `path a`, `abstract a`, `inet 127.0.0.1 5000`, where `@3` is the port of descriptor 3. */
  bind: ["fd", "text"],
  listen: ["fd", "number"],
  accept: ["fd", "number"],
  connect: ["fd", "text"],
  /** Bytes as those of `write`, and flags. */
  send: ["fd", "number", "number", "number"],
  sendto: ["fd", "number", "number", "number", "text"],
  /** And descriptors to pass, and who is said to send: a process (0 is the caller), a user and a group. */
  sendmsg: ["fd", "number", "number", "number", "ids", "ids"],
  recv: ["fd", "number", "number"],
  recvfrom: ["fd", "number", "number"],
  /** And room for what comes along. */
  recvmsg: ["fd", "number", "number", "number"],
  shutdown: ["fd", "code"],
  getsockname: ["fd"],
  getpeername: ["fd"],
  getsockopt: ["fd", "code", "code"],
  /** The name of an interface, or its number. */
  netdevice: ["fd", "code", "text"],
  setsockopt: ["fd", "code", "code", "number"],
  /** Joins a group of receivers, or leaves it. */
  group: ["fd", "text", "code"],
  /** Read, write, except, and a timeout; -1 is none. */
  select: ["ids", "ids", "ids", "number"],
  /** As `poll`, with a timeout; the second may be -1. */
  poll2: ["fd", "number", "fd", "number", "number"],
  eventfd: ["number", "code"],
  epoll_create: ["code"],
  /** Epoll, operation, descriptor, events, data. */
  epoll_ctl: ["fd", "code", "fd", "number", "number"],
  epoll_wait: ["fd", "number", "number"],
  /** Signal, 0 for the default, 1 to ignore it, 2 to count it, and flags. */
  sigaction: ["code", "code", "number"],
  /** A set of signals is told by one of them; 0 is the empty set. Times are milliseconds. */
  sigblock: ["code"],
  sigblocked: [],
  /** As `read`, but only how many bytes there were is told. */
  count: ["fd", "number"],
  /** How many handlers have run, and whether the last sleep left some time. */
  handled: [],
  remaining: [],
  setsid: [],
  nanosleep: ["number"],
  /** And whether the time is a point of time. */
  clock_nanosleep: ["number", "code"],
  pause: [],
  sigsuspend: ["code"],
  sigtimedwait: ["code", "number"],
  timerfd: ["number"],
  signalfd: ["code"],
  /** Descriptor, events, timeout, mask. */
  ppoll: ["fd", "number", "number", "code"],
  pselect: ["fd", "number", "code"],
  epoll_pwait: ["fd", "number", "code"],
  /** Starts a child that ends when it has read a byte. */
  child: ["fd"],
  wait4: ["code"],
  waitid: ["code"],
  /** Both ends of a terminal; 0 for lines, otherwise raw, and how many bytes a read waits for. */
  terminal: ["number"],
  tcflow: ["fd", "code"],
  tcdrain: ["fd"],
  /** For programs of several processes: ends the process, or sends it a signal while it is blocked. */
  exit: [],
  interrupt: [],
  /** Sends it some signals, one after the other; lets time go by. */
  signal: ["ids"],
  rest: ["number"],
  /** Not of the process but of whoever keeps the machine: a tmpfs on a directory, `small` with room for next to nothing. */
  mount: ["text", "code"],
  /** What is mounted there cannot be written any more. */
  readonly: ["text"]
} as const satisfies Record<string, ReadonlyArray<Kind>>

export type Call = keyof typeof calls
export type Argument = number | string
export type Step = readonly [call: Call, ...args: ReadonlyArray<Argument>]
export type Program = ReadonlyArray<Step>

export const kindsOf = (call: Call): ReadonlyArray<Kind> => calls[call]

/** Stands for an offset that is not given. */
export const NOWHERE = -999

/** What the helper escapes: separators, and what is not printable ASCII. */
export const escape = (text: string): string => {
  let escaped = ""
  for (const byte of Bytes.encode(text)) {
    escaped += byte > 0x20 && byte < 0x7f && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).padStart(2, "0")}`
  }
  return escaped
}

/** A step as the helper reads it. */
export const line = ([call, ...args]: Step): string =>
  [call, ...args.map((argument) => typeof argument === "number" ? String(argument) : escape(argument))].join("\t")

/** A step as a person reads it. */
export const show = ([call, ...args]: Step): string =>
  `${call}(${
    args.map((argument) =>
      typeof argument === "number"
        ? String(argument)
        : argument.length > 300
        ? `<${argument.length} characters>`
        : JSON.stringify(argument)
    ).join(", ")
  })`

/** A program as it can be pasted into a test. */
export const source = (program: Program): string => program.map((step) => `  ${JSON.stringify(step)}`).join(",\n")

/** Whether a program fits `calls`: what a test writes by hand may not. */
export const isWellFormed = (program: Program): boolean =>
  program.every(([call, ...args]) =>
    args.length === kindsOf(call).length &&
    args.every((argument, i) => (typeof argument === "string") === ["text", "time", "ids"].includes(kindsOf(call)[i]!))
  )
