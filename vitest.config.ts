import { defineConfig } from "vitest/config"

const project = (name: string, root: string) => ({
  extends: true as const,
  test: { name, root }
})

export default defineConfig({
  resolve: { conditions: ["@effix/source"] },
  ssr: { resolve: { conditions: ["@effix/source"] } },
  test: {
    // A worker keeps its modules from one file to the next: loading them anew for each costs seven times the tests. So no
    // test may leave anything behind in a module, or mock one.
    pool: "forks",
    isolate: false,
    minWorkers: 1,
    maxWorkers: "100%",
    include: ["**/*.test.ts"],
    // For a machine that has much else to do: no test waits for time to pass.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    sequence: { concurrent: true },
    setupFiles: [new URL("scripts/own-test-methods.ts", import.meta.url).pathname],
    reporters: ["default", "./scripts/closing-line-reporter.ts"],
    projects: [
      project("kernel", "packages/kernel/test"),
      project("platform", "packages/platform/test"),
      project("shell", "packages/shell/test"),
      project("testing", "packages/testing/test"),
      project("effix", "packages/effix/test"),
      project("conformance", "test/conformance"),
      project("integration", "test/integration")
    ]
  }
})
