import type { MountCalls } from "../contract/mounts.js"
import * as Mounts from "../mounts.js"
import { InterfaceSys } from "./InterfaceSys.js"

export abstract class MountSys extends InterfaceSys implements MountCalls {
  mount(source: string, target: string, type: string | undefined, flags = 0, options = "") {
    return this.call(() => Mounts.mount(this.rooms, this.self, source, target, type, flags, options))
  }

  umount(target: string, flags = 0) {
    return this.call(() => Mounts.umount(this.rooms, this.self, target, flags))
  }

  pivotRoot(newRoot: string, putOld: string) {
    return this.call(() => Mounts.pivotRoot(this.rooms, this.self, newRoot, putOld))
  }

  unshare(flags: number) {
    return this.call(() => Mounts.unshare(this.rooms, this.self, flags))
  }
}
