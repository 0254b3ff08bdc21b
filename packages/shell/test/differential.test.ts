/** Every script gives the same output, the same exit status, and complaints or none, in our shell as in bash. */
import { describe, expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inKernel, onHost, scriptFiles, scriptsIn, TestKernel } from "./support.js"

layer(TestKernel, { excludeTestServices: true })("The shell and bash agree", (it) => {
  for (const file of scriptFiles) {
    const bash = file.endsWith(".bash.sh")
    describe(file.replace(/(\.bash)?\.sh$/, ""), () => {
      scriptsIn(file).forEach((script, index) => {
        it.effect(`on ${index + 1}: ${script.split("\n")[0]!.slice(0, 80)}`, () =>
          Effect.gen(function*() {
            const ours = yield* inKernel(script, bash)
            expect(ours).toEqual(onHost(script, bash))
          }), 30_000)
      })
    })
  }
})
