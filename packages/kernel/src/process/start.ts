/**
 * A process gets something to run: by spawn, and by exec again.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { SIGABRT, SIGKILL } from "../abi/Signals.js"
import type { WaitStatus } from "../abi/WaitStatus.js"
import * as Bytes from "../Bytes.js"
import type * as Errno from "../Errno.js"
import { errorOf } from "../internal/compat.js"
import { type Process, STOPPED } from "../ProcessTable.js"
import type { Program, SystemCalls } from "../Sys.js"
import type { Core } from "./Core.js"
import * as Cpu from "./cpu.js"
import { Image } from "./Image.js"

/** What an errno that a program did not handle leaves on its standard error. */
const complain = (self: Process, sys: SystemCalls, error: Errno.Any): Effect.Effect<number> =>
  Effect.as(Effect.ignore(sys.write(2, Bytes.encode(`${self.name}: ${error.message}\n`))), 1)

/** Starts what a process runs from now on. */
export const start = (core: Core, self: Process, program: Program): void => {
  const image = new Image(self, core.hooks, core.host.callsPerTurn)
  // Stopped while its file was read: what exec starts is stopped as well.
  if (self.state === "stopped") image.attention |= STOPPED
  const sys = core.makeSys(self, image)
  self.task = image
  if (self.limits.cpu !== Infinity || self.hardLimits.cpu !== Infinity) Cpu.watch(self)
  const services = core.servicesOf(sys, image)
  const run = (what: Program): void => {
    const fiber = core.host.forkWith(what, services)
    image.fiber = fiber
    fiber.addObserver((exit) => {
      if (image.attention < 0) return
      // There is nothing left to interrupt.
      image.fiber = undefined
      const error = errorOf(exit)
      if (Option.isSome(error)) run(complain(self, sys, error.value))
      else image.end(statusOf(core, exit))
    })
  }
  run(program)
}

/** A defect is a bug of the program: it ends as by abort(3), and whoever embeds the kernel is told the cause. */
const statusOf = (core: Core, exit: Exit.Exit<number, Errno.Any>): WaitStatus => {
  if (exit._tag === "Success") return { _tag: "Exited", code: exit.value & 0xff }
  if (Cause.isInterruptedOnly(exit.cause)) return { _tag: "Signaled", signal: SIGKILL, coreDumped: false }
  core.host.fork(Effect.logError("A program died of a defect", exit.cause))
  return { _tag: "Signaled", signal: SIGABRT, coreDumped: true }
}
