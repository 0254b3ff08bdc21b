import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Coreutils from "../src/Coreutils.js"
import * as fs from "node:fs"
const argv = process.argv.slice(2)
const stdin = process.env.STDIN ?? ""
const main = Effect.gen(function*() {
  const kernel = yield* Kernel.Kernel
  yield* kernel.writeFile("/tmp/a", "one\ntwo\nthree\n")
  const t = performance.now()
  const r = yield* kernel.exec(argv, { stdin, timeout: "10 seconds", cwd: "/tmp" })
  process.stdout.write(r.stdout); process.stderr.write(r.stderr); console.error("[exit", r.exitCode, (performance.now()-t).toFixed(1)+"ms]")
})
Effect.runPromise(Effect.provide(main, Kernel.layerWith({ drivers: Coreutils.layer as any }))).catch((e) => console.error(e))
