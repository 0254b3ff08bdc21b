/**
 * Calls that make, wait for and end processes.
 */
import type * as Effect from "effect/Effect"
import type { WaitStatus } from "../../abi/WaitStatus.js"
import type { Errno } from "../../Errno.js"
import type { PolicyRules } from "../../Policy.js"
import type { SignalSet } from "../../SignalSet.js"
import type { Program } from "../../Sys.js"
import type { Tracer } from "../../Trace.js"
import type { ExecError, SpawnError } from "./errors.js"
import type { ResourceUsage } from "./resources.js"

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
  /** Closes every descriptor from this one on. */
  | { readonly _tag: "CloseFrom"; readonly from: number }
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
  /** Whether the child leads a session of its own; then it is in a group of its own as well. */
  readonly session?: boolean
  /** Whether the child's effective user and group are the real ones. */
  readonly resetIds?: boolean
  /** The signals that the child blocks. */
  readonly signalMask?: SignalSet
  /** Signals whose action is set back to the default. Caught signals always are. */
  readonly signalDefault?: SignalSet
  /**
   * For a `Program` value: whether descriptors with FD_CLOEXEC stay open in it, as they do after fork(2). A path
   * always closes them. Default: `true`.
   */
  readonly keepCloseOnExec?: boolean
  /** Whether the child gets mounts of its own, a copy of the caller's. @see mount_namespaces(7) */
  readonly mountNamespace?: boolean
  /** Rules for the child and its descendants, besides those that it inherits: they can only refuse more. */
  readonly policy?: PolicyRules
  /**
   * Is told of every call of the child that has finished, until the child executes a file that lends it more than it
   * had. One that is traced already cannot be given another (EPERM).
   */
  readonly tracer?: Tracer
}

/** One child that changed. */
export interface Waited {
  readonly pid: number
  readonly status: WaitStatus
}

/** The same, with what it has used. */
export interface WaitedUsage extends Waited {
  readonly usage: ResourceUsage
}

/** What waitid(2) puts into siginfo_t. */
export interface ChildChange {
  readonly pid: number
  /** Its real user. */
  readonly uid: number
  /** CLD_EXITED, CLD_KILLED, CLD_DUMPED, CLD_STOPPED or CLD_CONTINUED. */
  readonly code: number
  /** Its exit code, or the signal that killed, stopped or continued it. */
  readonly status: number
}

export interface ProcessCalls {
  /**
   * Has `tracer` told of the calls of a process that runs, from its next one on: PTRACE_SEIZE. The process must be the
   * caller's own user's, have no more powers, and not be traced yet (EPERM). It ends with the caller. @see ptrace(2)
   */
  readonly ptraceSeize: (pid: number, tracer: Tracer) => Effect.Effect<void, Errno<"EPERM" | "ESRCH">>
  /** Has a process that the caller traces traced no more: PTRACE_DETACH. @see ptrace(2) */
  readonly ptraceDetach: (pid: number) => Effect.Effect<void, Errno<"ESRCH">>
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
   * group. `options`: WNOHANG (then `undefined` when none has), WUNTRACED, WCONTINUED. Of several that have, the one
   * that has been its child for longest is told first. @see waitpid(2)
   */
  readonly wait: (
    pid?: number,
    options?: number
  ) => Effect.Effect<Waited | undefined, Errno<"ECHILD" | "EINTR" | "EINVAL" | "ESRCH">>
  /** As `wait`, with what the child has used. @see wait4(2) */
  readonly wait4: (
    pid?: number,
    options?: number
  ) => Effect.Effect<WaitedUsage | undefined, Errno<"ECHILD" | "EINTR" | "EINVAL" | "ESRCH">>
  /**
   * Waits for a change of one child (P_PID, or P_PIDFD with a descriptor, which says EAGAIN instead of waiting when it has
   * O_NONBLOCK), of one of a group (P_PGID; 0 is the caller's), or of any (P_ALL).
   * `options` says which changes: WEXITED, WSTOPPED, WCONTINUED; and WNOHANG, or WNOWAIT to be told of it again.
   * @see waitid(2)
   */
  readonly waitid: (
    idType: number,
    id: number,
    options: number
  ) => Effect.Effect<ChildChange | undefined, Errno<"EAGAIN" | "EBADF" | "ECHILD" | "EINTR" | "EINVAL">>
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
}
