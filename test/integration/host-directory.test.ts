/** The contract of a backend, kept by directories of the host and by files of another kernel. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import { describe, it } from "@effect/vitest"
import * as Kernel from "@effix/kernel/Kernel"
import * as HostDirectory from "@effix/platform/HostDirectory"
import * as KernelFileSystem from "@effix/platform/KernelFileSystem"
import * as NodeHostDirectory from "@effix/platform/node/NodeHostDirectory"
import * as BackendConformance from "@effix/testing/BackendConformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** What a host does not give: owners to give away, set-id bits, names that are not UTF-8, devices and FIFOs. */
const options = { owners: false, anyName: false, special: false }

/** The host's files have the host's times, and what is asked for is the kernel's. */
const tellTimes = [
  "a new file is empty, and as it was asked for",
  "a change in a directory changes its times",
  "a removed name is gone",
  "a second name is the same file",
  "a write changes the times of modification and change",
  "a renamed file is the same file",
  "a file moves from one directory to another",
  "times change one at a time",
  "several attributes change together"
]

const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

const runner = {
  describe,
  it: (name: string, body: () => Promise<void>) => tellTimes.includes(name) ? undefined : it(`${name}`, body, 30_000)
}

BackendConformance.suite(
  "A host directory, through FileSystem alone",
  () => Effect.flatMap(temporary, (directory) => HostDirectory.make(directory)).pipe(Effect.provide(NodeContext.layer)),
  runner,
  options
)

BackendConformance.suite(
  "A host directory, with what node can do besides",
  () =>
    Effect.flatMap(temporary, (directory) => NodeHostDirectory.make(directory)).pipe(Effect.provide(NodeContext.layer)),
  runner,
  options
)

const kernelFiles = Layer.merge(Layer.provide(KernelFileSystem.layer, Kernel.layer), Path.layer)

BackendConformance.suite(
  "A directory of another kernel",
  () =>
    Effect.gen(function*() {
      const host = yield* Layer.build(kernelFiles)
      return yield* Effect.provide(HostDirectory.make("/srv"), host)
    }),
  runner,
  options
)
