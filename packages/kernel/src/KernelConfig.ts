/**
 * Every limit of the kernel, in one record. A limit that is reached answers with the errno that Linux gives.
 *
 * @see getrlimit(2)
 */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The limits, with their units. */
export interface Limits {
  /** What `uname -n` answers. */
  readonly hostname: string
  /** Bytes that a new pipe holds before a write blocks. */
  readonly pipeCapacity: number
  /** The most that F_SETPIPE_SZ grants to a process without privilege, in bytes. */
  readonly pipeCapacityMax: number
  /** RLIMIT_NOFILE of a new process: descriptors it may have open (EMFILE). */
  readonly openFilesMax: number
  /** Open file descriptions of all processes together (ENFILE). @see proc_sys_fs(5) */
  readonly descriptionsMax: number
  /** Processes alive in the whole kernel, zombies included (EAGAIN). */
  readonly processesMax: number
  /** RLIMIT_FSIZE of a new process: bytes in one file (EFBIG and SIGXFSZ). */
  readonly fileSizeMax: number
  /** Bytes of file contents that a memory backend keeps (ENOSPC). */
  readonly memoryBytesMax: number
  /** Inodes of a memory backend (ENOSPC). */
  readonly memoryInodesMax: number
  /** Pages of 4096 bytes that all processes together have mapped (ENOMEM). @see mmap(2) */
  readonly memoryPagesMax: number
  /** Bytes of arguments and environment together that exec takes (E2BIG). */
  readonly argumentsMax: number
  /** RLIMIT_SIGPENDING of a new process: signals queued for all of its user's (EAGAIN from sigqueue). */
  readonly signalsQueuedMax: number
  /** Pseudo-terminals open at once (ENOSPC). */
  readonly terminalsMax: number
  /** Descriptors that the epolls of one user watch (ENOSPC). */
  readonly watchesMax: number
  /** Directory entries that the path walk remembers before it forgets those that nobody uses. */
  readonly dentriesMax: number
  /** File locks of all processes together (ENOLCK). */
  readonly locksMax: number
  /** Files that one user may watch (ENOSPC). @see inotify(7) */
  readonly inotifyWatchesMax: number
  /** inotify instances that one user may have (EMFILE). */
  readonly inotifyInstancesMax: number
  /** Events that wait in one instance before those that follow are lost. */
  readonly inotifyEventsMax: number
}

/** @category tags */
export class KernelConfig extends Context.Tag("@effix/kernel/KernelConfig")<KernelConfig, Limits>() {}

export const defaults: Limits = {
  hostname: "effix",
  pipeCapacity: 65_536,
  pipeCapacityMax: 1_048_576,
  openFilesMax: 1024,
  descriptionsMax: 1_048_576,
  processesMax: 32_768,
  fileSizeMax: Number.POSITIVE_INFINITY,
  memoryBytesMax: 4 * 1024 ** 3,
  memoryInodesMax: 4_194_304,
  memoryPagesMax: 1_048_576,
  argumentsMax: 2_097_152,
  signalsQueuedMax: 4096,
  terminalsMax: 4096,
  watchesMax: 1_048_576,
  dentriesMax: 65_536,
  locksMax: 1_048_576,
  inotifyWatchesMax: 65_536,
  inotifyInstancesMax: 128,
  inotifyEventsMax: 16_384
}

/** The defaults, with what `options` says instead. */
export const make = (options?: Partial<Limits>): Limits => ({ ...defaults, ...options })

/** @category layers */
export const layer = (options?: Partial<Limits>): Layer.Layer<KernelConfig> =>
  Layer.succeed(KernelConfig, make(options))

const integer = (name: Exclude<keyof Limits, "hostname">) =>
  Config.integer(name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).pipe(
    Config.withDefault(defaults[name])
  )

/**
 * Reads `KERNEL_PIPE_CAPACITY`, `KERNEL_OPEN_FILES_MAX` and their siblings from the active `ConfigProvider`.
 *
 * @category layers
 */
export const layerConfig: Layer.Layer<KernelConfig, ConfigError> = Layer.effect(
  KernelConfig,
  Effect.suspend(() =>
    Config.nested(
      Config.all({
        hostname: Config.withDefault(Config.string("HOSTNAME"), defaults.hostname),
        pipeCapacity: integer("pipeCapacity"),
        pipeCapacityMax: integer("pipeCapacityMax"),
        openFilesMax: integer("openFilesMax"),
        descriptionsMax: integer("descriptionsMax"),
        processesMax: integer("processesMax"),
        fileSizeMax: integer("fileSizeMax"),
        memoryBytesMax: integer("memoryBytesMax"),
        memoryInodesMax: integer("memoryInodesMax"),
        memoryPagesMax: integer("memoryPagesMax"),
        argumentsMax: integer("argumentsMax"),
        signalsQueuedMax: integer("signalsQueuedMax"),
        terminalsMax: integer("terminalsMax"),
        watchesMax: integer("watchesMax"),
        dentriesMax: integer("dentriesMax"),
        locksMax: integer("locksMax"),
        inotifyWatchesMax: integer("inotifyWatchesMax"),
        inotifyInstancesMax: integer("inotifyInstancesMax"),
        inotifyEventsMax: integer("inotifyEventsMax")
      }),
      "KERNEL"
    )
  )
)
