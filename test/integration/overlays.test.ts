/** The contract of a backend, kept by overlays over what is not in memory: an archive, and a directory of the host. */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, it } from "@effect/vitest"
import * as OverlayBackend from "@effix/kernel/backend/OverlayBackend"
import * as TreeBackend from "@effix/kernel/backend/TreeBackend"
import * as ArchiveBackend from "@effix/platform/ArchiveBackend"
import * as NodeHostDirectory from "@effix/platform/node/NodeHostDirectory"
import * as BackendConformance from "@effix/testing/BackendConformance"
import * as Effect from "effect/Effect"

const runner = {
  describe,
  it: (name: string, body: () => Promise<void>) => it(name, body, 30_000)
}

const bytesMax = 2 ** 31

BackendConformance.suite(
  "An overlay over an archive",
  () =>
    Effect.gen(function*() {
      const packed = yield* ArchiveBackend.pack(yield* TreeBackend.make({}), { gzip: true })
      return yield* OverlayBackend.make({ lower: yield* ArchiveBackend.make(packed), bytesMax })
    }),
  runner
)

BackendConformance.suite(
  "An overlay over a directory of the host",
  () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const directory = yield* NodeHostDirectory.make(yield* fs.makeTempDirectoryScoped())
      return yield* OverlayBackend.make({ lower: directory, bytesMax })
    }).pipe(Effect.provide(NodeContext.layer)),
  runner
)
