import * as Exit from "effect/Exit"
import type { Clock, TimerNotice, TimerRequest } from "../../Sys.js"
import type { TimeCalls } from "../contract/time.js"
import * as Events from "../events.js"
import * as Time from "../time.js"
import * as Timers from "../timers.js"
import { SignalSys } from "./SignalSys.js"

export abstract class TimeSys extends SignalSys implements TimeCalls {
  clockGettime(clock: Clock = "realtime") {
    return this.call(() => Exit.succeed(Time.clockGettime(this.rooms, clock)))
  }

  clockGetres(_clock: Clock = "realtime") {
    // As on Linux with timers of high resolution.
    return this.call(() => Exit.succeed(1n))
  }

  clockSettime(clock: Clock, time: bigint) {
    return this.call(() => Time.clockSettime(this.rooms, this.self, clock, time))
  }

  nanosleep(nanoseconds: bigint | number, remaining?: BigInt64Array) {
    return this.call(() => Time.clockNanosleep(this.rooms, "monotonic", nanoseconds, 0, remaining))
  }

  clockNanosleep(clock: Clock, nanoseconds: bigint | number, flags = 0, remaining?: BigInt64Array) {
    return this.call(() => Time.clockNanosleep(this.rooms, clock, nanoseconds, flags, remaining))
  }

  alarm(seconds: number) {
    return this.call(() => Exit.succeed(Timers.alarm(this.rooms, this.self, seconds)))
  }

  setitimer(setting: TimerRequest) {
    return this.call(() => Timers.setitimer(this.rooms, this.self, setting))
  }

  getitimer() {
    return this.call(() => Exit.succeed(Timers.getitimer(this.self)))
  }

  timerCreate(clock: Clock, notice?: TimerNotice) {
    return this.call(() => Timers.timerCreate(this.rooms, this.self, clock, notice))
  }

  timerSettime(id: number, flags: number, setting: TimerRequest) {
    return this.call(() => Timers.timerSettime(this.rooms, this.self, id, flags, setting))
  }

  timerGettime(id: number) {
    return this.call(() => Timers.timerGettime(this.self, id))
  }

  timerGetoverrun(id: number) {
    return this.call(() => Timers.timerGetoverrun(this.self, id))
  }

  timerDelete(id: number) {
    return this.call(() => Timers.timerDelete(this.self, id))
  }

  timerfdCreate(clock: Clock, flags = 0) {
    return this.call(() => Events.timerfdCreate(this.rooms, this.self, clock, flags))
  }

  timerfdSettime(fd: number, flags: number, setting: TimerRequest) {
    return this.call(() => Events.timerfdSettime(this.self, fd, flags, setting))
  }

  timerfdGettime(fd: number) {
    return this.call(() => Events.timerfdGettime(this.self, fd))
  }
}
