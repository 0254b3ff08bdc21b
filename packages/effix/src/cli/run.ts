/**
 * From a command line to an exit status: the kernel, its mounts, and the script.
 */
import type * as Errno from "@effix/kernel/Errno"
import * as Kernel from "@effix/kernel/Kernel"
import * as Trace from "@effix/kernel/Trace"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as programs from "../programs.js"
import type { Invocation, MountArgument } from "./arguments.js"
import { runBatch } from "./batch.js"
import { complain } from "./complain.js"
import { checkDirectory, type Refusal, refuse, scriptIn, textOf } from "./hostFiles.js"
import { runInteractive } from "./interactive.js"
import { BROKEN, CANNOT_RUN, MISUSED, NOT_FOUND } from "./statuses.js"

const SHELL = "/bin/sh"

/** The arguments of the shell; `undefined` for a login shell. */
const commandOf = ({ argv, source }: Invocation): Effect.Effect<ReadonlyArray<string> | undefined, Refusal> => {
  switch (source._tag) {
    case "Interactive":
      return Effect.succeed(undefined)
    case "Input":
      return Effect.succeed([SHELL, "-s", ...argv])
    case "Text":
      return Effect.succeed([SHELL, "-c", source.script, ...argv])
    case "File":
      return Effect.map(scriptIn(source.file), (script) => [SHELL, "-c", script, ...argv])
  }
}

const mount = (kernel: Kernel.HostInterface, { host, path, readOnly }: MountArgument): Effect.Effect<void, Refusal> =>
  Effect.gen(function*() {
    yield* checkDirectory(host, readOnly)
    // Only who mounts pays for loading what it takes.
    const HostDirectory = yield* Effect.promise(() => import("@effix/platform/node/NodeHostDirectory"))
    const backend = yield* HostDirectory.make(host, { readOnly })
    yield* kernel.mount(path, backend, { readOnly, source: host })
  }).pipe(
    Effect.catchAll((error) =>
      error._tag === "Refusal" ? Effect.fail(error) : refuse(MISUSED, `--mount ${host}:${path}: ${textOf(error)}`)
    )
  )

/** What the kernel refused before the script could begin. */
const explain = (error: Errno.Any, { cwd, user }: Invocation): Effect.Effect<never, Refusal> => {
  if (error._tag === "EINVAL" && error.details?.path === user) {
    return refuse(MISUSED, `--user ${user}: no such user; root, user and nobody are there, and any number`)
  }
  if (error.details?.syscall === "chdir") {
    return refuse(MISUSED, `--cwd ${cwd}: ${textOf(error)}; name a directory of the kernel, such as /tmp or a mount`)
  }
  return refuse(error._tag === "ENOENT" ? NOT_FOUND : CANNOT_RUN, error.message)
}

const main = (invocation: Invocation): Effect.Effect<number, Refusal, Kernel.Services> =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    for (const each of invocation.mounts) yield* mount(kernel, each)
    const command = yield* commandOf(invocation)
    const { stderr, stdin, stdout } = process
    const onTerminal = invocation.source._tag !== "Input" && stdin.isTTY && stdout.isTTY && stderr.isTTY
    const running: Effect.Effect<number, Errno.Any, Kernel.Services> = command === undefined || onTerminal
      ? runInteractive(command, invocation)
      : runBatch(kernel, command, invocation)
    return yield* Effect.catchAll(running, (error) => explain(error, invocation))
  })

const trace = (strace: boolean): Layer.Layer<never> =>
  strace ? Trace.layerStrace((line) => void process.stderr.write(`${line}\n`)) : Layer.empty

/** Runs it; answers the exit status. Nothing is left running. */
export const run = (invocation: Invocation): Promise<number> =>
  main(invocation).pipe(
    Effect.provide(Layer.provide(Kernel.layerWith({ drivers: programs.layer }), trace(invocation.strace))),
    Effect.catchAll((error) =>
      Effect.sync(() => {
        complain(error._tag === "Refusal" ? error.complaint : error.message)
        return error._tag === "Refusal" ? error.status : BROKEN
      })
    ),
    Effect.catchAllCause((cause) =>
      Effect.sync(() => {
        complain(`bug, please report it: ${Cause.pretty(cause)}`)
        return BROKEN
      })
    ),
    Effect.runPromise
  )
