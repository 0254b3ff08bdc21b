/**
 * A running process, held with promises.
 */
import { signalTable } from "@effix/kernel/abi/Signals"
import { shellCode, type WaitStatus } from "@effix/kernel/abi/WaitStatus"
import type { HostInterface, SpawnHostOptions } from "@effix/kernel/Kernel"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Failure } from "../Failure.js"
import type { Run } from "./run.js"

export type SpawnOptions = SpawnHostOptions

/** How a process ended. */
export interface Ended {
  /** As a shell's `$?`: 128 plus the number for one that a signal ended. */
  readonly exitCode: number
  /** The signal that ended it, such as `"SIGKILL"`. */
  readonly signal: string | undefined
}

export interface Child {
  readonly pid: number
  /** Writes to its standard input, and answers when that has been taken. */
  readonly write: (bytes: string | Uint8Array) => Promise<void>
  readonly closeStdin: () => Promise<void>
  readonly stdout: AsyncIterable<Uint8Array>
  readonly stderr: AsyncIterable<Uint8Array>
  /** How it ended. */
  readonly wait: () => Promise<Ended>
  /** Sends a signal, by name or number. Default: `"SIGTERM"`. `tree`: also to all that it has started. */
  readonly kill: (signal?: keyof typeof signalTable | number, options?: { readonly tree?: boolean }) => Promise<void>
}

const SHELL = ["/bin/sh", "-c"]

const nameOf = (signal: number): string =>
  Object.entries(signalTable).find(([, [number]]) => number === signal)?.[0] ?? `SIGRTMIN+${signal - 34}`

const ended = (status: WaitStatus): Ended => ({
  exitCode: shellCode(status),
  signal: status._tag === "Signaled" ? nameOf(status.signal) : undefined
})

const numberOf = (signal: keyof typeof signalTable | number): number => {
  if (typeof signal === "number") return signal
  const known = signalTable[signal]
  if (known === undefined) throw new Failure("EINVAL", `No signal is called ${String(signal)}`)
  return known[0]
}

/** Starts a process, which the machine owns: it is killed when the machine is closed. */
export const spawn = (
  kernel: HostInterface,
  run: Run,
  command: string | ReadonlyArray<string>,
  options: SpawnOptions
) =>
  Effect.gen(function*(): Effect.fn.Return<Child, Effect.Effect.Error<ReturnType<HostInterface["spawn"]>>> {
    // Its pipes stay open for as long as somebody may read them.
    const scope = yield* Scope.make()
    const argv = typeof command === "string" ? [...SHELL, command] : command
    const handle = yield* kernel.spawn(argv, options).pipe(
      Scope.extend(scope),
      Effect.onError(() => Scope.close(scope, Exit.void))
    )
    return {
      pid: handle.pid,
      write: (bytes) => run(handle.write(bytes)),
      closeStdin: () => run(handle.closeStdin),
      stdout: Stream.toAsyncIterable(handle.stdout),
      stderr: Stream.toAsyncIterable(handle.stderr),
      wait: () => run(Effect.map(handle.wait, ended)),
      kill: async (signal = "SIGTERM", options = {}) => run(handle.kill(numberOf(signal), options))
    }
  })
