/**
 * What can be asked of a terminal and told to it.
 *
 * @see ioctl_tty(2)
 */
import type * as Effect from "effect/Effect"
import type { Termios, WindowSize } from "../../abi/Termios.js"
import type { Errno } from "../../Errno.js"
import type { TerminalError } from "./errors.js"

export interface TerminalCalls {
  /** @see isatty(3) */
  readonly isatty: (fd: number) => Effect.Effect<boolean, Errno<"EBADF">>
  /** The path of the terminal, such as `/dev/pts/0`. @see ttyname(3) */
  readonly ttyname: (fd: number) => Effect.Effect<string, TerminalError>
  readonly tcgetattr: (fd: number) => Effect.Effect<Termios, TerminalError>
  /** `when`: TCSANOW, TCSADRAIN, TCSAFLUSH. @see termios(3) */
  readonly tcsetattr: (
    fd: number,
    when: number,
    attributes: Termios
  ) => Effect.Effect<void, TerminalError | Errno<"EINVAL">>
  readonly tcgetpgrp: (fd: number) => Effect.Effect<number, TerminalError>
  readonly tcsetpgrp: (
    fd: number,
    pgid: number
  ) => Effect.Effect<void, TerminalError | Errno<"EINVAL" | "EPERM" | "ESRCH">>
  /** @see tcgetsid(3) */
  readonly tcgetsid: (fd: number) => Effect.Effect<number, TerminalError>
  readonly tcflush: (fd: number, queue: number) => Effect.Effect<void, TerminalError | Errno<"EINVAL">>
  readonly tcflow: (fd: number, action: number) => Effect.Effect<void, TerminalError | Errno<"EINVAL">>
  readonly tcdrain: (fd: number) => Effect.Effect<void, TerminalError>
  /** TIOCGWINSZ. @see ioctl_tty(2) */
  readonly getWindowSize: (fd: number) => Effect.Effect<WindowSize, TerminalError>
  /** TIOCSWINSZ; the foreground group gets SIGWINCH when it changed. @see ioctl_tty(2) */
  readonly setWindowSize: (fd: number, size: WindowSize) => Effect.Effect<void, TerminalError>
  /** TIOCSCTTY: makes the terminal the controlling one of the caller's session. @see ioctl_tty(2) */
  readonly setControllingTerminal: (fd: number) => Effect.Effect<void, TerminalError | Errno<"EPERM">>
  /** TIOCNOTTY, by the leader of a session; the foreground group gets SIGHUP and SIGCONT. @see ioctl_tty(2) */
  readonly giveUpControllingTerminal: (fd: number) => Effect.Effect<void, TerminalError | Errno<"EPERM">>
  readonly tcsendbreak: (fd: number, duration?: number) => Effect.Effect<void, TerminalError>
  /** TIOCPKT: a master reads a byte that says what happened (TIOCPKT_STOP and its siblings) in front of all data. */
  readonly setPacketMode: (fd: number, enabled: boolean) => Effect.Effect<void, TerminalError>
  /** TIOCGPKT. */
  readonly getPacketMode: (fd: number) => Effect.Effect<boolean, TerminalError>
  /** TIOCGPTN: the number of a master's slave in `/dev/pts`. */
  readonly getTerminalNumber: (fd: number) => Effect.Effect<number, TerminalError>
  /** TIOCSPTLCK: whether the slave cannot be opened (EIO). A new one can. */
  readonly setTerminalLock: (fd: number, locked: boolean) => Effect.Effect<void, TerminalError>
  /** TIOCGPTLCK. */
  readonly getTerminalLock: (fd: number) => Effect.Effect<boolean, TerminalError>
  /** TIOCEXCL, TIOCNXCL: whether nobody without CAP_SYS_ADMIN opens the terminal once more (EBUSY). */
  readonly setExclusive: (fd: number, exclusive: boolean) => Effect.Effect<void, TerminalError>
  /** TIOCGEXCL. */
  readonly getExclusive: (fd: number) => Effect.Effect<boolean, TerminalError>
  /** TIOCOUTQ: bytes written and not sent; always 0. */
  readonly outputQueue: (fd: number) => Effect.Effect<number, TerminalError>
  /** TIOCSTI: puts a byte into the input, as if it had been typed. */
  readonly simulateInput: (fd: number, byte: number) => Effect.Effect<void, TerminalError | Errno<"EPERM">>
}
