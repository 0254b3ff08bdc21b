import type { StorageCalls } from "../contract/storage.js"
import * as Storage from "../storage.js"
import { TransferSys } from "./TransferSys.js"

export abstract class StorageSys extends TransferSys implements StorageCalls {
  fallocate(fd: number, mode: number, offset: number, length: number) {
    return this.call(() => Storage.fallocate(this.rooms, this.self, fd, mode, offset, length))
  }

  posixFallocate(fd: number, offset: number, length: number) {
    return this.fallocate(fd, 0, offset, length)
  }

  fdatasync(fd: number) {
    return this.call(() => Storage.fdatasync(this.self, fd))
  }

  sync() {
    return this.call(() => this.rooms.vfs.sync())
  }

  syncfs(fd: number) {
    return this.call(() => Storage.syncfs(this.self, fd))
  }

  syncFileRange(fd: number, offset: number, length: number, flags: number) {
    return this.call(() => Storage.syncFileRange(this.self, fd, offset, length, flags))
  }

  fstatfs(fd: number) {
    return this.call(() => Storage.fstatfs(this.self, fd))
  }

  pathconf(path: string, name: number) {
    return this.call(() => Storage.pathconf(this.rooms, this.self, path, name))
  }

  fpathconf(fd: number, name: number) {
    return this.call(() => Storage.fpathconf(this.self, fd, name))
  }
}
