/**
 * Why a signal was sent: the `si_code` of siginfo_t.
 *
 * @see sigaction(2)
 */

/** By kill(2), or by the kernel on behalf of a process, as SIGPIPE is. */
export const SI_USER = 0
/** By the kernel. */
export const SI_KERNEL = 0x80
/** By sigqueue(3). */
export const SI_QUEUE = -1
/** By a timer of timer_create(2). */
export const SI_TIMER = -2
/** Something can be read or written, for signals whose codes below mean something else. */
export const SI_SIGIO = -5
/** By tkill(2) or tgkill(2). */
export const SI_TKILL = -6

/** For SIGCHLD: the child has exited. */
export const CLD_EXITED = 1
/** It was killed by a signal. */
export const CLD_KILLED = 2
/** It was killed by a signal that dumps core. */
export const CLD_DUMPED = 3
/** It has stopped. */
export const CLD_STOPPED = 5
/** It has been continued. */
export const CLD_CONTINUED = 6

/** For SIGIO and what F_SETSIG puts in its place: there is something to read. */
export const POLL_IN = 1
/** There is room to write. */
export const POLL_OUT = 2
/** Something has happened: a lease is to be given up, a directory has changed. */
export const POLL_MSG = 3
/** An error. */
export const POLL_ERR = 4
/** Something urgent. */
export const POLL_PRI = 5
/** The other side has hung up. */
export const POLL_HUP = 6
