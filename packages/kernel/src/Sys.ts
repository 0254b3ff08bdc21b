/**
 * The system calls, as one process sees them.
 *
 * Each process is given its own `Sys` when it is spawned, so the tag *is* the current process: no call takes a pid
 * of its own, and a driver cannot act for a process that it was not given. Every call is lazy: building it does
 * nothing, running it twice calls twice. Numbers, flags and errnos are those of Linux on x86-64.
 *
 * Paths are strings; a byte that is not UTF-8 stands as a lone surrogate (see `Bytes`). Contents are bytes.
 *
 * @see syscalls(2)
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Termios, WindowSize } from "./abi/Termios.js"
import type { WaitStatus } from "./abi/WaitStatus.js"
import type { Credentials } from "./Credentials.js"
import type { ReadError, SeekError, WriteError } from "./Description.js"
import type { Any, Errno } from "./Errno.js"
import type { Stat } from "./Inode.js"
import type { ResourceLimits, SignalAction, SignalInfo } from "./ProcessTable.js"
import type { SignalSet } from "./SignalSet.js"
import type { DirectoryEntry, StatFs } from "./VfsBackend.js"

/**
 * What a process runs: an effect that depends on the current process and succeeds with the exit code. An errno that
 * it does not handle is printed on its standard error, and it exits with 1.
 */
export type Program = Effect.Effect<number, Any, Sys>

/** What any path walk may answer. @see path_resolution(7) */
export type PathError = Errno<"EACCES" | "EIO" | "ELOOP" | "ENAMETOOLONG" | "ENOENT" | "ENOTDIR" | "EPERM" | "ESTALE">
/** A walk that begins at a directory's descriptor. */
export type PathAtError = PathError | Errno<"EBADF">
/** A change under a path. */
export type ChangePathError = PathError | Errno<"EDQUOT" | "ENOSPC" | "EROFS" | "EOPNOTSUPP" | "EINVAL">
export type OpenError =
  | ChangePathError
  | Errno<
    | "EAGAIN"
    | "EBUSY"
    | "EEXIST"
    | "EFBIG"
    | "EINTR"
    | "EISDIR"
    | "EMFILE"
    | "EMLINK"
    | "ENFILE"
    | "ENODEV"
    | "ENXIO"
    | "EBADF"
  >
export type CreatePathError = ChangePathError | Errno<"EEXIST" | "EMLINK" | "EBADF">
export type RemovePathError = ChangePathError | Errno<"EBUSY" | "EISDIR" | "ENOTEMPTY" | "EBADF">
export type RenamePathError =
  | ChangePathError
  | Errno<"EBUSY" | "EEXIST" | "EISDIR" | "EMLINK" | "ENOTEMPTY" | "EXDEV" | "EBADF">
export type AttributePathError = ChangePathError | Errno<"EBADF">
export type TruncateError = AttributePathError | Errno<"EFBIG" | "EISDIR">
export type ExecError =
  | PathError
  | Errno<"E2BIG" | "EINVAL" | "EISDIR" | "ENOEXEC" | "ENOMEM" | "EMFILE" | "ENFILE">
export type SpawnError = ExecError | OpenError | Errno<"EAGAIN" | "EBADF" | "EPERM" | "ESRCH" | "ENOTTY">
export type TerminalError = Errno<"EBADF" | "ENOTTY" | "EIO" | "EINTR">

/** What happens to the descriptors of a child, in order, before it runs. @see posix_spawn(3) */
export type FileAction =
  | {
    readonly _tag: "Open"
    readonly fd: number
    readonly path: string
    readonly flags: number
    readonly mode?: number
  }
  | { readonly _tag: "Dup2"; readonly from: number; readonly to: number }
  | { readonly _tag: "Close"; readonly fd: number }
  | { readonly _tag: "Chdir"; readonly path: string }
  | { readonly _tag: "Fchdir"; readonly fd: number }
  /** Makes the child's group the foreground group of this terminal. */
  | { readonly _tag: "Foreground"; readonly fd: number }

/** Attributes of a new process; what is left out is inherited. @see posix_spawn(3) */
export interface SpawnOptions {
  /** The arguments, from `argv[0]` on. Default: the path alone. */
  readonly argv?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  readonly actions?: ReadonlyArray<FileAction>
  /** The group to join; 0 makes a new one. */
  readonly processGroup?: number
  /** Whether the child leads a session of its own. */
  readonly session?: boolean
  /** The signals that the child blocks. */
  readonly signalMask?: SignalSet
  /** Signals whose action is set back to the default. Caught signals always are. */
  readonly signalDefault?: SignalSet
  /**
   * For a `Program` value: whether descriptors with FD_CLOEXEC stay open in it, as they do after fork(2). A path
   * always closes them. Default: `true`.
   */
  readonly keepCloseOnExec?: boolean
}

/** One child that changed. */
export interface Waited {
  readonly pid: number
  readonly status: WaitStatus
}

/** One descriptor to poll: the events asked for, and those that hold. @see poll(2) */
export interface PollRequest {
  readonly fd: number
  readonly events: number
}

export type Clock = "realtime" | "monotonic" | "boottime"

/** What uname(2) answers. */
export interface SystemName {
  readonly sysname: string
  readonly nodename: string
  readonly release: string
  readonly version: string
  readonly machine: string
}

export interface SystemCalls {
  // ------------------------------------------------------------------ descriptors

  /** @see open(2) */
  readonly open: (path: string, flags: number, mode?: number) => Effect.Effect<number, OpenError>
  /** `dirfd` is a directory's descriptor or AT_FDCWD. @see openat(2) */
  readonly openat: (dirfd: number, path: string, flags: number, mode?: number) => Effect.Effect<number, OpenError>
  /** @see close(2) */
  readonly close: (fd: number) => Effect.Effect<void, Errno<"EBADF">>
  /** Fills `into` and answers how many bytes; 0 is the end of the file. @see read(2) */
  readonly read: (fd: number, into: Uint8Array) => Effect.Effect<number, ReadError>
  /** Answers how many bytes of `from` were taken. @see write(2) */
  readonly write: (fd: number, from: Uint8Array) => Effect.Effect<number, WriteError>
  /** @see pread(2) */
  readonly pread: (fd: number, into: Uint8Array, offset: number) => Effect.Effect<number, ReadError | Errno<"ESPIPE">>
  /** @see pwrite(2) */
  readonly pwrite: (fd: number, from: Uint8Array, offset: number) => Effect.Effect<number, WriteError | Errno<"ESPIPE">>
  /** `whence` is SEEK_SET and its siblings; answers the new offset. @see lseek(2) */
  readonly lseek: (fd: number, offset: number, whence: number) => Effect.Effect<number, SeekError>
  /** @see dup(2) */
  readonly dup: (fd: number) => Effect.Effect<number, Errno<"EBADF" | "EMFILE">>
  /** @see dup2(2) */
  readonly dup2: (from: number, to: number) => Effect.Effect<number, Errno<"EBADF">>
  /** @see dup3(2) */
  readonly dup3: (from: number, to: number, flags: number) => Effect.Effect<number, Errno<"EBADF" | "EINVAL">>
  /** @see fcntl(2) */
  readonly fcntl: (
    fd: number,
    command: number,
    argument?: number
  ) => Effect.Effect<number, Errno<"EBADF" | "EBUSY" | "EINVAL" | "EMFILE" | "EPERM">>
  /** Answers the reading and the writing end. @see pipe2(2) */
  readonly pipe: (
    flags?: number
  ) => Effect.Effect<readonly [reader: number, writer: number], Errno<"EINVAL" | "EMFILE" | "ENFILE">>
  /** Answers the events that hold, one for each request; `timeout` in milliseconds, below 0 for ever. @see poll(2) */
  readonly poll: (
    requests: ReadonlyArray<PollRequest>,
    timeout?: number
  ) => Effect.Effect<ReadonlyArray<number>, Errno<"EINTR" | "EINVAL">>
  /** @see fsync(2) */
  readonly fsync: (
    fd: number
  ) => Effect.Effect<void, Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENOSPC" | "ESTALE">>
  /** @see ftruncate(2) */
  readonly ftruncate: (fd: number, size: number) => Effect.Effect<void, TruncateError>
  /** The next entries of a directory, `.` and `..` among them; none at its end. @see getdents(2) */
  readonly getdents: (
    fd: number,
    limit?: number
  ) => Effect.Effect<
    ReadonlyArray<DirectoryEntry>,
    Errno<"EACCES" | "EBADF" | "EINVAL" | "EIO" | "ENOENT" | "ENOTDIR" | "ESTALE">
  >
  /** Bytes that can be read at once. @see ioctl_tty(2) */
  readonly fionread: (fd: number) => Effect.Effect<number, Errno<"EBADF" | "ENOTTY">>

  // ------------------------------------------------------------------------ files

  /** @see stat(2) */
  readonly stat: (path: string) => Effect.Effect<Stat, PathError>
  /** @see lstat(2) */
  readonly lstat: (path: string) => Effect.Effect<Stat, PathError>
  /** @see fstat(2) */
  readonly fstat: (fd: number) => Effect.Effect<Stat, Errno<"EACCES" | "EBADF" | "EIO" | "ESTALE">>
  /** `flags`: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH. @see fstatat(2) */
  readonly fstatat: (dirfd: number, path: string, flags?: number) => Effect.Effect<Stat, PathAtError | Errno<"EINVAL">>
  /** `mode` is F_OK or a sum of R_OK, W_OK, X_OK; asked with the real ids. @see access(2) */
  readonly access: (path: string, mode: number) => Effect.Effect<void, PathError | Errno<"EROFS" | "EINVAL">>
  /** `flags`: AT_EACCESS, AT_SYMLINK_NOFOLLOW. @see faccessat(2) */
  readonly faccessat: (
    dirfd: number,
    path: string,
    mode: number,
    flags?: number
  ) => Effect.Effect<void, PathAtError | Errno<"EROFS" | "EINVAL">>
  /** @see chmod(2) */
  readonly chmod: (path: string, mode: number) => Effect.Effect<void, AttributePathError>
  /** @see fchmod(2) */
  readonly fchmod: (fd: number, mode: number) => Effect.Effect<void, AttributePathError>
  /** -1 leaves an id as it is. @see chown(2) */
  readonly chown: (path: string, uid: number, gid: number) => Effect.Effect<void, AttributePathError>
  /** @see lchown(2) */
  readonly lchown: (path: string, uid: number, gid: number) => Effect.Effect<void, AttributePathError>
  /** @see fchown(2) */
  readonly fchown: (fd: number, uid: number, gid: number) => Effect.Effect<void, AttributePathError>
  /**
   * Times in nanoseconds since the epoch; `"now"` is UTIME_NOW, `"omit"` UTIME_OMIT. `flags`: AT_SYMLINK_NOFOLLOW.
   * @see utimensat(2)
   */
  readonly utimensat: (
    dirfd: number,
    path: string,
    atime: bigint | "now" | "omit",
    mtime: bigint | "now" | "omit",
    flags?: number
  ) => Effect.Effect<void, AttributePathError>
  /** @see futimens(3) */
  readonly futimens: (
    fd: number,
    atime: bigint | "now" | "omit",
    mtime: bigint | "now" | "omit"
  ) => Effect.Effect<void, AttributePathError>
  /** @see truncate(2) */
  readonly truncate: (path: string, size: number) => Effect.Effect<void, TruncateError>
  /** @see mkdir(2) */
  readonly mkdir: (path: string, mode?: number) => Effect.Effect<void, CreatePathError>
  /** @see mkdirat(2) */
  readonly mkdirat: (dirfd: number, path: string, mode?: number) => Effect.Effect<void, CreatePathError>
  /** `mode` has the file type in it; `device` for devices. @see mknod(2) */
  readonly mknod: (path: string, mode: number, device?: number) => Effect.Effect<void, CreatePathError>
  /** @see mkfifo(3) */
  readonly mkfifo: (path: string, mode?: number) => Effect.Effect<void, CreatePathError>
  /** @see rmdir(2) */
  readonly rmdir: (path: string) => Effect.Effect<void, RemovePathError>
  /** @see unlink(2) */
  readonly unlink: (path: string) => Effect.Effect<void, RemovePathError>
  /** `flags`: AT_REMOVEDIR. @see unlinkat(2) */
  readonly unlinkat: (dirfd: number, path: string, flags?: number) => Effect.Effect<void, RemovePathError>
  /** @see link(2) */
  readonly link: (path: string, newPath: string) => Effect.Effect<void, CreatePathError | Errno<"EXDEV">>
  /** `flags`: AT_SYMLINK_FOLLOW, AT_EMPTY_PATH. @see linkat(2) */
  readonly linkat: (
    dirfd: number,
    path: string,
    newDirfd: number,
    newPath: string,
    flags?: number
  ) => Effect.Effect<void, CreatePathError | Errno<"EXDEV">>
  /** @see symlink(2) */
  readonly symlink: (target: string, path: string) => Effect.Effect<void, CreatePathError>
  /** @see readlink(2) */
  readonly readlink: (path: string) => Effect.Effect<string, PathError | Errno<"EINVAL">>
  /** @see readlinkat(2) */
  readonly readlinkat: (dirfd: number, path: string) => Effect.Effect<string, PathAtError | Errno<"EINVAL">>
  /** @see rename(2) */
  readonly rename: (path: string, newPath: string) => Effect.Effect<void, RenamePathError>
  /** `flags`: RENAME_NOREPLACE, RENAME_EXCHANGE. @see renameat2(2) */
  readonly renameat2: (
    dirfd: number,
    path: string,
    newDirfd: number,
    newPath: string,
    flags?: number
  ) => Effect.Effect<void, RenamePathError>
  /** @see chdir(2) */
  readonly chdir: (path: string) => Effect.Effect<void, PathError>
  /** @see fchdir(2) */
  readonly fchdir: (fd: number) => Effect.Effect<void, Errno<"EACCES" | "EBADF" | "ENOTDIR">>
  /** @see getcwd(2) */
  readonly getcwd: () => Effect.Effect<string, Errno<"ENOENT">>
  /** @see chroot(2) */
  readonly chroot: (path: string) => Effect.Effect<void, PathError>
  /** Answers the mask as it was. @see umask(2) */
  readonly umask: (mask: number) => Effect.Effect<number>
  /** @see statfs(2) */
  readonly statfs: (path: string) => Effect.Effect<StatFs, PathError>

  // -------------------------------------------------------------------- processes

  readonly getpid: () => Effect.Effect<number>
  /** 0 when the parent is not in this kernel. */
  readonly getppid: () => Effect.Effect<number>
  /** The arguments that this process was started with, from `argv[0]` on. */
  readonly argv: () => Effect.Effect<ReadonlyArray<string>>
  /** The environment that this process was started with. */
  readonly environ: () => Effect.Effect<Readonly<Record<string, string>>>
  /**
   * Starts a child: an executable file (no search along PATH), or a `Program` over copies of the caller's state.
   * A failing action fails the call, and there is no child. @see posix_spawn(3)
   */
  readonly spawn: (what: string | Program, options?: SpawnOptions) => Effect.Effect<number, SpawnError>
  /**
   * Replaces what this process runs; pid, descriptors without FD_CLOEXEC, ignored signals and the mask stay. Does not
   * return. @see execve(2)
   */
  readonly exec: (
    path: string,
    argv?: ReadonlyArray<string>,
    env?: Readonly<Record<string, string>>
  ) => Effect.Effect<never, ExecError>
  /** Ends this process at once. Does not return. @see _exit(2) */
  readonly exit: (code: number) => Effect.Effect<never>
  /**
   * Waits for a child to change. `pid`: above 0 that child, -1 any, 0 any of the caller's group, below -1 any of that
   * group. `options`: WNOHANG (then `undefined` when none has), WUNTRACED, WCONTINUED, WNOWAIT. @see wait(2)
   */
  readonly wait: (
    pid?: number,
    options?: number
  ) => Effect.Effect<Waited | undefined, Errno<"ECHILD" | "EINTR" | "EINVAL">>
  /** `pid`: above 0 that process, 0 the caller's group, -1 all, below -1 that group. Signal 0 only asks. @see kill(2) */
  readonly kill: (pid: number, signal: number) => Effect.Effect<void, Errno<"EINVAL" | "EPERM" | "ESRCH">>
  /** A signal with a value. @see sigqueue(3) */
  readonly sigqueue: (
    pid: number,
    signal: number,
    value: number
  ) => Effect.Effect<void, Errno<"EAGAIN" | "EINVAL" | "EPERM" | "ESRCH">>
  /** 0 is the caller itself. @see getpgid(2) */
  readonly getpgid: (pid?: number) => Effect.Effect<number, Errno<"ESRCH">>
  /** @see setpgid(2) */
  readonly setpgid: (pid: number, pgid: number) => Effect.Effect<void, Errno<"EACCES" | "EINVAL" | "EPERM" | "ESRCH">>
  /** @see getsid(2) */
  readonly getsid: (pid?: number) => Effect.Effect<number, Errno<"ESRCH">>
  /** @see setsid(2) */
  readonly setsid: () => Effect.Effect<number, Errno<"EPERM">>
  /** Real, effective and saved ids, and the groups. @see getresuid(2) */
  readonly credentials: () => Effect.Effect<Credentials>
  /** -1 leaves an id as it is. @see setresuid(2) */
  readonly setresuid: (ruid: number, euid: number, suid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  readonly setresgid: (rgid: number, egid: number, sgid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  /** @see setuid(2) */
  readonly setuid: (uid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  readonly setgid: (gid: number) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  /** @see setgroups(2) */
  readonly setgroups: (groups: ReadonlyArray<number>) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>
  readonly getrlimit: () => Effect.Effect<ResourceLimits>
  /** Limits can only be lowered, but by user 0. @see setrlimit(2) */
  readonly setrlimit: (limits: Partial<ResourceLimits>) => Effect.Effect<void, Errno<"EPERM" | "EINVAL">>

  // ---------------------------------------------------------------------- signals

  /** Sets what this process does about a signal, and answers what it did before. @see sigaction(2) */
  readonly sigaction: (signal: number, action?: SignalActionOptions) => Effect.Effect<SignalAction, Errno<"EINVAL">>
  /** `how`: SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK. Answers the mask as it was. @see sigprocmask(2) */
  readonly sigprocmask: (how: number, set: SignalSet) => Effect.Effect<SignalSet, Errno<"EINVAL">>
  readonly sigpending: () => Effect.Effect<SignalSet>
  /** Waits, under another mask, for a handler to run. @see sigsuspend(2) */
  readonly sigsuspend: (mask: SignalSet) => Effect.Effect<never, Errno<"EINTR">>
  /** Takes one pending signal of `set` without running a handler; `timeout` in milliseconds. @see sigtimedwait(2) */
  readonly sigtimedwait: (set: SignalSet, timeout?: number) => Effect.Effect<SignalInfo, Errno<"EAGAIN" | "EINTR">>
  /** Sends SIGALRM in `seconds` (fractions allowed); 0 cancels. Answers the seconds that were left. @see alarm(2) */
  readonly alarm: (seconds: number) => Effect.Effect<number>

  // ------------------------------------------------------------------------- time

  /** Nanoseconds. @see clock_gettime(2) */
  readonly clockGettime: (clock?: Clock) => Effect.Effect<bigint>
  /** Sleeps for so many nanoseconds. @see nanosleep(2) */
  readonly nanosleep: (nanoseconds: bigint | number) => Effect.Effect<void, Errno<"EINTR" | "EINVAL">>

  // -------------------------------------------------------------------- terminals

  /** @see isatty(3) */
  readonly isatty: (fd: number) => Effect.Effect<boolean, Errno<"EBADF">>
  /** The path of the terminal, such as `/dev/pts/0`. @see ttyname(3) */
  readonly ttyname: (fd: number) => Effect.Effect<string, TerminalError>
  readonly tcgetattr: (fd: number) => Effect.Effect<Termios, TerminalError>
  /** `when`: TCSANOW, TCSADRAIN, TCSAFLUSH. @see termios(3) */
  readonly tcsetattr: (
    fd: number,
    when: number,
    attributes: Termios
  ) => Effect.Effect<void, TerminalError | Errno<"EINVAL">>
  readonly tcgetpgrp: (fd: number) => Effect.Effect<number, TerminalError>
  readonly tcsetpgrp: (
    fd: number,
    pgid: number
  ) => Effect.Effect<void, TerminalError | Errno<"EINVAL" | "EPERM" | "ESRCH">>
  /** @see tcgetsid(3) */
  readonly tcgetsid: (fd: number) => Effect.Effect<number, TerminalError>
  readonly tcflush: (fd: number, queue: number) => Effect.Effect<void, TerminalError | Errno<"EINVAL">>
  readonly tcflow: (fd: number, action: number) => Effect.Effect<void, TerminalError | Errno<"EINVAL">>
  readonly tcdrain: (fd: number) => Effect.Effect<void, TerminalError>
  /** TIOCGWINSZ. @see ioctl_tty(2) */
  readonly getWindowSize: (fd: number) => Effect.Effect<WindowSize, TerminalError>
  /** TIOCSWINSZ; the foreground group gets SIGWINCH when it changed. @see ioctl_tty(2) */
  readonly setWindowSize: (fd: number, size: WindowSize) => Effect.Effect<void, TerminalError>
  /** TIOCSCTTY: makes the terminal the controlling one of the caller's session. @see ioctl_tty(2) */
  readonly setControllingTerminal: (fd: number) => Effect.Effect<void, TerminalError | Errno<"EPERM">>

  // ----------------------------------------------------------------------- system

  readonly uname: () => Effect.Effect<SystemName>
  /** @see getrandom(2) */
  readonly getrandom: (into: Uint8Array) => Effect.Effect<number>
  /**
   * Lets others run: other fibers, and from time to time the host. For long loops that make no other call.
   * @see sched_yield(2)
   */
  readonly schedYield: () => Effect.Effect<void>
}

/** What sigaction(2) sets; left-out fields are empty. */
export interface SignalActionOptions {
  /** Runs on the process's own fiber, with the process's `Sys`. */
  readonly disposition: "default" | "ignore" | ((info: SignalInfo) => Effect.Effect<unknown, never, Sys>)
  readonly mask?: SignalSet
  readonly flags?: number
}

/** @category tags */
export class Sys extends Context.Tag("@effix/kernel/Sys")<Sys, SystemCalls>() {}
