/**
 * The kernel with batteries: the shell and the core utilities as one layer, and a machine of promises for programs
 * that do not use Effect.
 *
 * @example
 * ```ts
 * import { Effix } from "effix"
 *
 * const machine = await Effix.boot({ files: { "/data/fruit.txt": "pear\nfig\napple\n" } })
 * const { exitCode, stdout } = await machine.exec("sort /data/fruit.txt | head -n 1")
 * console.log(exitCode, stdout.trim()) // 0 apple
 * await machine.close()
 * ```
 *
 * @example
 * ```ts
 * import { Effix } from "effix"
 *
 * const machine = await Effix.boot()
 * const cat = await machine.spawn(["cat"])
 * await cat.write("typed\n")
 * await cat.closeStdin()
 * for await (const bytes of cat.stdout) console.log(new TextDecoder().decode(bytes).trim()) // typed
 * console.log(await cat.wait()) // { exitCode: 0, signal: undefined }
 * await machine.close()
 * ```
 */
import type * as Errno from "@effix/kernel/Errno"
import * as Kernel from "@effix/kernel/Kernel"
import type { Limits } from "@effix/kernel/KernelConfig"
import type { Programs } from "@effix/kernel/Programs"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { type Child, spawn, type SpawnOptions } from "./machine/child.js"
import { type Run, run } from "./machine/run.js"
import * as programs from "./programs.js"

export type { Child, Ended, SpawnOptions } from "./machine/child.js"

/**
 * Registers the shell and the core utilities: the drivers of a kernel that is to be used like a Unix machine.
 *
 * @category layers
 */
export const layer: Layer.Layer<never, Errno.Errno<"EEXIST" | "EINVAL">, Programs> = programs.layer

/** A directory of the host, by its path. */
export interface HostMount {
  readonly host: string
  readonly readOnly?: boolean
}

export interface BootOptions {
  /** Files by path, with the directories above them, to be there from the beginning. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** Host directories by the path where they are shown; a path alone is writable. */
  readonly mounts?: Readonly<Record<string, string | HostMount>>
  readonly limits?: Partial<Limits>
}

export interface ExecOptions extends SpawnOptions {
  readonly stdin?: string | Uint8Array
  /** Milliseconds; then everything that the command has started is killed, and the call is rejected. */
  readonly timeout?: number
  /** Bytes of stdout and stderr together. Default: 64 MiB. */
  readonly outputMax?: number
  readonly onStdout?: (bytes: Uint8Array) => void
  readonly onStderr?: (bytes: Uint8Array) => void
  /** Aborting it kills everything that the command has started. */
  readonly signal?: AbortSignal
}

/** How a command ended, and what it wrote. */
export interface ExecResult {
  /** As a shell's `$?`: 128 plus the number for one that a signal ended. */
  readonly exitCode: number
  /** The signal that ended it, such as `"SIGKILL"`. */
  readonly killedBy: string | undefined
  readonly stdout: string
  readonly stderr: string
  /** The same, as it was written. */
  readonly stdoutBytes: Uint8Array
  readonly stderrBytes: Uint8Array
}

/** A running kernel. Every promise of it is rejected with a `Failure`. */
export interface Machine extends AsyncDisposable {
  /** Runs a command line of the shell, or a program with its arguments, to its end. */
  readonly exec: (command: string | ReadonlyArray<string>, options?: ExecOptions) => Promise<ExecResult>
  /** Starts a command line of the shell, or a program with its arguments. */
  readonly spawn: (command: string | ReadonlyArray<string>, options?: SpawnOptions) => Promise<Child>
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** Writes a whole file, and makes the directories above it. */
  readonly writeFile: (path: string, content: string | Uint8Array, mode?: number) => Promise<void>
  /** Shows a directory of the host at `path`. */
  readonly mount: (path: string, directory: string | HostMount) => Promise<void>
  readonly unmount: (path: string) => Promise<void>
  /** Every process, zombies included. */
  readonly processes: () => Promise<ReadonlyArray<Kernel.ProcessSnapshot>>
  /** Kills what runs and frees everything. */
  readonly close: () => Promise<void>
}

const mountHost = (
  kernel: Kernel.HostInterface,
  path: string,
  directory: string | HostMount
): Effect.Effect<void, Errno.Any> =>
  Effect.gen(function*() {
    const { host, readOnly = false } = typeof directory === "string" ? { host: directory } : directory
    // Only who mounts needs a host that has directories.
    const { make } = yield* Effect.promise(() => import("@effix/platform/node/NodeHostDirectory"))
    yield* kernel.mount(path, yield* make(host, { readOnly }), { readOnly, source: host })
  })

const exec = (
  kernel: Kernel.HostInterface,
  command: string | ReadonlyArray<string>,
  { signal: _, ...options }: ExecOptions
): Effect.Effect<ExecResult, Kernel.ExecFailure> =>
  Effect.map(kernel.exec(command, options), ({ exitCode, signal, stderr, stderrText, stdout, stdoutText }) => ({
    exitCode,
    killedBy: signal,
    stdout: stdoutText,
    stderr: stderrText,
    stdoutBytes: stdout,
    stderrBytes: stderr
  }))

const machine = (kernel: Kernel.HostInterface, run: Run, close: () => Promise<void>): Machine => ({
  exec: (command, options = {}) => run(exec(kernel, command, options), options.signal),
  spawn: (command, options = {}) => run(spawn(kernel, run, command, options)),
  readFile: (path) => run(kernel.readFile(path)),
  writeFile: (path, content, mode) => run(kernel.writeFile(path, content, mode)),
  mount: (path, directory) => run(mountHost(kernel, path, directory)),
  unmount: (path) => run(kernel.unmount(path)),
  processes: () => run(kernel.processes),
  close,
  [Symbol.asyncDispose]: close
})

/**
 * Boots a machine with a shell and the core utilities. Close it when you are done: until then it keeps what it holds.
 */
export const boot = async ({ files, limits, mounts = {} }: BootOptions = {}): Promise<Machine> => {
  const runtime = ManagedRuntime.make(Kernel.layerWith({
    drivers: layer,
    ...(files === undefined ? {} : { files }),
    ...(limits === undefined ? {} : { config: limits })
  }))
  const runs = run(runtime)
  try {
    const kernel = await runs(Kernel.Kernel)
    for (const [path, directory] of Object.entries(mounts)) await runs(mountHost(kernel, path, directory))
    return machine(kernel, runs, () => runtime.dispose())
  } catch (error) {
    await runtime.dispose()
    throw error
  }
}
