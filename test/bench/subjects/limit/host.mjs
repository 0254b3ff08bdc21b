import { lagWhile } from "../lag.mjs"

/** Whoever wants to be fair works for eight milliseconds, and then gives the host a turn. */
export const lag = () =>
  lagWhile(() => {
    const work = () => {
      const until = performance.now() + 8
      while (performance.now() < until) continue
      setImmediate(work)
    }
    work()
  })
