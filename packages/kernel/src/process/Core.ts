/**
 * What starting, replacing and ending processes share.
 */
import type * as Context from "effect/Context"
import type * as Host from "../Host.js"
import type { Limits } from "../KernelConfig.js"
import type { PolicyRules } from "../Policy.js"
import type { Process, ProcessTable, Session } from "../ProcessTable.js"
import type { Programs } from "../Programs.js"
import type { Signals } from "../Signals.js"
import type { Sys, SystemCalls } from "../Sys.js"
import type { Vfs } from "../Vfs.js"
import type { Sleeper } from "../WaitQueue.js"
import type { ProcessEvents } from "./events.js"
import type { Image, ImageHooks } from "./Image.js"
import type { Loader } from "./load.js"

/** Makes the system calls of a new image; given by whoever composes the kernel. */
export type MakeSys = (process: Process, image: Image) => SystemCalls

export interface Parts {
  readonly limits: Limits
  readonly host: Host.Host["Type"]
  readonly vfs: Vfs["Type"]
  readonly programs: Programs["Type"]
  readonly signals: Signals["Type"]
  readonly policy: PolicyRules | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface Core extends Parts {
  readonly table: ProcessTable
  readonly init: Process
  readonly loader: Loader
  readonly events: ProcessEvents
  readonly hooks: ImageHooks
  /** What the fiber of an image sees. */
  readonly servicesOf: (sys: SystemCalls, image: Image) => Context.Context<Sys | Sleeper>
  makeSys: MakeSys
  /** Called when the leader of a session ends. */
  sessionEnded: (session: Session) => void
}
