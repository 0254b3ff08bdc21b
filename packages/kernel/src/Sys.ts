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
import type { Any } from "./Errno.js"
import type { CapabilityCalls } from "./sys/contract/capabilities.js"
import type { DescriptorCalls } from "./sys/contract/descriptors.js"
import type { ExtendedAttributeCalls } from "./sys/contract/extendedAttributes.js"
import type { FileCalls } from "./sys/contract/files.js"
import type { IdentityCalls } from "./sys/contract/identity.js"
import type { InterfaceCalls } from "./sys/contract/interfaces.js"
import type { LockCalls } from "./sys/contract/locks.js"
import type { MemoryCalls } from "./sys/contract/memory.js"
import type { MountCalls } from "./sys/contract/mounts.js"
import type { OpeningCalls } from "./sys/contract/opening.js"
import type { PidfdCalls } from "./sys/contract/pidfds.js"
import type { ProcessCalls } from "./sys/contract/processes.js"
import type { ReadinessCalls } from "./sys/contract/readiness.js"
import type { ResourceCalls } from "./sys/contract/resources.js"
import type { SignalCalls } from "./sys/contract/signals.js"
import type { SocketCalls } from "./sys/contract/sockets.js"
import type { StorageCalls } from "./sys/contract/storage.js"
import type { SystemInfoCalls } from "./sys/contract/system.js"
import type { TerminalCalls } from "./sys/contract/terminals.js"
import type { TimeCalls } from "./sys/contract/time.js"
import type { TransferCalls } from "./sys/contract/transfers.js"
import type { WatchCalls } from "./sys/contract/watches.js"

export type * from "./sys/contract/capabilities.js"
export type * from "./sys/contract/descriptors.js"
export type * from "./sys/contract/errors.js"
export type * from "./sys/contract/extendedAttributes.js"
export type * from "./sys/contract/files.js"
export type * from "./sys/contract/identity.js"
export type * from "./sys/contract/interfaces.js"
export type * from "./sys/contract/locks.js"
export type * from "./sys/contract/memory.js"
export type * from "./sys/contract/mounts.js"
export type * from "./sys/contract/opening.js"
export type * from "./sys/contract/pidfds.js"
export type * from "./sys/contract/processes.js"
export type * from "./sys/contract/readiness.js"
export type * from "./sys/contract/resources.js"
export type * from "./sys/contract/signals.js"
export type * from "./sys/contract/sockets.js"
export type * from "./sys/contract/storage.js"
export type * from "./sys/contract/system.js"
export type * from "./sys/contract/terminals.js"
export type * from "./sys/contract/time.js"
export type * from "./sys/contract/transfers.js"
export type * from "./sys/contract/watches.js"

/**
 * What a process runs: an effect that depends on the current process and succeeds with the exit code. An errno that
 * it does not handle is printed on its standard error, and it exits with 1.
 */
export type Program = Effect.Effect<number, Any, Sys>

/** Every call; each family stands in a file of its own. */
export interface SystemCalls
  extends
    DescriptorCalls,
    FileCalls,
    LockCalls,
    TransferCalls,
    StorageCalls,
    OpeningCalls,
    ExtendedAttributeCalls,
    WatchCalls,
    ProcessCalls,
    IdentityCalls,
    ResourceCalls,
    MemoryCalls,
    PidfdCalls,
    ReadinessCalls,
    SignalCalls,
    SocketCalls,
    InterfaceCalls,
    TimeCalls,
    TerminalCalls,
    SystemInfoCalls,
    CapabilityCalls,
    MountCalls
{}

/** @category tags */
export class Sys extends Context.Tag("@effix/kernel/Sys")<Sys, SystemCalls>() {}
