import * as Exit from "effect/Exit"
import type { Clock } from "../../Sys.js"
import type { TimeCalls } from "../contract/time.js"
import * as System from "../system.js"
import { SignalSys } from "./SignalSys.js"

export abstract class TimeSys extends SignalSys implements TimeCalls {
  clockGettime(clock: Clock = "realtime") {
    return this.call(() => Exit.succeed(System.clockGettime(this.rooms, clock)))
  }

  nanosleep(nanoseconds: bigint | number) {
    return this.call(() => System.nanosleep(this.rooms, nanoseconds))
  }
}
