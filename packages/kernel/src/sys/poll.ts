/**
 * Waiting for several descriptors at once.
 *
 * @see poll(2)
 */
import type * as Effect from "effect/Effect"
import * as PollEvents from "../abi/PollEvents.js"
import * as Errno from "../Errno.js"
import type { Process } from "../ProcessTable.js"
import type { SignalSet } from "../SignalSet.js"
import type { PollRequest } from "../Sys.js"
import type { Rooms } from "./Rooms.js"
import { watchUntil } from "./watching.js"

/** Told whether asked for or not. */
const always = PollEvents.POLLERR | PollEvents.POLLHUP | PollEvents.POLLNVAL

/** `mask`, where given, is the signal mask meanwhile. @see ppoll(2) */
export const ppoll = (
  rooms: Rooms,
  self: Process,
  requests: ReadonlyArray<PollRequest>,
  timeout: number,
  mask: SignalSet | undefined
): Effect.Effect<ReadonlyArray<number>, Errno.Errno<"EINTR" | "EINVAL">> =>
  requests.length > self.fds.limit
    ? Errno.fail("EINVAL", { syscall: "poll" })
    : watchUntil(rooms, self, requests.map(({ events, fd }) => ({ fd, events: events | always })), timeout, mask)
