import type { Program, SpawnOptions } from "../../Sys.js"
import type { PidfdCalls } from "../contract/pidfds.js"
import * as Pidfds from "../pidfds.js"
import { ReadinessSys } from "./ReadinessSys.js"

export abstract class PidfdSys extends ReadinessSys implements PidfdCalls {
  pidfdOpen(pid: number, flags = 0) {
    return this.call(() => Pidfds.pidfdOpen(this.rooms, this.self, pid, flags))
  }

  pidfdSpawn(what: string | Program, options: SpawnOptions = {}) {
    return this.call(() => Pidfds.pidfdSpawn(this.rooms, this.self, what, options))
  }

  pidfdSendSignal(pidfd: number, signal: number, flags = 0) {
    return this.callThenAttend(() => Pidfds.pidfdSendSignal(this.rooms, this.self, pidfd, signal, flags))
  }

  pidfdGetfd(pidfd: number, fd: number, flags = 0) {
    return this.call(() => Pidfds.pidfdGetfd(this.self, pidfd, fd, flags))
  }
}
