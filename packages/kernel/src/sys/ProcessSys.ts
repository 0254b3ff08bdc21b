/**
 * The system calls of one process: all families together.
 */
import type { SystemCalls } from "../Sys.js"
import { CapabilitySys } from "./family/CapabilitySys.js"

export class ProcessSys extends CapabilitySys implements SystemCalls {
  protected get whole(): SystemCalls {
    return this
  }
}
