/** Waiting for children: each is told of once, to its parent or, if that is gone, to init. */
import * as Effect from "effect/Effect"
import { SIGCONT, SIGKILL, SIGSTOP } from "../../../src/abi/Signals.js"
import * as W from "../../../src/abi/WaitStatus.js"
import type { Any } from "../../../src/Errno.js"
import type { Process } from "../../../src/ProcessTable.js"
import type { SystemCalls } from "../../../src/Sys.js"
import { complain, does, type Row } from "./row.js"

type Wait = (sys: SystemCalls, pid: number) => Effect.Effect<{ readonly pid: number } | undefined, Any>

const common = {
  signals: "restarts",
  alone: true,
  // It has a zombie of its own.
  without: ["with a zombie"]
} as const

/** Reaps whatever is left, and counts it. */
const reapAll = (sys: SystemCalls, count: () => void) =>
  Effect.ignore(Effect.retry(Effect.forever(Effect.map(sys.wait(), count)), { while: ({ _tag }) => _tag === "EINTR" }))

/** A child that ends when it is allowed to. */
const ending = (name: string, calls: Row["calls"], wait: Wait, keeps = false): Row => ({
  name,
  calls,
  ...common,
  set: () => {
    let allowed = false
    let started = 0
    let told = 0
    const child = Effect.gen(function*() {
      started++
      while (!allowed) yield* Effect.sleep(1)
      return 3
    })
    return {
      call: (sys) =>
        Effect.gen(function*() {
          const pid = yield* sys.spawn(child, { processGroup: 0 })
          const change = yield* wait(sys, pid)
          if (change?.pid !== pid) complain(`told of ${change?.pid} and not of ${pid}`)
          if (!keeps) told++
        }),
      grant: does(() => {
        allowed = true
      }),
      afterwards: (sys) => reapAll(sys, () => void told++),
      check: ({ seen: { answer, status } }) => {
        if (status?._tag !== "Exited" || status.code !== 0) return
        const cut = answer?._tag === "Failure" && answer.cause._tag !== "Fail" ? 1 : 0
        if (told > started || told < started - cut) complain(`${started} children, told of ${told}`)
      }
    }
  }
})

/** A child that is stopped, and continued. */
const changing = (name: string, calls: Row["calls"], wait: Wait, signals: ReadonlyArray<number>): Row => ({
  name,
  calls,
  ...common,
  set: ({ machine }) => {
    let victim: Process | undefined
    const child = Effect.forever(Effect.sleep(1))
    return {
      call: (sys) =>
        Effect.gen(function*() {
          const pid = yield* sys.spawn(child, { processGroup: 0 })
          const change = yield* wait(sys, pid)
          if (change?.pid !== pid) complain(`told of ${change?.pid} and not of ${pid}`)
        }),
      prepare: (process) => {
        victim = process
      },
      grant: Effect.gen(function*() {
        while (victim?.task !== undefined && victim.eldest === undefined) yield* Effect.sleep(1)
        for (const signal of signals) {
          if (victim?.eldest !== undefined) machine.send(victim.eldest, signal)
          yield* Effect.sleep(1)
        }
      }),
      afterwards: (sys) =>
        Effect.suspend(() => {
          for (const each of victim?.children() ?? []) machine.send(each, SIGKILL)
          return reapAll(sys, () => {})
        })
    }
  }
})

const withPidfd = (sys: SystemCalls, pid: number) =>
  Effect.flatMap(
    sys.pidfdOpen(pid),
    (fd) =>
      Effect.tapBoth(sys.waitid(W.P_PIDFD, fd, W.WEXITED), {
        onFailure: () => sys.close(fd),
        onSuccess: () => sys.close(fd)
      })
  )

export const children: ReadonlyArray<Row> = [
  ending("wait for any child", ["wait"], (sys) => sys.wait()),
  ending("wait for one child", ["wait"], (sys, pid) => sys.wait(pid)),
  ending("wait for a group", ["wait"], (sys, pid) => sys.wait(-pid)),
  ending("wait4", ["wait4"], (sys, pid) => sys.wait4(pid, W.WUNTRACED)),
  ending("waitid of any child", ["waitid"], (sys) => sys.waitid(W.P_ALL, 0, W.WEXITED)),
  ending("waitid of one child", ["waitid"], (sys, pid) => sys.waitid(W.P_PID, pid, W.WEXITED)),
  ending("waitid of a group", ["waitid"], (sys, pid) => sys.waitid(W.P_PGID, pid, W.WEXITED)),
  ending("waitid of a descriptor", ["waitid"], withPidfd),
  ending("waitid that takes nothing", ["waitid"], (sys, pid) => sys.waitid(W.P_PID, pid, W.WEXITED | W.WNOWAIT), true),
  changing("wait4 for a child that stops", ["wait4"], (sys, pid) => sys.wait4(pid, W.WUNTRACED), [SIGSTOP]),
  changing("waitid for a child that stops", ["waitid"], (sys, pid) => sys.waitid(W.P_PID, pid, W.WSTOPPED), [SIGSTOP]),
  changing("waitid for a child that goes on", ["waitid"], (sys, pid) => sys.waitid(W.P_PID, pid, W.WCONTINUED), [
    SIGSTOP,
    SIGCONT
  ]),
  {
    ...ending("poll of a process", ["poll"], (sys, pid) =>
      Effect.flatMap(sys.pidfdOpen(pid), (fd) =>
        Effect.as(
          Effect.tapBoth(sys.poll([{ fd, events: 1 }], -1), {
            onFailure: () => sys.close(fd),
            onSuccess: () => sys.close(fd)
          }),
          { pid }
        )), true),
    signals: "fails"
  }
]
