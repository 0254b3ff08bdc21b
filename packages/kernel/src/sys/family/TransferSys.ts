import type { TransferCalls } from "../contract/transfers.js"
import * as Transfers from "../transfers.js"
import * as Vectors from "../vectors.js"
import { FileSys } from "./FileSys.js"

export abstract class TransferSys extends FileSys implements TransferCalls {
  readv(fd: number, vector: Vectors.Vector) {
    return this.call(() => Vectors.readv(this.self, "readv", fd, vector, "here", 0))
  }

  writev(fd: number, vector: Vectors.Vector) {
    return this.call(() => Vectors.writev(this.rooms, this.self, "writev", fd, vector, "here", 0))
  }

  preadv(fd: number, vector: Vectors.Vector, offset: number) {
    return this.call(() => Vectors.readv(this.self, "preadv", fd, vector, offset, 0))
  }

  pwritev(fd: number, vector: Vectors.Vector, offset: number) {
    return this.call(() => Vectors.writev(this.rooms, this.self, "pwritev", fd, vector, offset, 0))
  }

  preadv2(fd: number, vector: Vectors.Vector, offset: number, flags: number) {
    const at = offset === -1 ? "here" : offset
    return this.call(() => Vectors.readv(this.self, "preadv2", fd, vector, at, flags))
  }

  pwritev2(fd: number, vector: Vectors.Vector, offset: number, flags: number) {
    const at = offset === -1 ? "here" : offset
    return this.call(() => Vectors.writev(this.rooms, this.self, "pwritev2", fd, vector, at, flags))
  }

  copyFileRange(
    fdIn: number,
    offsetIn: number | undefined,
    fdOut: number,
    offsetOut: number | undefined,
    length: number,
    flags = 0
  ) {
    return this.call(() =>
      Transfers.copyFileRange(this.rooms, this.self, fdIn, offsetIn, fdOut, offsetOut, length, flags)
    )
  }

  sendfile(fdOut: number, fdIn: number, offset: number | undefined, count: number) {
    return this.call(() => Transfers.sendfile(this.rooms, this.self, fdOut, fdIn, offset, count))
  }

  splice(
    fdIn: number,
    offsetIn: number | undefined,
    fdOut: number,
    offsetOut: number | undefined,
    length: number,
    flags = 0
  ) {
    return this.call(() => Transfers.splice(this.rooms, this.self, fdIn, offsetIn, fdOut, offsetOut, length, flags))
  }

  vmsplice(fd: number, vector: Vectors.Vector, flags = 0) {
    return this.call(() => Transfers.vmsplice(this.rooms, this.self, fd, vector, flags))
  }

  tee(fdIn: number, fdOut: number, length: number, flags = 0) {
    return this.call(() => Transfers.tee(this.rooms, this.self, fdIn, fdOut, length, flags))
  }
}
