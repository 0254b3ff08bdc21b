import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { isReady } from "../../internal/step.js"
import * as Tracing from "../../process/tracing.js"
import type { Program, SpawnOptions } from "../../Sys.js"
import type { Tracer } from "../../Trace.js"
import type { ProcessCalls } from "../contract/processes.js"
import * as Pidfds from "../pidfds.js"
import * as SignalCalls from "../signals.js"
import * as System from "../system.js"
import * as Table from "../table.js"
import { ExtendedAttributeSys } from "./ExtendedAttributeSys.js"

export abstract class ChildSys extends ExtendedAttributeSys implements ProcessCalls {
  ptraceSeize(pid: number, tracer: Tracer) {
    return this.call(() => Tracing.seize(this.rooms.processes.table, this.self, pid, tracer))
  }

  ptraceDetach(pid: number) {
    return this.call(() => Tracing.letGo(this.rooms.processes.table, this.self, pid))
  }

  getpid() {
    return this.call(() => Exit.succeed(this.self.pid))
  }

  getppid() {
    return this.call(() => Exit.succeed(this.self.parent?.pid ?? 0))
  }

  argv() {
    return this.call(() => Exit.succeed(this.self.argv))
  }

  environ() {
    return this.call(() => Exit.succeed(this.self.env))
  }

  spawn(what: string | Program, options: SpawnOptions = {}) {
    return this.call(() => {
      const spawned = this.rooms.processes.spawn(this.self, what, options)
      const answer = isReady(spawned)
        ? Exit.map(spawned, (child) => child.pid)
        : Effect.map(spawned, (child) => child.pid)
      return typeof what === "string" ? Table.told(answer, "spawn", what) : answer
    })
  }

  exec(path: string, argv: ReadonlyArray<string> = [path], env: Readonly<Record<string, string>> = this.self.env) {
    return this.call(() => Table.told(this.rooms.processes.exec(this.self, path, argv, env), "exec", path))
  }

  exit(code: number) {
    return this.call(() => {
      this.image.end({ _tag: "Exited", code: code & 0xff })
      return Effect.interrupt
    })
  }

  wait(pid = -1, options = 0) {
    return this.call(() => this.rooms.processes.wait(this.self, pid, options))
  }

  wait4(pid = -1, options = 0) {
    return this.call(() => this.rooms.processes.wait4(this.self, pid, options))
  }

  waitid(idType: number, id: number, options: number) {
    return this.call(() => Pidfds.waitid(this.rooms, this.self, idType, id, options))
  }

  kill(pid: number, signal: number) {
    return this.callThenAttend(() => SignalCalls.kill(this.rooms, this.self, pid, signal))
  }

  sigqueue(pid: number, signal: number, value: number) {
    return this.callThenAttend(() => SignalCalls.sigqueue(this.rooms, this.self, pid, signal, value))
  }

  getpgid(pid = 0) {
    return this.call(() => System.groupOf(this.rooms, this.self, pid, (target) => target.group.id))
  }

  setpgid(pid: number, pgid: number) {
    return this.call(() => this.rooms.processes.setGroup(this.self, pid, pgid))
  }

  getsid(pid = 0) {
    return this.call(() => System.groupOf(this.rooms, this.self, pid, (target) => target.session.id))
  }

  setsid() {
    return this.call(() => this.rooms.processes.newSession(this.self))
  }
}
