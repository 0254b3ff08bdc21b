/**
 * The terminal at which the user of this program sits, and a terminal of the kernel shown on it.
 *
 * {@link connect} is what a terminal emulator or ssh(1) does: everything that is typed goes to the kernel's terminal as it
 * is, ^C and ^Z included, everything that programs write there comes out here, and a window that changes its size is
 * followed. Bytes go through as bytes. Neither side runs ahead of the other: what is typed is taken when the kernel's
 * terminal has room, and programs sleep when the host is slow to show what they write.
 *
 * A {@link HostTerminal} is a small record, so that anything with a keyboard and a screen can be one: `NodeHostTerminal`
 * makes it of the standard streams of a program that runs under node, a web page of a widget.
 *
 * @see tty(4)
 *
 * @example
 * ```ts no-run
 * import { Kernel } from "@effix/kernel"
 * import { HostTerminal } from "@effix/platform"
 * import * as NodeHostTerminal from "@effix/platform/node/NodeHostTerminal"
 * import { Coreutils, Shell } from "@effix/shell"
 * import { Effect, Layer } from "effect"
 *
 * // A login shell of the kernel, at the terminal from which this program was started.
 * const machine = Kernel.layerWith({ drivers: Layer.mergeAll(Shell.layer, Coreutils.layer) })
 * const session = Effect.provide(HostTerminal.connect(), Layer.merge(machine, NodeHostTerminal.layer))
 * console.log(await Effect.runPromise(session)) // { _tag: "Exited", code: 0 }
 * ```
 */
import { SIGHUP } from "@effix/kernel/abi/Signals"
import type { WindowSize } from "@effix/kernel/abi/Termios"
import type { WaitStatus } from "@effix/kernel/abi/WaitStatus"
import type * as Errno from "@effix/kernel/Errno"
import * as Kernel from "@effix/kernel/Kernel"
import type { SpawnError } from "@effix/kernel/Sys"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { ScreenModes } from "./host/ScreenModes.js"

/** The terminal is gone, or this program was told to end, by a signal of the host. */
export class HostTerminalLost extends Data.TaggedError("HostTerminalLost")<{
  /** SIGHUP for a terminal that is gone. */
  readonly signal: number
}> {
  override get message(): string {
    return this.signal === SIGHUP ? "The terminal is gone" : `Signal ${this.signal} ended the session`
  }
}

/** A screen and a keyboard of the host. */
export interface Interface {
  /** What it calls itself, for TERM. */
  readonly name: string | undefined
  readonly size: Effect.Effect<WindowSize>
  /**
   * Hands the keyboard over, for as long as the scope is open: no echo, no line editing, no signals. What closing it does
   * is also done when the program ends in any other way. `restore` says what puts the screen itself back, and may be asked
   * at any time.
   */
  readonly raw: (restore: () => Uint8Array) => Effect.Effect<void, never, Scope.Scope>
  /** What is typed; ends when the terminal is gone. The next piece is taken when this one is done with. */
  readonly input: Stream.Stream<Uint8Array>
  /** Shows something; done when the host has taken it. */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, HostTerminalLost>
  /** Each time that the size may have changed. */
  readonly resized: Stream.Stream<void>
  /** The signals by which others ask this program to end. While nobody listens they do what they do. */
  readonly signals: Stream.Stream<number>
}

/** @category tags */
export class HostTerminal extends Context.Tag("@effix/platform/HostTerminal")<HostTerminal, Interface>() {}

export interface Options extends Kernel.TerminalOptions {
  /** How long the last output may take, when somebody in the background holds on to the terminal. Default: 250 ms. */
  readonly drain?: Duration.DurationInput
}

/**
 * Runs a command, or a login shell, on a terminal of the kernel that is shown on the terminal of the host; answers how it
 * ended. The host's terminal is put back however this ends: modes that a program left on, such as the other screen, are
 * turned off. A signal to this program hangs the kernel's terminal up.
 */
export const connect = (
  options: Options = {}
): Effect.Effect<
  WaitStatus,
  HostTerminalLost | SpawnError | Errno.Errno<"EINVAL" | "ENOSPC">,
  HostTerminal | Kernel.Kernel
> =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const host = yield* HostTerminal
    const { drain = "250 millis", ...rest } = options
    const terminal = yield* kernel.openTerminal({
      ...(yield* host.size),
      ...rest,
      env: { ...(host.name === undefined ? {} : { TERM: host.name }), ...rest.env }
    })
    const lost = yield* Deferred.make<never, HostTerminalLost>()
    // An interactive shell may ignore what is meant for us; a terminal that goes away it cannot.
    const hangUp = (reason: HostTerminalLost) =>
      Effect.zipRight(Deferred.fail(lost, reason), Effect.ignore(terminal.kill(SIGHUP)))
    const gone = hangUp(new HostTerminalLost({ signal: SIGHUP }))

    const modes = new ScreenModes()
    yield* host.raw(() => modes.restore())
    yield* Effect.forkScoped(Effect.zipRight(Stream.runForEach(host.input, terminal.write), gone))
    yield* Effect.forkScoped(
      Stream.runForEach(host.resized, () => Effect.flatMap(host.size, terminal.resize))
    )
    yield* Effect.forkScoped(Stream.runForEach(host.signals, (signal) => hangUp(new HostTerminalLost({ signal }))))
    const output = yield* Effect.forkScoped(
      Stream.runForEach(terminal.output, (bytes) => {
        modes.see(bytes)
        return host.write(bytes)
      }).pipe(Effect.catchAll(hangUp))
    )
    const status = yield* Effect.raceFirst(terminal.wait, Deferred.await(lost))
    yield* Effect.timeoutOption(Fiber.join(output), drain)
    return status
  }).pipe(Effect.scoped)
