/**
 * Running a command to its end and collecting what it writes.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { signalTable } from "../abi/Signals.js"
import { shellCode, type WaitStatus } from "../abi/WaitStatus.js"
import * as Bytes from "../Bytes.js"
import type { Description } from "../Description.js"
import { drop } from "../Description.js"
import { FdTable } from "../FdTable.js"
import * as WaitQueue from "../WaitQueue.js"
import { Collector } from "./Collector.js"
import {
  type ExecFailure,
  type ExecOptions,
  type ExecResult,
  ExecTimeout,
  type HostRooms,
  OutputLimit
} from "./contract.js"
import { endOf, hasEnded, launch } from "./launch.js"

const OUTPUT_MAX = 64 * 1024 * 1024

const signalNames = new Map<number, string>(Object.entries(signalTable).map(([name, [number]]) => [number, name]))

/** `"SIGKILL"` for 9; real-time signals are `"SIGRTMIN+n"`. */
const signalName = (signal: number): string => signalNames.get(signal) ?? `SIGRTMIN+${signal - 34}`

/** A pipe from the host, and what fills it: what fits is in it at once, the rest follows as the program reads. */
const standardInput = (
  rooms: HostRooms,
  input: Uint8Array
): { readonly reader: Description; readonly feed: () => void } => {
  const { host, pipes, processes: { init } } = rooms
  const { reader, writer } = pipes.create(0, { uid: 0, gid: 0 })
  writer.references = 1
  const feed = (): void => {
    if (input.length === 0) Effect.runSync(drop(writer))
    else host.fork(Effect.ensuring(Effect.ignore(writer.write(input, init)), Effect.suspend(() => drop(writer))))
  }
  return { reader, feed }
}

/** Text is decoded when it is asked for. */
class Output {
  constructor(readonly stdout: Uint8Array, readonly stderr: Uint8Array) {}

  get stdoutText(): string {
    return Bytes.decode(this.stdout)
  }

  get stderrText(): string {
    return Bytes.decode(this.stderr)
  }
}

class Result extends Output implements ExecResult {
  readonly exitCode: number
  readonly signal: string | undefined

  constructor(status: WaitStatus, stdout: Uint8Array, stderr: Uint8Array) {
    super(stdout, stderr)
    this.exitCode = shellCode(status)
    this.signal = status._tag === "Signaled" ? signalName(status.signal) : undefined
  }
}

const partOf = ({ stderr, stderrText, stdout, stdoutText }: Output) => ({ stderr, stderrText, stdout, stdoutText })

export const exec = (
  rooms: HostRooms,
  command: string | ReadonlyArray<string>,
  options: ExecOptions = {}
): Effect.Effect<ExecResult, ExecFailure> =>
  Effect.suspend(() => {
    const { pipes, processes: { init, killTree } } = rooms
    const limit = options.outputMax ?? OUTPUT_MAX
    const overflowing = WaitQueue.make()
    let written = 0
    const count = (also: ((bytes: Uint8Array) => void) | undefined) => (bytes: Uint8Array): void => {
      written += bytes.length
      also?.(bytes)
      if (written > limit) WaitQueue.wakeAll(overflowing)
    }
    // The inode of a pipe is what fstat of a collected stream shows.
    const { inode } = pipes.create(0, init.credentials).reader
    const stdout = new Collector(inode, count(options.onStdout))
    const stderr = new Collector(inode, count(options.onStderr))
    const collected = (): Output => new Output(stdout.bytes(), stderr.bytes())

    const fds = new FdTable(rooms.limits.openFilesMax, rooms.processes.init.fds.descriptions)
    const input = typeof options.stdin === "string" ? Bytes.encode(options.stdin) : options.stdin ?? new Uint8Array(0)
    const stdin = standardInput(rooms, input)
    fds.place(0, stdin.reader, false)
    fds.place(1, stdout, false)
    fds.place(2, stderr, false)

    const argv = typeof command === "string" ? ["/bin/sh", "-c", command] : command
    const run = Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(launch(rooms, argv, options, fds), (process) => {
        // Not before there is somebody to read it: a command that cannot be started leaves nobody waiting.
        stdin.feed()
        const waited = WaitQueue.waitUntil(
          [endOf(process), overflowing],
          () => written > limit || hasEnded(process) ? Exit.void : undefined
        )
        // One that wrote too much and has ended since has written too much all the same.
        const ended = Effect.flatMap(Effect.orDie(waited), (): Exit.Exit<ExecResult, OutputLimit> =>
          written > limit
            ? Exit.fail(new OutputLimit({ limit, ...partOf(collected()) }))
            : Exit.succeed(new Result(process.status!, stdout.bytes(), stderr.bytes())))
        // Killed in every case but that of the command's own end: then what it left behind may go on.
        return Effect.onError(restore(ended), () => Effect.sync(() => killTree(process.origin)))
      })
    )
    if (options.timeout === undefined) return run
    const timeout = Duration.decode(options.timeout)
    return Effect.timeoutFail(run, {
      duration: timeout,
      onTimeout: () => new ExecTimeout({ timeout, ...partOf(collected()) })
    })
  })
