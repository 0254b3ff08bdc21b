import type { FileLock, LockCalls } from "../contract/locks.js"
import * as Locks from "../locks.js"
import { CapabilitySys } from "./CapabilitySys.js"

export abstract class LockSys extends CapabilitySys implements LockCalls {
  flock(fd: number, operation: number) {
    return this.call(() => Locks.flock(this.rooms, this.self, fd, operation))
  }

  fcntlLock(fd: number, command: number, lock: FileLock) {
    return this.call(() => Locks.fcntlLock(this.rooms, this.self, fd, command, lock))
  }

  lockf(fd: number, command: number, length: number) {
    return this.call(() => Locks.lockf(this.rooms, this.self, fd, command, length))
  }
}
