/**
 * What the command exits with where the script does not say.
 */

/** The command line is wrong. */
export const MISUSED = 2
/** A bug of ours: EX_SOFTWARE of sysexits(3). */
export const BROKEN = 70
/** Time was up, as timeout(1) says it. */
export const TIMED_OUT = 124
/** The script cannot be read or run. */
export const CANNOT_RUN = 126
/** There is no such script. */
export const NOT_FOUND = 127
/** The status of what a signal ended is this and its number. */
export const SIGNALED = 128
/** Not a status: the terminal is gone, and this program is to die of it. */
export const HUNG_UP = -1
