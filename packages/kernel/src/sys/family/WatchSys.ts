import type { WatchCalls } from "../contract/watches.js"
import * as Watches from "../watches.js"
import { MountSys } from "./MountSys.js"

export abstract class WatchSys extends MountSys implements WatchCalls {
  inotifyInit(flags = 0) {
    return this.call(() => Watches.inotifyInit(this.rooms, this.self, flags))
  }

  inotifyAddWatch(fd: number, path: string, mask: number) {
    return this.call(() => Watches.inotifyAddWatch(this.rooms, this.self, fd, path, mask))
  }

  inotifyRmWatch(fd: number, watch: number) {
    return this.call(() => Watches.inotifyRmWatch(this.rooms, this.self, fd, watch))
  }
}
