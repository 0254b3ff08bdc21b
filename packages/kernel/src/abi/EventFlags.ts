/**
 * Flags of the descriptors that stand for events.
 *
 * @see eventfd(2)
 */
import { O_CLOEXEC, O_EXCL, O_NONBLOCK } from "./OpenFlags.js"

export const EFD_SEMAPHORE = 1
export const EFD_CLOEXEC = O_CLOEXEC
export const EFD_NONBLOCK = O_NONBLOCK

/** When a timer is set, its value is a time and not a duration. */
export const TFD_TIMER_ABSTIME = 1
/** Reading fails with ECANCELED once the realtime clock was set. */
export const TFD_TIMER_CANCEL_ON_SET = 2
export const TFD_CLOEXEC = O_CLOEXEC
export const TFD_NONBLOCK = O_NONBLOCK

export const SFD_CLOEXEC = O_CLOEXEC
export const SFD_NONBLOCK = O_NONBLOCK

export const PIDFD_NONBLOCK = O_NONBLOCK
/** A thread instead of a process: here a process has its own number alone. */
export const PIDFD_THREAD = O_EXCL
export const PIDFD_SIGNAL_THREAD = 1
export const PIDFD_SIGNAL_THREAD_GROUP = 2
export const PIDFD_SIGNAL_PROCESS_GROUP = 4

/** Of clock_nanosleep(2) and timer_settime(2): a time and not a duration. */
export const TIMER_ABSTIME = 1
