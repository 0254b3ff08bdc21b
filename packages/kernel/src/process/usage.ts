/**
 * What processes have used up. A system call counts as a microsecond of the kernel's time; what a program computes
 * between two of them is not measured, because JavaScript does not say whose it was.
 *
 * @see getrusage(2)
 */
import type { Process } from "../ProcessTable.js"
import type { ResourceUsage } from "../Sys.js"

/** System calls that a process has made, in all its images. */
export const callsOf = (self: Process): number => (self.accounting?.calls ?? 0) + (self.task?.calls ?? 0)

const usage = (calls: number): ResourceUsage => ({ userTime: 0, systemTime: calls, calls })

export const usageOf = (self: Process): ResourceUsage => usage(callsOf(self))

/** Of the children that have ended and were waited for, and of theirs. */
export const childUsageOf = (self: Process): ResourceUsage => usage(self.accounting?.childCalls ?? 0)

/** Keeps what an image has used that is about to be gone. */
export const keep = (self: Process, calls: number): void => {
  if (calls > 0) (self.accounting ??= { calls: 0, childCalls: 0 }).calls += calls
}

/** Adds what a child has used to that of its parent's children. */
export const charge = (parent: Process, child: Process): void => {
  ;(parent.accounting ??= { calls: 0, childCalls: 0 }).childCalls += callsOf(child) +
    (child.accounting?.childCalls ?? 0)
}
