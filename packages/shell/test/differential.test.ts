/**
 * Every script gives the same output, the same exit status, and complaints or none, in our shell as in the host's bash.
 * Scripts whose file ends with `.bash.sh` run as `bash`, the others as `sh`, that is `bash --posix`.
 */
import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { inKernel, onHost, scriptFiles, scriptsIn, TestKernel } from "./support.js"

layer(TestKernel, { excludeTestServices: true })("The shell agrees with bash", (it) => {
  for (const file of scriptFiles) {
    const bash = file.endsWith(".bash.sh")
    const scripts = scriptsIn(file)
    it.effect(`on ${scripts.length} scripts about ${file.replace(/(\.bash)?\.sh$/, "")}`, () =>
      Effect.gen(function*() {
        const outcomes = yield* Effect.forEach(scripts, (script) =>
          Effect.all([inKernel(script, bash), onHost(script, bash)], { concurrency: 2 }).pipe(
            Effect.map(([ours, theirs]) => ({ script, ours, theirs }))
          ))
        const differing = outcomes.filter(({ ours, theirs }) =>
          JSON.stringify(ours) !== JSON.stringify(theirs)
        )
        expect(differing).toEqual([])
      }), 600_000)
  }
})
