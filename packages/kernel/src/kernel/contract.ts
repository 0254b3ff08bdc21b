/**
 * What the host can do with a kernel: the types of its side.
 */
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Sink from "effect/Sink"
import type * as Stream from "effect/Stream"
import type { WindowSize } from "../abi/Termios.js"
import type { WaitStatus } from "../abi/WaitStatus.js"
import type { Any, Errno } from "../Errno.js"
import type { Host } from "../Host.js"
import type { PolicyRules } from "../Policy.js"
import type { ProcessEvent } from "../process/events.js"
import type { ResourceLimits } from "../ProcessTable.js"
import type { Ptys } from "../Ptys.js"
import type { SocketSnapshot } from "../Sockets.js"
import type { OpenError, PathError, Program, SpawnError, UnmountPathError } from "../Sys.js"
import type { Rooms } from "../sys/Rooms.js"
import type { Event } from "../Trace.js"
import type { FileChange, MountOptions, WatchOptions } from "../Vfs.js"
import type { Backend } from "../VfsBackend.js"

/** A kernel's rooms, as far as the host's side needs them. */
export interface HostRooms extends Rooms {
  readonly host: Host["Type"]
  readonly ptys: Ptys["Type"]
}

export type { ProcessEvent } from "../process/events.js"

/** How a process that the host starts differs from what it would be given. */
export interface SpawnHostOptions {
  /** Added to PATH, HOME, USER, LOGNAME and SHELL. */
  readonly env?: Readonly<Record<string, string>>
  /** Default: the home of the user. */
  readonly cwd?: string
  /** A name of `/etc/passwd`, or a number. Default: root. */
  readonly user?: string | number
  readonly umask?: number
  readonly limits?: Partial<ResourceLimits>
  /** Rules for it and all that it starts, besides those of the kernel. */
  readonly policy?: PolicyRules
}

export interface ExecOptions extends SpawnHostOptions {
  readonly stdin?: string | Uint8Array
  /** After it, everything that the command has started is killed, and the call fails with {@link ExecTimeout}. */
  readonly timeout?: Duration.DurationInput
  /** Bytes of stdout and stderr together, before the call fails with {@link OutputLimit}. Default: 64 MiB. */
  readonly outputMax?: number
  /** Called with each piece of output as it is written. */
  readonly onStdout?: (bytes: Uint8Array) => void
  readonly onStderr?: (bytes: Uint8Array) => void
}

/** How a command ended, and what it wrote. */
export interface ExecResult {
  /** As a shell's `$?`: 128 plus the number for one that a signal ended. */
  readonly exitCode: number
  /** The signal that ended it, such as `"SIGKILL"`. */
  readonly signal: string | undefined
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly stdoutText: string
  readonly stderrText: string
}

/** The command was not done in time. What it had started is gone; what it had written is here. */
export class ExecTimeout extends Data.TaggedError("ExecTimeout")<
  { readonly timeout: Duration.Duration } & Pick<ExecResult, "stdout" | "stderr" | "stdoutText" | "stderrText">
> {
  override get message(): string {
    return `The command was killed after ${Duration.format(this.timeout)}; raise \`timeout\` to let it run longer`
  }
}

/** The command wrote more than it may. What it had started is gone; what it had written is here. */
export class OutputLimit extends Data.TaggedError("OutputLimit")<
  { readonly limit: number } & Pick<ExecResult, "stdout" | "stderr" | "stdoutText" | "stderrText">
> {
  override get message(): string {
    return `The command was killed after writing ${this.limit} bytes; raise \`outputMax\` to let it write more`
  }
}

export type ExecFailure = SpawnError | Errno<"EINVAL"> | ExecTimeout | OutputLimit

/** A running process, held from outside. */
export interface ProcessHandle {
  readonly pid: number
  /** Writes to its standard input, waiting while the pipe is full. */
  readonly write: (bytes: string | Uint8Array) => Effect.Effect<void, Errno<"EPIPE">>
  /** Its standard input, as a sink that ends it at the end of the stream. */
  readonly stdin: Sink.Sink<void, Uint8Array, never, Errno<"EPIPE">>
  /** Ends its standard input. */
  readonly closeStdin: Effect.Effect<void>
  readonly stdout: Stream.Stream<Uint8Array>
  readonly stderr: Stream.Stream<Uint8Array>
  /** How it ended. */
  readonly wait: Effect.Effect<WaitStatus>
  /** Sends a signal to it, or to everything that it has started as well. Default: SIGTERM. */
  readonly kill: (signal?: number, options?: { readonly tree?: boolean }) => Effect.Effect<void, Errno<"EINVAL">>
}

export interface TerminalOptions extends SpawnHostOptions {
  /** Default: a login shell. */
  readonly command?: ReadonlyArray<string>
  /** Default: 80. */
  readonly columns?: number
  /** Default: 24. */
  readonly rows?: number
}

/** A process on a terminal of its own, held from the side of keyboard and screen. */
export interface TerminalHandle {
  readonly pid: number
  /** What a user types; waits while the terminal has no room for more. */
  readonly write: (bytes: string | Uint8Array) => Effect.Effect<void>
  /** The same, as a sink. */
  readonly input: Sink.Sink<void, Uint8Array>
  /** What appears on the screen; ends when the last program lets go of the terminal. */
  readonly output: Stream.Stream<Uint8Array>
  readonly resize: (size: WindowSize) => Effect.Effect<void>
  readonly wait: Effect.Effect<WaitStatus>
  readonly kill: (signal?: number) => Effect.Effect<void, Errno<"EINVAL">>
}

/** A process as the host sees it at one moment. */
export interface ProcessSnapshot {
  readonly pid: number
  readonly ppid: number
  readonly pgid: number
  readonly sid: number
  readonly name: string
  readonly argv: ReadonlyArray<string>
  readonly state: "running" | "stopped" | "zombie" | "dead"
  readonly uid: number
  readonly gid: number
  readonly nice: number
  /** Milliseconds since the epoch. */
  readonly startTime: number
  /** System calls that it has made. */
  readonly calls: number
  readonly descriptors: number
  readonly terminal: string | undefined
}

export interface HostInterface {
  /**
   * Runs a command line with `/bin/sh -c`, or a program with its arguments, and answers when it has ended. What it
   * left running in the background goes on. Interrupting the call kills all of it.
   */
  readonly exec: (
    command: string | ReadonlyArray<string>,
    options?: ExecOptions
  ) => Effect.Effect<ExecResult, ExecFailure>
  /** Starts a program, or a `Program` value; closing the scope kills it and all that it has started. */
  readonly spawn: (
    what: ReadonlyArray<string> | Program,
    options?: SpawnHostOptions
  ) => Effect.Effect<ProcessHandle, SpawnError | Errno<"EINVAL">, Scope.Scope>
  /** Starts a program on a new terminal; closing the scope hangs up and kills it. */
  readonly openTerminal: (
    options?: TerminalOptions
  ) => Effect.Effect<TerminalHandle, SpawnError | Errno<"EINVAL" | "ENOSPC">, Scope.Scope>
  /** Mounts a file system; the directory is made if need be. */
  readonly mount: (path: string, backend: Backend, options?: MountOptions) => Effect.Effect<void, Any>
  readonly unmount: (path: string) => Effect.Effect<void, UnmountPathError>
  readonly readFile: (path: string) => Effect.Effect<Uint8Array, Any>
  /** Writes a whole file as root, and makes the directories above it. */
  readonly writeFile: (
    path: string,
    content: string | Uint8Array,
    mode?: number
  ) => Effect.Effect<void, OpenError | PathError | Any>
  /**
   * What happens to processes, from the moment in which the stream is run. A reader that falls behind loses the oldest
   * events, and sees it by a gap in `serial`; no process waits for one.
   */
  readonly processEvents: (options?: {
    /** How many events are kept for a reader. Default: 4096. */
    readonly bufferSize?: number
  }) => Stream.Stream<ProcessEvent>
  /**
   * What happens to a file, or to the names in a directory, from the moment in which the stream is run. A reader that
   * falls behind loses the oldest changes, and is told so (`Lost`); no program waits for one.
   */
  readonly watch: (path: string, options?: WatchOptions) => Stream.Stream<FileChange, OpenError>
  /**
   * The calls of a process that runs, from the moment in which the stream is run until it ends; with `follow` those of the
   * children that it starts as well. It fails with EPERM if somebody else traces it. A reader that falls behind loses the
   * oldest calls; no process waits for one.
   */
  readonly trace: (pid: number, options?: {
    readonly follow?: boolean
    /** How many calls are kept for a reader. Default: 4096. */
    readonly bufferSize?: number
  }) => Stream.Stream<Event, Errno<"EPERM" | "ESRCH">>
  /** Every process, zombies included. */
  readonly processes: Effect.Effect<ReadonlyArray<ProcessSnapshot>>
  /** Every socket, in the order in which they were made. */
  readonly sockets: Effect.Effect<ReadonlyArray<SocketSnapshot>>
}
