/** Waiting for descriptors: it takes nothing, and leaves no watcher. */
import * as Effect from "effect/Effect"
import { EPOLL_CTL_ADD, EPOLLET, EPOLLIN } from "../../../src/abi/EpollFlags.js"
import { POLLIN } from "../../../src/abi/PollEvents.js"
import * as SignalSet from "../../../src/SignalSet.js"
import type { SystemCalls } from "../../../src/Sys.js"
import * as Machine from "../machine.js"
import { pipeOf } from "./pipes.js"
import { bytes, type Call, complain, does, FIRST, type Row } from "./row.js"

const watching = (name: string, calls: Row["calls"], call: Call, more: Partial<Row> = {}): Row => ({
  name,
  calls,
  signals: "fails",
  ...more,
  set: (world) => {
    const { end, pipe, queues, reader, writer } = pipeOf(world)
    let given = 0
    let left = 0
    return {
      fds: [reader],
      call,
      grant: does(() => {
        given++
        Machine.ready(writer.write(bytes(1), world.init))
      }),
      check: () => {
        if (pipe.readersWatch.watchers !== undefined) complain("somebody still watches")
        if (left !== given) complain(`${given} bytes were written, and ${left} are there`)
      },
      queues,
      end: Effect.zipRight(does(() => (left = pipe.held)), end)
    }
  }
})

/** Over before the call could be given anything. */
const timed = (name: string, calls: Row["calls"], call: (late: boolean) => Call, more: Partial<Row> = {}): Row => ({
  ...watching(name, calls, () => Effect.void, more),
  alone: true,
  set: (world) => {
    const { end, pipe, queues, reader } = pipeOf(world)
    return {
      fds: [reader],
      call: call(world.late),
      check: () => {
        if (pipe.readersWatch.watchers !== undefined) complain("somebody still watches")
      },
      queues,
      end
    }
  }
})

/** Milliseconds that are over while things happen, or long after. */
const soonOr = (late: boolean): number => late ? 1000 : 3

const requests = [{ fd: FIRST, events: POLLIN }]
const withEpoll = (wait: (sys: SystemCalls, epfd: number) => ReturnType<Call>, events = EPOLLIN): Call => (sys) =>
  Effect.flatMap(sys.epollCreate(), (epfd) =>
    Effect.zipRight(
      sys.epollCtl(epfd, EPOLL_CTL_ADD, FIRST, { events }),
      Effect.tapBoth(wait(sys, epfd), { onFailure: () => sys.close(epfd), onSuccess: () => sys.close(epfd) })
    ))
const stops = { stops: true }
const mask = SignalSet.of(60)

export const readiness: ReadonlyArray<Row> = [
  watching("poll", ["poll"], (sys) => sys.poll(requests, -1)),
  watching("ppoll", ["ppoll"], (sys) => sys.ppoll(requests, -1, mask)),
  watching("select", ["select"], (sys) => sys.select({ read: [FIRST] })),
  watching("pselect", ["pselect"], (sys) => sys.pselect({ read: [FIRST] }, undefined, mask)),
  watching("epoll_wait", ["epollWait"], withEpoll((sys, epfd) => sys.epollWait(epfd, 1, -1)), stops),
  watching(
    "epoll_wait, edge-triggered",
    ["epollWait"],
    withEpoll((sys, epfd) => sys.epollWait(epfd, 1, -1), EPOLLIN | EPOLLET),
    stops
  ),
  watching("epoll_pwait", ["epollPwait"], withEpoll((sys, epfd) => sys.epollPwait(epfd, 1, -1, mask)), stops),
  watching("epoll_pwait2", ["epollPwait2"], withEpoll((sys, epfd) => sys.epollPwait2(epfd, 1, undefined, mask)), stops),
  timed("poll until a time", ["poll"], (late) => (sys) => sys.poll(requests, soonOr(late))),
  timed("pselect until a time", ["pselect"], (late) => (sys) => sys.pselect({ read: [FIRST] }, soonOr(late), mask)),
  timed(
    "epoll_pwait2 until a time",
    ["epollPwait2"],
    (late) => withEpoll((sys, epfd) => sys.epollPwait2(epfd, 1, soonOr(late) * 1_000_000, mask)),
    stops
  )
]
