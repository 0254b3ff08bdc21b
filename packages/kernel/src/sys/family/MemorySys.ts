import type { MemoryCalls } from "../contract/memory.js"
import * as Memory from "../memory.js"
import { WatchSys } from "./WatchSys.js"

export abstract class MemorySys extends WatchSys implements MemoryCalls {
  mmap(address: number, length: number, protection: number, flags: number) {
    return this.call(() => Memory.mmap(this.rooms, this.self, address, length, protection, flags))
  }

  munmap(address: number, length: number) {
    return this.call(() => Memory.munmap(this.self, address, length))
  }

  mremap(address: number, oldLength: number, newLength: number, flags = 0) {
    return this.call(() => Memory.mremap(this.rooms, this.self, address, oldLength, newLength, flags))
  }
}
