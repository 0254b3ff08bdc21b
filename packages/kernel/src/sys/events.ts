/**
 * Opening descriptors that stand for events.
 *
 * @see eventfd(2)
 */
import type * as Effect from "effect/Effect"
import * as EventFlags from "../abi/EventFlags.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { Rooms } from "./Rooms.js"
import { install } from "./table.js"

type OpenError = Errno.Errno<"EINVAL" | "EMFILE">

const { EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE } = EventFlags

/** @see eventfd(2) */
export const eventfd = (
  { events }: Rooms,
  self: Process,
  initial: number,
  flags: number
): Effect.Effect<number, OpenError> =>
  (flags & ~(EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC)) !== 0
    ? Errno.fail("EINVAL", { syscall: "eventfd" })
    : install(self, events.counter(initial >>> 0, flags), flags)
