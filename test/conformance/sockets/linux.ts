/**
 * Asks the Linux of this machine what socket calls answer, through a helper in Python.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import type { Program } from "./program.js"

const replay = fileURLToPath(new URL("replay.py", import.meta.url))

export class Linux {
  private readonly waiting: Array<(lines: ReadonlyArray<string>) => void> = []
  private rest = ""
  private programs = 0

  private constructor(private readonly helper: ChildProcessWithoutNullStreams) {
    helper.stdout.setEncoding("utf8")
    helper.stdout.on("data", (chunk: string) => this.take(chunk))
    helper.stderr.pipe(process.stderr)
  }

  /** Starts a helper, or tells why there can be none. */
  static start(): Linux | string {
    if (process.platform !== "linux") return `needs Linux, and this is ${process.platform}`
    const trial = spawnSync("python3", [replay], { input: "", encoding: "utf8" })
    if (trial.error !== undefined) return "needs python3"
    return trial.status === 0 ? new Linux(spawn("python3", [replay])) : trial.stderr.trim()
  }

  private take(chunk: string): void {
    const lines = (this.rest + chunk).split("\n")
    this.rest = lines.pop()!
    for (const line of lines) this.waiting.shift()?.(JSON.parse(line))
  }

  run(program: Program): Promise<ReadonlyArray<string>> {
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.helper.stdin.write(`${JSON.stringify([this.programs++, program])}\n`)
    })
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.helper.once("close", resolve))
    this.helper.stdin.end()
    await ended
  }
}
