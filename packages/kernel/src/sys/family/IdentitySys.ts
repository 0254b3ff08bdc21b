import * as Exit from "effect/Exit"
import type { IdentityCalls } from "../contract/identity.js"
import * as Identity from "../identity.js"
import { ChildSys } from "./ChildSys.js"

export abstract class IdentitySys extends ChildSys implements IdentityCalls {
  credentials() {
    return this.call(() => Exit.succeed(this.self.credentials))
  }

  setresuid(ruid: number, euid: number, suid: number) {
    return this.call(() => Identity.setresuid(this.self, ruid, euid, suid))
  }

  setresgid(rgid: number, egid: number, sgid: number) {
    return this.call(() => Identity.setresgid(this.self, rgid, egid, sgid))
  }

  setreuid(ruid: number, euid: number) {
    return this.call(() => Identity.setreuid(this.self, ruid, euid))
  }

  setregid(rgid: number, egid: number) {
    return this.call(() => Identity.setregid(this.self, rgid, egid))
  }

  setuid(uid: number) {
    return this.call(() => Identity.setuid(this.self, uid))
  }

  setgid(gid: number) {
    return this.call(() => Identity.setgid(this.self, gid))
  }

  setfsuid(uid: number) {
    return this.call(() => Identity.setfsuid(this.self, uid))
  }

  setfsgid(gid: number) {
    return this.call(() => Identity.setfsgid(this.self, gid))
  }

  setgroups(groups: ReadonlyArray<number>) {
    return this.call(() => Identity.setgroups(this.self, groups))
  }
}
