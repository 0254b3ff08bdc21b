/** The tree that a kernel boots with. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { isDirectory, isSymlink } from "../src/abi/FileMode.js"
import { O_DIRECTORY, O_RDONLY } from "../src/abi/OpenFlags.js"
import * as MemoryBackend from "../src/backend/MemoryBackend.js"
import * as KernelConfig from "../src/KernelConfig.js"
import type { SystemCalls } from "../src/Sys.js"
import { inProcess } from "./support/run.js"

/** Every path of the root file system, with what stat(2) says of it but for the times. */
const treeOf = (sys: SystemCalls, path = ""): Effect.Effect<ReadonlyArray<string>, unknown> =>
  Effect.gen(function*() {
    const { gid, ino, mode, nlink, size, uid } = yield* sys.lstat(path === "" ? "/" : path)
    const target = isSymlink(mode) ? yield* sys.readlink(path) : ""
    const lines = [[path, ino, mode.toString(8), nlink, uid, gid, size, target].join(" ")]
    if (!isDirectory(mode) || path === "/dev" || path === "/proc") return lines
    const fd = yield* sys.open(path === "" ? "/" : path, O_RDONLY | O_DIRECTORY)
    const entries = yield* sys.getdents(fd)
    yield* sys.close(fd)
    for (const { name } of entries) {
      if (name !== "." && name !== "..") lines.push(...yield* treeOf(sys, `${path}/${name}`))
    }
    return lines
  })

const backend = Layer.provide(MemoryBackend.layer, Layer.succeed(KernelConfig.KernelConfig, KernelConfig.defaults))

it.effect("a file system that is given and one of the kernel's own are booted alike", () =>
  Effect.gen(function*() {
    const own = yield* inProcess((sys) => treeOf(sys))
    const given = yield* inProcess((sys) => treeOf(sys), { backend })
    expect(own.map((line) => line.split(" ")[0])).toEqual(
      expect.arrayContaining(["/etc/passwd", "/home/user", "/usr/bin"])
    )
    expect(given).toEqual(own)
  }))
