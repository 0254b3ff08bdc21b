import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Coreutils from "../src/Coreutils.js"
import * as Shell from "../src/Shell.js"
const cmds = process.argv.slice(2)
const main = Effect.gen(function*() {
  const kernel = yield* Kernel.Kernel
  yield* kernel.writeFile("/tmp/big", ("some line of text with words and number 12345\n").repeat(2_000_000 / 10))
  for (const c of cmds) for (let i = 0; i < 4; i++) {
    const t = performance.now()
    const r = yield* kernel.exec(c, { timeout: "60 seconds", cwd: "/tmp" })
    const ms = performance.now() - t
    if (i === 0 || i === 3) console.log(ms.toFixed(1) + " ms", i === 0 ? "(cold)" : "", c, "=>", r.stdoutText.slice(0, 60).trim().replace(/\n/g, "\\n"), r.stderrText.slice(0,80), r.exitCode)
  }
})
Effect.runPromise(Effect.provide(main, Kernel.layerWith({ drivers: Layer.mergeAll(Coreutils.layer, Shell.layer) as any }))).catch((e) => console.error(e))
