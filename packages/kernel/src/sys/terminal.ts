/**
 * The calls on terminals. Each looks its descriptor up and runs when it is called.
 *
 * Through a master most of them act on the slave, as in Linux. Whoever changes a terminal from the background gets
 * SIGTTOU first.
 *
 * @see ioctl_tty(2)
 * @see termios(3)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { CAP_SYS_ADMIN } from "../abi/Capabilities.js"
import * as T from "../abi/Termios.js"
import { capable } from "../Credentials.js"
import * as Errno from "../Errno.js"
import type { Process, ProcessTable } from "../ProcessTable.js"
import { TerminalDescription } from "../pty/description.js"
import { isLeader, whenAllowed } from "../pty/jobControl.js"
import { giveUp } from "../Ptys.js"
import type { TerminalError } from "../Sys.js"

type NoTerminal = Errno.Errno<"EBADF" | "ENOTTY" | "EIO">
type Result<A, E = never> = Exit.Exit<A, E | NoTerminal>

/** Runs `use` on the terminal behind `fd`; a slave that has hung up answers EIO. */
const on = <A, E>(
  process: Process,
  fd: number,
  use: (description: TerminalDescription) => Effect.Effect<A, E>
): Effect.Effect<A, E | NoTerminal> => {
  const description = process.fds.get(fd)
  if (description === undefined) return Errno.fail("EBADF")
  if (!(description instanceof TerminalDescription)) return Errno.fail("ENOTTY")
  return description.pair.masterClosed ? Errno.fail("EIO") : use(description)
}

/** As {@link on}, for a call that changes something: not from the background. */
const change = <A, E>(
  process: Process,
  fd: number,
  act: (description: TerminalDescription) => Exit.Exit<A, E>
): Effect.Effect<A, E | TerminalError> =>
  on(process, fd, (description) => {
    const { pair } = description
    return whenAllowed(
      pair.signals,
      pair,
      process,
      (): Exit.Exit<A, E | Errno.Errno<"EIO">> => pair.masterClosed ? Errno.fail("EIO") : act(description),
      Errno.fail("EIO")
    )
  })

export const isatty = (process: Process, fd: number): Exit.Exit<boolean, Errno.Errno<"EBADF">> => {
  const description = process.fds.get(fd)
  if (description === undefined) return Errno.fail("EBADF")
  return Exit.succeed(description instanceof TerminalDescription && !description.pair.masterClosed)
}

export const ttyname = (process: Process, fd: number): Result<string> => {
  const description = process.fds.get(fd)
  if (description === undefined) return Errno.fail("EBADF")
  return description instanceof TerminalDescription && !description.pair.masterClosed
    ? Exit.succeed(description.label)
    : Errno.fail("ENOTTY")
}

export const tcgetattr = (process: Process, fd: number): Effect.Effect<T.Termios, TerminalError> =>
  on(process, fd, ({ pair }) => Exit.succeed(pair.line.settings.termios))

export const tcsetattr = (
  process: Process,
  fd: number,
  when: number,
  attributes: T.Termios
): Effect.Effect<void, TerminalError | Errno.Errno<"EINVAL">> =>
  on(process, fd, (): Effect.Effect<void, TerminalError | Errno.Errno<"EINVAL">> => {
    if (when !== T.TCSANOW && when !== T.TCSADRAIN && when !== T.TCSAFLUSH) return Errno.fail("EINVAL")
    // Nothing to drain: what was written is the master's already.
    return change(process, fd, ({ pair }) => Exit.succeed(pair.configure(attributes, when === T.TCSAFLUSH)))
  })

export const tcgetpgrp = (process: Process, fd: number): Effect.Effect<number, TerminalError> =>
  on(process, fd, ({ isMaster, pair }) =>
    isMaster || process.session.terminal === pair
      // No group: a number that is none's, as Linux answers it to the master alone.
      ? Exit.succeed(pair.foreground === undefined ? 0 : pair.foreground.id)
      : Errno.fail("ENOTTY"))

export const tcsetpgrp = (
  table: ProcessTable,
  process: Process,
  fd: number,
  pgid: number
): Effect.Effect<void, TerminalError | Errno.Errno<"EINVAL" | "EPERM" | "ESRCH">> => {
  const description = process.fds.get(fd)
  if (description === undefined) return Errno.fail("EBADF")
  if (!(description instanceof TerminalDescription) || description.pair.masterClosed) return Errno.fail("ENOTTY")
  const { pair } = description
  const set = (): Exit.Exit<void, Errno.Errno<"EINVAL" | "ENOTTY" | "EPERM" | "ESRCH">> => {
    if (pgid < 0) return Errno.fail("EINVAL")
    if (process.session.terminal !== pair || pair.session !== process.session) return Errno.fail("ENOTTY")
    const group = table.groups.get(pgid)
    if (group === undefined) return Errno.fail(table.processes.has(pgid) ? "EPERM" : "ESRCH")
    if (group.session !== process.session) return Errno.fail("EPERM")
    pair.foreground = group
    return Exit.void
  }
  // This call alone says ENOTTY where the others say EIO.
  return whenAllowed(pair.signals, pair, process, set, Errno.fail("ENOTTY"))
}

export const tcgetsid = (process: Process, fd: number): Effect.Effect<number, TerminalError> =>
  on(process, fd, ({ isMaster, pair }) =>
    (isMaster || process.session.terminal === pair) && pair.session !== undefined
      ? Exit.succeed(pair.session.id)
      : Errno.fail("ENOTTY"))

export const tcflush = (
  process: Process,
  fd: number,
  queue: number
): Effect.Effect<void, TerminalError | Errno.Errno<"EINVAL">> => {
  const input = queue === T.TCIFLUSH || queue === T.TCIOFLUSH
  const output = queue === T.TCOFLUSH || queue === T.TCIOFLUSH
  return onOwnEnd(process, fd, ({ isMaster, pair }) => {
    if (!input && !output) return Errno.fail("EINVAL")
    if (isMaster) pair.flushMaster(input, output)
    else pair.flushSlave(input, output)
    return Exit.void
  })
}

export const tcflow = (
  process: Process,
  fd: number,
  action: number
): Effect.Effect<void, TerminalError | Errno.Errno<"EINVAL">> =>
  onOwnEnd(process, fd, ({ isMaster, pair }) => {
    switch (action) {
      case T.TCOOFF:
      case T.TCOON:
        if (isMaster) pair.holdMaster(action === T.TCOOFF)
        else pair.hold(action === T.TCOOFF)
        return Exit.void
      case T.TCIOFF:
      case T.TCION:
        pair.sendFlow(isMaster, action === T.TCIOFF ? T.VSTOP : T.VSTART)
        return Exit.void
      default:
        return Errno.fail("EINVAL")
    }
  })

/** What is written is the master's at once: only where the caller stands matters. */
export const tcdrain = (process: Process, fd: number): Effect.Effect<void, TerminalError> =>
  onOwnEnd(process, fd, () => Exit.void)

/** Flow and flush concern the end that they are called on; nobody is in the background of a master. */
const onOwnEnd = <E>(
  process: Process,
  fd: number,
  act: (description: TerminalDescription) => Exit.Exit<void, E>
): Effect.Effect<void, E | TerminalError> =>
  on(process, fd, (description) => description.isMaster ? act(description) : change(process, fd, act))

export const getWindowSize = (process: Process, fd: number): Effect.Effect<T.WindowSize, TerminalError> =>
  on(process, fd, ({ pair }) => Exit.succeed(pair.size))

export const setWindowSize = (
  process: Process,
  fd: number,
  size: T.WindowSize
): Effect.Effect<void, TerminalError> => on(process, fd, ({ pair }) => Exit.succeed(pair.resize(size)))

export const setControllingTerminal = (
  process: Process,
  fd: number
): Effect.Effect<void, TerminalError | Errno.Errno<"EPERM">> =>
  on(process, fd, (description) => {
    const { pair, readable } = description
    const { session } = process
    const leader = isLeader(process)
    if (leader && pair.session === session) return Exit.void
    if (!leader || session.terminal !== undefined || pair.session !== undefined) return Errno.fail("EPERM")
    // Who may only write to a terminal must not come to read from it through /dev/tty.
    if (!readable && !capable(process.credentials, CAP_SYS_ADMIN)) return Errno.fail("EPERM")
    pair.control(process)
    return Exit.void
  })

/** TIOCNOTTY. */
export const giveUpControllingTerminal = (
  process: Process,
  fd: number
): Effect.Effect<void, TerminalError | Errno.Errno<"EPERM">> =>
  on(process, fd, ({ pair }): Exit.Exit<void, Errno.Errno<"ENOTTY" | "EPERM">> => {
    if (process.session.terminal !== pair) return Errno.fail("ENOTTY")
    if (!isLeader(process)) return Errno.fail("EPERM")
    giveUp(pair.signals, process.session)
    return Exit.void
  })

/** A pseudo-terminal has no line that could be broken: only where the caller stands matters. */
export const tcsendbreak = (process: Process, fd: number): Effect.Effect<void, TerminalError> =>
  change(process, fd, () => Exit.void)

const onMaster = <A, E>(
  process: Process,
  fd: number,
  use: (description: TerminalDescription) => Exit.Exit<A, E>
): Effect.Effect<A, E | NoTerminal> =>
  on(
    process,
    fd,
    (description): Exit.Exit<A, E | NoTerminal> => description.isMaster ? use(description) : Errno.fail("ENOTTY")
  )

/** TIOCPKT. */
export const setPacketMode = (process: Process, fd: number, enabled: boolean): Effect.Effect<void, TerminalError> =>
  onMaster(process, fd, ({ pair }) => Exit.succeed(pair.packets.enable(enabled)))

/** TIOCGPKT. */
export const getPacketMode = (process: Process, fd: number): Effect.Effect<boolean, TerminalError> =>
  onMaster(process, fd, ({ pair }) => Exit.succeed(pair.packets.on))

/** TIOCGPTN. */
export const getTerminalNumber = (process: Process, fd: number): Effect.Effect<number, TerminalError> =>
  onMaster(process, fd, ({ pair }) => Exit.succeed(pair.index))

/** TIOCSPTLCK. */
export const setTerminalLock = (process: Process, fd: number, locked: boolean): Effect.Effect<void, TerminalError> =>
  onMaster(process, fd, ({ pair }) => {
    pair.locked = locked
    return Exit.void
  })

/** TIOCGPTLCK. */
export const getTerminalLock = (process: Process, fd: number): Effect.Effect<boolean, TerminalError> =>
  onMaster(process, fd, ({ pair }) => Exit.succeed(pair.locked))

/** TIOCEXCL and TIOCNXCL. A master is nobody else's anyway. */
export const setExclusive = (process: Process, fd: number, exclusive: boolean): Effect.Effect<void, TerminalError> =>
  on(process, fd, ({ isMaster, pair }) => {
    if (!isMaster) pair.exclusive = exclusive
    return Exit.void
  })

/** TIOCGEXCL. */
export const getExclusive = (process: Process, fd: number): Effect.Effect<boolean, TerminalError> =>
  on(process, fd, ({ isMaster, pair }) => Exit.succeed(!isMaster && pair.exclusive))

/** TIOCOUTQ: what is written is the master's at once, so nothing ever waits to be sent. */
export const outputQueue = (process: Process, fd: number): Effect.Effect<number, TerminalError> =>
  on(process, fd, () => Exit.succeed(0))

/** TIOCSTI. */
export const simulateInput = (
  process: Process,
  fd: number,
  byte: number
): Effect.Effect<void, TerminalError | Errno.Errno<"EPERM">> =>
  on(process, fd, ({ isMaster, pair }): Exit.Exit<void, Errno.Errno<"EPERM">> => {
    if (process.session.terminal !== pair && !capable(process.credentials, CAP_SYS_ADMIN)) return Errno.fail("EPERM")
    if (!isMaster) pair.simulate(byte & 0xff)
    return Exit.void
  })
