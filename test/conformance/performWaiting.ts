/**
 * Calls that wait for time, signals, children and terminals, as `perform` has the others.
 */
import {
  AbiSignals,
  type Errno,
  EventFlags,
  MountFlags,
  OpenFlags,
  Prctl,
  SignalSet,
  Sys,
  Termios,
  WaitStatus
} from "@effix/kernel"
import * as Effect from "effect/Effect"
import type { Answer } from "./perform.js"
import type { Step } from "./program.js"
import type { Said } from "./said.js"

const done = <E extends Errno.Any>(call: Effect.Effect<unknown, E>): Answer => Effect.as(call, "0")
const value = <E extends Errno.Any>(call: Effect.Effect<number, E>): Answer => Effect.map(call, String)

const MILLISECOND = 1_000_000

const setOf = (signal: number): SignalSet.SignalSet => signal === 0 ? SignalSet.empty : SignalSet.of(signal)
/** Left out, a mask stays as it is. */
const maskOf = (signal: number): SignalSet.SignalSet | undefined => signal === 0 ? undefined : setOf(signal)

const SIG_BLOCK = 0

/** Ends when it has read a byte. */
const childOf = (fd: number): Sys.Program =>
  Effect.gen(function*() {
    const sys = yield* Sys.Sys
    yield* sys.prctl(Prctl.PR_SET_PDEATHSIG, AbiSignals.SIGKILL)
    return (yield* sys.read(fd, new Uint8Array(1))) === 1 ? 7 : 8
  })

const openTerminal = (sys: Sys.SystemCalls, least: number): Answer =>
  Effect.gen(function*() {
    yield* sys.mkdir("/terminals", 0o755)
    yield* sys.mount("devpts", "/terminals", "devpts")
    const master = yield* sys.open("/terminals/ptmx", OpenFlags.O_RDWR | OpenFlags.O_NOCTTY)
    const path = `/terminals/${yield* sys.getTerminalNumber(master)}`
    const slave = yield* sys.open(path, OpenFlags.O_RDWR | OpenFlags.O_NOCTTY)
    yield* sys.umount("/terminals", MountFlags.MNT_DETACH)
    yield* sys.rmdir("/terminals")
    if (least > 0) {
      const settings = yield* sys.tcgetattr(slave)
      const cc = settings.cc.slice()
      cc[Termios.VMIN] = least
      cc[Termios.VTIME] = 0
      yield* sys.tcsetattr(slave, Termios.TCSANOW, { ...settings, iflag: 0, oflag: 0, lflag: 0, cc })
    }
    return `${master} ${slave}`
  })

/** `undefined` for any other call. */
export const performWaiting = (sys: Sys.SystemCalls, said: Said, [call, ...args]: Step): Answer | undefined => {
  const n = (i: number): number => args[i] as number
  switch (call) {
    case "sigaction":
      return done(sys.sigaction(n(0), {
        disposition: n(1) === 2 ? () => Effect.sync(() => said.handled++) : n(1) === 1 ? "ignore" : "default",
        flags: n(2)
      }))
    case "sigblock":
      return done(sys.sigprocmask(SIG_BLOCK, setOf(n(0))))
    case "sigblocked":
      return Effect.map(sys.sigprocmask(SIG_BLOCK, SignalSet.empty), (set) => set.toString(16))
    case "count":
      return value(sys.read(n(0), new Uint8Array(n(1))))
    case "handled":
      // A call: whatever is pending has been handled when it answers.
      return Effect.map(sys.getpid(), () => String(said.handled))
    case "remaining":
      return Effect.sync(() => said.remaining[0]! > 0n ? "some" : "none")
    case "setsid":
      return done(sys.setsid())
    case "nanosleep":
      return done(sys.nanosleep(n(0) * MILLISECOND, said.remaining))
    case "clock_nanosleep":
      return done(
        n(1) === 0
          ? sys.clockNanosleep("monotonic", n(0) * MILLISECOND, 0, said.remaining)
          : Effect.flatMap(sys.clockGettime("monotonic"), (now) =>
            sys.clockNanosleep(
              "monotonic",
              now + BigInt(n(0) * MILLISECOND),
              EventFlags.TIMER_ABSTIME,
              said.remaining
            ))
      )
    case "pause":
      return sys.pause()
    case "sigsuspend":
      return sys.sigsuspend(setOf(n(0)))
    case "sigtimedwait":
      return Effect.map(sys.sigtimedwait(setOf(n(0)), n(1)), ({ signal }) => String(signal))
    case "timerfd":
      return Effect.flatMap(
        sys.timerfdCreate("monotonic"),
        (fd) => Effect.as(sys.timerfdSettime(fd, 0, { value: n(0) * MILLISECOND }), String(fd))
      )
    case "signalfd":
      return value(sys.signalfd(-1, setOf(n(0))))
    case "ppoll":
      return Effect.map(
        sys.ppoll([{ fd: n(0), events: n(1) }], n(2), maskOf(n(3))),
        ([events = 0]) => events.toString(16)
      )
    case "pselect":
      return Effect.map(
        sys.pselect({ read: [n(0)] }, n(1) < 0 ? undefined : n(1), maskOf(n(2))),
        ({ read }) => String(read.length)
      )
    case "epoll_pwait":
      return Effect.map(sys.epollPwait(n(0), 1, n(1), maskOf(n(2))), (events) => String(events.length))
    case "child":
      return done(sys.spawn(childOf(n(0))))
    case "wait4":
      return Effect.map(
        sys.wait(-1, n(0)),
        (waited) => waited === undefined ? "0" : WaitStatus.encode(waited.status).toString(16)
      )
    case "waitid":
      return Effect.map(
        sys.waitid(WaitStatus.P_ALL, 0, n(0)),
        (change) => change === undefined ? "0 0" : `${change.code} ${change.status}`
      )
    case "terminal":
      return openTerminal(sys, n(0))
    case "tcflow":
      return done(sys.tcflow(n(0), n(1)))
    case "tcdrain":
      return done(sys.tcdrain(n(0)))
    default:
      return undefined
  }
}
