/**
 * The system calls of one process: all families together.
 */
import type { SystemCalls } from "../Sys.js"
import { WatchSys } from "./family/WatchSys.js"

export class ProcessSys extends WatchSys implements SystemCalls {
  protected get whole(): SystemCalls {
    return this
  }
}
