import { AT_FDCWD, F_OWNER_PID } from "../../abi/Fcntl.js"
import type { PollRequest } from "../../Sys.js"
import type { DescriptorCalls, FileOwner } from "../contract/descriptors.js"
import * as Descriptors from "../descriptors.js"
import * as Files from "../files.js"
import * as Owner from "../owner.js"
import { ppoll } from "../poll.js"
import * as Table from "../table.js"
import { BaseSys } from "./BaseSys.js"

export abstract class DescriptorSys extends BaseSys implements DescriptorCalls {
  open(path: string, flags: number, mode = 0o666) {
    return this.call(() => Table.openat(this.rooms, this.self, AT_FDCWD, path, flags, mode))
  }

  openat(dirfd: number, path: string, flags: number, mode = 0o666) {
    return this.call(() => Table.openat(this.rooms, this.self, dirfd, path, flags, mode))
  }

  close(fd: number) {
    return this.call(() => Table.close(this.self, fd))
  }

  read(fd: number, into: Uint8Array) {
    return this.call(() => Descriptors.read(this.self, fd, into))
  }

  write(fd: number, from: Uint8Array) {
    return this.call(() => Descriptors.write(this.rooms, this.self, fd, from))
  }

  pread(fd: number, into: Uint8Array, offset: number) {
    return this.call(() => Descriptors.pread(this.self, fd, into, offset))
  }

  pwrite(fd: number, from: Uint8Array, offset: number) {
    return this.call(() => Descriptors.pwrite(this.rooms, this.self, fd, from, offset))
  }

  lseek(fd: number, offset: number, whence: number) {
    return this.call(() => Descriptors.lseek(this.self, fd, offset, whence))
  }

  dup(fd: number) {
    return this.call(() => Table.dup(this.self, fd))
  }

  dup2(from: number, to: number) {
    return this.call(() => Table.dup2(this.self, from, to))
  }

  dup3(from: number, to: number, flags: number) {
    return this.call(() => Table.dup3(this.self, from, to, flags))
  }

  fcntl(fd: number, command: number, argument = 0) {
    return this.call(() => Table.fcntl(this.rooms, this.self, fd, command, argument))
  }

  fcntlOwner(fd: number, command: number, owner: FileOwner = { type: F_OWNER_PID, pid: 0 }) {
    return this.call(() => Owner.fcntlOwner(this.rooms, this.self, fd, command, owner))
  }

  fcntlOwnerUids(fd: number) {
    return this.call(() => Owner.fcntlOwnerUids(this.self, fd))
  }

  pipe(flags = 0) {
    return this.call(() => Table.pipe(this.rooms, this.self, flags))
  }

  poll(requests: ReadonlyArray<PollRequest>, timeout = -1) {
    return this.call(() => ppoll(this.rooms, this.self, requests, timeout, undefined))
  }

  fsync(fd: number) {
    return this.call(() => Descriptors.fsync(this.self, fd))
  }

  ftruncate(fd: number, size: number) {
    return this.call(() => Files.ftruncate(this.rooms, this.self, fd, size))
  }

  getdents(fd: number, limit = 1024) {
    return this.call(() => Descriptors.getdents(this.self, fd, limit))
  }

  fionread(fd: number) {
    return this.call(() => Descriptors.fionread(this.self, fd))
  }
}
