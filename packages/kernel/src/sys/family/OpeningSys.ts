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

  memfdCreate(name: string, flags = 0) {
    return this.call(() => Opening.memfdCreate(this.rooms, this.self, name, flags))
  }

  closeRange(first: number, last: number, flags = 0) {
    return this.call(() => Opening.closeRange(this.self, first, last, flags))
  }
}
