/** The command as a user starts it: a process of the host, built from source in one file, as starting it so is faster. */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "tsup"

const top = fileURLToPath(new URL("../../../../", import.meta.url))

let built: Promise<string> | undefined

/** The file that node runs. */
export const command = (): Promise<string> =>
  built ??= (async () => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "effix-built-"))
    process.on("exit", () => fs.rmSync(directory, { recursive: true, force: true }))
    fs.copyFileSync(path.join(top, "packages/effix/package.json"), path.join(directory, "package.json"))
    await build({
      config: false,
      entry: [path.join(top, "packages/effix/src/main.ts")],
      outDir: path.join(directory, "dist"),
      format: "esm",
      platform: "node",
      noExternal: [/.*/],
      silent: true,
      esbuildOptions: (options) => {
        options.conditions = ["@effix/source"]
      }
    })
    return path.join(directory, "dist/main.js")
  })()

export interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface How {
  readonly cwd?: string
  readonly stdin?: string | Uint8Array
  /** Called once the process runs. */
  readonly during?: (child: ChildProcess) => void
}

/** Runs the command to its end. */
export const effix = async (
  args: ReadonlyArray<string>,
  { cwd = top, during, stdin = "" }: How = {}
): Promise<Ended> => {
  const file = await command()
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], { cwd, stdio: "pipe" })
    const stdout: Array<Uint8Array> = []
    const stderr: Array<Uint8Array> = []
    child.stdout.on("data", (bytes: Uint8Array) => stdout.push(bytes))
    child.stderr.on("data", (bytes: Uint8Array) => stderr.push(bytes))
    // A command that does not read its input closes it.
    child.stdin.on("error", () => {})
    child.stdin.end(stdin)
    child.on("error", reject)
    child.on(
      "close",
      (code, signal) =>
        resolve({ code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() })
    )
    during?.(child)
  })
}
