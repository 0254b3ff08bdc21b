import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { SystemInfoCalls } from "../contract/system.js"
import * as System from "../system.js"
import { TerminalSys } from "./TerminalSys.js"

export abstract class SystemSys extends TerminalSys implements SystemInfoCalls {
  uname() {
    return this.call(() => Exit.succeed(System.uname(this.rooms)))
  }

  sysinfo() {
    return this.call(() => Exit.succeed(System.sysinfo(this.rooms)))
  }

  getrandom(into: Uint8Array, flags = 0) {
    return this.call(() => System.getrandom(this.rooms, into, flags))
  }

  schedYield() {
    return this.call(() => Effect.yieldNow())
  }
}
