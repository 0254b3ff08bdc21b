/**
 * Asks the Linux of this machine, through a helper that is compiled on the spot.
 */
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Helper } from "../Helper.js"
import { cannotCompile, compile } from "../linux.js"
import { line, type Program } from "./program.js"

export class Linux {
  private constructor(private readonly helper: Helper) {}

  /** Starts a helper, or tells why there can be none. */
  static start(): Linux | string {
    const reason = cannotCompile()
    if (reason !== undefined) return reason
    const directory = mkdtempSync(join(tmpdir(), "effix-events-"))
    return new Linux(new Helper(compile(directory, "events", ["events.c"]), [directory], directory))
  }

  run(program: Program): Promise<ReadonlyArray<string>> {
    return this.helper.ask([...program.map(line), "%%", ""].join("\n"))
  }

  close(): Promise<void> {
    return this.helper.close()
  }
}
