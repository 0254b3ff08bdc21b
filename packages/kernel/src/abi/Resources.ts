/**
 * Resources of getrlimit(2).
 *
 * @see getrlimit(2)
 */
export const RLIMIT_CPU = 0
export const RLIMIT_FSIZE = 1
export const RLIMIT_CORE = 4
export const RLIMIT_NPROC = 6
export const RLIMIT_NOFILE = 7
export const RLIM_INFINITY = Number.POSITIVE_INFINITY
