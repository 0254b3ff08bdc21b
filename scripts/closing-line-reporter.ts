import type { Reporter, TestModule } from "vitest/node"

/**
 * Ends a run with the plain line `N passed, N failed, N skipped`, so that a machine can tell that tests ran. Other
 * reporters write their summary after theirs is due, hence the wait for the end of the process.
 */
export default class ClosingLineReporter implements Reporter {
  private line = "0 passed, 0 failed, 0 skipped"

  onInit(): void {
    process.once("exit", () => process.stdout.write(`${this.line}\n`))
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++
      count.failed += module.errors().length
    }
    this.line = `${count.passed} passed, ${count.failed} failed, ${count.skipped + count.pending} skipped`
  }
}
