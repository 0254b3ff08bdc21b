import * as Capabilities from "../capabilities.js"
import type { CapabilityCalls, ProcessCapabilities } from "../contract/capabilities.js"
import { SystemSys } from "./SystemSys.js"

export abstract class CapabilitySys extends SystemSys implements CapabilityCalls {
  capget(pid = 0) {
    return this.call(() => Capabilities.capget(this.rooms, this.self, pid))
  }

  capset(sets: Partial<ProcessCapabilities>) {
    return this.call(() => Capabilities.capset(this.self, sets))
  }

  prctl(option: number, argument = 0, capability = 0) {
    return this.call(() => Capabilities.prctl(this.self, option, argument, capability))
  }
}
