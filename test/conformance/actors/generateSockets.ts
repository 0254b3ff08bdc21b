/**
 * Random plays of processes that talk over sockets, and of those that wait for several descriptors at once.
 *
 * On Linux a race decides which of two processes that sleep in one stream goes on; so a stream that both have is used by
 * one of them only, unless a call does not wait. Each process makes sockets of its own, too.
 */
import { EpollFlags, Fcntl, OpenFlags, PollEvents, Socket as Abi } from "@effix/kernel"
import type { Step } from "../program.js"
import type { Random } from "../random.js"
import type { Act, Play } from "./program.js"

export type SocketTheme = "unix" | "tcp" | "udp" | "poll" | "epoll"

const { MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, MSG_WAITALL } = Abi
const LISTENER = 0

/** A process, as far as the generator can foresee its descriptors. */
class Actor {
  private readonly open: Set<number>
  /** Sockets that it has made and not connected. */
  readonly fresh: Array<number> = []
  /** Whether it must not end: what it had received of what it waits for would be lost on Linux alone. */
  lives = false

  constructor(readonly number: number, inherited: ReadonlyArray<number>) {
    this.open = new Set(inherited)
  }

  /** The descriptor that it opens next. */
  opens(): number {
    let fd = 0
    while (this.open.has(fd)) fd++
    this.open.add(fd)
    return fd
  }

  closes(fd: number): void {
    this.open.delete(fd)
  }

  any(random: Random): number {
    return random.chance(0.03) ? 11 : random.pick([...this.open, 0])
  }
}

/** What the processes of a play have in common. */
class Stage {
  readonly acts: Array<Act> = []
  private inherited = 0
  readonly cast: Array<Actor> = []

  constructor(readonly random: Random, readonly theme: SocketTheme) {}

  /** A call of the process from which the others inherit, and how many descriptors it opens. */
  before(step: Step, opens = 0): void {
    this.acts.push([0, step])
    this.inherited += opens
  }

  begin(actors: number): void {
    const inherited = Array.from({ length: this.inherited }, (_, fd) => fd)
    for (let number = 1; number <= actors; number++) this.cast.push(new Actor(number, inherited))
  }

  /** Whether the others do not have this descriptor. */
  isPrivate(fd: number): boolean {
    return fd >= this.inherited
  }

  /** Whether a call on this descriptor may wait: those that all have are waited for by one. */
  mayWait(actor: Actor, fd: number): boolean {
    return this.isPrivate(fd) || fd % this.cast.length === actor.number - 1
  }
}

const MIGHTY = 250_000

const small = (random: Random): number => random.weighted([[6, random.between(1, 40)], [2, 0], [2, 3000]])

const sends = (stage: Stage, actor: Actor): Step => {
  const { random, theme } = stage
  const fd = actor.any(random)
  const large = theme === "unix" && stage.mayWait(actor, fd) && random.chance(0.25)
  const length = large ? random.pick([MIGHTY, 120_000, 213_000]) : small(random)
  const urgent = theme === "unix" && random.chance(0.1) ? Abi.MSG_OOB : 0
  return ["send", fd, length, random.between(0, 99), (large || random.chance(0.8) ? 0 : MSG_DONTWAIT) | urgent]
}

/**
 * How much a call gets that waits for whatever comes depends on when it is awake again, unless that is little. One that
 * waits for all has on Linux what has come so far, and here nothing: others are not to see that.
 */
const receives = (stage: Stage, actor: Actor): Step => {
  const { random, theme } = stage
  const fd = actor.any(random)
  const how = random.bits([MSG_PEEK, MSG_TRUNC], 0.08)
  const call = random.pick(["recv", "recv", "recvfrom"] as const)
  const length = random.weighted([[6, random.between(1, 60)], [2, 4000], [0.3, 0]])
  if (theme === "unix" && random.chance(0.06)) return [call, fd, length, how | Abi.MSG_OOB]
  if (stage.mayWait(actor, fd) && random.chance(0.85)) {
    if (!stage.isPrivate(fd) || random.chance(0.6)) return [call, fd, length, how]
    actor.lives = true
    return [call, fd, random.weighted([[3, length], [theme === "unix" ? 1 : 0, MIGHTY]]), how | MSG_WAITALL]
  }
  return [call, fd, random.weighted([[3, length], [theme === "unix" ? 1 : 0, MIGHTY]]), how | MSG_DONTWAIT]
}

const events = (random: Random): number =>
  random.weighted([
    [5, PollEvents.POLLIN],
    [2, PollEvents.POLLOUT],
    [2, PollEvents.POLLIN | PollEvents.POLLRDHUP],
    [1, PollEvents.POLLIN | PollEvents.POLLOUT],
    [1, PollEvents.POLLPRI],
    [1, 0]
  ])

/** What any process may do with any descriptor. */
const ordinary = (stage: Stage, actor: Actor): ReadonlyArray<readonly [number, () => Step]> => {
  const { random } = stage
  return [
    [2, () => ["poll2", actor.any(random), 0x201f, -1, 0, 0]],
    [1, () => ["fionread", actor.any(random)]],
    [1, () => ["getsockopt", actor.any(random), Abi.SOL_SOCKET, Abi.SO_ERROR]],
    [1.5, () => {
      const fd = actor.any(random)
      // What changes nothing for those who wait to accept puts them into another order there, by chance.
      return ["shutdown", fd, fd === LISTENER ? random.pick([Abi.SHUT_RD, Abi.SHUT_RDWR]) : random.between(0, 2)]
    }],
    [1.5, () => {
      const fd = actor.any(random)
      actor.closes(fd)
      return ["close", fd]
    }],
    [1.5, () => ["interrupt"]],
    [actor.lives ? 0 : 0.4, () => ["exit"]]
  ]
}

const conversations = (stage: Stage, actor: Actor, family: number, type: number, here: string): Step => {
  const { random } = stage
  return random.weighted<() => Step>([
    [10, () => sends(stage, actor)],
    [10, () => receives(stage, actor)],
    [2.5, () => {
      actor.fresh.push(actor.opens())
      return ["socket", family, type, 0]
    }],
    [4, () => {
      // Linux forgets the others who wait for room when one that is woken cannot use it: only new sockets are connected.
      const fd = stage.theme === "unix" && type !== Abi.SOCK_DGRAM ? actor.fresh.pop() : actor.any(random)
      return fd === undefined ? receives(stage, actor) : ["connect", fd, here]
    }],
    [type === Abi.SOCK_DGRAM ? 0 : 5, () => {
      actor.opens()
      return ["accept", LISTENER, 0]
    }],
    [
      type === Abi.SOCK_DGRAM ? 5 : 0,
      () => ["sendto", actor.any(random), small(random), random.between(0, 99), 0, here]
    ],
    ...ordinary(stage, actor)
  ])()
}

const waits = (stage: Stage, actor: Actor): Step => {
  const { random } = stage
  const timeout = random.chance(0.75) ? -1 : 0
  const some = (most: number): string =>
    Array.from({ length: random.between(0, most) }, () => actor.any(random)).filter((fd) => fd < 11).join(",")
  return random.weighted<() => Step>([
    [6, () => [
      "poll2",
      actor.any(random),
      events(random),
      random.chance(0.4) ? -1 : actor.any(random),
      events(random),
      timeout
    ]],
    [3, () => ["select", some(3), some(1), some(1), timeout]],
    [1, () => ["wait", actor.any(random), events(random)]]
  ])()
}

/** Calls that change what others wait for, none of which waits. */
const changes = (stage: Stage, actor: Actor): Step => {
  const { random } = stage
  const fd = actor.any(random)
  return random.weighted<() => Step>([
    [6, () => ["send", fd, small(random), random.between(0, 99), MSG_DONTWAIT]],
    [6, () => ["recv", fd, random.pick([1, 10, 4000]), MSG_DONTWAIT]],
    [5, () => ["write", fd, 8, random.pick([0, 1])]],
    [4, () => ["read", fd, 8]],
    [2, () => ["connect", fd, "path l"]],
    [2, () => {
      actor.opens()
      return ["accept", LISTENER, Abi.SOCK_NONBLOCK]
    }],
    [1, () => {
      actor.opens()
      return ["socket", Abi.AF_UNIX, Abi.SOCK_STREAM | Abi.SOCK_NONBLOCK, 0]
    }],
    ...ordinary(stage, actor)
  ])()
}

const { EPOLLET, EPOLLEXCLUSIVE, EPOLLIN, EPOLLONESHOT, EPOLLOUT, EPOLLRDHUP } = EpollFlags

const interest = (random: Random): number =>
  (random.weighted([[6, EPOLLIN], [2, EPOLLOUT], [2, EPOLLIN | EPOLLRDHUP], [1, EPOLLIN | EPOLLOUT]]) |
    random.weighted([[5, 0], [4, EPOLLET], [2, EPOLLONESHOT], [1, EPOLLEXCLUSIVE], [1, EPOLLET | EPOLLONESHOT]])) >>> 0

const epolls = (stage: Stage, actor: Actor, instances: ReadonlyArray<number>): Step => {
  const { random } = stage
  const epoll = random.pick(instances)
  return random.weighted<() => Step>([
    [10, () => ["epoll_wait", epoll, random.weighted([[4, 8], [2, 1]]), random.chance(0.75) ? -1 : 0]],
    [7, () => {
      // Of two who sleep in an epoll and in one that watches it, the first takes what the other was woken for.
      const any = actor.any(random)
      const fd = instances.includes(any) ? 5 : any
      return ["epoll_ctl", epoll, random.weighted([[5, 1], [2, 3], [1, 2]]), fd, interest(random), fd]
    }],
    [20, () => changes(stage, actor)]
  ])()
}

/** Pipes, counters and sockets that wait for nobody, to be watched. */
const watched = (stage: Stage): void => {
  const { random } = stage
  stage.before(["socket", Abi.AF_UNIX, Abi.SOCK_STREAM | Abi.SOCK_NONBLOCK, 0], 1)
  stage.before(["bind", LISTENER, "path l"])
  stage.before(["listen", LISTENER, random.between(0, 2)])
  if (random.chance(0.25)) {
    for (const [fd, port] of [[1, 5000], [2, 5001]] as const) {
      stage.before(["socket", Abi.AF_INET, Abi.SOCK_DGRAM | Abi.SOCK_NONBLOCK, 0], 1)
      stage.before(["bind", fd, `inet 127.0.0.1 ${port}`])
    }
    stage.before(["connect", 1, "inet 127.0.0.1 5001"])
    stage.before(["connect", 2, "inet 127.0.0.1 5000"])
  } else if (random.chance(0.2)) {
    // Connected to itself, and so is the other.
    for (const [fd, port] of [[1, 5000], [2, 5001]] as const) {
      stage.before(["socket", Abi.AF_INET, Abi.SOCK_STREAM, 0], 1)
      stage.before(["bind", fd, `inet 127.0.0.1 ${port}`])
      stage.before(["connect", fd, `inet 127.0.0.1 ${port}`])
      stage.before(["fcntl", fd, Fcntl.F_SETFL, OpenFlags.O_NONBLOCK])
    }
  } else {
    const type = random.pick([Abi.SOCK_STREAM, Abi.SOCK_DGRAM, Abi.SOCK_SEQPACKET])
    stage.before(["socketpair", Abi.AF_UNIX, type | Abi.SOCK_NONBLOCK, 0], 2)
  }
  stage.before(["pipe2", 0o4000], 2)
  stage.before(["eventfd", random.between(0, 1), random.pick([0o4000, 0o4001])], 1)
}

const TYPES = {
  unix: [Abi.SOCK_STREAM, Abi.SOCK_DGRAM, Abi.SOCK_SEQPACKET],
  tcp: [Abi.SOCK_STREAM],
  udp: [Abi.SOCK_DGRAM]
}

const talk = (stage: Stage, theme: "unix" | "tcp" | "udp"): void => {
  const { random } = stage
  const six = theme !== "unix" && random.chance(0.3)
  const family = theme === "unix" ? Abi.AF_UNIX : six ? Abi.AF_INET6 : Abi.AF_INET
  const type = random.pick(TYPES[theme])
  const here = theme === "unix" ? random.pick(["path l", "abstract l"]) : six ? "inet6 ::1 5000" : "inet 127.0.0.1 5000"
  stage.before(["socket", family, type, 0], 1)
  stage.before(["bind", LISTENER, here])
  // A client of TCP that finds no room asks again after a second, and not before.
  if (type !== Abi.SOCK_DGRAM) stage.before(["listen", LISTENER, theme === "unix" ? random.between(0, 2) : 50])
  if (theme === "unix" && random.chance(0.6)) stage.before(["socketpair", Abi.AF_UNIX, type, 0], 2)
  if (theme === "udp") {
    stage.before(["socket", family, type, 0], 1)
    stage.before(["bind", 1, six ? "inet6 ::1 5001" : "inet 127.0.0.1 5001"])
    stage.before(["connect", 1, here])
    if (random.chance(0.5)) stage.before(["connect", 0, six ? "inet6 ::1 5001" : "inet 127.0.0.1 5001"])
  }
  stage.begin(random.between(2, 3))
  for (const actor of stage.cast) {
    if (theme === "udp" || random.chance(0.3)) continue
    actor.opens()
    stage.acts.push([actor.number, ["socket", family, type, 0]])
    if (actor.number > 1) stage.acts.push([actor.number, ["connect", theme === "unix" ? 3 : 1, here]])
    if (actor.number === 2 && type !== Abi.SOCK_DGRAM) {
      stage.cast[0]!.opens()
      stage.acts.push([1, ["accept", LISTENER, 0]])
    }
  }
  for (let left = random.between(8, 26); left > 0; left--) {
    const actor = random.pick(stage.cast)
    stage.acts.push([actor.number, conversations(stage, actor, family, type, here)])
  }
}

export const generateSockets = (random: Random, theme: SocketTheme): Play => {
  const stage = new Stage(random, theme)
  if (theme === "unix" || theme === "tcp" || theme === "udp") talk(stage, theme)
  else {
    watched(stage)
    const instances = theme === "epoll" ? [6, 7] : []
    for (const _ of instances) stage.before(["epoll_create", 0], 1)
    stage.begin(random.between(2, 3))
    for (let left = random.between(8, 26); left > 0; left--) {
      const actor = random.pick(stage.cast)
      const step = theme === "epoll"
        ? epolls(stage, actor, instances)
        : random.chance(0.4)
        ? waits(stage, actor)
        : changes(stage, actor)
      stage.acts.push([actor.number, step])
    }
  }
  return stage.acts
}
