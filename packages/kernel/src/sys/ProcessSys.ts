/**
 * The system calls of one process: all families together.
 */
import type { SystemCalls } from "../Sys.js"
import { MemorySys } from "./family/MemorySys.js"

export class ProcessSys extends MemorySys implements SystemCalls {
  protected get whole(): SystemCalls {
    return this
  }
}
