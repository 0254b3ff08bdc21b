/** A kernel with the shell and the core utilities, and the same scripts run by the host's bash. */
import { Kernel } from "@effix/kernel"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Coreutils from "../src/Coreutils.js"
import * as Shell from "../src/Shell.js"

export const TestKernel = Kernel.layerWith({ drivers: Layer.mergeAll(Shell.layer, Coreutils.layer) })

export interface Outcome {
  readonly stdout: string
  readonly exitCode: number
  /** Only whether there was any: the texts are another system's. */
  readonly complained: boolean
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")

const environment = (bin: string) => ({ PATH: `${bin}:/usr/bin:/bin`, HOME: "/root", LC_ALL: "C.UTF-8" })

/** A folder in which `sh` is bash, as it is in the kernel. */
const bin = fs.mkdtempSync(path.join(os.tmpdir(), "shell-test-"))
fs.symlinkSync("/bin/bash", path.join(bin, "sh"))

/** What the host's bash makes of a script, in an empty directory. */
export const onHost = (script: string, bash: boolean): Effect.Effect<Outcome> =>
  Effect.async((resume) => {
    const cwd = fs.mkdtempSync(path.join(bin, "run-"))
    const argv = [...(bash ? [] : ["--posix"]), "-c", script, "sh"]
    const child = spawn("/bin/bash", argv, {
      cwd,
      env: environment(bin),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000
    })
    const out: Array<Buffer> = []
    let complained = false
    child.stdout.on("data", (block: Buffer) => out.push(block))
    child.stderr.on("data", () => (complained = true))
    child.on("close", (code, signal) => {
      const signals: Readonly<Record<string, number>> = os.constants.signals
      const exitCode = code ?? 128 + (signals[signal ?? ""] ?? 0)
      resume(Effect.succeed({ stdout: latin1(Buffer.concat(out)), exitCode, complained }))
    })
  })

let directories = 0

/** What ours makes of it. */
export const inKernel = (script: string, bash: boolean) =>
  Effect.gen(function*() {
    const kernel = yield* Kernel.Kernel
    const cwd = `/tmp/run-${directories++}`
    yield* kernel.exec(["mkdir", "-p", cwd])
    const run = yield* kernel.exec([bash ? "bash" : "sh", "-c", script, "sh"], {
      cwd,
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/root", LC_ALL: "C.UTF-8" },
      timeout: "60 seconds"
    })
    return { stdout: latin1(run.stdout), exitCode: run.exitCode, complained: run.stderr.length > 0 }
  })

/** The scripts of a file, which lines that begin with `#%%` separate. */
export const scriptsIn = (file: string): ReadonlyArray<string> =>
  fs.readFileSync(path.join(import.meta.dirname, "scripts", file), "utf8").split(/^#%%.*\n/m).map((script) =>
    script.replace(/\n$/, "")
  )

export const scriptFiles: ReadonlyArray<string> = fs.readdirSync(path.join(import.meta.dirname, "scripts")).filter((
  file
) => file.endsWith(".sh"))
