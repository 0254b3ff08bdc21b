/**
 * Makes programs: a few descriptors of each kind, and then calls that meet on them. Nothing blocks.
 */
import { EpollFlags, EventFlags, OpenFlags, PollEvents } from "@effix/kernel"
import { Random } from "../random.js"
import type { Program, Step } from "./program.js"

const E = EpollFlags
const P = PollEvents

const NONBLOCK = OpenFlags.O_NONBLOCK
/** SIGUSR1, SIGUSR2 and the first real-time signals. */
const SIGNALS: ReadonlyArray<number> = [10, 12, 34, 35]

const setOf = (signals: ReadonlyArray<number>): bigint =>
  signals.reduce((set, each) => set | 1n << BigInt(each - 1), 0n)

const FAR = 1_000_000_000_000

class Generator {
  readonly steps: Array<Step> = []
  private opened = 0
  /** Numbers that most likely are epolls. */
  private readonly epolls: Array<number> = []

  constructor(private readonly random: Random) {}

  private add(...step: Step): void {
    this.steps.push(step)
  }

  private fd(): number {
    return this.random.weighted([[30, this.random.between(0, Math.max(0, this.opened - 1))], [1, -1], [1, 19]])
  }

  private epfd(): number {
    const { epolls, random } = this
    return epolls.length > 0 && random.chance(0.9) ? random.pick(epolls) : this.fd()
  }

  open(): void {
    const { random } = this
    random.weighted<() => void>([
      [4, () => {
        this.add("pipe")
        this.opened += 2
      }],
      [3, () => {
        this.add("fifo", random.pick([OpenFlags.O_RDONLY, OpenFlags.O_WRONLY, OpenFlags.O_RDWR]))
        this.opened++
      }],
      [0.5, () => {
        this.add("file")
        this.opened++
      }],
      [4, () => {
        const semaphore = random.bits([EventFlags.EFD_SEMAPHORE], 0.3)
        this.add("eventfd", random.pick([0, 0, 1, 5, 0xffff_ffff]), NONBLOCK | semaphore)
        this.opened++
      }],
      [2, () => {
        this.add("timerfd", random.pick([0, 1, 7]), NONBLOCK)
        this.opened++
      }],
      [2, () => {
        this.add("signalfd", -1, this.mask(), NONBLOCK)
        this.opened++
      }],
      [4, () => {
        this.epolls.push(this.opened)
        this.add("epoll", 0)
        this.opened++
      }],
      [0.2, () => this.add("epoll", 1)],
      [0.2, () => this.add("eventfd", 0, 2)],
      [0.2, () => this.add("timerfd", random.pick([0, 99]), 1)]
    ])()
  }

  private mask(): bigint {
    return setOf(SIGNALS.filter(() => this.random.chance(0.5)))
  }

  private events(): number {
    const { random } = this
    const what = random.weighted([
      [6, E.EPOLLIN],
      [4, E.EPOLLOUT],
      [5, E.EPOLLIN | E.EPOLLOUT],
      [1, 0],
      [
        1,
        random.bits([
          E.EPOLLIN,
          E.EPOLLPRI,
          E.EPOLLOUT,
          E.EPOLLERR,
          E.EPOLLHUP,
          E.EPOLLRDNORM,
          E.EPOLLWRNORM,
          E.EPOLLRDHUP
        ], 0.4)
      ]
    ])
    return (what | random.bits([E.EPOLLET], 0.45) | random.bits([E.EPOLLONESHOT], 0.15) |
      random.bits([E.EPOLLEXCLUSIVE], 0.05)) >>> 0
  }

  private control(): void {
    const { random } = this
    const operation = random.weighted([
      [8, E.EPOLL_CTL_ADD],
      [3, E.EPOLL_CTL_MOD],
      [2, E.EPOLL_CTL_DEL],
      [0.1, 9]
    ])
    const data = random.weighted<bigint | number>([[8, this.steps.length], [1, 0xffff_ffff_ffff_ffffn], [1, 0]])
    this.add("ctl", this.epfd(), operation, this.fd(), this.events(), data)
  }

  private pollEvents(): number {
    return this.random.pick([
      P.POLLIN,
      P.POLLOUT,
      P.POLLIN | P.POLLOUT,
      0,
      P.POLLIN | P.POLLPRI | P.POLLOUT | P.POLLRDNORM | P.POLLWRNORM | P.POLLRDHUP
    ])
  }

  private timer(): void {
    const { random } = this
    const value = random.weighted([[3, 0], [4, FAR], [2, 1]])
    const flags = random.weighted([[8, 0], [2, EventFlags.TFD_TIMER_ABSTIME], [1, 3], [0.2, 8]])
    this.add(
      "tset",
      this.fd(),
      flags,
      flags !== 0 && value === FAR ? 1 : value,
      flags === 0 ? random.pick([0, 0, FAR]) : 0
    )
  }

  call(): void {
    const { random } = this
    random.weighted<() => void>([
      [3, () => this.open()],
      [18, () => this.control()],
      [16, () => this.add("ewait", this.epfd(), random.weighted([[8, 16], [3, 1], [2, 2], [0.2, 0]]), 0)],
      [1, () => this.add("ewait", this.epfd(), 3, 1)],
      [5, () => this.add("poll", this.fd(), this.pollEvents(), this.fd(), this.pollEvents(), 0)],
      [0.5, () => this.add("poll", this.fd(), this.pollEvents(), this.fd(), this.pollEvents(), 1)],
      [3, () => this.add("select", this.fd(), this.fd(), this.fd())],
      [
        12,
        () =>
          this.add(
            "read",
            this.fd(),
            random.weighted([[8, 8], [2, 1], [3, 128], [2, 256], [1, 4096], [1, 70_000], [0.5, 0]])
          )
      ],
      [
        14,
        () =>
          this.add(
            "write",
            this.fd(),
            random.weighted([[8, 8], [2, 1], [2, 4096], [2, 70_000], [0.5, 0]]),
            random.weighted<bigint | number>([
              [8, 1],
              [2, 0],
              [2, 0xffff_ffff_ffff_fffen],
              [1, 0xffff_ffff_ffff_ffffn],
              [
                1,
                0x1_0000_0000
              ]
            ])
          )
      ],
      [5, () => this.timer()],
      [2, () => this.add("tget", this.fd())],
      [5, () => this.add("raise", random.pick(SIGNALS), random.pick([0, 0, 7, -3]))],
      [2, () => this.add("sigwait", this.mask())],
      [1, () => this.add("signalfd", this.fd(), this.mask(), NONBLOCK)],
      [5, () => this.add("close", this.fd())],
      [3, () => this.add("dup", this.fd())],
      [2, () => this.add("dup2", this.fd(), this.fd())],
      [1, () => this.add("resize", this.fd(), random.pick([4096, 65_536, 8192]))]
    ])()
  }
}

/** The program of a seed and a number, whatever others were made. */
export const programOf = (seed: number, index: number): Program => {
  const random = new Random(seed * 1_000_003 + index)
  const generator = new Generator(random)
  for (let i = random.between(2, 5); i > 0; i--) generator.open()
  for (let i = random.between(10, 40); i > 0; i--) generator.call()
  return generator.steps
}
