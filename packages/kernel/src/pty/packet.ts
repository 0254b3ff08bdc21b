/**
 * Packet mode: the master is told, by a byte in front of each read, of what happened to the slave.
 *
 * @see TIOCPKT(2const)
 */
import * as T from "../abi/Termios.js"
import type { Settings } from "./settings.js"

/** What is no longer so: whoever started is not stopped, and the other way round. */
const opposites: Readonly<Record<number, number>> = {
  [T.TIOCPKT_STOP]: T.TIOCPKT_START,
  [T.TIOCPKT_START]: T.TIOCPKT_STOP,
  [T.TIOCPKT_DOSTOP]: T.TIOCPKT_NOSTOP,
  [T.TIOCPKT_NOSTOP]: T.TIOCPKT_DOSTOP
}

export class Packets {
  on = false
  /** What the master has not been told yet. */
  status = 0

  enable(on: boolean): void {
    if (on && !this.on) this.status = 0
    this.on = on
  }

  /** Answers whether there is somebody to tell. */
  note(news: number): boolean {
    if (!this.on) return false
    this.status = (this.status & ~(opposites[news] ?? 0)) | news
    return true
  }

  /** What is pending, which is told only once. */
  take(): number {
    const { status } = this
    this.status = 0
    return status
  }
}

/** Whether ^S and ^Q, and no others, stop and start output: then a master far away may act on them itself. */
export const flowsAsUsual = ({ cc, iflag }: Pick<Settings, "cc" | "iflag">): boolean =>
  (iflag & T.IXON) !== 0 && cc[T.VSTOP] === 0x13 && cc[T.VSTART] === 0x11
