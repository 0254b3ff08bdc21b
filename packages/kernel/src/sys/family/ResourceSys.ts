import * as Exit from "effect/Exit"
import { RUSAGE_SELF } from "../../abi/Resources.js"
import * as Limits from "../../process/limits.js"
import * as Priority from "../../process/priority.js"
import type { Limit } from "../../Sys.js"
import type { ResourceCalls } from "../contract/resources.js"
import * as Resources from "../resources.js"
import { IdentitySys } from "./IdentitySys.js"

export abstract class ResourceSys extends IdentitySys implements ResourceCalls {
  getrlimit(resource: number) {
    return this.call(() => Limits.get(this.self, resource))
  }

  setrlimit(resource: number, limit: Limit) {
    return this.call(() => Limits.set(this.self, this.self, resource, limit))
  }

  prlimit(pid: number, resource: number, limit?: Limit) {
    return this.call(() => Resources.prlimit(this.rooms, this.self, pid, resource, limit))
  }

  getrusage(who: number = RUSAGE_SELF) {
    return this.call(() => Resources.getrusage(this.self, who))
  }

  times() {
    return this.call(() => Exit.succeed(Resources.times(this.rooms, this.self)))
  }

  getpriority(which: number, who: number) {
    return this.call(() => Priority.get(this.rooms.processes.table, this.self, which, who))
  }

  setpriority(which: number, who: number, nice: number) {
    return this.call(() => Priority.set(this.rooms.processes.table, this.self, which, who, nice))
  }

  nice(increment: number) {
    return this.call(() => Resources.nice(this.self, increment))
  }
}
