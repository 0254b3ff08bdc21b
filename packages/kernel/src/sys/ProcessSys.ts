/**
 * The system calls of one process: all families together.
 */
import type { SystemCalls } from "../Sys.js"
import { LockSys } from "./family/LockSys.js"

export class ProcessSys extends LockSys implements SystemCalls {
  protected get whole(): SystemCalls {
    return this
  }
}
