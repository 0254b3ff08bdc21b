/**
 * A terminal of the kernel on the terminal of the host.
 */
import { SIGHUP } from "@effix/kernel/abi/Signals"
import { shellCode } from "@effix/kernel/abi/WaitStatus"
import * as HostTerminal from "@effix/platform/HostTerminal"
import * as NodeHostTerminal from "@effix/platform/node/NodeHostTerminal"
import * as Effect from "effect/Effect"
import type { Invocation } from "./arguments.js"
import { launchOptions, timeLimit } from "./launch.js"
import { HUNG_UP, SIGNALED } from "./statuses.js"

/** Runs `command`, or a login shell, on a terminal of its own; answers the exit status. */
export const runInteractive = (command: ReadonlyArray<string> | undefined, invocation: Invocation) =>
  HostTerminal.connect({ ...launchOptions(invocation), ...(command === undefined ? {} : { command }) }).pipe(
    Effect.map(shellCode),
    Effect.catchTag(
      "HostTerminalLost",
      ({ signal }) => Effect.succeed(signal === SIGHUP ? HUNG_UP : SIGNALED + signal)
    ),
    (running) => timeLimit(running, invocation),
    Effect.provide(NodeHostTerminal.layer)
  )
