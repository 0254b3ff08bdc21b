import type { SignalSet } from "../../SignalSet.js"
import type { EpollInterest, PollRequest, ReadinessCalls, SelectSets } from "../../Sys.js"
import * as Epoll from "../epoll.js"
import * as Events from "../events.js"
import { ppoll } from "../poll.js"
import { select } from "../select.js"
import { ResourceSys } from "./ResourceSys.js"

const nothing: EpollInterest = { events: 0 }

/** Nanoseconds, or for ever, in milliseconds; `NaN` is no time at all. */
const milliseconds = (timeout: bigint | number | undefined): number => {
  if (timeout === undefined) return -1
  const given = Number(timeout) / 1e6
  return given >= 0 ? given : Number.NaN
}

export abstract class ReadinessSys extends ResourceSys implements ReadinessCalls {
  ppoll(requests: ReadonlyArray<PollRequest>, timeout = -1, mask?: SignalSet) {
    return this.call(() => ppoll(this.rooms, this.self, requests, timeout, mask))
  }

  select(sets: SelectSets, timeout?: number) {
    return this.call(() => select(this.rooms, this.self, sets, timeout, undefined))
  }

  pselect(sets: SelectSets, timeout?: number, mask?: SignalSet) {
    return this.call(() => select(this.rooms, this.self, sets, timeout, mask))
  }

  epollCreate(flags = 0) {
    return this.call(() => Epoll.epollCreate(this.rooms, this.self, flags))
  }

  epollCtl(epfd: number, operation: number, fd: number, interest = nothing) {
    return this.call(() => Epoll.epollCtl(this.rooms, this.self, epfd, operation, fd, interest))
  }

  epollWait(epfd: number, most: number, timeout = -1) {
    return this.call(() => Epoll.epollWait(this.rooms, this.self, epfd, most, timeout, undefined))
  }

  epollPwait(epfd: number, most: number, timeout = -1, mask?: SignalSet) {
    return this.call(() => Epoll.epollWait(this.rooms, this.self, epfd, most, timeout, mask))
  }

  epollPwait2(epfd: number, most: number, timeout?: bigint | number, mask?: SignalSet) {
    return this.call(() => Epoll.epollWait(this.rooms, this.self, epfd, most, milliseconds(timeout), mask))
  }

  eventfd(initial = 0, flags = 0) {
    return this.call(() => Events.eventfd(this.rooms, this.self, initial, flags))
  }
}
