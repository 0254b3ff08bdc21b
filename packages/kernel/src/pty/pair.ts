/**
 * A pseudo-terminal: a master and a slave, with a line discipline between them.
 *
 * ```text
 * master.write -> typed -> Line.receive -> input -> slave.read
 *                              | echo
 * master.read  <- outlet <- Output.write <--------- slave.write
 * ```
 *
 * Each step here ends in {@link settle}, which wakes those who can go on and sends the signals that were typed.
 *
 * @see pty(7)
 */
import { makedev } from "../abi/FileMode.js"
import { POLLIN, POLLOUT, POLLPRI, POLLRDNORM } from "../abi/PollEvents.js"
import { SIGCONT, SIGHUP, SIGWINCH } from "../abi/Signals.js"
import * as T from "../abi/Termios.js"
import type { Inode } from "../Inode.js"
import type { Process, ProcessGroup, Session, Terminal } from "../ProcessTable.js"
import { fromKernel, type Signals } from "../Signals.js"
import * as WaitQueue from "../WaitQueue.js"
import { DISABLED } from "./characters.js"
import { Line } from "./line.js"
import { DELIVERED } from "./output.js"
import { flowsAsUsual, Packets } from "./packet.js"
import { Ring } from "./ring.js"
import { initial } from "./settings.js"

/** Bytes that a master may have written and the line discipline not taken in. */
const TYPED_MAX = 8192
/** A writer that waits is woken when a reader has left no more than this. */
const NEARLY_EMPTY = 128

export class Pair implements Terminal {
  session: Session | undefined = undefined
  foreground: ProcessGroup | undefined = undefined
  readonly rdev: number
  readonly path: string
  readonly line = new Line()
  size: T.WindowSize = { rows: 0, columns: 0 }
  readonly packets = new Packets()
  /** Whether the slave cannot be opened. */
  locked = false
  /** Whether only CAP_SYS_ADMIN may open the slave again. */
  exclusive = false
  /** Whether tcflow(3) stopped what the master writes. */
  masterHeld = false
  masterClosed = false
  /** Whether the slave was open once and is no more. */
  slaveClosed = false
  /** Descriptions of the slave. */
  slaves = 0
  readonly slaveReaders = WaitQueue.make()
  readonly slaveWriters = WaitQueue.make()
  readonly masterReaders = WaitQueue.make()
  readonly masterWriters = WaitQueue.make()
  /** What the line discipline has not taken in yet; only looked for ^S and ^Q, up to `looked`. */
  private readonly typed = new Ring(TYPED_MAX)
  private looked = 0
  private masterFull = false
  private slaveFull = false

  constructor(
    readonly index: number,
    /** The node in devpts. */
    readonly inode: Inode,
    readonly signals: Signals["Type"],
    readonly after: (milliseconds: number, run: () => void) => () => void,
    private readonly owner: {
      /** Its master has been closed. */
      readonly hungUp: () => void
      /** Neither end is open any more. */
      readonly freed: () => void
    }
  ) {
    this.rdev = makedev(136, index)
    this.path = `/dev/pts/${index}`
  }

  // ----------------------------------------------------------------------- master

  get masterRoom(): number {
    return this.masterHeld ? 0 : TYPED_MAX - this.typed.length
  }

  /** Takes in `bytes` from `start` on, as far as there is room; answers where it stopped. */
  type(bytes: Uint8Array, start: number): number {
    const { length } = bytes
    let at = start
    if (!this.masterHeld) {
      if (this.typed.length === 0) at = this.line.receive(bytes, at, length)
      if (at < length) {
        const end = Math.min(length, at + TYPED_MAX - this.typed.length)
        this.typed.pushAll(bytes, at, end)
        at = end
        this.lookAhead()
      }
    }
    if (at < length) this.masterFull = true
    this.settle()
    return at
  }

  private lookAhead(): void {
    const { typed } = this
    for (let at = Math.max(this.looked, typed.tail); at < typed.head; at++) {
      this.line.lookAhead(typed.bytes[at & typed.mask]!)
    }
    this.looked = typed.head
  }

  /** Lets the line discipline take in what waits for it. */
  private pump(): void {
    const { line, typed } = this
    while (typed.tail < typed.head) {
      const start = typed.tail & typed.mask
      const end = Math.min(typed.bytes.length, start + typed.length)
      const looked = Math.max(0, this.looked - typed.tail)
      const stopped = line.receive(typed.bytes, start, end, start + looked)
      typed.tail += stopped - start
      if (stopped < end) break
    }
    if (this.masterFull && this.masterRoom > 0) this.wakeMasterWriters()
  }

  private wakeMasterWriters(): void {
    this.masterFull = false
    WaitQueue.wakeAll(this.masterWriters, POLLOUT)
  }

  readOutlet(into: Uint8Array): number {
    const { outlet } = this.line.output
    const count = outlet.take(into)
    if (this.hasRoomAgain) this.wakeSlaveWriters()
    return count
  }

  holdMaster(held: boolean): void {
    this.masterHeld = held
    if (!held) this.wakeMasterWriters()
  }

  /** What waits in the outlet is the master's input, what it typed its output. */
  flushMaster(input: boolean, output: boolean): void {
    if (input) {
      const { outlet } = this.line.output
      outlet.truncate(0)
      this.wakeSlaveWriters()
    }
    if (output) {
      this.typed.truncate(0)
      this.wakeMasterWriters()
    }
  }

  // ------------------------------------------------------------------------ slave

  /** What a read would get, were it big enough. */
  get ready(): number {
    const { input, settings } = this.line
    return input.ready(settings.lines)
  }

  /** Takes what is ready: up to `limit` bytes, or one line. */
  take(into: Uint8Array, limit: number): number {
    const { input, settings } = this.line
    const count = settings.lines ? input.takeLine(into) : input.take(into, limit)
    if (this.typed.tail < this.typed.head) {
      this.pump()
      this.settle()
    }
    return count
  }

  /** Writes `bytes` from `start` on, as far as there is room; answers where it stopped. */
  print(bytes: Uint8Array, start: number): number {
    const { line } = this
    line.echo.resume()
    const at = line.output.write(bytes, start)
    if (at < bytes.length) this.slaveFull = true
    this.settle()
    return at
  }

  /** Whether those who wait to write could. While it is held they cannot, and would wake each other for ever. */
  private get hasRoomAgain(): boolean {
    const { output } = this.line
    return this.slaveFull && !output.stopped && output.outlet.length <= NEARLY_EMPTY
  }

  private wakeSlaveWriters(): void {
    this.slaveFull = false
    WaitQueue.wakeAll(this.slaveWriters, POLLOUT)
  }

  flushSlave(input: boolean, output: boolean): void {
    if (input) {
      this.typed.truncate(0)
      this.line.clearInput()
      this.wakeMasterWriters()
      this.tellMaster(T.TIOCPKT_FLUSHREAD)
    }
    if (output) {
      this.line.output.flush()
      this.wakeSlaveWriters()
      this.tellMaster(T.TIOCPKT_FLUSHWRITE)
    }
  }

  private tellMaster(news: number): void {
    if (this.packets.note(news)) WaitQueue.wakeAll(this.masterReaders, POLLIN | POLLRDNORM | POLLPRI)
  }

  /** TIOCSTI: as if the master had typed it, ahead of what waits to be taken in. */
  simulate(byte: number): void {
    this.line.receive(Uint8Array.of(byte), 0, 1)
    this.settle()
  }

  /** TCSAFLUSH drops what the line discipline has taken in, and no more. */
  configure(termios: T.Termios, flush: boolean): void {
    if (flush) {
      this.line.clearInput()
      this.tellMaster(T.TIOCPKT_FLUSHREAD)
    }
    const flowed = flowsAsUsual(this.line.settings)
    const outside = this.line.settings.lflag & T.EXTPROC
    this.line.configure(termios)
    const flows = flowsAsUsual(this.line.settings)
    if (flows !== flowed) this.tellMaster(flows ? T.TIOCPKT_DOSTOP : T.TIOCPKT_NOSTOP)
    if (((outside | this.line.settings.lflag) & T.EXTPROC) !== 0) this.tellMaster(T.TIOCPKT_IOCTL)
    this.pump()
    this.settle()
  }

  /** tcflow(3) on the slave. */
  hold(held: boolean): void {
    this.line.hold(held)
    this.settle()
  }

  /** Sends the other end the character that stops or starts it, even past a ^S, but not past tcflow(3). */
  sendFlow(fromMaster: boolean, which: typeof T.VSTOP | typeof T.VSTART): void {
    const c = (fromMaster ? initial.cc : this.line.settings.cc)[which]!
    if (c === DISABLED || (fromMaster ? this.masterHeld : this.line.held)) return
    const queue = fromMaster ? this.typed : this.line.output.outlet
    // Past a ^S it starts output for a moment.
    if (!fromMaster && this.line.output.stopped) {
      this.tellMaster(T.TIOCPKT_START)
      this.tellMaster(T.TIOCPKT_STOP)
    }
    if (queue.length < queue.bytes.length) queue.push(c)
    if (fromMaster) this.pump()
    this.settle()
  }

  resize(size: T.WindowSize): void {
    if (size.rows === this.size.rows && size.columns === this.size.columns) return
    this.size = { rows: size.rows & 0xffff, columns: size.columns & 0xffff }
    if (this.foreground !== undefined) this.signals.sendGroup(this.foreground, SIGWINCH)
  }

  // -------------------------------------------------------------- whose terminal

  /** Makes it the controlling terminal of the caller's session. */
  control(caller: Process): void {
    this.session = caller.session
    this.foreground = caller.group
    caller.session.terminal = this
  }

  /** Its session has it no longer. */
  disown(): void {
    if (this.session !== undefined) this.session.terminal = undefined
    this.session = this.foreground = undefined
  }

  // ------------------------------------------------------------- opening, closing

  openSlave(): void {
    this.slaves++
    this.slaveClosed = false
  }

  closeSlave(): void {
    if (--this.slaves > 0) return
    if (this.masterClosed) return this.owner.freed()
    this.slaveClosed = true
    WaitQueue.wakeAll(this.masterReaders)
    WaitQueue.wakeAll(this.masterWriters)
  }

  /**
   * Hangs up: the slave reads end of file from now on. The leader of the session is told; whether the rest of it
   * hears of it is the leader's business, or that of its end.
   */
  closeMaster(): void {
    const { foreground, session } = this
    this.masterClosed = true
    this.owner.hungUp()
    this.typed.truncate(0)
    this.line.clearInput()
    this.line.output.outlet.truncate(0)
    this.disown()
    WaitQueue.wakeAll(this.slaveReaders)
    WaitQueue.wakeAll(this.slaveWriters)
    if (session !== undefined) {
      session.lostForeground = foreground
      for (const leader of session.groups.get(session.id)?.members ?? []) {
        if (leader.pid !== session.id) continue
        this.signals.send(leader, fromKernel(SIGHUP))
        this.signals.send(leader, fromKernel(SIGCONT))
      }
    }
    if (this.slaves === 0) this.owner.freed()
  }

  // ----------------------------------------------------------------------------

  /** Wakes who can go on, then sends what was typed: a signal may end a process, and that may close this terminal. */
  private settle(): void {
    const { line } = this
    if (line.news.length > 0) { for (const news of line.news.splice(0)) this.tellMaster(news) }
    if (line.output.deliver()) WaitQueue.wakeAll(this.masterReaders, POLLIN | POLLRDNORM)
    if (line.arrived) {
      line.arrived = false
      WaitQueue.wakeAll(this.slaveReaders, POLLIN | POLLRDNORM)
    }
    if (line.resumed || this.hasRoomAgain) {
      line.resumed = false
      this.wakeSlaveWriters()
    }
    if (line.signals.length > 0) this.sendTyped()
  }

  private sendTyped(): void {
    for (const signal of this.line.signals.splice(0)) {
      if (this.foreground !== undefined) this.signals.sendGroup(this.foreground, signal)
    }
  }

  /** What FIONREAD answers at the master. */
  get delivered(): number {
    return Math.min(DELIVERED, this.line.output.outlet.length)
  }
}
