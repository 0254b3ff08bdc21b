/**
 * The records of processes, groups, sessions and terminals: what there is, without behaviour.
 *
 * Terminals signal processes, and processes own terminals; both rooms stand on these records instead of on each
 * other.
 *
 * @see credentials(7)
 */
import type * as Effect from "effect/Effect"
import type { WaitStatus } from "./abi/WaitStatus.js"
import type { Credentials } from "./Credentials.js"
import type { Location, MountTable } from "./Dentry.js"
import type { FdTable } from "./FdTable.js"
import { LeastFirst } from "./internal/LeastFirst.js"
import type { AddressSpace, PageCount } from "./memory/AddressSpace.js"
import type { PolicyRules } from "./Policy.js"
import type { SignalSet } from "./SignalSet.js"
import type { ProcessTimers } from "./timer/ProcessTimers.js"
import type { Tracer } from "./Trace.js"
import type * as WaitQueue from "./WaitQueue.js"

/** Where a signal came from and what came with it. @see sigaction(2) */
export interface SignalInfo {
  readonly signal: number
  /** Why it was sent: SI_USER, SI_KERNEL, SI_QUEUE and their siblings; for SIGCHLD CLD_EXITED and its siblings. */
  readonly code: number
  /** The process that sent it; 0 for the kernel. */
  readonly pid: number
  readonly uid: number
  /** What sigqueue(3) carried. */
  readonly value: number
  /** For SIGCHLD: which child changed, and how. */
  readonly child?: { readonly pid: number; readonly status: WaitStatus }
  /** For SI_TIMER: which timer of timer_create(2), and how often it ran out besides until this was taken. */
  readonly timer?: { readonly id: number; readonly overrun: number }
  /** For SIGIO and its like: of which descriptor, and the events of poll(2). @see fcntl(2), F_SETSIG */
  readonly io?: { readonly fd: number; readonly band: number }
}

/** What a process does about a signal. Handlers run on the process's own fiber. */
export type Disposition =
  | "default"
  | "ignore"
  | ((info: SignalInfo) => Effect.Effect<unknown>)

export interface SignalAction {
  readonly disposition: Disposition
  /** Blocked while the handler runs, besides the signal itself. */
  readonly mask: SignalSet
  /** A sum of SA_RESTART and its siblings. */
  readonly flags: number
}

/** The signal side of a process. */
export class SignalState {
  /** Actions other than the default; made when the first is set. */
  actions: Map<number, SignalAction> | undefined = undefined
  blocked: SignalSet = 0n
  pending: SignalSet = 0n
  /** What sigtimedwait(2) sleeps for. */
  awaited: SignalSet = 0n
  /** What came with the pending signals, in the order in which they came; real-time signals queue. */
  queue: Array<SignalInfo> | undefined = undefined
  /** The mask that sigsuspend(2) has to put back. */
  suspended: SignalSet | undefined = undefined
  /** The handlers that run: the mask that each found, and what it added. */
  frames: Array<{ saved: SignalSet; readonly added: SignalSet }> | undefined = undefined
  /** Woken when a signal becomes pending, for sigtimedwait(2) and signalfd(2); made by the first who waits. */
  arrived: WaitQueue.WaitQueue | undefined = undefined
}

/** `Task.attention`: a caught signal waits for its handler. */
export const SIGNALLED = 1
/** `Task.attention`: the process is stopped. */
export const STOPPED = 2
/** `Task.attention`: this image has ended, by exit, exec or a signal. Negative, so that one comparison tells. */
export const ENDED = -2_147_483_648

/**
 * The running image of a process: the fiber of its program, and what system calls and sleepers ask at their entry.
 * exec(2) gives a process another one; a zombie has none.
 */
export interface Task extends WaitQueue.SleeperShape {
  attention: number
  /** System calls that this image has made. */
  calls: number
  /** After so many RLIMIT_CPU is looked at. */
  callsMax: number
  /** Ends the process: descriptors are closed and locks released before anyone is told. */
  readonly end: (status: WaitStatus) => void
}

/** RLIMIT_*: what a process may still do. What nothing enforces is kept all the same. @see getrlimit(2) */
export interface ResourceLimits {
  /** RLIMIT_CPU: seconds, as getrusage(2) counts them; SIGXCPU when they are over. */
  readonly cpu: number
  /** RLIMIT_FSIZE: bytes of one file. */
  readonly fileSize: number
  /** RLIMIT_DATA. */
  readonly data: number
  /** RLIMIT_STACK. */
  readonly stack: number
  /** RLIMIT_CORE: with 0 a status never says that a core was dumped. */
  readonly core: number
  /** RLIMIT_RSS. */
  readonly residentSet: number
  /** RLIMIT_NPROC: processes of its user. */
  readonly processes: number
  /** RLIMIT_NOFILE: descriptors. */
  readonly openFiles: number
  /** RLIMIT_MEMLOCK. */
  readonly lockedMemory: number
  /** RLIMIT_AS. */
  readonly addressSpace: number
  /** RLIMIT_LOCKS. */
  readonly locks: number
  /** RLIMIT_SIGPENDING: signals that are queued for all of its user's processes. */
  readonly pendingSignals: number
  /** RLIMIT_MSGQUEUE. */
  readonly messageQueues: number
  /** RLIMIT_NICE: 20 less the lowest nice value that it may give itself. */
  readonly nice: number
  /** RLIMIT_RTPRIO. */
  readonly realtimePriority: number
  /** RLIMIT_RTTIME. */
  readonly realtimeTime: number
}

/** Calls that a process has made and others on whose end it has waited. */
export interface Accounting {
  calls: number
  childCalls: number
}

/** What hardly any process has. */
export class Uncommon {
  /** Whether orphans among its descendants become its children. @see PR_SET_CHILD_SUBREAPER(2const) */
  isSubreaper = false
  /** The signal that it gets when its parent ends; 0 for none. @see PR_SET_PDEATHSIG(2const) */
  parentDeathSignal = 0
  /** 0 for one that nobody but the privileged may trace. @see PR_SET_DUMPABLE(2const) */
  dumpable = 1
  /** Nanoseconds by which timers may be late, and what 0 sets them to. Kept, and without effect. @see PR_SET_TIMERSLACK(2const) */
  timerSlack = 50_000
  timerSlackDefault = 50_000
  /** Kept, and without effect. @see PR_SET_THP_DISABLE(2const) */
  hugePagesDisabled = false
  /** The tracers that it has set. @see ptrace(2) */
  tracing: WeakSet<Tracer> | undefined = undefined
  /** What it has mapped. @see mmap(2) */
  memory: AddressSpace | undefined = undefined
}

export type ProcessState = "running" | "stopped" | "zombie" | "dead"

/** Children, by the process they belong to, and everything else that exec keeps. */
export class Process {
  /** Its children, the eldest first: a list that costs nothing to leave. */
  eldest: Process | undefined = undefined
  private youngest: Process | undefined = undefined
  /** Its neighbours among its parent's children. */
  private elder: Process | undefined = undefined
  private younger: Process | undefined = undefined
  state: ProcessState = "running"
  /** How it ended, or how it last changed. */
  status: WaitStatus | undefined = undefined
  /** Children whose status is still to be told, the eldest first. */
  changed: LeastFirst<Process> | undefined = undefined
  /** Its place among its parent's children: they are asked in the order in which they came. */
  seniority = 0
  /** Whether `status` is still to be told to whoever waits for it. */
  statusUntold = false
  readonly signals = new SignalState()
  /** Woken when a child changes. Like the next two, made by the first who waits: most processes need none of them. */
  childChanged: WaitQueue.WaitQueue | undefined = undefined
  /** Woken when it is continued. */
  continued: WaitQueue.WaitQueue | undefined = undefined
  /** Woken when it has ended, for whoever holds it from outside. */
  ended: WaitQueue.WaitQueue | undefined = undefined
  umask = 0o022
  /** Those of alarm(2), setitimer(2) and timer_create(2); made when the first is. */
  timers: ProcessTimers | undefined = undefined
  startTime = 0
  /** Made when there is any of it. */
  uncommon: Uncommon | undefined = undefined
  /** From -20 to 19; who is nicer lets others have their turn sooner. @see nice(2) */
  nice = 0
  /** Calls of its former images and of the children that it waited for; made when there are any. */
  accounting: Accounting | undefined = undefined
  /** The process that the host started, whose descendant this is, wherever its parents have gone. */
  origin: number
  /** Whether exec has run since spawn: setpgid(2) by the parent is over then. */
  executed = false
  /** How far this process may raise its limits. */
  hardLimits: ResourceLimits
  /** Rules of its own, which its children inherit. */
  policy: PolicyRules | undefined
  /** Who is told of its calls. @see ptrace(2) */
  tracer: Tracer | undefined
  /** The mounts that it sees. @see mount_namespaces(7) */
  mounts: MountTable | undefined
  /** The file that runs: nobody may write to it meanwhile. None for what the host started without a file. */
  text: Location | undefined = undefined
  /** What runs; `undefined` for init, and once it has ended. */
  task: Task | undefined = undefined

  constructor(
    readonly pid: number,
    public parent: Process | undefined,
    public group: ProcessGroup,
    public credentials: Credentials,
    public root: Location,
    public cwd: Location,
    public fds: FdTable,
    /** The soft limits, which count; each is at most what `hardLimits` says. */
    public limits: ResourceLimits,
    public env: Readonly<Record<string, string>>,
    public argv: ReadonlyArray<string>,
    /** The name that ps shows, at most 15 characters. */
    public name: string
  ) {
    this.origin = parent?.origin ?? pid
    this.hardLimits = limits
    this.policy = parent?.policy
    this.tracer = parent?.tracer?.follow === true ? parent.tracer : undefined
    this.mounts = parent === undefined ? root.mount.table : parent.mounts
  }

  get session(): Session {
    return this.group.session
  }

  /** The eldest first. */
  *children(): Generator<Process> {
    for (let child = this.eldest; child !== undefined; child = child.younger) yield child
  }

  /** Leaves the children of its parent, which is not told of it any more. */
  leaveParent(): void {
    const { elder, parent, younger } = this
    if (parent === undefined) return
    if (elder !== undefined) elder.younger = younger
    else if (parent.eldest === this) parent.eldest = younger
    if (younger !== undefined) younger.elder = elder
    else if (parent.youngest === this) parent.youngest = elder
    this.elder = this.younger = undefined
  }

  /** Becomes the youngest child of `parent`. */
  joinParent(parent: Process): void {
    this.parent = parent
    this.elder = parent.youngest
    if (this.elder === undefined) parent.eldest = this
    else this.elder.younger = this
    parent.youngest = this
  }
}

/** @see setpgid(2) */
export class ProcessGroup {
  readonly members = new Set<Process>()

  constructor(readonly id: number, readonly session: Session) {}
}

/** @see setsid(2) */
export class Session {
  /** The controlling terminal. */
  terminal: Terminal | undefined = undefined
  /** The foreground group of a terminal that hung up; it is told when the leader ends. */
  lostForeground: ProcessGroup | undefined = undefined
  readonly groups = new Map<number, ProcessGroup>()

  constructor(readonly id: number) {}
}

/** What job control needs of a terminal; `Ptys` has the rest. */
export interface Terminal {
  /** The session it controls. */
  session: Session | undefined
  /** The group that may read from it. */
  foreground: ProcessGroup | undefined
  /** Its device number. */
  readonly rdev: number
  /** Its path, such as `/dev/pts/0`. */
  readonly path: string
}

/** Every process, group and session of a kernel, by number. */
export class ProcessTable {
  readonly processes = new Map<number, Process>()
  readonly groups = new Map<number, ProcessGroup>()
  readonly sessions = new Map<number, Session>()
  /** The pages that all processes have mapped together. */
  readonly memory: PageCount
  private lastPid = 0
  private adoptions = 0

  constructor(pagesMax = Infinity) {
    this.memory = { used: 0, max: pagesMax }
  }

  /** The next number that no process, group or session bears. @see proc_sys_kernel(5) */
  nextPid(): number {
    do {
      this.lastPid = this.lastPid >= 4_194_304 ? 2 : this.lastPid + 1
    } while (
      this.processes.has(this.lastPid) || this.groups.has(this.lastPid) || this.sessions.has(this.lastPid)
    )
    return this.lastPid
  }

  /** Makes `child` the youngest child of `parent`, with all that it still has to tell. */
  adopt(parent: Process, child: Process): void {
    child.leaveParent()
    child.joinParent(parent)
    child.seniority = ++this.adoptions
    if (child.statusUntold) tell(parent, child)
  }
}

/** What hardly any process has, of one that has some. */
export const uncommonOf = (self: Process): Uncommon => self.uncommon ??= new Uncommon()

/** What a child has of it. @see fork(2) */
export const inheritUncommon = (child: Process, { dumpable, hugePagesDisabled, timerSlack }: Uncommon): void => {
  child.uncommon = Object.assign(new Uncommon(), {
    dumpable,
    hugePagesDisabled,
    timerSlack,
    timerSlackDefault: timerSlack
  })
}

const seniorityOf = (child: Process): number => child.seniority

/** Whether `parent` is still to be told of `child`. */
export const isUntold = (parent: Process, child: Process): boolean => child.statusUntold && child.parent === parent

/** Has `child` among those of which `parent` is still to be told. */
export const tell = (parent: Process, child: Process): void => {
  child.statusUntold = true
  ;(parent.changed ??= new LeastFirst(seniorityOf, (each) => isUntold(parent, each))).add(child)
}
