/**
 * The system calls of one process: all families together.
 */
import type { SystemCalls } from "../Sys.js"
import { SocketSys } from "./family/SocketSys.js"

export class ProcessSys extends SocketSys implements SystemCalls {
  protected get whole(): SystemCalls {
    return this
  }
}
