/**
 * The system calls of one process: all families together.
 */
import type { SystemCalls } from "../Sys.js"
import { SystemSys } from "./family/SystemSys.js"

export class ProcessSys extends SystemSys implements SystemCalls {
  protected get whole(): SystemCalls {
    return this
  }
}
