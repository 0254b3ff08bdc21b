/** A directory of the host for one test, and a kernel that shows it at /host. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import type * as Errno from "@effix/kernel/Errno"
import * as Kernel from "@effix/kernel/Kernel"
import { Sys, type SystemCalls } from "@effix/kernel/Sys"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as HostDirectory from "../../src/HostDirectory.js"
import * as KernelFileSystem from "../../src/KernelFileSystem.js"

/** What a test is given. */
export interface Given {
  /** The directory that is mounted. */
  readonly root: string
  /** A directory of the host that lies beside it, with a file `secret`. */
  readonly outside: string
  readonly kernel: Kernel.HostInterface
  /** The kernel's files. */
  readonly files: FileSystem.FileSystem
}

export interface How extends HostDirectory.Options {
  /** Changes what the host answers: to interfere between two calls. */
  readonly around?: (host: FileSystem.FileSystem) => FileSystem.FileSystem
}

const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "effix-"))),
  (directory) => Effect.sync(() => fs.rmSync(directory, { recursive: true, force: true }))
)

/** Runs a test body on a directory and a kernel of its own. */
export const onHost = <A, E>(how: How, body: (given: Given) => Effect.Effect<A, E, Kernel.Services>) =>
  Effect.scoped(Effect.gen(function*() {
    const top = yield* temporary
    const root = path.join(top, "root")
    const outside = path.join(top, "outside")
    fs.mkdirSync(root)
    fs.mkdirSync(outside)
    fs.writeFileSync(path.join(outside, "secret"), "secret")
    const { around = (host) => host, ...options } = how
    const mountOn = Effect.gen(function*() {
      const host = around(yield* FileSystem.FileSystem)
      const backend = yield* Effect.provideService(HostDirectory.make(root, options), FileSystem.FileSystem, host)
      const kernel = yield* Kernel.Kernel
      yield* kernel.mount("/host", backend, { readOnly: options.readOnly ?? false })
      const files = yield* KernelFileSystem.make()
      return yield* body({ root, outside, kernel, files })
    })
    return yield* mountOn.pipe(
      Effect.provide(Kernel.layer),
      Effect.provide(Layer.merge(NodeFileSystem.layer, Path.layer))
    )
  }))

/** Runs the body of a process; what goes wrong in it goes wrong in the test. */
export const guest = (
  kernel: Kernel.HostInterface,
  body: (sys: SystemCalls) => Effect.Effect<void, Errno.Any>
): Effect.Effect<void, Errno.Any> =>
  Effect.scoped(Effect.gen(function*() {
    let ended: Exit.Exit<void, Errno.Any> = Exit.die("the guest did not run")
    const handle = yield* kernel.spawn(Effect.flatMap(Sys, (sys) =>
      Effect.map(Effect.exit(body(sys)), (exit) => {
        ended = exit
        return 0
      })))
    yield* handle.wait
    yield* ended
  }))

/** The errno that a call answers; "success" where it answers well. */
export const errnoOf = (call: Effect.Effect<unknown, Errno.Any>): Effect.Effect<string> =>
  Effect.match(call, { onFailure: (error): string => error._tag, onSuccess: () => "success" })

/** The code of the errno that a call on the kernel's files failed with. */
export const codeOf = <A, R>(call: Effect.Effect<A, { readonly cause?: unknown }, R>) =>
  Effect.map(
    Effect.flip(call),
    ({ cause }) => typeof cause === "object" && cause !== null && "_tag" in cause ? cause._tag : cause
  )
