/**
 * Asks the Linux of this machine what becomes of processes, through a helper that is compiled on the spot.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Helper } from "../Helper.js"
import { cannotCompile, compile } from "../linux.js"
import { lines, type Program } from "./program.js"

const sources = ["actors.c", "act.c"].map((file) => fileURLToPath(new URL(`native/${file}`, import.meta.url)))

export class Linux {
  private constructor(private readonly helper: Helper) {}

  /** Starts a helper, or tells why there can be none. */
  static start(): Linux | string {
    const reason = cannotCompile()
    if (reason !== undefined) return reason
    const directory = mkdtempSync(join(tmpdir(), "effix-actors-"))
    const helper = compile(directory, "actors", sources)
    const trial = spawnSync(helper, [], { input: "0 getppid\n%%\n", encoding: "latin1" })
    if (trial.status !== 0 || !trial.stdout.includes("R0:getppid=init")) {
      rmSync(directory, { recursive: true, force: true })
      return `needs the right to namespaces and to real-time priority (${trial.stderr.trim()})`
    }
    return new Linux(new Helper(helper, [], directory))
  }

  run(program: Program): Promise<ReadonlyArray<string>> {
    return this.helper.ask(lines(program))
  }

  close(): Promise<void> {
    return this.helper.close()
  }
}
