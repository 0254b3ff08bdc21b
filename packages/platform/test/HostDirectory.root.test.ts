import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Path from "@effect/platform/Path"
import { expect, it } from "@effect/vitest"
import * as Kernel from "@effix/kernel/Kernel"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as HostDirectory from "../src/HostDirectory.js"
import { calls } from "../src/node/NodeHostCalls.js"

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "effix-"))),
  (directory) => Effect.sync(() => fs.rmSync(directory, { recursive: true, force: true }))
)

const host = Layer.merge(NodeFileSystem.layer, Path.layer)

/** Runs on a kernel whose root is a directory of the host. */
const rootedAt = <A, E>(directory: string, body: (kernel: Kernel.HostInterface) => Effect.Effect<A, E>) =>
  Effect.flatMap(Kernel.Kernel, body).pipe(
    Effect.provide(Kernel.layerWith({ backend: HostDirectory.layer(directory, { calls }) })),
    Effect.provide(host)
  )

it.scoped("A kernel boots on a directory of the host, and finds there what it left", () =>
  Effect.gen(function*() {
    const directory = yield* temporary
    yield* rootedAt(directory, (kernel) => kernel.writeFile("/srv/kept", "kept"))
    expect(fs.readFileSync(path.join(directory, "srv/kept"), "utf8")).toBe("kept")
    expect(fs.statSync(path.join(directory, "tmp")).mode & 0o7777).toBe(0o1777)
    const again = yield* rootedAt(directory, (kernel) => kernel.readFile("/srv/kept"))
    expect(text(again)).toBe("kept")
  }))

it.scoped("What is not a directory of the host cannot be one of a kernel", () =>
  Effect.gen(function*() {
    const directory = yield* temporary
    const file = path.join(directory, "f")
    fs.writeFileSync(file, "")
    const codeOf = (root: string) =>
      Effect.map(Effect.flip(HostDirectory.make(root)), ({ _tag, details }) => [_tag, details?.path])
    expect(yield* codeOf(file)).toEqual(["ENOTDIR", file])
    expect(yield* codeOf(`${file}s`)).toEqual(["ENOENT", `${file}s`])
    fs.symlinkSync(directory, path.join(directory, "link"))
    expect((yield* HostDirectory.make(path.join(directory, "link"))).root.mode & 0o170000).toBe(0o040000)
  }).pipe(Effect.provide(host)))

it.scoped("All files can be made to belong to one owner", () =>
  Effect.gen(function*() {
    const directory = yield* temporary
    const backend = yield* HostDirectory.make(directory, { calls, owner: { uid: 1000, gid: 100 } })
    expect([backend.root.uid, backend.root.gid]).toEqual([1000, 100])
    const made = { mode: 0o100644, uid: 1000, gid: 100, rdev: 0, now: 0n }
    const file = yield* backend.create(backend.root, "f", made)
    expect([file.uid, file.gid]).toEqual([1000, 100])
    expect(fs.statSync(path.join(directory, "f")).uid).toBe(process.getuid?.())
    expect((yield* Effect.flip(backend.change(file, { uid: 0 })))._tag).toBe("EPERM")
  }).pipe(Effect.provide(host)))
