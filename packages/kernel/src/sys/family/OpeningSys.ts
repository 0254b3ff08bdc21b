import { AT_FDCWD } from "../../abi/Fcntl.js"
import { O_CREAT, O_TRUNC, O_WRONLY } from "../../abi/OpenFlags.js"
import type { OpenHow, OpeningCalls } from "../contract/opening.js"
import * as Opening from "../opening.js"
import * as Table from "../table.js"
import { StorageSys } from "./StorageSys.js"

export abstract class OpeningSys extends StorageSys implements OpeningCalls {
  creat(path: string, mode = 0o666) {
    return this.call(() => Table.openat(this.rooms, this.self, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode))
  }

  openat2(dirfd: number, path: string, how: OpenHow) {
    return this.call(() => Opening.openat2(this.rooms, this.self, dirfd, path, how))
  }

  memfd_create(name: string, flags = 0) {
    return this.call(() => Opening.memfd_create(this.rooms, this.self, name, flags))
  }

  close_range(first: number, last: number, flags = 0) {
    return this.call(() => Opening.close_range(this.self, first, last, flags))
  }
}
