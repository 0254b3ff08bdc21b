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
}
