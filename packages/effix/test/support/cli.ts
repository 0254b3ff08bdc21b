/** The command as a user starts it: a process of the host, from source. */
import { type ChildProcess, spawn } from "node:child_process"
import { createRequire } from "node:module"
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const top = fileURLToPath(new URL("../../../../", import.meta.url))

/** node's own arguments. */
export const node = [
  "--conditions=@effix/source",
  "--import",
  pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href,
  path.join(top, "packages/effix/src/main.ts")
]

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
export const effix = (args: ReadonlyArray<string>, { cwd = top, during, stdin = "" }: How = {}): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, ...args], { cwd, stdio: "pipe" })
    const stdout: Array<Uint8Array> = []
    const stderr: Array<Uint8Array> = []
    child.stdout.on("data", (bytes: Uint8Array) => stdout.push(bytes))
    child.stderr.on("data", (bytes: Uint8Array) => stderr.push(bytes))
    // A command that does not read its input closes it.
    child.stdin.on("error", () => {})
    child.stdin.end(stdin)
    child.on("error", reject)
    child.on("close", (code, signal) =>
      resolve({ code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }))
    during?.(child)
  })
