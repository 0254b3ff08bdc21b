import { defineConfig } from "tsup"

/** One output file for each source file: stacks stay readable, and a bundler drops what nobody imports. */
export default defineConfig({
  entry: ["src/**/*.ts", "!src/**/*.d.ts"],
  bundle: false,
  format: "esm",
  target: "es2022",
  sourcemap: true,
  clean: true,
  silent: true
})
