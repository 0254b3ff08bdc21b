/**
 * Which calls start again after a signal, as signal(7) lists them: every call that may wait, and every way in which
 * a signal comes between.
 *
 * Actor 1 makes the call and waits; it is sent signals; then actor 2 gives what was waited for, and all that is left is
 * looked at. So it is seen whether the call went on, what it answered, and what it took.
 */
import { AbiSignals, Fcntl, InotifyFlags, OpenFlags, SignalFlags, Socket as Abi, WaitStatus } from "@effix/kernel"
import { NOWHERE, type Step } from "../program.js"
import type { Act, Play } from "./program.js"

const { SIGCHLD, SIGCONT, SIGRTMIN, SIGSTOP, SIGTSTP, SIGURG, SIGUSR1, SIGUSR2, SIGWINCH } = AbiSignals
const { SA_NODEFER, SA_RESETHAND, SA_RESTART } = SignalFlags
const { MSG_WAITALL, SOL_SOCKET, SO_RCVTIMEO, SO_SNDTIMEO } = Abi

export interface Waiting {
  /** What there is before: descriptors that all have. */
  readonly before?: ReadonlyArray<Step>
  /** What the caller, and the one who gives, do first. */
  readonly caller?: ReadonlyArray<Step>
  readonly giver?: ReadonlyArray<Step>
  readonly call: Step
  /** Part of what is waited for, before the signal. */
  readonly part?: ReadonlyArray<Step>
  /** What is waited for; the caller is sent `sent` besides. */
  readonly grant?: ReadonlyArray<Step>
  readonly sent?: string
  /** Milliseconds that go by. */
  readonly rest?: number
  /** What the caller sees in the end. */
  readonly after?: ReadonlyArray<Step>
}

/** Longer than anything here takes. */
const LONG = 5000
/** How long a sleep is, and when it is over. */
const SHORT = 60
const OVER = 110
/** In which a worker, or a child, has done what it has to do. */
const SOON = 10

const pipe: Step = ["pipe2", 0]
const full: ReadonlyArray<Step> = [pipe, ["write", 1, 65_536, 1]]
const pair: Step = ["socketpair", Abi.AF_UNIX, Abi.SOCK_STREAM, 0]
const datagrams: Step = ["socketpair", Abi.AF_UNIX, Abi.SOCK_DGRAM, 0]
const given: Step = ["write", 1, 5, 1]
const sent: Step = ["send", 1, 5, 1, 0]
const rest: Step = ["fionread", 0]
const late = (fd: number, option: number): Step => ["setsockopt", fd, SOL_SOCKET, option, LONG]

/** Waits in `call` for bytes of descriptor 0, which come through descriptor 1. */
const reading = (call: Step, before: ReadonlyArray<Step> = [pipe], more: Partial<Waiting> = {}): Waiting => ({
  before,
  call,
  grant: [given],
  after: [rest],
  ...more
})

/** Waits in `call` for room in descriptor 1, which is made by reading from descriptor 0. */
const writing = (call: Step, before: ReadonlyArray<Step> = full, more: Partial<Waiting> = {}): Waiting => ({
  before,
  call,
  grant: [["read", 0, 1_000_000]],
  after: [rest],
  ...more
})

/** Sends more than there is room for; how much that is, is seen when nobody reads any more. */
const cutOff = (call: Step): Waiting => ({ before: [pair], call, grant: [["shutdown", 0, Abi.SHUT_RD]] })

/** Reads from a terminal what is typed. */
const typing = (least: number, grant: ReadonlyArray<Step>, part: ReadonlyArray<Step> = []): Waiting => ({
  before: [["terminal", least]],
  call: ["read", 1, 9],
  part: part,
  grant,
  rest: SOON,
  after: [["fionread", 1]]
})

/** Both for a call with a timeout, and for one without. */
const timed = (
  name: string,
  waiting: Waiting,
  option: number,
  fd: number
): ReadonlyArray<readonly [string, Waiting]> => [
  [name, waiting],
  [`${name}, with a timeout`, { ...waiting, before: [...waiting.before ?? [], late(fd, option)] }]
]

const port = "inet 127.0.0.1 5000"
const listener = (family: number, address: string): ReadonlyArray<Step> => [
  ["socket", family, Abi.SOCK_STREAM, 0],
  ["bind", 0, address],
  ["listen", 0, 0]
]
const accepting = (family: number, address: string): Waiting => ({
  before: listener(family, address),
  call: ["accept", 0, 0],
  grant: [["socket", family, Abi.SOCK_STREAM, 0], ["connect", 1, address]],
  rest: SOON
})

const sleeping = (call: Step): Waiting => ({ call, rest: OVER, after: [["remaining"]] })

const lock = (fd: number, command: number, type: number): Step => ["lock", fd, command, type, Fcntl.SEEK_SET, 0, 1, 0]
const file: Step = ["open", "a", OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0o644]
const sameFile: Step = ["open", "a", OpenFlags.O_RDWR, 0]

const epoll: ReadonlyArray<Step> = [pipe, ["epoll_create", 0], ["epoll_ctl", 2, 1, 0, 1, 7]]

const large: Step = ["send", 1, 100_000, 1, 0]

/** Every call that may wait, by what it waits for. */
export const waits: ReadonlyMap<string, Waiting> = new Map<string, Waiting>([
  ["read of a pipe", reading(["read", 0, 5])],
  ["readv of a pipe", reading(["readv", 0, "2,3"])],
  ["write to a full pipe", writing(["write", 1, 100, 1])],
  ["write of which a part fits", writing(["write", 1, 20_000, 2], [pipe, ["write", 1, 61_440, 1]])],
  ["writev of which a part fits", writing(["writev", 1, "9000,9000", 2], [pipe, ["write", 1, 61_440, 1]])],
  ["open of a FIFO to read", {
    before: [["mkfifo", "f", 0o644]],
    call: ["open", "f", OpenFlags.O_RDONLY, 0],
    grant: [["open", "f", OpenFlags.O_WRONLY, 0]]
  }],
  ["open of a FIFO to write", {
    before: [["mkfifo", "f", 0o644]],
    call: ["open", "f", OpenFlags.O_WRONLY, 0],
    grant: [["open", "f", OpenFlags.O_RDONLY, 0]]
  }],
  ["read of a line", typing(0, [["write", 0, 1, 10]])],
  ["read of a raw terminal", typing(1, [["write", 0, 2, 65]])],
  ["read of VMIN bytes, some of which are there", typing(4, [["write", 0, 3, 65]], [["write", 0, 2, 65]])],
  ["read of a terminal's master", {
    before: [["terminal", 1]],
    call: ["read", 0, 9],
    grant: [["write", 1, 2, 65]],
    rest: SOON,
    after: [rest]
  }],
  ["write to a terminal that is held", {
    before: [["terminal", 1], ["tcflow", 1, 0]],
    call: ["write", 1, 3, 65],
    grant: [["tcflow", 1, 1]],
    rest: SOON,
    after: [rest]
  }],
  ...timed("read of a stream", reading(["read", 0, 5], [pair]), SO_RCVTIMEO, 0),
  ...timed("recv of a stream", reading(["recv", 0, 5, 0], [pair]), SO_RCVTIMEO, 0),
  ...timed("recvfrom of a stream", reading(["recvfrom", 0, 5, 0], [pair]), SO_RCVTIMEO, 0),
  ...timed("recvmsg of a stream", reading(["recvmsg", 0, 5, 0, 0], [pair]), SO_RCVTIMEO, 0),
  ...timed(
    "recv of all, of which a part has come",
    reading(["recv", 0, 8, MSG_WAITALL], [pair], { part: [["send", 1, 3, 1, 0]] }),
    SO_RCVTIMEO,
    0
  ),
  ...timed("recv of a datagram", reading(["recv", 0, 5, 0], [datagrams]), SO_RCVTIMEO, 0),
  ...timed("send to a full stream", cutOff(["send", 1, 600_000, 1, 0]), SO_SNDTIMEO, 1),
  ...timed("write to a full stream", cutOff(["write", 1, 600_000, 1]), SO_SNDTIMEO, 1),
  ...timed(
    "send of a datagram to a full queue",
    {
      before: [datagrams, large, large, large],
      call: large,
      grant: [["recv", 0, 9, 0], ["recv", 0, 9, 0], ["recv", 0, 9, 0]]
    },
    SO_SNDTIMEO,
    1
  ),
  ...timed("accept", accepting(Abi.AF_UNIX, "path s"), SO_RCVTIMEO, 0),
  ...timed("accept of TCP", accepting(Abi.AF_INET, port), SO_RCVTIMEO, 0),
  ...timed(
    "connect to a full queue",
    {
      before: [
        ...listener(Abi.AF_UNIX, "path s"),
        ["socket", Abi.AF_UNIX, Abi.SOCK_STREAM, 0],
        ["connect", 1, "path s"],
        ["socket", Abi.AF_UNIX, Abi.SOCK_STREAM, 0]
      ],
      call: ["connect", 2, "path s"],
      grant: [["accept", 0, 0]],
      after: [["getpeername", 2]]
    },
    SO_SNDTIMEO,
    2
  ),
  ...timed(
    "recv of TCP",
    {
      before: [
        ...listener(Abi.AF_INET, port),
        ["socket", Abi.AF_INET, Abi.SOCK_STREAM, 0],
        ["connect", 1, port],
        ["accept", 0, 0]
      ],
      call: ["recv", 2, 5, 0],
      grant: [sent],
      rest: SOON,
      after: [["fionread", 2]]
    },
    SO_RCVTIMEO,
    2
  ),
  ...timed(
    "recv of UDP",
    {
      before: [
        ["socket", Abi.AF_INET, Abi.SOCK_DGRAM, 0],
        ["bind", 0, port],
        ["socket", Abi.AF_INET, Abi.SOCK_DGRAM, 0],
        ["connect", 1, port]
      ],
      call: ["recv", 0, 5, 0],
      grant: [sent],
      rest: SOON,
      after: [rest]
    },
    SO_RCVTIMEO,
    0
  ),
  ["read of a counter", reading(["read", 0, 8], [["eventfd", 0, 0]], { grant: [["write", 0, 8, 0]], after: [] })],
  ["write to a full counter", {
    before: [["eventfd", 0, 0], ...Array.from({ length: 5 }, (): Step => ["write", 0, 8, 0])],
    call: ["write", 0, 8, 0],
    grant: [["read", 0, 8]]
  }],
  ["read of a timer", { caller: [["timerfd", SHORT]], call: ["read", 0, 8], rest: OVER }],
  ["read of signals", {
    caller: [["sigblock", SIGRTMIN], ["signalfd", SIGRTMIN]],
    call: ["count", 0, 128],
    sent: `${SIGRTMIN}`
  }],
  ["read of watches", {
    before: [["inotify_init", 0], ["inotify_add", 0, ".", InotifyFlags.IN_CREATE]],
    call: ["events", 0, 400],
    grant: [["mkdir", "d", 0o755]],
    after: [rest]
  }],
  ["flock", {
    before: [file],
    giver: [sameFile, ["flock", 1, Fcntl.LOCK_EX]],
    call: ["flock", 0, Fcntl.LOCK_EX],
    grant: [["flock", 1, Fcntl.LOCK_UN], ["flock", 1, Fcntl.LOCK_EX | Fcntl.LOCK_NB]]
  }],
  ["fcntl with F_SETLKW", {
    before: [file],
    giver: [lock(0, Fcntl.F_SETLK, Fcntl.F_WRLCK)],
    call: lock(0, Fcntl.F_SETLKW, Fcntl.F_WRLCK),
    grant: [lock(0, Fcntl.F_SETLK, Fcntl.F_UNLCK), lock(0, Fcntl.F_GETLK, Fcntl.F_WRLCK)]
  }],
  ["fcntl with F_OFD_SETLKW", {
    before: [file],
    giver: [sameFile, lock(1, Fcntl.F_OFD_SETLK, Fcntl.F_WRLCK)],
    call: lock(0, Fcntl.F_OFD_SETLKW, Fcntl.F_WRLCK),
    grant: [lock(1, Fcntl.F_OFD_SETLK, Fcntl.F_UNLCK), lock(1, Fcntl.F_OFD_GETLK, Fcntl.F_WRLCK)]
  }],
  ["wait4", { before: [pipe], caller: [["child", 0]], call: ["wait4", 0], grant: [["write", 1, 1, 1]], rest: SOON }],
  ["waitid", {
    before: [pipe],
    caller: [["child", 0]],
    call: ["waitid", WaitStatus.WEXITED],
    grant: [["write", 1, 1, 1]],
    rest: SOON
  }],
  ["poll", reading(["poll2", 0, 1, -1, 0, -1])],
  ["poll, with a timeout", reading(["poll2", 0, 1, -1, 0, LONG])],
  ["ppoll", reading(["ppoll", 0, 1, -1, 0])],
  ["ppoll, with a timeout", reading(["ppoll", 0, 1, LONG, 0])],
  ["ppoll, with a mask", reading(["ppoll", 0, 1, LONG, SIGUSR2], [pipe], { after: [["sigblocked"]] })],
  ["select", reading(["select", "0", "", "", -1])],
  ["select, with a timeout", reading(["select", "0", "", "", LONG])],
  ["pselect", reading(["pselect", 0, -1, 0])],
  ["pselect, with a mask", reading(["pselect", 0, LONG, SIGUSR2], [pipe], { after: [["sigblocked"]] })],
  ["epoll_wait", reading(["epoll_wait", 2, 4, -1], epoll)],
  ["epoll_wait, with a timeout", reading(["epoll_wait", 2, 4, LONG], epoll)],
  ["epoll_pwait, with a mask", reading(["epoll_pwait", 2, LONG, SIGUSR2], epoll, { after: [["sigblocked"]] })],
  ["nanosleep", sleeping(["nanosleep", SHORT])],
  ["clock_nanosleep", sleeping(["clock_nanosleep", SHORT, 0])],
  ["clock_nanosleep until a time", sleeping(["clock_nanosleep", SHORT, 1])],
  ["pause", { caller: [["sigaction", SIGRTMIN, 2, 0]], call: ["pause"], sent: `${SIGRTMIN}` }],
  ["sigsuspend", {
    caller: [["sigaction", SIGRTMIN, 2, 0]],
    call: ["sigsuspend", SIGUSR2],
    sent: `${SIGRTMIN}`,
    after: [["sigblocked"]]
  }],
  ["sigwaitinfo", { caller: [["sigblock", SIGRTMIN]], call: ["sigtimedwait", SIGRTMIN, -1], sent: `${SIGRTMIN}` }],
  ["sigtimedwait", { caller: [["sigblock", SIGRTMIN]], call: ["sigtimedwait", SIGRTMIN, LONG], sent: `${SIGRTMIN}` }],
  [
    "splice from an empty pipe",
    reading(["splice", 0, NOWHERE, 3, NOWHERE, 9, 0], [pipe, pipe], { after: [rest, ["fionread", 2]] })
  ],
  [
    "splice to a full pipe",
    writing(["splice", 2, NOWHERE, 1, NOWHERE, 9, 0], [...full, pipe, ["write", 3, 9, 1]], {
      after: [rest, ["fionread", 2]]
    })
  ],
  ["splice of a file to a full pipe", writing(["feed", 1, 100, 1, 0, 100, 0])],
  ["tee from an empty pipe", reading(["tee", 0, 3, 9, 0], [pipe, pipe], { after: [rest, ["fionread", 2]] })],
  ["tee to a full pipe", writing(["tee", 2, 1, 9, 0], [...full, pipe, ["write", 3, 9, 1]])]
])

/** What comes between: what the caller says about signals before, and those that it is sent. */
export interface Disturbance {
  readonly actions: ReadonlyArray<Step>
  readonly signals: string
}

const caught = (signal: number, flags: number): Step => ["sigaction", signal, 2, flags]
const byDefault = (signal: number): Disturbance => ({ actions: [], signals: `${signal}` })
const stopped = `${SIGSTOP},${SIGCONT}`

export const disturbances: ReadonlyMap<string, Disturbance> = new Map<string, Disturbance>([
  ["a handler", { actions: [caught(SIGUSR1, 0)], signals: `${SIGUSR1}` }],
  ["a handler with SA_RESTART", { actions: [caught(SIGUSR1, SA_RESTART)], signals: `${SIGUSR1}` }],
  ["a handler that is set once", {
    actions: [caught(SIGUSR1, SA_RESTART | SA_RESETHAND | SA_NODEFER)],
    signals: `${SIGUSR1}`
  }],
  ["a handler of a signal that is blocked by the mask of some calls", {
    actions: [caught(SIGUSR2, 0)],
    signals: `${SIGUSR2}`
  }],
  ["two handlers with SA_RESTART, one after the other", {
    actions: [caught(SIGUSR1, SA_RESTART), caught(SIGUSR2, SA_RESTART)],
    signals: `${SIGUSR1},${SIGUSR2}`
  }],
  ["an ignored signal", { actions: [["sigaction", SIGUSR1, 1, 0]], signals: `${SIGUSR1}` }],
  ["a blocked signal", { actions: [["sigblock", SIGUSR1]], signals: `${SIGUSR1}` }],
  ["SIGCHLD", byDefault(SIGCHLD)],
  ["SIGWINCH", byDefault(SIGWINCH)],
  ["SIGURG", byDefault(SIGURG)],
  ["SIGCONT", byDefault(SIGCONT)],
  ["a stop", { actions: [], signals: stopped }],
  ["two stops", { actions: [], signals: `${stopped},${stopped}` }],
  ["a stop, and a handler of SIGCONT", { actions: [caught(SIGCONT, 0)], signals: stopped }],
  ["a stop, and a handler of SIGCONT with SA_RESTART", { actions: [caught(SIGCONT, SA_RESTART)], signals: stopped }],
  ["a stop, and a handler with SA_RESTART meanwhile", {
    actions: [caught(SIGUSR1, SA_RESTART)],
    signals: `${SIGSTOP},${SIGUSR1},${SIGCONT}`
  }],
  ["a stop signal in an orphaned group", { actions: [["setsid"]], signals: `${SIGTSTP}` }],
  ["a handler of SIGTSTP", { actions: [caught(SIGTSTP, SA_RESTART)], signals: `${SIGTSTP}` }]
])

export const playOf = (waiting: Waiting, { actions, signals }: Disturbance): Play => {
  const by = (actor: number, steps: ReadonlyArray<Step> = []) => steps.map((step): Act => [actor, step])
  const { after = [], before, call, caller, giver, grant, part, rest: time, sent: signal } = waiting
  return [
    ...by(0, before),
    ...by(2, giver),
    ...by(1, caller),
    ...by(1, actions),
    [1, call],
    ...by(2, part),
    // What was typed is there when the worker that moves it has run.
    ...(part === undefined || time === undefined ? [] : by(1, [["rest", time]])),
    [1, ["signal", signals]],
    ...by(2, grant),
    ...(signal === undefined ? [] : by(1, [["signal", signal]])),
    ...(time === undefined ? [] : by(1, [["rest", time]])),
    ...by(1, [["handled"], ...after])
  ]
}

/**
 * What is compared. Who goes on by himself, when a child or a worker has done its part, may do so sooner on one machine
 * than on the other.
 */
export const compared = ({ rest: time }: Waiting, lines: ReadonlyArray<string>): string => {
  const goesOn = (line: string): boolean => time !== undefined && line.startsWith("+")
  return [...lines.filter((line) => !goesOn(line)), ...lines.filter(goesOn)].join("\n")
}
