import { Bash } from "just-bash"
import { lagWhile } from "../lag.mjs"

/** Its guests cannot be stopped from outside, so this one ends by itself. */
export const lag = () =>
  lagWhile(() => {
    const bash = new Bash({ executionLimits: { maxLoopIterations: 1e9, maxCommandCount: 1e9 } })
    void bash.exec("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done")
  })
