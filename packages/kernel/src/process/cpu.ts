/**
 * RLIMIT_CPU, in the only measure of work there is: a second is a million system calls.
 *
 * @see getrlimit(2)
 */
import { SIGKILL, SIGXCPU } from "../abi/Signals.js"
import type { Process } from "../ProcessTable.js"
import { fromKernel, type Signals } from "../Signals.js"
import { CALLS_MAX } from "./Image.js"
import { callsOf } from "./usage.js"

const CALLS_PER_SECOND = 1_000_000

/** Says how many calls may be made before somebody has to look. */
export const watch = (self: Process): void => {
  const { limits: { cpu: soft }, task } = self
  if (task === undefined) return
  const before = callsOf(self) - task.calls
  const seconds = Math.max(1, Math.min(soft, self.hardLimits.cpu))
  task.callsMax = Math.min(CALLS_MAX, seconds * CALLS_PER_SECOND - before)
}

/** A process has come to the end of its time: it is warned every second from the soft limit on, and killed at the hard one. */
export const spent = (signals: Signals["Type"], self: Process): void => {
  const used = callsOf(self)
  if (used >= Math.max(1, self.hardLimits.cpu) * CALLS_PER_SECOND) {
    signals.send(self, fromKernel(SIGKILL))
    return
  }
  if (used >= Math.max(1, self.limits.cpu) * CALLS_PER_SECOND) {
    self.limits = { ...self.limits, cpu: Math.max(1, self.limits.cpu) + 1 }
    signals.send(self, fromKernel(SIGXCPU))
  }
  watch(self)
}
