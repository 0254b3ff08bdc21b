/**
 * Asks the Linux of this machine what becomes of processes, through a helper that is compiled on the spot.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { cannotCompile, compile } from "../linux.js"
import { lines, type Program } from "./program.js"

const source = fileURLToPath(new URL("native/actors.c", import.meta.url))

/** A running helper: answers a line for each step of a program, in order. */
export class Linux {
  private readonly waiting: Array<{ lines: Array<string>; resolve: (lines: ReadonlyArray<string>) => void }> = []
  private rest = ""

  private constructor(private readonly helper: ChildProcessWithoutNullStreams, private readonly directory: string) {
    helper.stdout.setEncoding("latin1")
    helper.stdout.on("data", (chunk: string) => this.take(chunk))
    helper.stderr.pipe(process.stderr)
  }

  /** Starts a helper, or tells why there can be none. */
  static start(): Linux | string {
    const reason = cannotCompile()
    if (reason !== undefined) return reason
    const directory = mkdtempSync(join(tmpdir(), "effix-actors-"))
    const helper = compile(directory, "actors", [source])
    const trial = spawnSync(helper, [], { input: "0 getppid\n%%\n", encoding: "latin1" })
    if (trial.status !== 0 || !trial.stdout.includes("R0:getppid=init")) {
      rmSync(directory, { recursive: true, force: true })
      return `needs the right to namespaces and to real-time priority (${trial.stderr.trim()})`
    }
    return new Linux(spawn(helper, []), directory)
  }

  private take(chunk: string): void {
    const lines = (this.rest + chunk).split("\n")
    this.rest = lines.pop()!
    for (const each of lines) {
      const first = this.waiting[0]!
      if (each !== "%%") first.lines.push(each)
      else {
        this.waiting.shift()
        first.resolve(first.lines)
      }
    }
  }

  run(program: Program): Promise<ReadonlyArray<string>> {
    return new Promise((resolve) => {
      this.waiting.push({ lines: [], resolve })
      this.helper.stdin.write(lines(program))
    })
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.helper.once("close", resolve))
    this.helper.stdin.end()
    await ended
    rmSync(this.directory, { recursive: true, force: true })
  }
}
