/**
 * A helper on the Linux of this machine that answers one list of lines for each program, in order, ended by `%%`.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { rmSync } from "node:fs"

export class Helper {
  private readonly waiting: Array<{ lines: Array<string>; resolve: (lines: ReadonlyArray<string>) => void }> = []
  private readonly process: ChildProcessWithoutNullStreams
  private rest = ""

  /** Starts `command`; `directory` is the helper's, and goes with it. */
  constructor(command: string, args: ReadonlyArray<string>, private readonly directory: string) {
    this.process = spawn(command, args)
    this.process.stdout.setEncoding("latin1")
    this.process.stdout.on("data", (chunk: string) => this.take(chunk))
    this.process.stderr.pipe(process.stderr)
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

  /** Writes a program as the helper reads it, and answers what it says. */
  ask(program: string): Promise<ReadonlyArray<string>> {
    return new Promise((resolve) => {
      this.waiting.push({ lines: [], resolve })
      this.process.stdin.write(program)
    })
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("close", resolve))
    this.process.stdin.end()
    await ended
    rmSync(this.directory, { recursive: true, force: true })
  }
}
