import type { Termios, WindowSize } from "../../abi/Termios.js"
import type { TerminalCalls } from "../contract/terminals.js"
import * as Terminal from "../terminal.js"
import { TimeSys } from "./TimeSys.js"

export abstract class TerminalSys extends TimeSys implements TerminalCalls {
  isatty(fd: number) {
    return this.call(() => Terminal.isatty(this.self, fd))
  }

  ttyname(fd: number) {
    return this.call(() => Terminal.ttyname(this.self, fd))
  }

  tcgetattr(fd: number) {
    return this.call(() => Terminal.tcgetattr(this.self, fd))
  }

  tcsetattr(fd: number, when: number, attributes: Termios) {
    return this.call(() => Terminal.tcsetattr(this.self, fd, when, attributes))
  }

  tcgetpgrp(fd: number) {
    return this.call(() => Terminal.tcgetpgrp(this.self, fd))
  }

  tcsetpgrp(fd: number, pgid: number) {
    return this.call(() => Terminal.tcsetpgrp(this.rooms.processes.table, this.self, fd, pgid))
  }

  tcgetsid(fd: number) {
    return this.call(() => Terminal.tcgetsid(this.self, fd))
  }

  tcflush(fd: number, queue: number) {
    return this.call(() => Terminal.tcflush(this.self, fd, queue))
  }

  tcflow(fd: number, action: number) {
    return this.call(() => Terminal.tcflow(this.self, fd, action))
  }

  tcdrain(fd: number) {
    return this.call(() => Terminal.tcdrain(this.self, fd))
  }

  getWindowSize(fd: number) {
    return this.call(() => Terminal.getWindowSize(this.self, fd))
  }

  setWindowSize(fd: number, size: WindowSize) {
    return this.call(() => Terminal.setWindowSize(this.self, fd, size))
  }

  setControllingTerminal(fd: number) {
    return this.call(() => Terminal.setControllingTerminal(this.self, fd))
  }

  giveUpControllingTerminal(fd: number) {
    return this.call(() => Terminal.giveUpControllingTerminal(this.self, fd))
  }

  setPacketMode(fd: number, enabled: boolean) {
    return this.call(() => Terminal.setPacketMode(this.self, fd, enabled))
  }

  getPacketMode(fd: number) {
    return this.call(() => Terminal.getPacketMode(this.self, fd))
  }

  getTerminalNumber(fd: number) {
    return this.call(() => Terminal.getTerminalNumber(this.self, fd))
  }

  setTerminalLock(fd: number, locked: boolean) {
    return this.call(() => Terminal.setTerminalLock(this.self, fd, locked))
  }

  getTerminalLock(fd: number) {
    return this.call(() => Terminal.getTerminalLock(this.self, fd))
  }

  setExclusive(fd: number, exclusive: boolean) {
    return this.call(() => Terminal.setExclusive(this.self, fd, exclusive))
  }

  getExclusive(fd: number) {
    return this.call(() => Terminal.getExclusive(this.self, fd))
  }

  outputQueue(fd: number) {
    return this.call(() => Terminal.outputQueue(this.self, fd))
  }

  simulateInput(fd: number, byte: number) {
    return this.call(() => Terminal.simulateInput(this.self, fd, byte))
  }

  tcsendbreak(fd: number, _duration?: number) {
    return this.call(() => Terminal.tcsendbreak(this.self, fd))
  }
}
