import { Bash } from "just-bash"
import { measure } from "../../Meter.mjs"
import { check, scripts } from "../sizes.mjs"

const run = (id) => {
  const bash = new Bash({ executionLimits: { maxLoopIterations: 1e6, maxCommandCount: 1e9 } })
  return measure(async (count) => {
    for (let i = 0; i < count; i++) {
      const { stderr, stdout } = await bash.exec(scripts[id])
      check(id, stdout + stderr)
    }
  })
}

export const echo = () => run("echo")
export const filter = () => run("filter")
export const awk = () => run("awk")
export const loop = () => run("loop")
