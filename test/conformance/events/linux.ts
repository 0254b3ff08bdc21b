/**
 * Asks the Linux of this machine, through a helper that is compiled on the spot.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { cannotCompile, compile } from "../linux.js"
import { line, type Program } from "./program.js"

/** A running helper: answers one list of lines for each program, in order. */
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
    const directory = mkdtempSync(join(tmpdir(), "effix-events-"))
    return new Linux(spawn(compile(directory, "events", ["events.c"]), [directory]), directory)
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
      this.helper.stdin.write([...program.map(line), "%%", ""].join("\n"))
    })
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.helper.once("close", resolve))
    this.helper.stdin.end()
    await ended
    rmSync(this.directory, { recursive: true, force: true })
  }
}
