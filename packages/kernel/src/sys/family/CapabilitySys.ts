import type * as Effect from "effect/Effect"
import type * as Prctl from "../../abi/Prctl.js"
import type { Errno } from "../../Errno.js"
import * as Capabilities from "../capabilities.js"
import type { CapabilityCalls, ProcessCapabilities } from "../contract/capabilities.js"
import { prctl } from "../prctl.js"
import { SystemSys } from "./SystemSys.js"

export abstract class CapabilitySys extends SystemSys implements CapabilityCalls {
  capget(pid = 0) {
    return this.call(() => Capabilities.capget(this.rooms, this.self, pid))
  }

  capset(sets: Partial<ProcessCapabilities>) {
    return this.call(() => Capabilities.capset(this.self, sets))
  }

  prctl(option: typeof Prctl.PR_SET_NAME, name: string): Effect.Effect<number>
  prctl(option: typeof Prctl.PR_GET_NAME): Effect.Effect<string>
  prctl(option: number, argument?: number, capability?: number): Effect.Effect<number, Errno<"EINVAL" | "EPERM">>
  prctl(
    option: number,
    argument: number | string = 0,
    capability = 0
  ): Effect.Effect<number | string, Errno<"EINVAL" | "EPERM">> {
    return this.call(() => prctl(this.self, option, argument, capability))
  }
}
