/**
 * `@effect/platform`'s `CommandExecutor`, provided by a kernel: commands are processes of the kernel.
 *
 * A command is searched for along PATH, in the kernel's files; with `shell` it is a command line of `/bin/sh` or of the
 * shell that is named. What is piped flows through the kernel's own pipes. There is no terminal to inherit: `"inherit"`
 * as standard input is an empty one. PATH, HOME, USER, LOGNAME and SHELL are always there, whether or not the environment
 * is to be extended. When the scope of a process closes, it is killed with all that it has started.
 *
 * @example
 * ```ts
 * import { Command } from "@effect/platform"
 * import { Kernel } from "@effix/kernel"
 * import { KernelCommandExecutor } from "@effix/platform"
 * import { Coreutils, Shell } from "@effix/shell"
 * import { Effect, Layer } from "effect"
 *
 * const program = Command.make("printf", "%s\n", "pear", "fig").pipe(
 *   Command.pipeTo(Command.make("sort")),
 *   Command.lines
 * )
 *
 * const machine = Kernel.layerWith({ drivers: Layer.mergeAll(Shell.layer, Coreutils.layer) })
 * const commands = Layer.provide(KernelCommandExecutor.layer, machine)
 * console.log(await Effect.runPromise(Effect.provide(program, commands))) // [ "fig", "pear" ]
 * ```
 */
import * as Command from "@effect/platform/Command"
import * as CommandExecutor from "@effect/platform/CommandExecutor"
import { type PlatformError, SystemError } from "@effect/platform/Error"
import { signalTable, SIGTERM } from "@effix/kernel/abi/Signals"
import type { WaitStatus } from "@effix/kernel/abi/WaitStatus"
import type * as Errno from "@effix/kernel/Errno"
import * as Kernel from "@effix/kernel/Kernel"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Inspectable from "effect/Inspectable"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"
import { systemError } from "./kernelFiles/errors.js"

const lineOf = (command: Command.Command): string =>
  Command.flatten(command).map(({ args, command }) => [command, ...args].join(" ")).join(" | ")

const failed = (command: Command.Command, method: string) => (error: Errno.Any): PlatformError =>
  systemError("Command", method, lineOf(command), error)

const argvOf = ({ args, command, shell }: Command.StandardCommand): ReadonlyArray<string> =>
  shell === false
    ? [command, ...args]
    : [typeof shell === "string" ? shell : "/bin/sh", "-c", [command, ...args].join(" ")]

/** Signals that Linux has by another name, and those that it has not. */
const otherNames: Readonly<Record<string, number>> = {
  SIGIOT: signalTable.SIGABRT[0],
  SIGPOLL: signalTable.SIGIO[0],
  SIGUNUSED: signalTable.SIGSYS[0]
}

const isSignal = (name: string): name is keyof typeof signalTable => name in signalTable

const numberOf = (name: string): number | undefined => isSignal(name) ? signalTable[name][0] : otherNames[name]

const exitCodeOf = (
  command: Command.Command,
  status: WaitStatus
): Effect.Effect<CommandExecutor.ExitCode, PlatformError> =>
  status._tag === "Exited"
    ? Effect.succeed(CommandExecutor.ExitCode(status.code))
    : Effect.fail(
      new SystemError({
        reason: "Unknown",
        module: "Command",
        method: "exitCode",
        pathOrDescriptor: lineOf(command),
        description: status._tag === "Signaled" ? `Ended by signal ${status.signal}` : `It is ${status._tag}`
      })
    )

/** A running command. */
class KernelProcess extends Inspectable.Class implements CommandExecutor.Process {
  readonly [CommandExecutor.ProcessTypeId]: CommandExecutor.ProcessTypeId = CommandExecutor.ProcessTypeId
  readonly pid: CommandExecutor.ProcessId
  readonly exitCode: Effect.Effect<CommandExecutor.ExitCode, PlatformError>
  readonly stdin: Sink.Sink<void, Uint8Array, never, PlatformError>
  readonly stdout: Stream.Stream<Uint8Array, PlatformError>
  readonly stderr: Stream.Stream<Uint8Array, PlatformError>

  constructor(
    private readonly kernel: Kernel.HostInterface,
    private readonly handle: Kernel.ProcessHandle,
    private readonly command: Command.StandardCommand
  ) {
    super()
    this.pid = CommandExecutor.ProcessId(handle.pid)
    this.exitCode = Effect.flatMap(handle.wait, (status) => exitCodeOf(command, status))
    this.stdin = Sink.forEach((bytes: Uint8Array) => Effect.mapError(handle.write(bytes), failed(command, "stdin")))
      .pipe(Sink.ensuring(handle.closeStdin))
    this.stdout = output(handle.stdout, command.stdout)
    this.stderr = output(handle.stderr, command.stderr)
  }

  get isRunning(): Effect.Effect<boolean> {
    return Effect.map(
      this.kernel.processes,
      (all) => all.some(({ pid, state }) => pid === this.handle.pid && (state === "running" || state === "stopped"))
    )
  }

  kill(name: CommandExecutor.Signal = "SIGTERM"): Effect.Effect<void, PlatformError> {
    const { command, handle } = this
    const signal = numberOf(name)
    if (signal === undefined) {
      return Effect.fail(
        new SystemError({
          reason: "InvalidData",
          module: "Command",
          method: "kill",
          pathOrDescriptor: handle.pid,
          description: `Linux has no ${name}`
        })
      )
    }
    return Effect.zipRight(
      Effect.mapError(handle.kill(signal, { tree: true }), failed(command, "kill")),
      Effect.asVoid(handle.wait)
    )
  }

  override toJSON(): unknown {
    return { _id: "@effect/platform/CommandExecutor/Process", pid: this.pid }
  }
}

const output = (
  stream: Stream.Stream<Uint8Array>,
  to: Command.Command.Output
): Stream.Stream<Uint8Array, PlatformError> => typeof to === "string" ? stream : Stream.transduce(stream, to)

const startOne = (
  kernel: Kernel.HostInterface,
  command: Command.StandardCommand
): Effect.Effect<KernelProcess, PlatformError, Scope.Scope> =>
  Effect.gen(function*() {
    const cwd = Option.getOrUndefined(command.cwd)
    const uid = Option.getOrUndefined(command.uid)
    const handle = yield* Effect.mapError(
      kernel.spawn(argvOf(command), {
        env: Object.fromEntries(HashMap.toEntries(command.env)),
        ...(cwd === undefined ? {} : { cwd }),
        ...(uid === undefined ? {} : { user: uid })
      }),
      failed(command, "spawn")
    )
    // First asked to end, as a host's executor does; what does not is killed with the scope.
    yield* Effect.addFinalizer(() => Effect.ignore(handle.kill(SIGTERM, { tree: true })))
    const process = new KernelProcess(kernel, handle, command)
    if (typeof command.stdin !== "string") {
      yield* Effect.forkScoped(Effect.ignore(Stream.run(command.stdin, process.stdin)))
    } else if (command.stdin === "inherit") yield* handle.closeStdin
    return process
  })

/** What a command hands to the next one. If that reads no more, the first is told by the signal that a pipe sends. */
const piped = (from: KernelProcess): Stream.Stream<Uint8Array, PlatformError> =>
  Stream.suspend(() => {
    let ended = false
    const end = Stream.execute(Effect.sync(() => {
      ended = true
    }))
    return Stream.ensuring(
      Stream.concat(from.stdout, end),
      Effect.suspend(() => ended ? Effect.void : Effect.ignore(from.kill("SIGPIPE")))
    )
  })

const start =
  (kernel: Kernel.HostInterface) =>
  (command: Command.Command): Effect.Effect<KernelProcess, PlatformError, Scope.Scope> =>
    Effect.gen(function*() {
      const [first, ...rest] = Command.flatten(command)
      let process = yield* startOne(kernel, first)
      for (const next of rest) {
        process = yield* startOne(kernel, { ...next, stdin: piped(process) })
      }
      return process
    })

/**
 * Commands that are processes of the kernel.
 *
 * @category layers
 */
export const layer: Layer.Layer<CommandExecutor.CommandExecutor, never, Kernel.Kernel> = Layer.effect(
  CommandExecutor.CommandExecutor,
  Effect.map(Kernel.Kernel, (kernel) => CommandExecutor.makeExecutor(start(kernel)))
)
