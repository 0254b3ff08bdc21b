/**
 * Prepares what is measured: the kernel's sources in one file, and the Linux side, where there is a C compiler.
 */
import { execFileSync } from "node:child_process"
import { rmSync } from "node:fs"
import { build } from "tsup"

const here = (path) => new URL(path, import.meta.url).pathname

export const linux = here("dist/linux")

export const prepare = async () => {
  await build({
    config: false,
    entry: { effix: here("subjects/effix/entry.mjs") },
    outDir: here("dist"),
    format: "esm",
    target: "node20",
    noExternal: [/.*/],
    treeshake: false,
    splitting: false,
    silent: true,
    esbuildOptions: (options) => {
      options.conditions = ["@effix/source"]
    }
  })
  if (process.platform !== "linux") return
  rmSync(linux, { force: true })
  try {
    execFileSync("cc", ["-O2", "-o", linux, here("subjects/linux/linux.c"), "-lutil"], { stdio: "ignore" })
  } catch {
    // Without a compiler the column stays empty.
  }
}
