/**
 * Programs of process and signal calls: what steps there are, and how a seed makes some.
 */
import { AbiSignals as S, OpenFlags, Prctl, Resources, SignalFlags as F, WaitStatus as W } from "@effix/kernel"
import { Random } from "../random.js"

/** An actor, a call, and its arguments. A number from 1000 on means an actor; the negative of that its group. */
export type Step = readonly [actor: number, call: Call, ...args: ReadonlyArray<number>]

export type Program = ReadonlyArray<Step>

/** In the order in which the helper has them. */
type Call =
  | "fork"
  | "exec"
  | "exit"
  | "kill"
  | "sigqueue"
  | "wait"
  | "waitid"
  | "sigaction"
  | "sigprocmask"
  | "sigpending"
  | "sigsuspend"
  | "sigtimedwait"
  | "pause"
  | "setpgid"
  | "getpgid"
  | "setsid"
  | "getsid"
  | "getppid"
  | "alarm"
  | "subreaper"
  | "pdeathsig"
  | "setresuid"
  | "getresuid"
  | "setrlimit"
  | "nice"
  | "getpriority"
  | "setpriority"
  | "pidfdopen"
  | "pidfdsend"
  | "pidfdwait"
  | "pidfdpoll"
  | "tick"

export const ACTORS = 8
/** Descriptors of processes that an actor keeps. */
export const SLOTS = 3
/** Milliseconds. */
export const TICK = 25

const { O_NONBLOCK } = OpenFlags
const DEFAULT = 0
const IGNORE = 1
const HANDLER = 2
const ASK = -1

const usual = [S.SIGUSR1, S.SIGUSR1, S.SIGUSR2, S.SIGTERM, S.SIGHUP, S.SIGINT, S.SIGCHLD, S.SIGCHLD]
const stops = [S.SIGSTOP, S.SIGTSTP, S.SIGTTIN, S.SIGTTOU, S.SIGCONT, S.SIGCONT, S.SIGCONT]
const rare = [S.SIGKILL, S.SIGQUIT, S.SIGSEGV, S.SIGBUS, S.SIGURG, S.SIGWINCH, S.SIGPIPE, S.SIGALRM, S.SIGXCPU]
const realTime = [S.SIGRTMIN, S.SIGRTMIN + 1, S.SIGRTMIN + 2]
const all = [...new Set([...usual, ...stops, ...rare, ...realTime])]

const bit = (signal: number): number => 2 ** (signal - 1)

const signal = (random: Random): number =>
  random.pick(random.weighted([[8, usual], [6, stops], [2, rare], [4, realTime], [0.3, [0, 65, -1]]]))

const sets = (random: Random): number => {
  if (random.chance(0.05)) return all.reduce((sum, each) => sum + bit(each), 0)
  const some = new Set(
    Array.from({ length: random.between(0, 4) }, () => signal(random)).filter((each) => each > 0 && each < 65)
  )
  return [...some].reduce((sum, each) => sum + bit(each), 0)
}

const flags = (random: Random): number =>
  [F.SA_RESTART, F.SA_NODEFER, F.SA_RESETHAND, F.SA_NOCLDSTOP, F.SA_NOCLDWAIT]
    .reduce((sum, flag) => sum + (random.chance(0.2) ? flag : 0), 0)

/** What the maker of a program knows while it goes on. */
class Maker {
  readonly steps: Array<Step> = []
  private made = 1

  constructor(private readonly random: Random) {}

  private actor(): number {
    return this.random.between(0, this.made - 1)
  }

  /** Somebody's number, or that of nobody. */
  private pid(): number {
    return this.random.chance(0.04) ? 1000 + ACTORS - 1 : 1000 + this.actor()
  }

  private target(): number {
    const { random } = this
    return random.weighted([
      [10, () => this.pid()],
      [3, () => -1000 - this.actor()],
      [1, () => 0],
      [0.4, () => -1]
    ])()
  }

  private waitOptions(): number {
    const { random } = this
    return (random.chance(0.6) ? W.WNOHANG : 0) + random.bits([W.WUNTRACED, W.WCONTINUED], 0.5) +
      (random.chance(0.02) ? W.WNOWAIT : 0)
  }

  private waitidOptions(): number {
    const { random } = this
    return random.bits([W.WEXITED, W.WSTOPPED, W.WCONTINUED], 0.7) + (random.chance(0.6) ? W.WNOHANG : 0) +
      (random.chance(0.4) ? W.WNOWAIT : 0)
  }

  private fork(): Step | undefined {
    if (this.made >= ACTORS - 1) return undefined
    const parent = this.actor()
    return [parent, "fork", this.made++]
  }

  private step(): Step | undefined {
    const { random } = this
    const who = this.actor()
    return random.weighted<() => Step | undefined>([
      [7, () => this.fork()],
      [2, () => [who, "exit", random.pick([0, 1, 7, 255, 256])]],
      [12, () => [who, "kill", this.target(), signal(random)]],
      [5, () => [who, "sigqueue", this.pid(), signal(random), random.between(0, 99)]],
      [7, () => [who, "wait", random.pick([-1, -1, 0, this.pid(), -1000 - this.actor()]), this.waitOptions()]],
      [7, () => this.waitid(who)],
      [12, () => [
        who,
        "sigaction",
        signal(random),
        random.pick([DEFAULT, IGNORE, HANDLER, HANDLER, HANDLER, ASK]),
        flags(random),
        random.chance(0.3) ? sets(random) : 0
      ]],
      [6, () => [who, "sigprocmask", random.pick([0, 1, 2, 2, 3]), sets(random)]],
      [3, () => [who, "sigpending"]],
      [3, () => [who, "sigsuspend", sets(random)]],
      [4, () => [who, "sigtimedwait", sets(random), random.chance(0.6) ? 1 : 0]],
      [1, () => [who, "pause"]],
      [5, () => [who, "setpgid", random.pick([0, this.pid()]), random.pick([0, 0, this.pid(), -1])]],
      [1, () => [who, "getpgid", random.pick([0, this.pid()])]],
      [2, () => [who, "setsid"]],
      [1, () => [who, "getsid", random.pick([0, this.pid()])]],
      [1, () => [who, "getppid"]],
      [0.3, () => [who, "alarm", 5]],
      [1, () => [who, "subreaper", random.pick([0, 1, 1])]],
      // Whether one is stopped by the end of its parent before it has told of what it did itself, is chance.
      [2, () => [who, "pdeathsig", random.pick([...usual, ...realTime, ...rare, 0, 65])]],
      [2, () => [who, "exec"]],
      [1.2, () => this.setresuid(who)],
      [0.4, () => [who, "getresuid"]],
      [0.8, () => this.setrlimit(who)],
      [0.5, () => [who, "nice", random.pick([1, 5, -1, 50, -50])]],
      [0.5, () => [who, "getpriority", random.between(0, 2), random.pick([0, this.pid()])]],
      [0.5, () => [who, "setpriority", Resources.PRIO_PROCESS, random.pick([0, this.pid()]), random.between(-5, 20)]],
      [2, () => [who, "pidfdopen", this.pid(), this.slot(), random.weighted([[8, 0], [2, O_NONBLOCK], [0.3, 1]])]],
      [1.5, () => [who, "pidfdsend", this.slot(), signal(random), random.weighted([[9, 0], [1, 2], [1, 4], [0.3, 8]])]],
      [1.5, () => [who, "pidfdwait", this.slot(), this.waitidOptions()]],
      [1, () => [who, "pidfdpoll", this.slot()]]
    ])()
  }

  private slot(): number {
    return this.random.between(0, SLOTS - 1)
  }

  /** All three mostly, so that what follows is about somebody else and not about the difference. */
  private setresuid(who: number): Step {
    const { random } = this
    const id = () => random.pick([-1, 0, 1000, 1000, 1001])
    const all = random.pick([0, 1000, 1000, 1001])
    return random.chance(0.6) ? [who, "setresuid", all, all, all] : [who, "setresuid", id(), id(), id()]
  }

  private setrlimit(who: number): Step {
    const { random } = this
    const soft = random.between(0, 4)
    return [who, "setrlimit", Resources.RLIMIT_NPROC, soft, Math.max(0, soft + random.between(-1, 20))]
  }

  private waitid(who: number): Step {
    const { random } = this
    const [type, id] = random.pick<readonly [number, number]>([
      [W.P_ALL, 0],
      [W.P_ALL, 0],
      [W.P_PID, this.pid()],
      [W.P_PGID, this.pid()],
      [W.P_PGID, 0],
      [9, 0]
    ])
    return [who, "waitid", type, id, this.waitidOptions()]
  }

  make(): Program {
    const { random, steps } = this
    const length = random.between(6, 30)
    steps.push([0, "fork", this.made++])
    while (steps.length < length) {
      const step = this.step()
      if (step === undefined) continue
      steps.push(step)
      if (step[1] === "alarm") this.later()
    }
    return steps
  }

  /** Something that takes time, in which an alarm goes off. */
  private later(): void {
    this.steps.push([0, "tick"])
  }
}

/** The program of a seed and a number, whatever others were made. */
export const programOf = (seed: number, index: number): Program =>
  new Maker(new Random(seed * 1_000_003 + index)).make()

/** As the helper reads it. */
export const lines = (program: Program): string => program.map((step) => `${step.join(" ")}\n`).join("") + "%%\n"

/** Options of prctl that steps stand for. */
export const prctlOptions = { subreaper: Prctl.PR_SET_CHILD_SUBREAPER, pdeathsig: Prctl.PR_SET_PDEATHSIG } as const

/** As it stands in a test. */
export const source = (program: Program): string => program.map((step) => `  ${JSON.stringify(step)}`).join(",\n")
