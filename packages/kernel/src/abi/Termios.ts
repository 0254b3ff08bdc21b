/**
 * Flags and control characters of termios, as numbered on x86-64.
 *
 * @see termios(3)
 */
export const IGNBRK = 0o1
export const BRKINT = 0o2
export const IGNPAR = 0o4
export const PARMRK = 0o10
export const INPCK = 0o20
export const ISTRIP = 0o40
export const INLCR = 0o100
export const IGNCR = 0o200
export const ICRNL = 0o400
export const IUCLC = 0o1000
export const IXON = 0o2000
export const IXANY = 0o4000
export const IXOFF = 0o10000
export const IMAXBEL = 0o20000
export const IUTF8 = 0o40000

export const OPOST = 0o1
export const OLCUC = 0o2
export const ONLCR = 0o4
export const OCRNL = 0o10
export const ONOCR = 0o20
export const ONLRET = 0o40
export const TABDLY = 0o14000
export const XTABS = 0o14000

export const CS8 = 0o60
export const CREAD = 0o200
export const HUPCL = 0o2000
export const CLOCAL = 0o4000
export const B38400 = 0o17

export const ISIG = 0o1
export const ICANON = 0o2
export const ECHO = 0o10
export const ECHOE = 0o20
export const ECHOK = 0o40
export const ECHONL = 0o100
export const NOFLSH = 0o200
export const TOSTOP = 0o400
export const ECHOCTL = 0o1000
export const ECHOPRT = 0o2000
export const ECHOKE = 0o4000
export const FLUSHO = 0o10000
export const PENDIN = 0o40000
export const IEXTEN = 0o100000
export const EXTPROC = 0o200000

export const VINTR = 0
export const VQUIT = 1
export const VERASE = 2
export const VKILL = 3
export const VEOF = 4
export const VTIME = 5
export const VMIN = 6
export const VSWTC = 7
export const VSTART = 8
export const VSTOP = 9
export const VSUSP = 10
export const VEOL = 11
export const VREPRINT = 12
export const VDISCARD = 13
export const VWERASE = 14
export const VLNEXT = 15
export const VEOL2 = 16
export const NCCS = 19

/** When tcsetattr(3) takes effect. */
export const TCSANOW = 0
export const TCSADRAIN = 1
export const TCSAFLUSH = 2

/** Which queue tcflush(3) empties. */
export const TCIFLUSH = 0
export const TCOFLUSH = 1
export const TCIOFLUSH = 2

/** What tcflow(3) does. */
export const TCOOFF = 0
export const TCOON = 1
export const TCIOFF = 2
export const TCION = 3

/** The settings of a terminal. */
export interface Termios {
  readonly iflag: number
  readonly oflag: number
  readonly cflag: number
  readonly lflag: number
  /** Control characters, indexed by `VINTR` and its siblings. */
  readonly cc: ReadonlyArray<number>
}

/** The size of a terminal's window, in characters. */
export interface WindowSize {
  readonly rows: number
  readonly columns: number
}

// What a master in packet mode reads in front of data, and instead of it. @see TIOCPKT(2const)
export const TIOCPKT_DATA = 0
export const TIOCPKT_FLUSHREAD = 1
export const TIOCPKT_FLUSHWRITE = 2
export const TIOCPKT_STOP = 4
export const TIOCPKT_START = 8
export const TIOCPKT_NOSTOP = 16
export const TIOCPKT_DOSTOP = 32
export const TIOCPKT_IOCTL = 64
