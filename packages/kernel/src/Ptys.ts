/**
 * Pseudo-terminals: `/dev/ptmx`, `/dev/pts/N` and `/dev/tty`.
 *
 * Opening `ptmx` makes a pair: a *master*, which stands for keyboard and screen, and a *slave*, which programs take
 * for their terminal. Between them works the line discipline (`pty/line.ts`), N_TTY as Linux has it: it edits lines,
 * echoes, turns ^C into a signal for the foreground group and holds output between ^S and ^Q. In both directions only
 * so much is under way; whoever writes more sleeps.
 *
 * A leader whose session has no terminal gets the first that it opens. Closing the master hangs up; closing the slave
 * makes the master read EIO until somebody opens it again.
 *
 * @see pty(7)
 * @see tty(4)
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { CAP_SYS_ADMIN } from "./abi/Capabilities.js"
import { makedev } from "./abi/FileMode.js"
import { O_NOCTTY, O_RDWR } from "./abi/OpenFlags.js"
import { SIGCONT, SIGHUP } from "./abi/Signals.js"
import type { WindowSize } from "./abi/Termios.js"
import * as PtsBackend from "./backend/PtsBackend.js"
import * as CoarseClock from "./CoarseClock.js"
import { capable } from "./Credentials.js"
import type { Description } from "./Description.js"
import * as Devices from "./Devices.js"
import * as Errno from "./Errno.js"
import type { Inode } from "./Inode.js"
import * as KernelConfig from "./KernelConfig.js"
import type { Session } from "./ProcessTable.js"
import { Master } from "./pty/master.js"
import { Pair } from "./pty/pair.js"
import { openSlave } from "./pty/slave.js"
import * as Signals from "./Signals.js"
import * as Timers from "./Timers.js"

/** A new pseudo-terminal. */
export interface Opened {
  readonly master: Description
  /** Where its slave is opened, such as `/dev/pts/0`. */
  readonly path: string
  /** Changes the size of its window; the foreground group gets SIGWINCH. */
  readonly resize: (size: WindowSize) => void
}

/** @category tags */
export class Ptys extends Context.Tag("@effix/kernel/Ptys")<Ptys, {
  /** Makes a pseudo-terminal whose slave belongs to user `uid`. `flags` may hold O_NONBLOCK, for the master. */
  readonly open: (uid: number, flags?: number) => Exit.Exit<Opened, Errno.Errno<"ENOSPC">>
  /** Takes its terminal from a session whose leader ends: the foreground group gets SIGHUP. */
  readonly hangupSession: (session: Session) => void
  /** The file system to mount at `/dev/pts`. */
  readonly files: PtsBackend.PtsBackend
  /** Opens `/dev/ptmx` (5:2). */
  readonly openMaster: Devices.Open
  /** Opens `/dev/pts/N` (136:N). */
  readonly openSlave: Devices.Open
  /** Opens `/dev/tty` (5:0): the caller's controlling terminal. */
  readonly openControlling: Devices.Open
}>() {}

export interface Options {
  readonly limits: Pick<KernelConfig.Limits, "terminalsMax">
  readonly signals: Signals.Signals["Type"]
  /** Calls `run` in so many milliseconds, unless the answered function is called before. */
  readonly after: (milliseconds: number, run: () => void) => () => void
  /** Nanoseconds since the epoch. */
  readonly now: () => bigint
}

export const make = ({ after, limits, now, signals }: Options): Ptys["Type"] => {
  const files = PtsBackend.make(now())
  const pairs = new Map<number, Pair>()

  const freeIndex = (): number => {
    let index = 0
    while (pairs.has(index)) index++
    return index
  }

  const create = (uid: number): Pair | undefined => {
    if (pairs.size >= limits.terminalsMax) return undefined
    const index = freeIndex()
    const pair = new Pair(index, files.add(index, uid, now()), signals, after, {
      hungUp: () => files.remove(index, now()),
      // As long as one end is open the number is taken.
      freed: () => pairs.delete(index)
    })
    pairs.set(index, pair)
    return pair
  }

  const master = (inode: Inode, flags: number, uid: number): Exit.Exit<Master, Errno.Errno<"ENOSPC">> => {
    const pair = create(uid)
    return pair === undefined
      ? Errno.fail("ENOSPC", { path: "/dev/ptmx", remedy: "raise terminalsMax" })
      : Exit.succeed(new Master(pair, inode, "/dev/ptmx", flags))
  }

  return {
    files,
    open: (uid, flags = 0) =>
      Exit.map(master(files.ptmx, O_RDWR | O_NOCTTY | flags, uid), (master) => ({
        master,
        path: master.pair.path,
        resize: (size) => master.pair.resize(size)
      })),
    hangupSession: (session) => hangupSession(signals, session),
    openMaster: (inode, flags, caller) => master(inode, flags, caller.credentials.euid),
    openSlave: (inode, flags, caller) => {
      const pair = pairs.get(inode.rdev & 0xff)
      // A node made elsewhere opens no terminal, as in Linux, and neither does one whose master is gone.
      if (pair === undefined || pair.inode !== inode || pair.masterClosed) return Errno.fail("EIO")
      if (pair.locked) return Errno.fail("EIO")
      if (pair.exclusive && !capable(caller.credentials, CAP_SYS_ADMIN)) return Errno.fail("EBUSY")
      return Exit.succeed(openSlave(pair, inode, pair.path, flags, caller))
    },
    openControlling: (inode, flags, caller): Effect.Effect<Description, Errno.Errno<"EBUSY" | "ENXIO">> => {
      const { terminal } = caller.session
      if (terminal instanceof Pair && terminal.exclusive && !capable(caller.credentials, CAP_SYS_ADMIN)) {
        return Errno.fail("EBUSY")
      }
      return terminal instanceof Pair && !terminal.masterClosed
        ? Exit.succeed(openSlave(terminal, inode, "/dev/tty", flags | O_NOCTTY, caller))
        : Errno.fail("ENXIO")
    }
  }
}

/** A terminal that has hung up before is told of through the group that it had in the foreground then. */
const hangupSession = (signals: Signals.Signals["Type"], session: Session): void => {
  const { lostForeground, terminal } = session
  session.lostForeground = undefined
  if (terminal !== undefined) {
    const { foreground } = terminal
    session.terminal = terminal.session = terminal.foreground = undefined
    if (foreground !== undefined) signals.sendGroup(foreground, SIGHUP)
  } else if (lostForeground !== undefined) {
    signals.sendGroup(lostForeground, SIGHUP)
    signals.sendGroup(lostForeground, SIGCONT)
  }
}

/** Takes its terminal from a session whose leader wants none: the foreground group gets SIGHUP and SIGCONT. */
export const giveUp = (signals: Signals.Signals["Type"], session: Session): void => {
  const { terminal } = session
  if (terminal === undefined) return
  const { foreground } = terminal
  session.terminal = terminal.session = terminal.foreground = undefined
  if (foreground === undefined) return
  signals.sendGroup(foreground, SIGHUP)
  signals.sendGroup(foreground, SIGCONT)
}

/** Puts the drivers of terminals behind their numbers. */
export const register = (devices: Devices.Devices["Type"], ptys: Ptys["Type"]): void => {
  devices.register(makedev(5, 0), ptys.openControlling)
  devices.register(makedev(5, 2), ptys.openMaster)
  devices.register({ major: 136 }, ptys.openSlave)
}

/**
 * Registers its drivers, so that nodes in `/dev` lead here.
 *
 * @category layers
 */
export const layer: Layer.Layer<
  Ptys,
  never,
  Devices.Devices | KernelConfig.KernelConfig | Signals.Signals | Timers.Timers
> = Layer.effect(
  Ptys,
  Effect.gen(function*() {
    const { after } = yield* Timers.Timers
    const limits = yield* KernelConfig.KernelConfig
    const signals = yield* Signals.Signals
    const ptys = make({ limits, signals, after, now: CoarseClock.make(yield* Effect.clock) })
    register(yield* Devices.Devices, ptys)
    return ptys
  })
)
