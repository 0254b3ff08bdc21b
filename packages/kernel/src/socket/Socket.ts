/**
 * What every socket has, whatever its family: options, a pending error, two halves that can be shut, and two queues
 * of those who wait.
 *
 * A family extends this class and says what its calls do; each attempt answers at once or says "not now", and
 * {@link Socket.wait} turns that into waiting as SO_RCVTIMEO and SO_SNDTIMEO say.
 *
 * @see socket(7)
 */
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { S_IFSOCK } from "../abi/FileMode.js"
import { O_RDWR } from "../abi/OpenFlags.js"
import { POLLIN, POLLOUT, POLLPRI, POLLRDBAND, POLLRDNORM, POLLWRBAND, POLLWRNORM } from "../abi/PollEvents.js"
import { MSG_DONTWAIT } from "../abi/Socket.js"
import type { CoarseClock } from "../CoarseClock.js"
import type { Credentials } from "../Credentials.js"
import { Description, type ReadError, type WriteError } from "../Description.js"
import * as Errno from "../Errno.js"
import { Inode } from "../Inode.js"
import type { Pieces, Piecewise } from "../pipe/Pieces.js"
import type { PolicyRules } from "../Policy.js"
import type { Process } from "../ProcessTable.js"
import { whenReady } from "../signals/whenReady.js"
import * as WaitQueue from "../WaitQueue.js"
import type { SocketAddress } from "./Address.js"
import type {
  AcceptError,
  BindError,
  ConnectError,
  ListenError,
  OptionError,
  PendingCode,
  ReceiveError,
  SendError,
  WriteError as SocketWriteError
} from "./errors.js"
import type { Attached, Received } from "./Message.js"
import { getOption, setOption } from "./options.js"
import type { OptionValue } from "./OptionValue.js"
import type { SocketList } from "./SocketList.js"

/** What sockets need of the kernel around them. */
export interface SocketContext {
  readonly now: CoarseClock
  readonly after: (milliseconds: number, run: () => void) => () => void
  /** Tells a writer, by SIGPIPE, that nobody reads. */
  readonly brokenPipe: (writer: Process) => void
  /** The most connections that listen(2) lets wait. */
  readonly backlogMax: number
  /** The most that SO_SNDBUF and SO_RCVBUF grant, in bytes, before they double it. */
  readonly bufferMax: number
  /** The number of an interface, and its name. */
  readonly deviceNamed: (name: string) => number | undefined
  readonly deviceName: (number: number) => string
  /** The rules of the kernel. */
  readonly policy: PolicyRules | undefined
  /** Lets an effect that nobody waits for run to its end. */
  readonly finish: (effect: Effect.Effect<void>) => void
  lastIno: number
  /** Every socket that a descriptor or a listener holds. */
  readonly all: SocketList
}

/** Nobody receives any more. */
export const RCV_SHUTDOWN = 1
/** Nobody sends any more. */
export const SEND_SHUTDOWN = 2
export const SHUTDOWN_MASK = 3

/** What poll(2) may tell of new when something has come, and when there is room again. */
export const READABLE = POLLIN | POLLPRI | POLLRDNORM | POLLRDBAND
export const ROOM = POLLOUT | POLLWRNORM | POLLWRBAND

/** Options that act. A record is never changed: sockets share it. */
export interface Settings {
  /** Milliseconds that a call waits; `Infinity` unless set. */
  readonly receiveTimeout: number
  readonly sendTimeout: number
  readonly reuseAddress: boolean
  readonly reusePort: boolean
  readonly passCredentials: boolean
  /** SO_PASSPIDFD. */
  readonly passProcess: boolean
  readonly broadcast: boolean
  /** Seconds of SO_LINGER. */
  readonly linger: number
  readonly lingers: boolean
  /** SO_RCVLOWAT. */
  readonly lowWater: number
}

const initial: Settings = {
  receiveTimeout: Infinity,
  sendTimeout: Infinity,
  reuseAddress: false,
  reusePort: false,
  passCredentials: false,
  passProcess: false,
  broadcast: false,
  linger: 0,
  lingers: false,
  lowWater: 1
}

/** What a socket holds in memory, as Linux counts it, and how many messages it had no room for. */
export interface Memory {
  readonly received: number
  readonly sent: number
  readonly dropped: number
}

const nothingHeld: Memory = { received: 0, sent: 0, dropped: 0 }

class SocketInode extends Inode {}

export abstract class Socket extends Description {
  /** The number in `socket:[12]`. */
  readonly ino: number
  readonly owner: Credentials
  /** Its place in the list of all sockets, which keeps it. */
  next: Socket | undefined = undefined
  previous: Socket | undefined = undefined
  listed = false
  /** Those of the process that made it. */
  rules: PolicyRules | undefined = undefined
  /** Woken when there may be something to receive or accept, and when nothing will ever come. */
  readonly canReceive = WaitQueue.make()
  /** Woken when there may be room to send, and when a connection is there. */
  readonly canSend = WaitQueue.make()
  /** SO_ERROR: told once. */
  error: PendingCode | undefined = undefined
  /** A sum of RCV_SHUTDOWN and SEND_SHUTDOWN. */
  shut = 0
  /** What was set, and what new sockets have of it: one record for all of those. */
  settings: Settings = initial
  /** SO_BINDTODEVICE: the number of an interface, 0 for none in particular. */
  device = 0
  /** The process on the other side, where it is known. */
  peerProcess: Process | undefined = undefined
  /** SO_PEEK_OFF: below 0, peeking always begins at the front. */
  peekOffset = -1
  /** Options that are only kept to be read back. */
  kept: Map<number, number | string> | undefined = undefined
  private madeInode: Inode | undefined = undefined

  constructor(
    readonly context: SocketContext,
    /** AF_UNIX and its siblings. */
    readonly domain: number,
    /** SOCK_STREAM and its siblings. */
    readonly type: number,
    readonly protocol: number,
    flags: number,
    owner: Credentials,
    /** Bytes, as Linux counts them, that may be on their way to the receiver; SO_SNDBUF. */
    public sendBuffer: number,
    /** SO_RCVBUF. */
    public receiveBuffer: number
  ) {
    super(O_RDWR | flags)
    this.ino = ++context.lastIno
    this.owner = owner
  }

  /** Made when somebody asks: most sockets are never looked at by fstat(2). */
  get inode(): Inode {
    return (this.madeInode ??= new SocketInode(this.ino, {
      mode: S_IFSOCK | 0o777,
      uid: this.owner.fsuid,
      gid: this.owner.fsgid,
      rdev: 0,
      now: 0n
    }))
  }

  get label(): string {
    return `socket:[${this.ino}]`
  }

  /** SO_ACCEPTCONN. */
  abstract get listening(): boolean

  abstract bind(address: SocketAddress, caller: Process): Effect.Effect<void, BindError>
  abstract listen(backlog: number, caller: Process): Exit.Exit<void, ListenError>
  abstract connect(address: SocketAddress, caller: Process): Effect.Effect<void, ConnectError>
  /** Hands the next connection to `take` in the step in which it is taken from the queue. */
  abstract accept<A, E>(
    caller: Process,
    take: (connection: Socket) => Exit.Exit<A, E>
  ): Effect.Effect<A, E | AcceptError>
  /** Sends to the peer. */
  abstract send(
    from: Piecewise,
    flags: number,
    attached: Attached | undefined,
    caller: Process
  ): Effect.Effect<number, SocketWriteError>
  abstract sendTo(
    to: SocketAddress,
    from: Piecewise,
    flags: number,
    attached: Attached | undefined,
    caller: Process
  ): Effect.Effect<number, SendError>
  /** `received` is filled in by a call that wants to know more than the number of bytes. */
  abstract receive(into: Piecewise, flags: number, received: Received | undefined): Effect.Effect<number, ReceiveError>
  abstract shutdown(how: number): Exit.Exit<void, Errno.Errno<"EINVAL" | "ENOTCONN">>
  abstract get name(): SocketAddress
  /** Who connected, as accept(2) tells: also of a connection that is cut already. */
  get caller(): SocketAddress {
    const peer = this.peerName()
    return peer._tag === "Success" ? peer.value : this.name
  }

  abstract peerName(): Exit.Exit<SocketAddress, Errno.Errno<"ENOTCONN">>

  /** SIOCATMARK: whether the next byte is the urgent one. */
  atMark(): Exit.Exit<boolean, Errno.Errno<"ENOTTY" | "EOPNOTSUPP">> {
    return Errno.fail("ENOTTY")
  }

  get memory(): Memory {
    return nothingHeld
  }

  /** The most that SO_RCVLOWAT says. */
  get lowWaterMax(): number {
    return 0x7fffffff
  }

  set(changed: Partial<Settings>): void {
    this.settings = { ...this.settings, ...changed }
  }

  getOption(level: number, option: number): Exit.Exit<OptionValue, OptionError> {
    return getOption(this, level, option)
  }

  setOption(level: number, option: number, value: OptionValue, caller: Process): Exit.Exit<void, OptionError> {
    return setOption(this, level, option, value, caller)
  }

  override read(into: Piecewise): Effect.Effect<number, ReadError> {
    return into.length === 0 ? Exit.succeed(0) : this.receive(into, 0, undefined)
  }

  override write(from: Piecewise, caller: Process): Effect.Effect<number, WriteError> {
    return this.send(from, 0, undefined, caller)
  }

  override readPieces(into: Pieces): Effect.Effect<number, ReadError> {
    return this.read(into)
  }

  override writePieces(from: Pieces, caller: Process): Effect.Effect<number, WriteError> {
    return this.write(from, caller)
  }

  override get pollQueues(): ReadonlyArray<WaitQueue.WaitQueue> {
    return [this.canReceive, this.canSend]
  }

  override startAsync(tell: (code: number) => void): () => void {
    return whenReady(this, tell, () => {
      const { signalOwner } = this
      if (signalOwner?.lacksRoom !== true) return false
      signalOwner.lacksRoom = false
      return true
    })
  }

  /** There is no room for what is to be sent: whether that fails. */
  noRoom(flags: number): boolean {
    if (this.signalOwner !== undefined) this.signalOwner.lacksRoom = true
    return this.impatient(flags)
  }

  override reopen(): Effect.Effect<Description, Errno.Errno<"ENXIO">> {
    return Errno.fail("ENXIO")
  }

  /** The pending error, which is then told. */
  takeError(): Exit.Exit<never, Errno.Errno<PendingCode>> | undefined {
    const { error } = this
    if (error === undefined) return undefined
    this.error = undefined
    return Errno.fail(error)
  }

  /** Something happened that concerns all who wait, to receive and to send. */
  changed(): void {
    WaitQueue.wakeAll(this.canReceive)
    WaitQueue.wakeAll(this.canSend)
  }

  /** Whether a call with these flags must not wait. */
  impatient(flags: number): boolean {
    return this.nonBlocking || (flags & MSG_DONTWAIT) !== 0
  }

  /**
   * Waits on `queues` until `attempt` answers, at most `timeout` milliseconds; then the answer is what was achieved so
   * far, or `late`. A call with a timeout does not start again after a signal, and being stopped and continued is enough
   * to end it. @see signal(7)
   */
  wait<A, E, L>(
    queues: ReadonlyArray<WaitQueue.WaitQueue>,
    attempt: () => WaitQueue.Attempt<A, E>,
    timeout: number,
    late: Exit.Exit<never, L>,
    partial: () => WaitQueue.Attempt<A, E> = never,
    ends: WaitQueue.Ends = noEnds
  ): Effect.Effect<A, E | L | Errno.Errno<"EINTR">> {
    if (timeout === Infinity) {
      const { aside, left } = ends
      return WaitQueue.sleep(queues, attempt, ends === noEnds ? { partial } : { partial, left, aside })
    }
    if (timeout <= 0) return late
    const expired = WaitQueue.make()
    let over = false
    let cancel: (() => void) | undefined
    return WaitQueue.sleep<A, E | L | Errno.Errno<"EINTR">>(
      [...queues, expired],
      () => attempt() ?? (over ? partial() ?? late : undefined),
      {
        restartable: false,
        partial: () => partial() ?? Errno.fail("EINTR"),
        aside: ends.aside,
        entered: () => {
          cancel = this.context.after(timeout, () => {
            over = true
            WaitQueue.wakeAll(expired)
          })
        },
        left: () => {
          cancel?.()
          ends.left()
        }
      }
    )
  }
}

const never = (): undefined => undefined
const nothing = (): void => {}
const noEnds: WaitQueue.Ends = { left: nothing, aside: nothing }
