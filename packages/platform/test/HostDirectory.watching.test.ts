/** What programs of the host do in a mounted directory, and who watches in the kernel hears of it. */
import { describe, expect, it } from "@effect/vitest"
import * as Processes from "@effix/kernel/Processes"
import * as Vfs from "@effix/kernel/Vfs"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as path from "node:path"
import { calls } from "../src/node/NodeHostCalls.js"
import { type How, onHost } from "./support/hostTree.js"

const kinds: ReadonlyArray<readonly [string, How]> = [
  ["through FileSystem alone", {}],
  ["with what node can do besides", { calls }]
]

const turn = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

describe.each(kinds)("Who watches a host directory, %s,", (_, how) => {
  it.live("hears what the host makes, writes and removes there, and of its own changes once", () =>
    onHost(how, ({ files, root }) =>
      Effect.gen(function*() {
        const vfs = yield* Vfs.Vfs
        const { init } = yield* Processes.Processes
        const told: Array<string> = []
        const watching = yield* Effect.fork(Stream.runForEach(
          vfs.watch(init, vfs.root, "/host"),
          (change) =>
            Effect.sync(() => void told.push(change._tag === "Lost" ? "Lost" : `${change._tag} ${change.path}`))
        ))
        const heard = (change: string) => Effect.repeat(turn, { until: () => told.includes(change) })
        // The host listens from soon after on: until then it is given something to hear of.
        let tries = 0
        yield* Effect.repeat(
          Effect.zipRight(Effect.sync(() => fs.writeFileSync(path.join(root, `begin${tries++}`), "")), turn),
          { until: () => told.some((each) => each.startsWith("Created /host/begin")) }
        )
        fs.writeFileSync(path.join(root, "theirs"), "")
        yield* heard("Created /host/theirs")
        fs.appendFileSync(path.join(root, "theirs"), "more")
        yield* heard("Modified /host/theirs")
        yield* files.writeFileString("/host/ours", "text")
        yield* heard("Modified /host/ours")
        fs.unlinkSync(path.join(root, "theirs"))
        yield* heard("Removed /host/theirs")
        yield* files.remove("/host/ours")
        fs.mkdirSync(path.join(root, "end"))
        yield* heard("Created /host/end")
        yield* Fiber.interrupt(watching)
        const count = (change: string) => told.filter((each) => each === change).length
        expect(["Created /host/ours", "Removed /host/ours", "Created /host/theirs", "Removed /host/theirs"].map(count))
          .toEqual([1, 1, 1, 1])
        expect(told.indexOf("Created /host/theirs")).toBeLessThan(told.indexOf("Modified /host/theirs"))
      })))
})
