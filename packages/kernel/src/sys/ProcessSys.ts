/**
 * The system calls of one process: all families together.
 */
import type { SystemCalls } from "../Sys.js"
import { MountSys } from "./family/MountSys.js"

export class ProcessSys extends MountSys implements SystemCalls {
  protected get whole(): SystemCalls {
    return this
  }
}
