/** How late a timer of the host is, in nanoseconds, at the 99th percentile, while something else keeps the thread busy. */
import { quick } from "../Meter.mjs"

const DURATION = quick ? 1500 : 4000
const EVERY = 5

export const lagWhile = async (spin) => {
  const late = []
  spin()
  const end = performance.now() + DURATION
  while (performance.now() < end) {
    const due = performance.now() + EVERY
    await new Promise((resolve) => setTimeout(resolve, EVERY))
    late.push(Math.max(0, performance.now() - due))
  }
  late.sort((a, b) => a - b)
  return late[Math.min(late.length - 1, Math.floor(late.length * 0.99))] * 1e6
}
